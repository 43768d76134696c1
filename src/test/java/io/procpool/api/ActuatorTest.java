package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static io.procpool.service.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Health and metrics, and nothing else under /actuator. */
class ActuatorTest {
    private static final Set<String> LABELS =
            Set.of(
                    "pool",
                    "function",
                    "verb",
                    "outcome",
                    "state",
                    "reason",
                    "kind",
                    "result",
                    "priority",
                    "direction",
                    "stat",
                    "version",
                    "java",
                    "python",
                    "le");
    private static final Pattern ID =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private final Service service = Service.shared();

    @ParameterizedTest
    @ValueSource(strings = {"", "/liveness", "/readiness"})
    void health_says_up_and_no_more(String part) {
        var response = service.get("/actuator/health" + part);
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(200);
        var health = Service.json(response);
        assertThat(health.get("status").asString()).isEqualTo("UP");
        assertThat(health.propertyNames()).isSubsetOf("status", "groups");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/auditevents",
                "/beans",
                "/caches",
                "/conditions",
                "/configprops",
                "/env",
                "/env/procpool.home",
                "/flyway",
                "/heapdump",
                "/httpexchanges",
                "/info",
                "/integrationgraph",
                "/logfile",
                "/loggers",
                "/mappings",
                "/metrics",
                "/metrics/jvm.memory.used",
                "/quartz",
                "/sbom",
                "/scheduledtasks",
                "/sessions",
                "/shutdown",
                "/startup",
                "/threaddump",
                "/modulith"
            })
    void there_is_no_other_endpoint(String path) {
        problem(service.get("/actuator" + path), 404, "not-found");
        problem(service.post("/actuator" + path, "{}"), 404, "not-found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/health", "/actuator/prometheus"})
    void what_there_is_can_only_be_read(String path) {
        problem(service.post(path, "{}"), 405, "method-not-allowed");
        problem(service.put(path, "{}"), 405, "method-not-allowed");
        problem(service.delete(path), 405, "method-not-allowed");
    }

    @Test
    void who_takes_no_media_type_that_there_is_gets_a_406() {
        for (var path : new String[] {"/actuator/health", "/actuator/prometheus"}) {
            problem(
                    service.request().header("Accept", "image/png").get(path),
                    406,
                    "not-acceptable");
        }
    }

    @Test
    void no_other_kind_of_path_is_served() {
        for (var path : new String[] {"/", "/index.html", "/v3/api-docs", "/h2-console", "/env"}) {
            problem(service.get(path), 404, "not-found");
        }
    }

    @Test
    void counts_are_at_zero_from_the_start_of_a_pool() {
        try (var pool = OwnPool.of("{\"processes\":1}")) {
            for (var reason :
                    new String[] {
                        "max_tasks",
                        "max_memory_soft",
                        "max_memory_hard",
                        "max_age",
                        "idle",
                        "rollover",
                        "scale_down",
                        "drain",
                        "terminate",
                        "task_timeout",
                        "cancel",
                        "crash_signal",
                        "crash_exit",
                        "unresponsive",
                        "protocol_error",
                        "init_failed",
                        "forkserver_lost"
                    }) {
                assertThat(pool.metric("procpool_worker_exits_total", "reason", reason))
                        .as(reason)
                        .isZero();
            }
            assertThat(pool.metric("procpool_worker_start_failures_total")).isZero();
            assertThat(pool.metric("procpool_queue_jobs")).isZero();
            assertThat(pool.metric("procpool_queue_oldest_age_seconds")).isZero();
            assertThat(pool.metric("procpool_pool_degraded")).isZero();
            assertThat(pool.metric("procpool_pool_state", "state", "RUN")).isEqualTo(1);
            assertThat(pool.metric("procpool_pool_state", "state", "CLOSE")).isZero();
            assertThat(pool.metric("procpool_pool_state", "state", "TERMINATE")).isZero();
            assertThat(pool.metric("procpool_workers_configured")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\0',
            value = {
                "succeeded; \"func\":\"tasks.add\",\"args\":[1]",
                "failed; \"func\":\"tasks.fail\"",
                "timed_out; \"func\":\"tasks.spin\",\"timeout\":0.1",
                "worker_lost; \"func\":\"tasks.exit_now\",\"args\":[1]"
            })
    void tasks_are_counted_by_function_and_outcome(String outcome, String fields) {
        try (var pool = OwnPool.of("{\"processes\":1,\"grace\":0.1}")) {
            for (int call = 0; call < 3; call++) {
                pool.apply("{" + fields + "}");
            }
            var function = fields.split("\"", -1)[3];
            assertThat(
                            pool.metric(
                                    "procpool_task_execution_seconds_count",
                                    "function",
                                    function,
                                    "outcome",
                                    outcome))
                    .isEqualTo(3);
            assertThat(pool.metric("procpool_task_execution_seconds_count")).isEqualTo(3);
            assertThat(
                            pool.metric(
                                    "procpool_task_execution_seconds_bucket",
                                    "outcome",
                                    outcome,
                                    "le",
                                    "+Inf"))
                    .isEqualTo(3);
            assertThat(pool.metric("procpool_task_queue_wait_seconds_count", "function", function))
                    .isEqualTo(3);
            assertThat(
                            pool.metric(
                                    "procpool_task_queue_wait_seconds_bucket",
                                    "function",
                                    function,
                                    "le",
                                    "+Inf"))
                    .isEqualTo(3);
        }
    }

    @Test
    void each_end_of_a_worker_is_counted_once_by_its_reason() throws Exception {
        try (var pool = OwnPool.of("{\"processes\":1,\"grace\":0.1}")) {
            pool.apply("{\"func\":\"tasks.exit_now\",\"args\":[1]}");
            pool.apply("{\"func\":\"tasks.kill_me\"}");
            pool.apply("{\"func\":\"tasks.spin\",\"timeout\":0.1}");
            var spinning = pool.submit("apply", "{\"func\":\"tasks.spin\"}");
            until(
                    "it runs",
                    () -> service.get(spinning).jsonPath().getString("state").equals("running"));
            service.post(spinning + "/cancel", "");
            service.await(spinning);
            pool.awaitIdle(1);
            for (var reason :
                    new String[] {"crash_exit", "crash_signal", "task_timeout", "cancel"}) {
                until(
                        reason + " is counted",
                        () -> pool.metric("procpool_worker_exits_total", "reason", reason) == 1);
            }
            assertThat(pool.metric("procpool_worker_exits_total")).isEqualTo(4);
            assertThat(pool.metric("procpool_worker_start_seconds_count")).isEqualTo(5);
            assertThat(pool.metric("procpool_worker_start_seconds_sum")).isPositive();
        }
    }

    @Test
    void queue_and_workers_are_seen_as_they_are() throws IOException, InterruptedException {
        try (var pool = OwnPool.of("{\"processes\":2}");
                var gate = new Gate()) {
            pool.awaitIdle(2);
            assertThat(pool.metric("procpool_workers", "state", "idle")).isEqualTo(2);
            gate.occupy(pool);
            assertThat(pool.metric("procpool_workers", "state", "busy")).isEqualTo(1);
            gate.occupy(pool);
            assertThat(pool.metric("procpool_workers", "state", "busy")).isEqualTo(2);
            assertThat(pool.metric("procpool_workers", "state", "idle")).isZero();
            assertThat(pool.metric("procpool_workers", "state", "starting")).isZero();
            assertThat(pool.metric("procpool_workers", "state", "stopping")).isZero();
            var last = pool.submit("apply", "{\"func\":\"tasks.pid\"}");
            pool.submit("map", "{\"func\":\"tasks.echo\",\"iterable\":[1,2,3]}");
            assertThat(pool.metric("procpool_queue_jobs")).isEqualTo(2);
            assertThat(pool.metric("procpool_queue_oldest_age_seconds")).isPositive();
            gate.open();
            service.await(last);
            pool.awaitIdle(2);
            assertThat(pool.metric("procpool_queue_jobs")).isZero();
            assertThat(pool.metric("procpool_queue_oldest_age_seconds")).isZero();
        }
    }

    @Test
    void failed_starts_are_counted() throws InterruptedException {
        try (var pool =
                OwnPool.of("{\"processes\":1,\"initializer\":\"tasks.broken_initializer\"}")) {
            until(
                    "two starts have failed",
                    () -> pool.metric("procpool_worker_start_failures_total") >= 2);
            assertThat(pool.metric("procpool_worker_exits_total", "reason", "init_failed"))
                    .isGreaterThanOrEqualTo(2);
            assertThat(pool.metric("procpool_pool_degraded")).isEqualTo(1);
            assertThat(pool.metric("procpool_worker_start_seconds_count")).isZero();
        }
    }

    @Test
    void no_label_is_an_id_a_pid_or_a_host() {
        try (var pool = OwnPool.of("{\"processes\":1}")) {
            pool.finished("apply", "{\"func\":\"tasks.pid\"}");
            pool.apply("{\"func\":\"tasks.exit_now\",\"args\":[1]}");
            var scrape = Scrape.of(service);
            var labels =
                    scrape.samples().stream()
                            .filter(sample -> sample.name().startsWith("procpool_"))
                            .flatMap(sample -> sample.labels().keySet().stream())
                            .collect(Collectors.toSet());
            assertThat(labels).isNotEmpty().isSubsetOf(LABELS);
            assertThat(ID.matcher(scrape.text()).find()).as("an id in the metrics").isFalse();
            assertThat(scrape.of("http_server_requests_seconds_count", Map.of()))
                    .extracting(sample -> sample.labels().get("uri"))
                    .contains("/v1/results/{id}")
                    .noneMatch(uri -> uri.contains(pool.name()));
        }
    }

    @Test
    void a_deleted_pools_gauges_go() {
        var pool = OwnPool.of("{\"processes\":1}");
        assertThat(pool.metric("procpool_workers_configured")).isEqualTo(1);
        pool.close();
        assertThat(pool.metric("procpool_workers_configured")).isNaN();
        assertThat(pool.metric("procpool_queue_jobs")).isNaN();
    }
}
