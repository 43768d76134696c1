package io.procpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.procpool.service.Waiting;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of submissions, as a real service counts it. */
class JobMetersTest {
    private static final String POOL = "job-meters";
    private static final String PATH = "/v1/pools/" + POOL;

    private final Service service = Service.shared();
    private final Figures figures = Figures.of(service);

    @BeforeEach
    void open() {
        service.pool(POOL, "{\"processes\":1,\"grace\":0.2}");
    }

    @AfterEach
    void forget() {
        service.delete(PATH);
    }

    private double jobs(String name, String... labels) {
        var all = new String[labels.length + 2];
        all[0] = "pool";
        all[1] = POOL;
        System.arraycopy(labels, 0, all, 2, labels.length);
        return figures.value(name, all);
    }

    private void call(String verb, String json) {
        service.post(PATH + "/" + verb, json);
    }

    private String submit(String json) {
        var accepted = service.post(PATH + "/apply_async", json);
        accepted.then().statusCode(202);
        return accepted.header("Location");
    }

    private void awaitRunning(String result) throws InterruptedException {
        Waiting.until(
                result + " runs",
                () -> service.get(result).jsonPath().getString("state").equals("running"));
    }

    private void cancelled(String result, double soFar) throws InterruptedException {
        Waiting.until(
                "counted as " + result,
                () -> jobs("procpool.cancel.requests", "result", result) == soFar);
    }

    @Test
    void a_map_is_one_job_and_many_tasks() throws InterruptedException {
        call("map", "{\"func\":\"math.sqrt\",\"iterable\":[1,4,9],\"chunksize\":1}");
        call("apply", "{\"func\":\"math.sqrt\",\"args\":[4]}");
        Waiting.until("all told", () -> jobs("procpool.jobs.finished") == 2);
        assertThat(jobs("procpool.jobs.submitted", "function", "math.sqrt", "verb", "map"))
                .isEqualTo(1);
        assertThat(jobs("procpool.jobs.submitted", "function", "math.sqrt", "verb", "apply"))
                .isEqualTo(1);
        assertThat(jobs("procpool.jobs.finished", "function", "math.sqrt", "outcome", "succeeded"))
                .isEqualTo(2);
        assertThat(jobs("procpool.job.end.to.end", "function", "math.sqrt")).isEqualTo(2);
        assertThat(jobs("procpool.tasks.finished", "function", "math.sqrt")).isEqualTo(4);
        assertThat(jobs("procpool.payload", "direction", "in")).isEqualTo(4);
        assertThat(jobs("procpool.payload", "direction", "out")).isEqualTo(4);
        assertThat(jobs("procpool.task.cpu", "function", "math.sqrt")).isEqualTo(4);
        assertThat(jobs("procpool.task.peak.rss", "function", "math.sqrt")).isEqualTo(4);
    }

    @Test
    void a_job_that_fails_is_counted_by_how() throws InterruptedException {
        call("apply", "{\"func\":\"tasks.fail\"}");
        call("apply", "{\"func\":\"tasks.spin\",\"timeout\":0.05}");
        call("apply", "{\"func\":\"tasks.exit_now\",\"args\":[1]}");
        Waiting.until("all told", () -> jobs("procpool.jobs.finished") == 3);
        for (var outcome : new String[] {"failed", "timed_out", "worker_lost"}) {
            assertThat(jobs("procpool.jobs.finished", "outcome", outcome)).as(outcome).isEqualTo(1);
        }
    }

    @Test
    void what_is_turned_away_is_counted_once_by_why() {
        call("apply_async", "{\"func\":1}");
        call("apply_async", "[");
        call("apply_async", "{\"func\":\"math.sqrt\",\"labels\":[]}");
        call("apply_async", "{\"func\":\"no.such\"}");
        assertThat(jobs("procpool.jobs.rejected", "reason", "invalid")).isEqualTo(3);
        assertThat(jobs("procpool.jobs.rejected", "reason", "function_unknown")).isEqualTo(1);
        assertThat(jobs("procpool.jobs.rejected")).isEqualTo(4);
        assertThat(jobs("procpool.jobs.submitted")).isZero();
    }

