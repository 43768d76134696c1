package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.payload.LineReader;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import io.procpool.service.Waiting;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What of a stream is in memory: as much as the window allows, and not more. */
class StreamWindowTest {
    private static final String MEBIBYTE = '"' + "x".repeat((1 << 20) - 2) + '"';

    /** Offers more than there is room for. */
    private static CompletableFuture<Boolean> offering(DrivenStream stream, String array) {
        var items = Submissions.items(array);
        var taken = new CompletableFuture<Boolean>();
        Thread.startVirtualThread(
                () -> {
                    try {
                        taken.complete(stream.stream.offer(items));
                    } catch (InterruptedException | RuntimeException failure) {
                        taken.completeExceptionally(failure);
                    }
                });
        return taken;
    }

    private static void awaitRead(DrivenStream stream, int items) throws InterruptedException {
        Waiting.until(items + " are read", () -> stream.read() >= items);
        assertThat(stream.read()).isEqualTo(items);
    }

    @Test
    void it_has_four_chunks_a_process_or_64_items() throws InterruptedException {
        var small = new DrivenStream(Verb.IMAP, 1);
        var rest = offering(small, Submissions.numbers(0, 100));
        awaitRead(small, 64);
        small.takeAll(2);
        small.echo();
        assertThat(small.written()).containsExactly("0+1 [0]");
        assertThat(small.read()).isEqualTo(64); // it is being written
        assertThat(small.written()).isEmpty();
        awaitRead(small, 65);
        small.takeAll(20);
        awaitRead(small, 81);
        small.stream.abandon();
        assertThat(rest.join()).isFalse();

        var large = new DrivenStream(Verb.IMAP, 30);
        rest = offering(large, Submissions.numbers(0, 1_000));
        awaitRead(large, 120);
        large.takeAll(2);
        awaitRead(large, 240);
        large.stream.abandon();
        assertThat(rest.join()).isFalse();
    }

    @Test
    void it_has_eight_mebibytes_of_items() throws InterruptedException {
        var stream = new DrivenStream(Verb.IMAP, 100);
        var megabyte = '"' + "x".repeat(999_998) + '"';
        var all = String.join(",", Collections.nCopies(10, megabyte));
        var rest = offering(stream, "[" + all + "]");
        awaitRead(stream, 8);
        // The chunk will not get any fuller: it goes out as it is, or both ends would wait for each
        // other.
        assertThat(stream.takeAll(1)).hasSize(1);
        stream.value("[0,0,0,0,0,0,0,0]");
        assertThat(stream.written()).hasSize(1);
        assertThat(stream.written()).isEmpty();
        assertThat(rest.join()).isTrue();
        assertThat(stream.read()).isEqualTo(10);
    }

    @Test
    void an_item_that_is_longer_has_it_for_itself() throws InterruptedException {
        var stream = new DrivenStream(Verb.IMAP, 1);
        var rest = offering(stream, "[1,\"" + "x".repeat(9 << 20) + "\",3]");
        awaitRead(stream, 1);
        stream.takeAll(1);
        stream.echo();
        assertThat(stream.written()).hasSize(1);
        assertThat(stream.written()).isEmpty();
        awaitRead(stream, 2);
        stream.takeAll(1);
        stream.value("[0]");
        assertThat(stream.written()).hasSize(1);
        assertThat(stream.written()).isEmpty();
        assertThat(rest.join()).isTrue();
    }

    @Test
    void values_that_wait_for_the_writer_count_and_hold_back_further_tasks() throws Exception {
        var stream = new DrivenStream(Verb.IMAP, 1);
        stream.offer(Submissions.numbers(0, 60));
        var first = stream.driven.cut();
        var value = "[" + MEBIBYTE + "]";
        int done = 0;
        for (var cut = stream.driven.job.next(1); cut != null; cut = stream.driven.job.next(1)) {
            stream.out.add(cut.task());
            stream.value(value);
            done++;
        }
        assertThat(done).isEqualTo(16);
        stream.driven.value(first, "[0]");
        assertThat(stream.written()).hasSize(17);
        assertThat(stream.told()).isZero(); // the values are still there
        assertThat(stream.written()).isEmpty();
        assertThat(stream.told()).isOne();
        assertThat(stream.driven.job.next(1)).isNotNull();
    }

    @Test
    void its_memory_is_held_and_given_back() throws InterruptedException {
        var memory = Submissions.inFlight();
        var stream = new DrivenStream(Submissions.imap(Verb.IMAP, 1, memory.hold()));
        stream.offer("[" + MEBIBYTE + "," + MEBIBYTE + "]");
        assertThat(memory.held()).isEqualTo((2 << 20) - LineReader.BUFFER);
        stream.takeAll(1);
        stream.value("[0]");
        assertThat(stream.written()).hasSize(1);
        assertThat(stream.written()).isEmpty();
        assertThat(memory.held()).isEqualTo((1 << 20) - LineReader.BUFFER);
        stream.value("[0]");
        assertThat(stream.written()).hasSize(1);
        assertThat(stream.written()).isEmpty();
        assertThat(memory.held()).isZero();
    }

