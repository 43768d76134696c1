package io.procpool.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What is known of a task that ran: by whom, at what cost, and what it printed. */
interface EvidenceContract extends Contract {
    int TAIL = 64 << 10;

    private JsonNode attempt(String func, String args) {
        var job = shared().run(func, args, "");
        assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("succeeded");
        assertThat(job.path("attempts").size()).isEqualTo(1);
        return job.path("attempts").path(0);
    }

    @Test
    default void an_attempt_tells_who_ran_it_and_what_it_cost() {
        var attempt = attempt("api_functions.burn", "[0.2]");
        assertThat(attempt.path("n").asInt()).isEqualTo(1);
        assertThat(shared().pids("idle", "busy")).contains(attempt.path("pid").asLong());
        assertThat(attempt.path("generation").asInt()).isPositive();
        assertThat(attempt.path("cpu_seconds").asDouble()).isBetween(0.02, 20.0);
        assertThat(attempt.path("peak_rss").asLong()).isGreaterThan(1 << 20);
        assertThat(attempt.path("exitcode").isNull()).isTrue();
        assertThat(attempt.path("signal").isNull()).isTrue();
        assertThat(attempt.path("problem").isNull()).isTrue();
        assertThat(attempt("tasks.nap", "[0.01]").path("cpu_seconds").asDouble())
                .isLessThan(attempt.path("cpu_seconds").asDouble());
    }

    @Test
    default void what_a_task_prints_is_its_own() {
        for (int round = 0; round < 4; round++) {
            var text = "grüße, 世界 😀 " + round;
            var said = attempt("tasks.say", "[\"" + text + "\"]");
            assertThat(said.path("output_tail").asString()).isEqualTo(text + "\n");
            assertThat(said.path("output_truncated").asBoolean()).isFalse();
            assertThat(attempt("tasks.pid", "[]").path("output_tail").asString()).isEmpty();
        }
    }

    @Test
    default void both_streams_are_kept() {
        var tail = attempt("faults.speak", "[\"äöü\"]").path("output_tail").asString();
        assertThat(tail).isEqualTo("äöü\näöü\n");
    }

    @Test
    default void of_a_flood_the_end_is_kept() {
        var flood = attempt("api_functions.flood", "[20000]"); // 2 MB
        var tail = flood.path("output_tail").asString();
        assertThat(tail.getBytes(UTF_8)).hasSize(TAIL);
        assertThat(tail).endsWith("019999\nthe last line\n");
        assertThat(flood.path("output_truncated").asBoolean()).isTrue();
    }
}
