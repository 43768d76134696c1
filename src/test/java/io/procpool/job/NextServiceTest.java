package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.problem.Failure;
import io.procpool.problem.Refusal;
import io.procpool.service.Waiting;
import io.procpool.store.Stores;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Accepted jobs over the end of a service, in order or not, with a real store. */
class NextServiceTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir private Path home;
    private Stores.Opened stored;
    private Whenever whenever;
    private Hands hands;
    private Jobs jobs;

    @BeforeEach
    void begin() throws IOException {
        stored = Stores.open(home);
        whenever = new Whenever(stored.jobs());
        hands = new Hands(2);
        jobs = JobsTest.jobs(whenever.store(), hands);
    }

    @AfterEach
    void end() {
        jobs.close();
        hands.close();
        stored.close();
    }

    /** The service ends, whatever runs is killed with it, and another one begins. */
    private void next() throws IOException {
        jobs.suspend();
        hands.kill();
        end();
        begin();
    }

    private UUID accept(Submission submission) {
        return jobs.accept(Submissions.accepted(submission), null).record().id();
    }

    private JobRecord ready(UUID id) throws InterruptedException {
        var record = jobs.awaitReady(id, LONG);
        assertThat(record.ready()).isTrue();
        return record;
    }

    private static String value(JobRecord record) {
        return ((JobState.Succeeded) record.state()).value().utf8();
    }

    private void awaitRunning(UUID id) throws InterruptedException {
        Waiting.until("it runs", () -> jobs.require(id).state() instanceof JobState.Running);
    }

    @Test
    void what_ran_when_the_service_ended_runs_again_in_the_next_one_with_the_next_attempt()
            throws Exception {
        hands.hold();
        var id = accept(Submissions.apply());
        awaitRunning(id);
        var before = jobs.require(id);
        next();
        var after = ready(id);
        assertThat(value(after)).isEqualTo("[1, 2]");
        assertThat(after.attempts()).extracting(Attempt::n).containsExactly(1, 2);
        assertThat(after.attempts().getFirst().problem()).isEqualTo(Crashes.serviceLost());
        assertThat(after.version()).isGreaterThan(before.version());
        assertThat(JobState.started(after.state())).isEqualTo(JobState.started(before.state()));
    }

    @Test
    void what_a_map_had_done_is_not_done_again() throws Exception {
        var id = accept(Submissions.map(40, 1));
        Waiting.until("some of it is done", () -> jobs.require(id).done() >= 10);
        hands.hold();
        next();
        hands.hold();
        long done = jobs.require(id).done();
        assertThat(done).isGreaterThanOrEqualTo(10);
        hands.letGo();
        var after = ready(id);
        assertThat(value(after)).isEqualTo(Submissions.numbers(0, 40));
        assertThat(hands.runs()).as("so many were left").isLessThanOrEqualTo((int) (40 - done));
    }

    @Test
    void jobs_that_nobody_had_claimed_wait_for_the_next_service() throws Exception {
        hands.hold();
        var ids = new ArrayList<UUID>();
        for (int i = 0; i < 3; i++) {
            var many = Stream.generate(() -> Submissions.accepted(Submissions.apply())).limit(500);
            var receipt = jobs.acceptAll(many.toList(), null, _ -> "");
            ids.addAll(((BatchReceipt.Taken) receipt).ids());
        }
        Waiting.until("the window is full", () -> hands.admitted() == Line.WINDOW);
        assertThat(jobs.waiting("pool")).isTrue();
        next();
        for (var id : ids) {
            assertThat(ready(id).successful()).isTrue();
        }
        Waiting.until("nothing waits", () -> !jobs.waiting("pool"));
        assertThat(hands.runs()).isEqualTo(ids.size());
        assertThat(hands.drained()).isNotEmpty();
    }

    @Test
    void what_is_accepted_while_the_service_ends_waits_for_the_next_one() throws Exception {
        jobs.suspend();
        hands.fate(Workers.Fate.END); // its pools have ended by now
        var id = accept(Submissions.apply());
        assertThat(jobs.require(id).state()).isInstanceOf(JobState.Pending.class);
        next();
        assertThat(ready(id).successful()).isTrue();
    }

    @Test
    void what_is_accepted_just_when_the_service_ends_is_not_run_by_it() throws Exception {
        whenever.after("accept", jobs::suspend);
        var id = accept(Submissions.apply());
        assertThat(hands.admitted()).isZero();
        assertThat(jobs.require(id).ready()).isFalse();
        next();
        assertThat(ready(id).successful()).isTrue();
    }

    @Test
    void a_call_that_is_kept_while_the_service_ends_goes_on_in_the_next_one() throws Exception {
        hands.hold();
        var job = jobs.submit(Submissions.apply());
        Waiting.until("it runs", () -> job.snapshot().state() instanceof JobState.Running);
        jobs.suspend();
        assertThat(jobs.keep(job)).isTrue();
        assertThat(hands.wasWithdrawn(job)).isTrue();
        job.broke(new Failure.PoolTerminated("pool"));
        assertThat(jobs.require(job.id()).ready()).isFalse();
        next();
        assertThat(value(ready(job.id()))).isEqualTo("[1, 2]");
    }

    @Test
    void a_run_that_fails_while_its_call_is_being_kept_is_known_to_the_next_service()
            throws Exception {
        var crash = new Failure.WorkerLost("crash_exit", 7, null, "");
        var retries = new Retries(2, Duration.ofHours(1), List.of("worker-lost"));
        hands.hold();
        hands.breakWith(crash);
        var job = jobs.submit(Submissions.retried(retries, Submissions.apply()));
        whenever.before("accept", () -> letFailOnce(job));
        assertThat(jobs.keep(job)).isTrue();
        next();
        Waiting.until("it is claimed", () -> jobs.require(job.id()).attempts().size() == 2);
        assertThat(jobs.require(job.id()).attempts())
                .extracting(Attempt::problem)
                .containsExactly(crash, Crashes.serviceLost());
    }

    private void letFailOnce(Job job) {
        hands.letGo();
        try {
            Waiting.until("it has failed once", () -> job.snapshot().attempts().size() == 1);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void a_call_that_waits_for_its_end_is_told_that_there_is_none_yet() throws Exception {
        hands.hold();
        var id = accept(Submissions.apply());
        var told = new CompletableFuture<JobRecord>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                told.complete(jobs.awaitReady(id, Duration.ofDays(1)));
                            } catch (InterruptedException interrupted) {
                                told.completeExceptionally(interrupted);
                            }
                        });
        awaitRunning(id);
        jobs.suspend();
        assertThat(told.get(60, TimeUnit.SECONDS).ready()).isFalse();
        assertThat(jobs.awaitReady(id, Duration.ofDays(1)).ready()).isFalse();
    }

    @Test
    void what_was_cancelled_while_it_waited_in_the_store_stays_so() throws Exception {
        jobs.suspend(); // it goes into the store
        var id = accept(Submissions.apply());
        var ended = jobs.cancel(id);
        assertThat(ended.state()).isInstanceOf(JobState.Cancelled.class);
        next();
        assertThat(jobs.require(id).state()).isEqualTo(ended.state());
        assertThat(jobs.waiting("pool")).isFalse();
    }

    @Test
    void who_waits_for_a_job_in_the_store_hears_of_its_end() throws Exception {
        var later =
                new Terms(
                        Retries.ACCEPTED,
                        Delivery.AT_LEAST_ONCE,
                        Map.of(),
                        Submissions.CLOCK.instant().plus(Duration.ofDays(1)));
        var id = jobs.accept(Submissions.on(later, Submissions.apply()), null).record().id();
        var told = new CompletableFuture<JobRecord>();
        var thread =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    try {
                                        told.complete(jobs.awaitReady(id, Duration.ofDays(1)));
                                    } catch (InterruptedException interrupted) {
                                        told.completeExceptionally(interrupted);
                                    }
                                });
        Waiting.until("it waits", () -> thread.getState() == Thread.State.TIMED_WAITING);
        jobs.cancel(id);
        assertThat(told.get(60, TimeUnit.SECONDS).state()).isInstanceOf(JobState.Cancelled.class);
    }

    @Test
    void what_comes_after_its_pool_was_terminated_fails_and_what_waits_for_it_too()
            throws Exception {
        var gone = new Refusal.PoolUnknown("pool");
        hands.refuseToAdmit(gone);
        assertThat(ready(accept(Submissions.apply())).state().failure())
                .contains(new Failure.PoolTerminated("pool"));
        var later =
                new Terms(
                        Retries.ACCEPTED,
                        Delivery.AT_LEAST_ONCE,
                        Map.of(),
                        Submissions.CLOCK.instant().plus(Duration.ofDays(1)));
        var waits = jobs.accept(Submissions.on(later, Submissions.apply()), null).record().id();
        jobs.drop("pool");
        assertThat(jobs.require(waits).state().failure())
                .contains(new Failure.PoolTerminated("pool"));
        hands.fate(Workers.Fate.END);
        var late = jobs.accept(Submissions.on(later, Submissions.apply()), null).record().id();
        assertThat(jobs.require(late).state().failure())
                .contains(new Failure.PoolTerminated("pool"));
    }

    @Test
    void a_job_that_is_cancelled_before_its_pool_has_it_leaves_the_pool() throws Exception {
        hands.hold();
        var cancelled = new ArrayList<UUID>();
        hands.beforeAdmit(
                job -> {
                    jobs.cancel(job.id());
                    cancelled.add(job.id());
                });
        var id = accept(Submissions.apply());
        assertThat(cancelled).isEqualTo(List.of(id));
        assertThat(ready(id).state()).isInstanceOf(JobState.Cancelled.class);
        assertThat(hands.withdrawals().getLast()).as("the last word").isEqualTo(id);
        assertThat(hands.words()).containsExactly("withdraw", "withdraw", "admit", "withdraw");
    }

    @Test
    void the_memory_of_bodies_is_given_back_whatever_becomes_of_them() throws Exception {
        long before = Submissions.IN_FLIGHT.held();
        var refused = Submissions.accepted(Submissions.apply());
        refused.hold().grow(1_000);
        var request = new Request("key", "one");
        var first = jobs.accept(refused, request).record().id();
        ready(first);
        var repeated = Submissions.accepted(Submissions.apply());
        repeated.hold().grow(1_000);
        assertThat(jobs.accept(repeated, request).replayed()).isTrue();
        var waiting = Submissions.once(Submissions.map(0, null));
        waiting.hold().grow(1_000);
        ready(jobs.accept(waiting, null).record().id());
        jobs.suspend();
        var stored = Submissions.accepted(Submissions.apply());
        stored.hold().grow(1_000);
        jobs.accept(stored, null);
        assertThat(Submissions.IN_FLIGHT.held()).isEqualTo(before);
    }
}
