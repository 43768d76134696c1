package io.procpool.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** GET of the system: facts that the kernel and the JVM confirm, and nothing that is nobody's business. */
class SystemTest {
    private final Service service = Service.shared();

    private JsonNode system() {
        var answer = service.get("/v1/system");
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return Service.json(answer);
    }

    private static String proc(String file) throws IOException {
        return Files.readString(Path.of("/proc", file)).strip();
    }

    @Test
    void the_facts_are_those_of_the_kernel() throws IOException {
        var system = system();
        var versions = system.get("versions");
        assertThat(versions.get("kernel").asString()).isEqualTo(proc("sys/kernel/osrelease"));
        assertThat(versions.get("os").asString()).isEqualTo(proc("sys/kernel/ostype"));
        assertThat(versions.get("java").asString())
                .isEqualTo(Runtime.version().toString().replaceFirst("\\+.*", ""));
        assertThat(versions.get("procpool").asString()).matches("\\d+\\.\\d+\\.\\d+.*");

        int processors =
                (int) proc("cpuinfo").lines().filter(line -> line.startsWith("processor")).count();
        assertThat(system.get("cpu_count").asInt()).isBetween(1, processors);
        long total =
                1024
                        * Long.parseLong(
                                proc("meminfo")
                                        .lines()
                                        .filter(line -> line.startsWith("MemTotal:"))
                                        .findFirst()
                                        .orElseThrow()
                                        .replaceAll("\\D", ""));
        assertThat(system.at("/memory/total").asLong()).isBetween(64L << 20, total);
        assertThat(system.at("/memory/heap_max").asLong())
                .isEqualTo(Runtime.getRuntime().maxMemory());
    }

    @Test
    void runtimes_say_whether_they_can_be_used_and_how() {
        var runtimes = system().get("runtimes").valueStream().toList();
        assertThat(runtimes)
                .extracting(runtime -> runtime.get("name").asString())
                .containsExactly("command", "java", "python");
        var command = runtimes.get(0);
        assertThat(command.get("kinds").toString()).isEqualTo("[\"process\"]");
        var java = runtimes.get(1);
        assertThat(java.get("available").asBoolean()).isTrue();
        assertThat(java.get("kinds").toString()).isEqualTo("[\"process\",\"thread\"]");
        assertThat(java.get("start_methods").toString()).isEqualTo("[\"spawn\"]");
        var python = runtimes.get(2);
        assertThat(python.get("available").asBoolean()).isTrue();
        assertThat(python.get("description").asString()).matches("python 3\\.\\d+");
        assertThat(python.get("start_methods").toString()).isEqualTo("[\"forkserver\",\"spawn\"]");
    }

    @Test
    void limits_and_load_are_those_of_the_settings() {
        var limits = Service.json(LimitedService.get().get("/v1/system")).get("limits");
        assertThat(limits.get("body").asLong()).isEqualTo(64L << 20);
        assertThat(limits.get("nesting").asInt()).isEqualTo(500);
        assertThat(limits.get("output_tail").asInt()).isEqualTo(64 << 10);
        assertThat(limits.get("queue_limit").asInt()).isEqualTo(10_000);
        assertThat(limits.get("batch").asInt()).isEqualTo(10_000);
        assertThat(limits.at("/store/limit").asLong()).isEqualTo(10L << 30);
        assertThat(limits.at("/store/used").asLong()).isBetween(1L, 10L << 30);
        assertThat(limits.at("/in_flight/limit").asLong())
                .isEqualTo((long) (Runtime.getRuntime().maxMemory() * LimitedService.IN_FLIGHT));
        assertThat(limits.at("/in_flight/used").asLong())
                .isBetween(0L, limits.at("/in_flight/limit").asLong());
    }

    @Test
    void what_the_host_can_do_is_what_is_there() {
        var host = system().get("host");
        assertThat(host.get("kill_groups").asBoolean()).isTrue();
        assertThat(host.get("private_memory").asBoolean())
                .isEqualTo(Files.isReadable(Path.of("/proc/self/smaps_rollup")));
        for (var tool : List.of("setsid", "setpriv")) {
            assertThat(host.get(tool).asBoolean())
                    .isEqualTo(Files.isExecutable(Path.of("/usr/bin", tool)));
        }
        assertThat(host.get("cgroup_controllers").isArray()).isTrue();
        assertThat(host.get("bubblewrap").isBoolean()).isTrue();
    }

    @Test
    void the_service_tells_how_it_is() throws InterruptedException {
        var before = system();
        assertThat(before.get("draining").asBoolean()).isFalse();
        assertThat(before.get("store").asString()).isEqualTo("sqlite");
        int pools = before.get("pools").asInt();
        try (var pool = OwnPool.ofProcesses(1)) {
            pool.awaitIdle(1);
            var after = system();
            assertThat(after.get("pools").asInt()).isEqualTo(pools + 1);
            assertThat(after.get("uptime").asDouble())
                    .isGreaterThan(before.get("uptime").asDouble());
        }
    }

    @Test
    void no_path_no_user_and_no_variable_is_in_it() {
        var text = service.get("/v1/system").asString();
        assertThat(text)
                .doesNotContain("/")
                .doesNotContain(service.home().toString())
                .doesNotContain("\"" + System.getProperty("user.name") + "\"");
        System.getenv()
                .forEach(
                        (name, value) -> {
                            if (value.length() > 12) {
                                assertThat(text).as(name).doesNotContain(value);
                            }
                        });
    }
}
