package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.procpool.service.Processes;
import io.procpool.service.ServiceProcess;
import io.procpool.service.Waiting;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A worker in uninterruptible sleep, which SIGKILL does not end: its call ends all the same, its place is lost until it does. F14. */
@ExtendWith(OutputCaptureExtension.class)
class UnkillableTest {
    private static final String SHORT = ", \"grace\": 0.2, \"start_timeout\": 1";

    @TempDir private Path folder;
    private StallingFuse fuse;

    @BeforeEach
    void mount() throws Exception {
        fuse = StallingFuse.mountOn(folder);
    }

    @AfterEach
    void letGo() throws Exception {
        fuse.close();
    }

    /** Each of these tests waits for seconds for what does not end. */
    private static void assumeDeep() {
        assumeTrue(Boolean.getBoolean("procpool.deep"), "it takes long: run with -Pdeep");
    }

    private String look(FaultPool pool, String more) {
        return pool.submit("faults3.look_at", "[\"" + fuse.file() + "\"]", more);
    }

    @Test
    void its_call_times_out_the_others_are_served_and_its_place_comes_back_when_it_ends(
            CapturedOutput output) throws Exception {
        try (var pool = FaultPool.of(2, SHORT)) {
            pool.awaitWorkers(2);
            var job = pool.await(look(pool, ", \"timeout\": 0.2"));

            assertThat(job.path("problem").path("type").asString())
                    .isEqualTo("urn:procpool:problem:timed-out");
            var attempt = job.path("attempts").path(0);
            assertThat(attempt.path("signal").isNull()).as("no end was seen").isTrue();
            assertThat(attempt.path("exitcode").isNull()).isTrue();
            long pid = attempt.path("pid").asLong();
            assertThat(Processes.alive(pid)).isTrue();

            Waiting.until("it is told", () -> pool.pids("unkillable").equals(List.of(pid)));
            assertThat(output.getAll()).contains("unkillable: worker " + pid);
            assertThat(pool.health().path("status").asString()).isEqualTo("degraded");
            assertThat(pool.health().path("cause").asString()).contains("1 of 2", "unkillable");
            assertThat(pool.workersIn("unkillable")).isEqualTo(1);
            var other = pool.awaitWorkers(1);
            for (int call = 0; call < 3; call++) {
                assertThat(pool.servingPid()).isEqualTo(other.getFirst());
            }

            fuse.close();
            assertThat(pool.awaitWorkers(2)).contains(other.getFirst()).doesNotContain(pid);
            assertThat(Processes.alive(pid)).isFalse();
            assertThat(pool.exits("unkillable")).isEqualTo(1);
            assertThat(pool.workersIn("unkillable")).isZero();
            assertThat(pool.health().path("status").asString()).isEqualTo("ok");
        }
    }

    /** No call hangs: who waits for the only place is told that there is none, and what was accepted runs when it is back. */
    @Test
    void a_pool_without_any_place_left_says_so_and_goes_on_later() throws Exception {
        assumeDeep();
        try (var pool = FaultPool.of(1, SHORT)) {
            long pid = pool.awaitWorkers(1).getFirst();
            var stuck = look(pool, "");
            fuse.awaitStalled(pid);
            pool.cancel(stuck);
            assertThat(pool.await(stuck).path("state").asString()).isEqualTo("cancelled");
            Waiting.until("it is told", () -> pool.pids("unkillable").equals(List.of(pid)));

            var accepted = pool.submit("tasks.add", "[1]");
            var refused = pool.apply("tasks.add", "[1]");
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
            assertThat(FaultPool.json(refused).path("type").asString())
                    .isEqualTo("urn:procpool:problem:pool-degraded");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();

            fuse.close();
            assertThat(pool.await(accepted).path("state").asString()).isEqualTo("succeeded");
            pool.requireWorks();
        }
    }

    /** terminate tells the call its end; join tells that a worker is left, until it is gone. */
    @Test
    void a_terminated_pool_is_joined_when_it_has_ended() throws Exception {
        assumeDeep();
        try (var pool = FaultPool.of(1, SHORT)) {
            long pid = pool.awaitWorkers(1).getFirst();
            var stuck = look(pool, "");
            fuse.awaitStalled(pid);
            pool.post("/terminate");
            assertThat(pool.await(stuck).path("problem").path("type").asString())
                    .isEqualTo("urn:procpool:problem:pool-terminated");
            assertThat(pool.post("/join?timeout=0").statusCode()).isEqualTo(202);
            fuse.close();
            assertThat(pool.post("/join?timeout=60").statusCode()).isEqualTo(204);
            assertThat(Processes.alive(pid)).isFalse();
        }
    }

    /** Found when it is to be replaced: its task is long done, only a thread of it sleeps. Its forkserver is not to blame. */
    @Test
    void a_worker_that_cannot_even_exit_is_marked_while_its_replacement_serves() throws Exception {
        try (var pool = FaultPool.of(1, SHORT + ", \"maxtasksperchild\": 3")) {
            var forkserver = pool.value("faults3.parent", "[]");
            var pid =
                    Long.parseLong(
                            pool.value("faults3.look_from_a_thread", "[\"" + fuse.file() + "\"]"));
            fuse.awaitAnyStalled();
            assertThat(pool.servingPid()).as("its last task").isEqualTo(pid);
            Waiting.until("it is told", () -> pool.pids("unkillable").equals(List.of(pid)));
            assertThat(pool.value("faults3.parent", "[]")).isEqualTo(forkserver);

            fuse.close();
            Waiting.until("it has ended", () -> pool.exits("unkillable") == 1);
            assertThat(pool.pids("unkillable")).isEmpty();
            assertThat(pool.value("faults3.parent", "[]")).isEqualTo(forkserver);
        }
    }

    /** The end of the service does not wait for it longer than for any other. */
    @Test
    void a_service_that_is_told_to_end_does_so() throws Exception {
        assumeDeep();
        try (var service =
                ServiceProcess.start(
                        "--procpool.pools.default.processes=1",
                        "--procpool.pools.default.grace=200ms")) {
            var stuck =
                    service.posting(
                            "/v1/pools/default/apply",
                            "{\"func\": \"faults3.look_at\", \"args\": [\"" + fuse.file() + "\"]}");
            fuse.awaitAnyStalled();
            service.terminate();
            assertThat(stuck.join().body()).contains("urn:procpool:problem:pool-terminated");
            assertThat(service.exitCode()).isZero();
        }
    }

    @Test
    void a_thread_that_keeps_its_process_from_ending_does_not_keep_its_neighbours()
            throws Exception {
        try (var pool = FaultPool.of(2, ", \"kind\": \"thread\"" + SHORT)) {
            pool.awaitWorkers(2);
            var neighbour = pool.applying("faults.for_ever", "[]", "");
            Waiting.until("it runs", () -> pool.pids("busy").size() == 1);
            var job = pool.await(look(pool, ", \"timeout\": 0.2"));

            assertThat(job.path("problem").path("type").asString())
                    .isEqualTo("urn:procpool:problem:timed-out");
            assertThat(FaultPool.json(neighbour.join()).path("reason").asString())
                    .isEqualTo("host_recycled");
            pool.awaitWorkers(1);
            pool.requireWorks();
            fuse.close();
            pool.awaitWorkers(2);
            pool.requireWorks();
        }
    }
}