    @Test
    void a_closed_pool_turns_away() {
        service.post(PATH + "/close", "");
        call("apply", "{\"func\":\"math.sqrt\",\"args\":[4]}");
        assertThat(jobs("procpool.jobs.rejected", "reason", "closed")).isEqualTo(1);
    }

    @Test
    void a_call_of_a_pool_that_nobody_has_names_no_pool() {
        double before = figures.value("procpool.jobs.rejected", "pool", "_unknown");
        service.post("/v1/pools/nobodys/apply", "{\"func\":\"math.sqrt\",\"args\":[4]}");
        assertThat(figures.value("procpool.jobs.rejected", "pool", "_unknown"))
                .isEqualTo(before + 1);
        assertThat(figures.value("procpool.jobs.rejected", "pool", "nobodys")).isNaN();
    }

    @Test
    void a_full_queue_turns_away_and_shows_how_full_it_is() throws InterruptedException {
        service.delete(PATH);
        service.pool(POOL, "{\"processes\":1,\"grace\":0.2,\"queue_limit\":1}");
        var running = submit("{\"func\":\"tasks.spin\"}");
        awaitRunning(running);
        var waiting =
                Thread.startVirtualThread(
                        () ->
                                call(
                                        "apply",
                                        "{\"func\":\"math.sqrt\",\"args\":[4],\"priority\":5}"));
        Waiting.until("it waits", () -> jobs("procpool.queue.calls") == 1);
        assertThat(jobs("procpool.queue.capacity")).isEqualTo(1);
        assertThat(jobs("procpool.queue.jobs", "priority", "high")).isEqualTo(1);
        assertThat(jobs("procpool.queue.jobs", "priority", "normal")).isZero();
        call("apply", "{\"func\":\"math.sqrt\",\"args\":[4]}");
        assertThat(jobs("procpool.jobs.rejected", "reason", "queue_full")).isEqualTo(1);
        service.post(running + "/cancel", "");
        waiting.join();
    }

    @Test
    void what_became_of_a_cancel_is_counted() throws InterruptedException {
        var soft = submit("{\"func\":\"tasks.spin\"}");
        awaitRunning(soft);
        var waits = submit("{\"func\":\"tasks.nap\",\"args\":[0]}");
        service.post(waits + "/cancel", "");
        cancelled("not_begun", 1);
        service.post(soft + "/cancel", "");
        service.await(soft);
        cancelled("soft_ok", 1);
        var done = submit("{\"func\":\"tasks.nap\",\"args\":[0]}");
        service.await(done);
        service.post(done + "/cancel", "");
        cancelled("too_late", 1);
        assertThat(jobs("procpool.cancel.requests")).isEqualTo(3);
        assertThat(jobs("procpool.cancel")).isEqualTo(2);
    }

    @Test
    void a_function_that_is_deaf_shows_as_one_that_had_to_be_killed() throws Exception {
        var marker = Files.createTempDirectory("meters").resolve("deaf");
        var deaf =
                submit(
                        "{\"func\":\"faults.be_deaf\",\"args\":[\""
                                + marker.toAbsolutePath()
                                + "\"]}");
        Waiting.until("it is deaf", () -> Files.exists(marker));
        service.post(deaf + "/cancel", "");
        service.await(deaf);
        cancelled("hard_kill", 1);
    }

    @Test
    void a_long_poll_is_seen_while_it_lasts() throws InterruptedException {
        var running = submit("{\"func\":\"tasks.spin\"}");
        double before = figures.value("procpool.long.polls.active");
        var polling = Thread.startVirtualThread(() -> service.get(running + "?wait=60"));
        Waiting.until("seen", () -> figures.value("procpool.long.polls.active") == before + 1);
        service.post(running + "/cancel", "");
        polling.join();
        Waiting.until("gone", () -> figures.value("procpool.long.polls.active") == before);
    }
}
