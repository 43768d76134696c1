package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.Waiting;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that a task has made die with it, however many they are and wherever they hide. F15, F16. */
class FamilyTest {
    private static final int BOMB = 300;

    @TempDir private Path folder;

    /** F15: how many there may be is for a sandbox to say; that all are gone is not. */
    @ParameterizedTest
    @ValueSource(strings = {"timeout", "cancel"})
    void a_fork_bomb_is_ended_while_it_grows_and_nothing_of_it_is_left(String how)
            throws Exception {
        var ledger = folder.resolve("pids");
        try (var pool = FaultPool.of(1, ", \"grace\": 0.1")) {
            pool.awaitWorkers(1);
            var call = "[\"" + ledger + "\", " + BOMB + "]";
            var limit = how.equals("timeout") ? ", \"timeout\": 0.15" : "";
            var job = pool.submit("faults3.bomb", call, limit);
            FaultPool.awaitPids(ledger, 2);
            if (how.equals("cancel")) {
                pool.cancel(job);
            }
            assertThat(pool.await(job).path("state").asString())
                    .isEqualTo(how.equals("cancel") ? "cancelled" : "failed");

            // Whoever is alive is written down, or the child of one that is.
            Waiting.until(
                    "all that it has made are gone",
                    () ->
                            FaultPool.lines(ledger).stream()
                                    .map(Long::valueOf)
                                    .noneMatch(Processes::alive));
            var forkserver = Long.parseLong(pool.value("faults3.parent", "[]"));
            Waiting.until(
                    "the forkserver has its workers and no other child",
                    () -> Processes.children(forkserver).equals(pool.pids("idle", "starting")));
            pool.requireWorks();
        }
    }

    /** F16: nobody is left who knows it for a descendant. It is found by its environment. */
    @Test
    void a_daemon_is_gone_when_its_forkserver_was_killed_and_its_task_is_lost() throws Exception {
        var ledger = folder.resolve("daemon");
        try (var pool = FaultPool.of(2);
                var neighbour = FaultPool.of(1)) {
            var elsewhere = folder.resolve("elsewhere");
            neighbour.submit("faults3.keep_daemon", "[\"" + elsewhere + "\"]");
            long spared = FaultPool.awaitPids(elsewhere, 1).getFirst();
            var forkserver = Long.parseLong(pool.value("faults3.parent", "[]"));
            var job = pool.submit("faults3.keep_daemon", "[\"" + ledger + "\"]");
            long daemon = FaultPool.awaitPids(ledger, 1).getFirst();

            Processes.kill(forkserver);

            var problem = pool.await(job).path("problem");
            assertThat(problem.path("reason").asString()).isEqualTo("forkserver_lost");
            assertThat(Processes.alive(daemon)).as("a retry must not meet it").isFalse();
            assertThat(Processes.alive(spared)).as("another forkserver's").isTrue();
            pool.requireWorks();
        }
    }
}
