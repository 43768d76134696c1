package io.procpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Waiting;
import io.procpool.wire.Frame;
import io.procpool.wire.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What functions in Java know of their call, and say of how far it is. */
@Timeout(120)
class WorkerProgressTest {
    private static Machine machine;
    private static Machine threads;
    private static Hand hand;

    @TempDir private Path folder;

    @BeforeAll
    static void start() throws IOException {
        machine = Machine.alone();
        var _ = machine.catalogue();
        hand = machine.fork();
        threads = Machine.threads();
        var _ = threads.catalogue();
    }

    @AfterAll
    static void end() throws IOException {
        machine.close();
        threads.close();
    }

    /** All that is said before the answer, and the answer. */
    private static List<Frame> frames(Hand worker) {
        var frames = new ArrayList<Frame>();
        do {
            frames.add(worker.answer());
        } while (frames.getLast().is(Kind.PROGRESS));
        return frames;
    }

    private static List<Frame> frames(String func, String args) {
        hand.beginApply(func, args);
        return frames(hand);
    }

    @Test
    void a_call_knows_its_job_its_task_and_which_attempt_it_is_also_in_its_threads() {
        for (int attempt = 1; attempt <= 2; attempt++) {
            hand.beginAs("functions.Says.whoami", "job-1", 41, attempt);
            var known = "[\"job-1\",41," + attempt + "]";
            assertThat(Hand.value(hand.answer()))
                    .isEqualTo("[" + known + "," + known + "," + known + "]");
        }
        assertThat(hand.value("functions.Says.whoami", "[]"))
                .isEqualTo("[[null,-1,0],[null,-1,0],[null,-1,0]]");
    }

    @Test
    void each_thread_of_a_host_knows_its_own_call() throws IOException {
        try (var one = threads.fork();
                var other = threads.fork()) {
            one.beginAs("functions.Says.whoami", "one", 1, 1);
            other.beginAs("functions.Says.whoami", "other", 2, 3);
            assertThat(Hand.value(one.answer())).contains("[\"one\",1,1]").doesNotContain("other");
            assertThat(Hand.value(other.answer()))
                    .contains("[\"other\",2,3]")
                    .doesNotContain("one");
        }
    }

    @Test
    void what_was_said_last_is_heard_before_the_answer() {
        for (int done = 0; done < 100; done++) {
            var frames = frames("functions.Says.done", "[" + done + "]");
            assertThat(frames).hasSize(2);
            assertThat(frames.getFirst().header().decimal("done", -1)).isEqualTo(done);
            assertThat(frames.getLast().is(Kind.RESULT)).isTrue();
        }
    }

    @Test
    void a_total_and_a_note_are_told_and_a_note_is_cut() {
        var header = frames("functions.Says.whole", "[]").getFirst().header();
        assertThat(header.decimal("total", -1)).isEqualTo(4);
        assertThat(header.string("note")).isEqualTo("größe ?" + "n".repeat(993));
        var half = frames("functions.Says.halves", "[]").getFirst().header();
        assertThat(half.has("total")).isFalse();
        assertThat(half.string("note")).isEqualTo("half");
    }

    @Test
    void a_flood_of_it_is_thinned_out_in_the_worker_and_its_end_is_heard() {
        var frames = frames("functions.Says.flood", "[1.0]");
        var last = Double.parseDouble(Hand.value(frames.getLast()));
        assertThat(last).isGreaterThan(1_000);
        assertThat(frames).hasSizeBetween(3, 24); // 20 a second
        assertThat(frames.get(frames.size() - 2).header().decimal("done", -1)).isEqualTo(last);
    }

    @Test
    void it_is_heard_while_the_call_runs() throws IOException {
        try (var worker = threads.fork()) {
            worker.beginApply("functions.Says.hang", "[0.5]");
            var frame = worker.answer();
            assertThat(frame.is(Kind.PROGRESS)).isTrue();
            assertThat(frame.header().decimal("done", -1)).isEqualTo(0.5);
        }
    }

    @Test
    void a_thread_that_is_interrupted_may_say_it() {
        var frames = frames("functions.Says.interrupted", "[]");
        assertThat(frames.getFirst().header().decimal("done", -1)).isEqualTo(7);
        assertThat(Hand.value(frames.getLast())).isEqualTo("true");
        assertThat(hand.value("functions.Tasks.add", "[1]")).isEqualTo("2");
    }

    @Test
    void a_thread_that_outlives_its_call_says_nothing_of_it() throws Exception {
        var go = folder.resolve("go");
        assertThat(hand.value("functions.Says.later", "[\"" + go + "\"]")).isEqualTo("null");
        Files.createFile(go);
        Waiting.until("it has spoken", () -> Files.exists(folder.resolve("go.said")));
        assertThat(hand.value("functions.Tasks.add", "[1]")).isEqualTo("2"); // the next frame
    }

    @Test
    void what_is_no_finite_number_is_the_functions_error() {
        assertThat(hand.problem("functions.Says.nonsense", "[]"))
                .startsWith("function-raised")
                .contains("finite");
    }

    @Test
    void a_function_sees_nothing_else_of_the_worker() {
        assertThat(hand.value("functions.Says.seen", "[\"io.procpool.worker.Current\"]"))
                .isEqualTo("\"io.procpool.worker.Current\"");
        assertThat(hand.value("functions.Says.seen", "[\"io.procpool.worker.Main\"]"))
                .isEqualTo("\"not seen\"");
    }

    @Test
    void outside_of_a_worker_nothing_is_known_and_nothing_happens() {
        Current.progress(1, 2, "three");
        assertThat(Current.job()).isNull();
        assertThat(Current.task()).isEqualTo(-1);
        assertThat(Current.attempt()).isZero();
    }
}
