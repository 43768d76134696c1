package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.pool.ExitReason;
import io.procpool.problem.Failure;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CrashesTest {
    private static Failure lost(String reason) {
        return new Failure.WorkerLost(reason, null, null, "");
    }

    private static Attempt run(Failure problem) {
        return DrivenJob.attempt(1, 0, 1, problem, DrivenJob.NOW);
    }

    @Test
    void a_lost_worker_is_a_crash_if_it_was_its_tasks_doing() {
        assertThat(Crashes.isCrash(lost("crash_exit"))).isTrue();
        assertThat(Crashes.isCrash(lost("killed"))).isFalse();
        assertThat(Crashes.isCrash(new Failure.ProtocolError(""))).isTrue();
    }

    @Test
    void a_sigterm_comes_from_outside() {
        assertThat(Crashes.isCrash(new Failure.WorkerLost("crash_signal", null, 15, ""))).isFalse();
        assertThat(Crashes.isCrash(new Failure.WorkerLost("crash_signal", null, 9, ""))).isTrue();
        assertThat(Crashes.isCrash(new Failure.WorkerLost("crash_exit", 15, null, ""))).isTrue();
    }

    @Test
    void a_worker_went_with_its_neighbour_if_its_host_was_recycled() {
        assertThat(Stream.of(ExitReason.values()).map(ExitReason::label))
                .filteredOn(reason -> Crashes.isNeighbours(lost(reason)))
                .containsExactly("host_recycled");
    }

    @Test
    void what_is_lost_with_the_service_is_foreign_and_known_by_the_last_run() {
        var lost = Crashes.serviceLost();
        assertThat(Crashes.isForeign(lost)).isTrue();
        assertThat(Crashes.isCrash(lost)).isFalse();
        assertThat(Crashes.isServiceLost(List.of(run(lost("killed")), run(lost)))).isTrue();
        assertThat(Crashes.isServiceLost(List.of(run(lost), run(lost("killed"))))).isFalse();
        assertThat(Crashes.isServiceLost(List.of())).isFalse();
    }

    @Test
    void failed_runs_are_charged_unless_they_were_taken_away() {
        var runs =
                List.of(
                        run(null),
                        run(lost("crash_exit")),
                        run(lost("killed")),
                        run(Crashes.serviceLost()),
                        run(new Failure.TimedOut(Duration.ofSeconds(1))),
                        run(new Failure.ProtocolError("")));
        assertThat(Crashes.of(runs)).isEqualTo(2);
        assertThat(Crashes.charged(runs)).isEqualTo(3);
    }
}
