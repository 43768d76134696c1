package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.job.JobStore.Found;
import io.procpool.problem.Failure;
import io.procpool.problem.Refusal;
import io.procpool.problem.Refused;
import io.procpool.service.Waiting;
import io.procpool.store.Stores;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobsTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir private Path home;
    private final Hands hands = new Hands(3);
    private Stores.Opened stored;
    private JobStore store;
    private Jobs jobs;

    @BeforeEach
    void begin() throws IOException {
        stored = Stores.open(home);
        store = stored.jobs();
        jobs = jobs(store, hands);
    }

    static Jobs jobs(JobStore store, Workers workers) {
        return new Jobs(
                store,
                workers,
                Submissions.CLOCK,
                Submissions.LIMITS,
                Submissions.IN_FLIGHT,
                List.of());
    }

    @AfterEach
    void end() {
        jobs.close();
        hands.close();
        stored.close();
    }

    private UUID accept(Submission submission) {
        return jobs.accept(Submissions.accepted(submission), null).record().id();
    }

    private JobRecord ready(UUID id) throws InterruptedException {
        var record = jobs.awaitReady(id, LONG);
        assertThat(record.ready()).isTrue();
        return record;
    }

    private static void assertRefused(Runnable action, Refusal refusal) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.problem()).isEqualTo(refusal));
    }

    private Job finished(Submission submission) throws InterruptedException {
        var job = jobs.submit(submission);
        assertThat(jobs.await(job, LONG)).isTrue();
        return job;
    }

    @Test
    void an_accepted_job_is_stored_when_that_is_told_and_when_it_is_final() throws Exception {
        hands.hold();
        var id = accept(Submissions.map(10, 3));
        assertThat(store.find(id))
                .isInstanceOfSatisfying(
                        Found.There.class, found -> assertThat(found.record().ready()).isFalse());
        hands.letGo();
        var shown = ready(id);
        assertThat(shown.successful()).isTrue();
        assertThat(((JobState.Succeeded) shown.state()).value().utf8())
                .isEqualTo(Submissions.numbers(0, 10));
        assertThat(store.find(id))
                .isInstanceOfSatisfying(
                        Found.There.class,
                        found -> {
                            assertThat(found.record().state()).isEqualTo(shown.state());
                            assertThat(found.record().version()).isEqualTo(shown.version());
                        });
    }

    @Test
    void a_sync_job_is_not_stored_and_can_be_looked_at_for_a_while() throws Exception {
        var job = finished(Submissions.apply());
        assertThat(store.find(job.id())).isEqualTo(new Found.Unknown());
        assertThat(jobs.require(job.id()).successful()).isTrue();
        jobs.forget(job.id());
        assertRefused(() -> jobs.require(job.id()), new Refusal.ResultUnknown(job.id().toString()));
    }

    @Test
    void a_pool_that_is_closed_while_a_job_is_being_accepted_stays_open_for_it() throws Exception {
        var open = new ArrayList<Boolean>();
        hands.beforeAdmit(_ -> open.add(jobs.waiting("pool")));
        ready(accept(Submissions.apply()));
        var batch = List.of(Submissions.accepted(Submissions.apply()));
        assertThat(jobs.acceptAll(batch, null, Object::toString))
                .isInstanceOf(BatchReceipt.Taken.class);
        assertThat(open).containsExactly(true, true);
        assertThat(jobs.waiting("pool")).isFalse();
        assertThat(hands.drained()).containsExactly("pool", "pool");
    }

    @Test
    void jobs_that_pause_for_an_hour_hold_nobody_up() throws Exception {
        var raised = new Failure.FunctionRaised(new Failure.Thrown("E", "no", ""), null);
        var retries = new Retries(1, Duration.ofHours(1), List.of("function-raised"));
        hands.breakWith(raised);
        var many =
                Stream.generate(() -> Submissions.retried(retries, Submissions.apply()))
                        .limit(Line.WINDOW)
                        .toList();
        jobs.acceptAll(many, null, Object::toString);
        Waiting.until("all have failed once", () -> hands.broken() == Line.WINDOW);
        hands.breakWith(null);
        assertThat(ready(accept(Submissions.apply())).successful()).isTrue();
    }

    @Test
    void one_that_is_cancelled_in_a_pause_holds_no_place_and_no_memory() throws Exception {
        var raised = new Failure.FunctionRaised(new Failure.Thrown("E", "no", ""), null);
        var retries = new Retries(1, Duration.ofHours(1), List.of("function-raised"));
        hands.breakWith(raised);
        var seen = new ArrayList<WeakReference<Job>>();
        hands.beforeAdmit(job -> seen.add(new WeakReference<>(job)));
        var id = accept(Submissions.retried(retries, Submissions.apply()));
        Waiting.until("it pauses", () -> hands.broken() == 1 && resting(id));
        jobs.cancel(id);
        ready(id);
        Waiting.until(
                "nobody holds it",
                () -> {
                    System.gc();
                    return seen.getFirst().get() == null;
                });
    }

    private boolean resting(UUID id) {
        return jobs.require(id).attempts().size() == 1;
    }

    @Test
    void a_refused_submission_stores_nothing() {
        var closed = new Refusal.PoolNotRunning("pool", "CLOSE");
        hands.refuseToCheck(closed);
        assertRefused(() -> accept(Submissions.apply()), closed);
        hands.refuseToCheck(null);
        hands.refuseToQueue(closed);
        assertRefused(() -> jobs.submit(Submissions.apply()), closed);
        assertThat(store.list(JobStore.Query.all(100))).isEmpty();
        assertThat(jobs.list(JobStore.Query.all(100)).jobs()).isEmpty();
    }

    @Test
    void the_memory_of_a_body_is_given_back_when_its_job_is_final() throws Exception {
        long before = Submissions.IN_FLIGHT.held();
        hands.hold();
        var submission = Submissions.apply();
        submission.hold().grow(1_000);
        var id = jobs.accept(submission, null).record().id();
        assertThat(Submissions.IN_FLIGHT.held()).isEqualTo(before + 1_000);
        hands.letGo();
        ready(id);
        assertThat(Submissions.IN_FLIGHT.held()).isEqualTo(before);
    }

    @Test
    void a_map_of_nothing_is_done_without_a_worker() throws Exception {
        hands.close();
        assertThat(jobs.submit(Submissions.map(0, null)).snapshot().successful()).isTrue();
        assertThat(ready(accept(Submissions.map(0, null))).successful()).isTrue();
    }

    @Test
    void a_job_that_is_kept_is_found_in_the_store_with_its_outcome() throws Exception {
        hands.hold();
        var job = jobs.submit(Submissions.apply());
        assertThat(jobs.await(job, Duration.ofMillis(1))).isFalse();
        assertThat(job.waitedFor()).isTrue();
        assertThat(jobs.keep(job)).isTrue();
        assertThat(job.waitedFor()).isFalse();
        hands.letGo();
        job.awaitReady(LONG);
        assertThat(store.find(job.id()))
                .isInstanceOfSatisfying(
                        Found.There.class,
                        found -> assertThat(found.record().successful()).isTrue());
    }

    @Test
    void a_job_that_can_not_be_kept_is_cancelled_for_its_client_may_send_it_again()
            throws Exception {
        hands.hold();
        var full = new Refusal.StoreFull("no room", Duration.ofSeconds(1));
        var refusing = new Whenever(store);
        try (var mine = jobs(refusing.store(), hands)) {
            var job = mine.submit(Submissions.apply());
            refusing.before(
                    "accept",
                    () -> {
                        throw new Refused(full);
                    });
            var told = new Refusal.StoreFull(Jobs.NOT_KEPT, full.retryAfter());
            assertRefused(() -> mine.keep(job), told);
            hands.letGo();
            assertThat(job.awaitReady(LONG)).isTrue();
            assertThat(job.snapshot().state()).isInstanceOf(JobState.Cancelled.class);
        }
    }

    @Test
    void a_job_that_ends_while_it_is_about_to_be_kept_is_not_lost() throws Exception {
        hands.hold();
        var ending = new Whenever(store);
        try (var mine = jobs(ending.store(), hands)) {
            var job = mine.submit(Submissions.apply());
            ending.before("accept", () -> letEnd(job));
            assertThat(mine.keep(job)).as("the one who waits can have the outcome").isFalse();
            assertThat(mine.require(job.id()).successful()).isTrue();
            assertThat(store.find(job.id())).isEqualTo(new Found.Unknown());
        }
    }

    @Test
    void whoever_waits_is_not_told_the_end_of_a_job_that_may_run_again() throws Exception {
        var failed = new Refusal.StoreFailed(Duration.ofSeconds(1));
        var full = new Refusal.StoreFull("no room", Duration.ofSeconds(1));
        for (var why : List.of(failed, full)) {
            hands.hold();
            var failing = new Whenever(store);
            try (var mine = jobs(failing.store(), hands)) {
                var job = mine.submit(Submissions.apply());
                failing.before("accept", () -> letEnd(job));
                failing.before(
                        "withdraw",
                        () -> {
                            throw new Refused(why);
                        });
                assertRefused(() -> mine.keep(job), failed);
                assertThat(store.find(job.id())).isInstanceOf(Found.There.class);
            }
        }
    }

    private void letEnd(Job job) {
        hands.letGo();
        try {
            job.awaitReady(LONG);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void a_sync_call_gives_up_with_a_pool_that_cannot_start_workers() throws Exception {
        var degraded = new Refusal.PoolDegraded("pool", "no python", Duration.ofSeconds(1));
        hands.trouble(degraded);
        hands.hold();
        var running = jobs.submit(Submissions.apply());
        Waiting.until("it runs", () -> running.snapshot().state() instanceof JobState.Running);
        assertThat(jobs.await(running, Duration.ofMillis(50))).as("it has begun").isFalse();
        hands.close(); // nobody takes anything any more
        var waiting = jobs.submit(Submissions.apply());
        assertRefused(() -> await(waiting), degraded);
        assertThat(waiting.snapshot().state()).isInstanceOf(JobState.Cancelled.class);
        assertThat(hands.wasWithdrawn(waiting)).isTrue();
    }

    private void await(Job job) {
        try {
            jobs.await(job, LONG);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void a_running_job_is_cancelled_and_a_final_one_stays_as_it_is() throws Exception {
        hands.hold();
        var id = accept(Submissions.map(9, 1));
        Waiting.until("it runs", () -> jobs.require(id).state() instanceof JobState.Running);
        jobs.cancel(id);
        assertThat(ready(id).state()).isInstanceOf(JobState.Cancelled.class);
        var before = jobs.require(id);
        assertThat(jobs.cancel(id).state()).isEqualTo(before.state());
        assertThat(jobs.cancel(id).version()).isEqualTo(before.version());
    }

    @Test
    void a_job_is_forgotten_once_it_is_final() throws Exception {
        hands.hold();
        var id = accept(Submissions.apply());
        assertRefused(() -> jobs.forget(id), new Refusal.NotReady(id.toString()));
        hands.letGo();
        ready(id);
        jobs.forget(id); // at once: whoever sees the outcome may do that
        var unknown = new Refusal.ResultUnknown(id.toString());
        assertThat(store.find(id)).isEqualTo(new Found.Unknown());
        Waiting.until("it is let go of", () -> isUnknown(id));
        assertRefused(() -> jobs.cancel(id), unknown);
        assertRefused(() -> jobs.forget(id), unknown);
    }

    private boolean isUnknown(UUID id) {
        try {
            jobs.require(id);
            return false;
        } catch (Refused refused) {
            return refused.problem() instanceof Refusal.ResultUnknown;
        }
    }

    @Test
    void a_job_that_waits_too_long_expires_and_leaves_the_queue() throws Exception {
        hands.close();
        var submission = Submissions.expiring(Duration.ofMillis(20));
        assertThat(ready(accept(submission)).state())
                .isInstanceOfSatisfying(
                        JobState.Expired.class,
                        end -> assertThat(end.after()).isEqualTo(Duration.ofMillis(20)));
        Waiting.until("it is withdrawn", () -> hands.withdrawn() == 1);
    }

    @Test
    void a_job_that_is_done_is_not_held_in_memory_until_it_would_have_expired() throws Exception {
        var job = doneLongBeforeItExpires();
        Waiting.until(
                "it is collected",
                () -> {
                    System.gc();
                    return job.get() == null;
                });
    }

    private WeakReference<Job> doneLongBeforeItExpires() throws InterruptedException {
        return new WeakReference<>(finished(Submissions.expiring(Duration.ofDays(1))));
    }
}