    @Test
    void values_that_are_not_written_are_held_though_the_items_were_paid_for() throws Exception {
        var memory = Submissions.inFlight();
        var stream = new DrivenStream(Submissions.imap(Verb.IMAP, 1, memory.hold()));
        stream.stream.prepaid();
        stream.offer("[" + MEBIBYTE + ",2]");
        assertThat(memory.held()).isZero();
        stream.takeAll(1);
        stream.value("[" + MEBIBYTE + "]");
        assertThat(memory.held()).isEqualTo((1 << 20) + 2 - LineReader.BUFFER);
        assertThat(stream.written()).hasSize(1);
        assertThat(memory.held()).isPositive(); // it is being written
        assertThat(stream.written()).isEmpty();
        assertThat(memory.held()).isZero();
    }

    @Test
    void nothing_more_goes_out_while_all_together_hold_too_much_and_then_it_goes_on()
            throws Exception {
        var memory = Submissions.inFlight();
        var stream = new DrivenStream(Submissions.imap(Verb.IMAP, 1, memory.hold()));
        var others = memory.hold();
        others.take(memory.limit() + 1);
        stream.offer("[0,1]");
        assertThat(stream.takeAll(1)).isEmpty();
        assertThat(stream.stream.await(Duration.ZERO)).isFalse();
        assertThat(stream.told()).isZero();
        others.close(); // which nobody is told
        assertThat(stream.stream.await(Duration.ofMillis(1))).isFalse();
        assertThat(stream.told()).isOne();
        assertThat(stream.takeAll(1)).containsExactly("[0]", "[1]");
    }

    @ParameterizedTest
    @EnumSource(
            value = Verb.class,
            names = {"IMAP", "IMAP_UNORDERED"})
    void of_what_is_written_nothing_stays(Verb verb) throws Exception {
        var stream = new DrivenStream(verb, 2);
        var values = new ArrayList<WeakReference<Payload>>();
        for (int round = 0; round < 100; round++) {
            stream.offer("[1,2,3,4]");
            stream.takeAll(2);
            while (!stream.out.isEmpty()) {
                var value = Payload.ofUtf8("[10,20]");
                values.add(new WeakReference<>(value));
                stream.driven.job.ended(
                        stream.out.removeLast(), new Task.End.Value(value, List.of()), null);
            }
            assertThat(stream.written()).hasSize(2);
        }
        assertThat(stream.written()).isEmpty();
        Waiting.until(
                "all values are garbage",
                () -> {
                    System.gc();
                    return values.stream().allMatch(value -> value.refersTo(null));
                });
        assertThat(stream.read()).isEqualTo(400);
    }

    @Test
    void if_there_is_no_memory_it_goes_on_item_by_item() throws InterruptedException {
        var memory = Submissions.inFlight();
        try (var others = memory.hold()) {
            others.grow(memory.limit());
            var stream = new DrivenStream(Submissions.imap(Verb.IMAP, 1, memory.hold()));
            var item = '"' + "x".repeat(LineReader.BUFFER - 2) + '"';
            var rest = offering(stream, "[" + item + "," + item + "]");
            awaitRead(stream, 1);
            stream.takeAll(1);
            stream.value("[0]");
            assertThat(stream.written()).hasSize(1);
            assertThat(stream.written()).isEmpty();
            assertThat(rest.join()).isTrue();
            stream.takeAll(1);
            stream.value("[0]");
            assertThat(stream.written()).hasSize(1);
            assertThat(stream.written()).isEmpty();
            // One that needs memory of its own ends the input.
            assertThat(offering(stream, "[" + MEBIBYTE + "]").join()).isFalse();
            assertThat(stream.stream.finished().state().failure())
                    .containsInstanceOf(Failure.InputRefused.class);
        }
    }

    @Test
    void a_reader_that_waits_for_room_hears_of_the_end() throws InterruptedException {
        var stream = new DrivenStream(Verb.IMAP, 1);
        var rest = offering(stream, Submissions.numbers(0, 100));
        awaitRead(stream, 64);
        stream.driven.job.broke(new Failure.PoolTerminated("pool"));
        assertThat(rest.join()).isFalse();
        assertThat(stream.stream.await(Duration.ZERO)).isTrue();
        assertThat(stream.written()).hasSize(64).contains("63+1 PoolTerminated");
        assertThat(stream.stream.finished()).isNotNull();
    }
}
