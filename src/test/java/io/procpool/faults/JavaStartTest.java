package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.ServiceProcess;
import io.procpool.service.StartingClasses;
import io.procpool.service.Waiting;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Java pools that can't start as they are asked to, in a service whose environment has options for JVMs, as in many containers. */
class JavaStartTest {
    private static ServiceProcess service;

    @BeforeAll
    static void start() throws Exception {
        service =
                ServiceProcess.startIn(
                        Map.of(
                                "JDK_JAVA_OPTIONS", "-Dof=everybody",
                                "_JAVA_OPTIONS", "-Dof=everybody"),
                        "--procpool.functions.path=" + StartingClasses.folder(),
                        "--procpool.functions.allow=java.lang.Math.*",
                        "--procpool.pools.default.processes=1");
    }

    @AfterAll
    static void close() throws Exception {
        service.close();
    }

    private static String spec(String more) {
        return "{\"runtime\":\"java\",\"processes\":1,\"grace\":1" + more + "}";
    }

    private static void requireMax(String pool) throws Exception {
        var answer =
                service.post(
                        "/v1/pools/" + pool + "/apply",
                        "{\"func\":\"java.lang.Math.max\",\"args\":[3,4]}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("4");
    }

    @Test
    void options_for_all_jvms_do_not_keep_a_java_pool_from_its_start() throws Exception {
        service.put("/v1/pools/options", spec(""));
        requireMax("options");
    }

    @Test
    void a_longer_start_timeout_mends_a_pool_that_has_too_short_a_one() throws Exception {
        service.put("/v1/pools/hasty", spec(",\"start_timeout\":0.001"));
        Waiting.until("it can't start", () -> get("/v1/pools/hasty").contains("degraded"));
        service.put("/v1/pools/hasty", spec(",\"start_timeout\":30"));
        requireMax("hasty");
    }

    @Test
    void a_pool_that_is_terminated_while_its_jvm_starts_is_gone_at_once() throws Exception {
        var others = service.workers();
        service.put("/v1/pools/late", spec(",\"start_timeout\":600,\"env\":{\"MOOD\":\"hang\"}"));
        Waiting.until("its JVM starts", () -> service.workers().size() > others.size());
        service.post("/v1/pools/late/terminate", "");
        // Less than the import of a class may take: it would be over by itself then.
        assertThat(service.post("/v1/pools/late/join?timeout=5", "").statusCode()).isEqualTo(204);
    }

    private static String get(String path) {
        try {
            return service.get(path).body();
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }
}
