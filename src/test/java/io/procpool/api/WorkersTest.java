package io.procpool.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** /workers: who is there, and what they do. */
class WorkersTest {
    @Test
    void each_worker_is_listed_with_what_it_is_and_does() throws IOException, InterruptedException {
        try (var pool = OwnPool.ofProcesses(2);
                var gate = new Gate()) {
            pool.awaitIdle(2);
            var running = gate.occupy(pool);
            assertThat(pool.value("apply", "{\"func\":\"tasks.add\",\"args\":[1]}")).isEqualTo("2");
            var pid = Long.parseLong(pool.value("apply", "{\"func\":\"tasks.pid\"}"));

            var workers = pool.workers();
            assertThat(workers).hasSize(2);
            for (var worker : workers) {
                assertThat(worker.get("name").asString())
                        .isEqualTo("PoolWorker-" + worker.get("id").asString());
                assertThat(ProcessHandle.of(worker.get("pid").asLong())).isPresent();
                assertThat(worker.get("age").asDouble()).isPositive();
                assertThat(Instant.parse(worker.get("started").asString())).isBefore(Instant.now());
                assertThat(worker.get("private_memory").asLong()).isBetween(100_000L, 1L << 30);
                boolean free = worker.get("pid").asLong() == pid;
                assertThat(worker.get("state").asString()).isEqualTo(free ? "idle" : "busy");
                assertThat(worker.get("tasks_done").asInt()).isEqualTo(free ? 2 : 0);
                if (free) {
                    assertThat(worker.get("current").isNull()).isTrue();
                } else {
                    assertThat(worker.get("current").get("func").asString())
                            .isEqualTo("api_functions.wait_for");
                    assertThat(worker.get("current").get("result").asString())
                            .isEqualTo(running.substring("/v1/results/".length()));
                }
            }
            var counts = pool.resource().get("workers");
            assertThat(counts.toString())
                    .isEqualTo(
                            "{\"starting\":0,\"idle\":1,\"busy\":1,\"stopping\":0,\"unkillable\":0}");
        }
    }

    @Test
    void a_replaced_worker_is_another_one() throws InterruptedException {
        try (var pool = OwnPool.ofProcesses(1)) {
            pool.awaitIdle(1);
            var first = pool.workers().getFirst();
            pool.apply("{\"func\":\"tasks.exit_now\",\"args\":[1]}");
            pool.awaitIdle(1);
            var second = pool.workers().getFirst();
            assertThat(second.get("id").asLong()).isGreaterThan(first.get("id").asLong());
            assertThat(second.get("pid").asLong()).isNotEqualTo(first.get("pid").asLong());
            assertThat(second.get("tasks_done").asInt()).isZero();
            assertThat(pool.resource().get("workers_started").asInt()).isEqualTo(2);
        }
    }
}
