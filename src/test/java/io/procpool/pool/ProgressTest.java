package io.procpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a function knows of its call, and what it says of how far it is, over real workers. */
class ProgressTest {
    @TempDir private Path folder;

    private Asked asked(PythonPool pool, String func, String args, Call.Origin origin) {
        var asked = new Asked(func, args, null, origin);
        pool.pool.submit(asked);
        return asked;
    }

    @Test
    void a_function_knows_its_job_its_task_and_which_attempt_it_is() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(1))) {
            for (int attempt = 1; attempt <= 3; attempt++) {
                var origin = new Call.Origin("job-1", 41, attempt, false);
                assertThat(asked(pool, "rooms.whoami", "[]", origin).value())
                        .isEqualTo("[\"job-1\",41," + attempt + "]");
            }
        }
    }

    @Test
    void what_a_function_says_is_heard_in_its_order_and_before_its_end() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(1))) {
            var call = pool.call("rooms.tell", "[[0],[1,4],[2.5,4,\"größe\"],[1,null,\"back\"]]");
            assertThat(call.value()).isEqualTo("null");
            assertThat(call.told())
                    .containsExactly(
                            new Reported(0, null, null),
                            new Reported(1, 4.0, null),
                            new Reported(2.5, 4.0, "größe"),
                            new Reported(1, null, "back"));
        }
    }

    @Test
    void it_is_heard_while_the_call_runs() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(1))) {
            var call = pool.call("rooms.tell_and_hang", "[\"" + folder.resolve("begun") + "\"]");
            Waiting.until("it is heard", () -> !call.told().isEmpty());
            assertThat(call.told()).containsExactly(new Reported(1, 2.0, "halfway"));
            assertThat(call.hasEnded()).isFalse();
        }
    }

    @Test
    void a_thread_that_outlives_its_call_is_not_heard_while_nothing_runs() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(1))) {
            var go = folder.resolve("go");
            var early = pool.call("rooms.tell_later", "[\"" + go + "\"]");
            assertThat(early.value()).isEqualTo("null");
            Files.createFile(go);
            var later = pool.call("rooms.pid", "[]");
            assertThat(later.value()).isEqualTo(Long.toString(early.startedIn()));
            assertThat(early.told()).isEmpty();
            assertThat(pool.exits()).as("it is no offence either").isEmpty();
        }
    }
}
