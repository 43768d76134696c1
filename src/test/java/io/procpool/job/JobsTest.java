package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.job.JobStore.Found;
import io.procpool.problem.Refusal;
import io.procpool.problem.Refused;
import io.procpool.service.Waiting;
import java.lang.ref.WeakReference;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

class JobsTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Hands hands = new Hands(3);
    private final JobStore store = store();
    private final Jobs jobs =
            new Jobs(store, hands, Clock.systemUTC(), Submissions.LIMITS, List.of());

    /** The one that a service without a database has. */
    static JobStore store() {
        return new AnnotationConfigApplicationContext("io.procpool.store").getBean(JobStore.class);
    }

    @AfterEach
    void end() {
        jobs.close();
        hands.close();
    }

    private static void assertRefused(Runnable action, Refusal refusal) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.problem()).isEqualTo(refusal));
    }

    private Job finished(Submission submission, boolean async) throws InterruptedException {
        var job = jobs.submit(submission, async);
        assertThat(jobs.await(job, LONG)).isTrue();
        return job;
    }

    @Test
    void an_async_job_is_stored_when_it_is_accepted_and_when_it_is_final() throws Exception {
        hands.hold();
        var job = jobs.submit(Submissions.map(10, 3), true);
        assertThat(store.find(job.id()))
                .isInstanceOfSatisfying(
                        Found.There.class, found -> assertThat(found.record().ready()).isFalse());
        assertThat(jobs.live(job.id())).contains(job);
        hands.letGo();
        assertThat(jobs.await(job, LONG)).isTrue();
        Waiting.until("it is not live any more", () -> jobs.live(job.id()).isEmpty());
        var stored = jobs.require(job.id());
        assertThat(stored.successful()).isTrue();
        assertThat(store.find(job.id())).isEqualTo(new Found.There(stored));
        assertThat(((JobState.Succeeded) stored.state()).value().utf8())
                .isEqualTo(Submissions.numbers(0, 10));
    }

    @Test
    void a_sync_job_is_not_stored_and_can_be_looked_at_for_a_while() throws Exception {
        var job = finished(Submissions.apply(), false);
        Waiting.until("it is not live any more", () -> jobs.live(job.id()).isEmpty());
        assertThat(store.find(job.id())).isEqualTo(new Found.Unknown());
        assertThat(jobs.require(job.id()).successful()).isTrue();
        jobs.forget(job.id());
        assertRefused(() -> jobs.require(job.id()), new Refusal.ResultUnknown(job.id().toString()));
    }

    @Test
    void a_refused_submission_stores_nothing() {
        var closed = new Refusal.PoolNotRunning("pool", "CLOSE");
        hands.refuseToCheck(closed);
        assertRefused(() -> jobs.submit(Submissions.apply(), true), closed);
        hands.refuseToCheck(null);
        hands.refuseToQueue(closed);
        assertRefused(() -> jobs.submit(Submissions.apply(), true), closed);
        assertRefused(() -> jobs.submit(Submissions.apply(), false), closed);
        var all = new JobStore.Query(null, null, null, null, 100);
        assertThat(store.list(all)).isEmpty();
        assertThat(jobs.list(all)).isEmpty();
    }

    @Test
    void the_memory_of_a_body_is_given_back_when_its_job_is_final() throws Exception {
        long before = Submissions.IN_FLIGHT.held();
        hands.hold();
        var submission = Submissions.apply();
        submission.hold().grow(1_000);
        var job = jobs.submit(submission, true);
        assertThat(Submissions.IN_FLIGHT.held()).isEqualTo(before + 1_000);
        hands.letGo();
        jobs.await(job, LONG);
        assertThat(Submissions.IN_FLIGHT.held()).isEqualTo(before);
    }

    @Test
    void a_map_of_nothing_is_final_when_it_is_accepted() {
        var job = jobs.submit(Submissions.map(0, null), true);
        assertThat(job.snapshot().successful()).isTrue();
        assertThat(jobs.require(job.id()).successful()).isTrue();
    }

    @Test
    void a_job_that_is_kept_is_found_in_the_store_with_its_outcome() throws Exception {
        hands.hold();
        var job = jobs.submit(Submissions.apply(), false);
        assertThat(jobs.await(job, Duration.ofMillis(1))).isFalse();
        assertThat(job.waitedFor()).isTrue();
        assertThat(jobs.keep(job)).isTrue();
        assertThat(job.waitedFor()).isFalse();
        hands.letGo();
        job.awaitReady(LONG);
        Waiting.until("it is not live any more", () -> jobs.live(job.id()).isEmpty());
        assertThat(store.find(job.id()))
                .isInstanceOfSatisfying(
                        Found.There.class,
                        found -> assertThat(found.record().successful()).isTrue());
    }

    @Test
    void a_job_that_ends_while_it_is_about_to_be_kept_is_not_lost() throws Exception {
        hands.hold();
        var ending = new Whenever(store);
        try (var mine = new Jobs(ending, hands, Clock.systemUTC(), Submissions.LIMITS, List.of())) {
            var job = mine.submit(Submissions.apply(), false);
            ending.onAccept(
                    _ -> {
                        hands.letGo();
                        try {
                            job.awaitReady(LONG);
                        } catch (InterruptedException interrupted) {
                            throw new IllegalStateException(interrupted);
                        }
                    });
            assertThat(mine.keep(job)).as("the one who waits can have the outcome").isFalse();
            Waiting.until("it is not live any more", () -> mine.live(job.id()).isEmpty());
            assertThat(mine.require(job.id()).successful()).isTrue();
            assertThat(store.find(job.id())).isEqualTo(new Found.Unknown());
        }
    }

    /** The store, with something that happens meanwhile. */
    private static final class Whenever implements JobStore {
        private final JobStore store;
        private volatile Consumer<JobRecord> onAccept = _ -> {};

        Whenever(JobStore store) {
            this.store = store;
        }

        void onAccept(Consumer<JobRecord> action) {
            onAccept = action;
        }

        @Override
        public void accept(JobRecord record) {
            onAccept.accept(record);
            store.accept(record);
        }

        @Override
        public void withdraw(UUID id) {
            store.withdraw(id);
        }

        @Override
        public CompletionStage<Void> finish(JobRecord record) {
            return store.finish(record);
        }

        @Override
        public Found find(UUID id) {
            return store.find(id);
        }

        @Override
        public boolean forget(UUID id) {
            return store.forget(id);
        }

        @Override
        public Holdings holdings() {
            return store.holdings();
        }

        @Override
        public List<JobRecord> list(Query query) {
            return store.list(query);
        }
    }

    @Test
    void a_sync_call_gives_up_with_a_pool_that_cannot_start_workers() throws Exception {
        var degraded = new Refusal.PoolDegraded("pool", "no python", Duration.ofSeconds(1));
        hands.trouble(degraded);
        hands.hold();
        var running = jobs.submit(Submissions.apply(), false);
        Waiting.until("it runs", () -> running.snapshot().state() instanceof JobState.Running);
        assertThat(jobs.await(running, Duration.ofMillis(50))).as("it has begun").isFalse();
        hands.close(); // nobody takes anything any more
        var waiting = jobs.submit(Submissions.apply(), false);
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
        var job = jobs.submit(Submissions.map(9, 1), true);
        Waiting.until("it runs", () -> job.snapshot().state() instanceof JobState.Running);
        jobs.cancel(job.id());
        assertThat(jobs.await(job, LONG)).isTrue();
        assertThat(jobs.require(job.id()).state()).isInstanceOf(JobState.Cancelled.class);
        assertThat(hands.wasWithdrawn(job)).isTrue();
        var before = jobs.require(job.id());
        assertThat(jobs.cancel(job.id())).isEqualTo(before);
    }

    @Test
    void a_job_is_forgotten_once_it_is_final() throws Exception {
        hands.hold();
        var job = jobs.submit(Submissions.apply(), true);
        var id = job.id();
        assertRefused(() -> jobs.forget(id), new Refusal.NotReady(id.toString()));
        hands.letGo();
        jobs.await(job, LONG);
        Waiting.until("it is not live any more", () -> jobs.live(id).isEmpty());
        jobs.forget(id);
        var unknown = new Refusal.ResultUnknown(id.toString());
        assertRefused(() -> jobs.require(id), unknown);
        assertRefused(() -> jobs.cancel(id), unknown);
        assertRefused(() -> jobs.forget(id), unknown);
    }

    @Test
    void a_job_that_waits_too_long_expires_and_leaves_the_queue() throws Exception {
        hands.close();
        var job = jobs.submit(Submissions.expiring(Duration.ofMillis(20)), true);
        assertThat(jobs.await(job, LONG)).isTrue();
        assertThat(jobs.require(job.id()).state())
                .isInstanceOfSatisfying(
                        JobState.Expired.class,
                        end -> assertThat(end.after()).isEqualTo(Duration.ofMillis(20)));
        Waiting.until("it is withdrawn", () -> hands.wasWithdrawn(job));
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
        return new WeakReference<>(finished(Submissions.expiring(Duration.ofDays(1)), true));
    }
}
