package io.procpool.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.service.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The output of a thread among others. */
@Timeout(60)
class OutputTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().factory();

    private final ByteArrayOutputStream otherwise = new ByteArrayOutputStream();

    private static String read(Pipe pipe, int count) throws IOException {
        var bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining() && pipe.source().read(bytes) >= 0) {}
        return new String(bytes.array(), UTF_8);
    }

    @Test
    void what_is_written_has_left_before_the_write_returns() throws IOException {
        var pipe = Pipe.open();
        try (var output = new Output(pipe.sink(), LONG, otherwise, THREADS)) {
            output.write("abc".getBytes(UTF_8));
            pipe.source().configureBlocking(false);

            assertThat(read(pipe, 3)).isEqualTo("abc");
        }
    }

    @Test
    void more_than_fits_passes_while_somebody_reads() throws Exception {
        var pipe = Pipe.open();
        var text = "0123456789".repeat(100_000);
        try (var output = new Output(pipe.sink(), LONG, otherwise, THREADS)) {
            var writer = Thread.ofPlatform().start(() -> write(output, text));

            assertThat(read(pipe, text.length())).isEqualTo(text);
            writer.join();
        }
    }

    private static void write(Output output, String text) {
        try {
            output.write(text.getBytes(UTF_8));
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void nobody_is_held_up_for_ever_by_a_reader_that_does_not_read() throws IOException {
        var pipe = Pipe.open();
        try (var output = new Output(pipe.sink(), SHORT, otherwise, THREADS)) {
            var text = "x".repeat(1 << 20);
            output.write(text.getBytes(UTF_8));
            int lost = otherwise.size();
            assertThat(lost).isBetween(1, text.length() - 1);
            output.write("more".getBytes(UTF_8));

            assertThat(otherwise.size()).isEqualTo(lost + 4);
        }
    }

    @Test
    void a_reader_that_is_gone_is_not_waited_for() throws IOException {
        var pipe = Pipe.open();
        pipe.source().close();
        try (var output = new Output(pipe.sink(), LONG, otherwise, THREADS)) {
            output.write("a".getBytes(UTF_8));
            output.write("b".getBytes(UTF_8));

            assertThat(otherwise.toString(UTF_8)).endsWith("b");
        }
    }

    @Test
    void an_interrupted_thread_may_print_and_stays_interrupted() throws Exception {
        var pipe = Pipe.open();
        try (var output = new Output(pipe.sink(), LONG, otherwise, THREADS)) {
            var writer =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        Thread.currentThread().interrupt();
                                        write(output, "a");
                                        write(
                                                output,
                                                Thread.currentThread().isInterrupted() ? "b" : "-");
                                    });
            writer.join();
            output.write('c');

            assertThat(read(pipe, 3)).isEqualTo("abc");
            Waiting.until("nothing is lost", () -> otherwise.size() == 0);
        }
    }

    @Test
    void its_thread_ends_with_it() throws Exception {
        var threads = new ArrayList<Thread>();
        ThreadFactory noted =
                task -> {
                    threads.add(THREADS.newThread(task));
                    return threads.getLast();
                };
        try (var used = new Output(Pipe.open().sink(), LONG, otherwise, noted);
                var _ = new Output(Pipe.open().sink(), LONG, otherwise, noted)) {
            used.write('a');
        }

        assertThat(threads).hasSize(2);
        for (var thread : threads) {
            thread.join();
        }
    }

    @Test
    void without_a_thread_it_is_none_and_its_channel_is_closed() throws IOException {
        var pipe = Pipe.open();

        assertThatThrownBy(() -> new Output(pipe.sink(), LONG, otherwise, NoThread::new))
                .isInstanceOf(IllegalStateException.class);
        assertThat(pipe.sink().isOpen()).isFalse();
    }

    /** As the system refuses one at its limit. */
    private static final class NoThread extends Thread {
        NoThread(Runnable task) {
            super(task);
        }

        @Override
        public void start() {
            throw new OutOfMemoryError("unable to create native thread");
        }
    }
}
