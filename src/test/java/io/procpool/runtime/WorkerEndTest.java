package io.procpool.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.payload.Payload;
import io.procpool.runtime.Worker.Event;
import io.procpool.wire.Frame;
import io.procpool.wire.FrameLimits;
import io.procpool.wire.FrameReader;
import io.procpool.wire.FrameWriter;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.io.ByteArrayOutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker had said before its end is known. F3, F4, with the report of the end first: over HTTP that is a matter of luck. */
class WorkerEndTest {
    private static final Duration CEILING = Duration.ofSeconds(60);

    @TempDir private Path folder;
    private Process process;
    private final CompletableFuture<Exit> ends = new CompletableFuture<>();
    private SocketChannel far;
    private Worker worker;

    /** A process that we started ourselves, so that its end is known when we have seen it. */
    private record Known(Process process, CompletableFuture<Exit> exit) implements WorkerProcess {
        @Override
        public long pid() {
            return process.pid();
        }

        @Override
        public void signal(int signal) {
            process.destroyForcibly();
        }

        @Override
        public void abandon() {
            process.destroyForcibly();
        }
    }

    @BeforeEach
    void start() throws Exception {
        process = new ProcessBuilder("sleep", "600").start();
        var address = UnixDomainSocketAddress.of(folder.resolve("calls.sock"));
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address);
            far = SocketChannel.open(address);
            var near = server.accept();
            var reader = new FrameReader(near, FrameLimits.ofBody(1 << 20));
            var calls = new Connection(near, reader, new FrameWriter(near));
            worker = new Worker(new Known(process, ends), calls, null, 1024);
        }
    }

    @AfterEach
    void end() throws Exception {
        process.destroyForcibly();
        far.close();
    }

    private static ByteBuffer result() throws Exception {
        var bytes = new ByteArrayOutputStream();
        var writer = new FrameWriter(Channels.newChannel(bytes));
        writer.add(
                new Frame(
                        Kind.RESULT.number(),
                        2,
                        Header.EMPTY,
                        List.of(Payload.ofUtf8("\"text\""))));
        writer.flush();
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    private void die() throws Exception {
        process.destroyForcibly().waitFor();
        ends.complete(new Exit(null, WorkerProcess.SIGKILL, 0, 0, null));
    }

    private Event next() {
        return worker.await(System.nanoTime() + CEILING.toNanos());
    }

    @Test
    void a_whole_frame_is_received_before_the_end_that_was_known_first() throws Exception {
        far.write(result());
        die();
        assertThat(next())
                .isInstanceOfSatisfying(
                        Event.Received.class,
                        event -> assertThat(event.frame().payload().utf8()).isEqualTo("\"text\""));
        assertThat(next()).isInstanceOf(Event.Gone.class);
    }

    @Test
    void a_frame_that_was_cut_off_is_not_received() throws Exception {
        var cut = result();
        far.write(cut.limit(cut.limit() - 1));
        die();
        assertThat(next())
                .isInstanceOfSatisfying(
                        Event.Gone.class,
                        event ->
                                assertThat(event.exit().signal()).isEqualTo(WorkerProcess.SIGKILL));
    }

    /** A child of the task may hold the connection open: the report decides. */
    @Test
    void the_report_of_the_end_is_enough_though_the_connection_stays_open() throws Exception {
        die();
        assertThat(next()).isInstanceOf(Event.Gone.class);
        assertThat(far.read(ByteBuffer.allocate(1))).isNegative();
    }

    /** And the other way round: a connection that ends is the end of its process, if that has not been reported. */
    @Test
    void a_process_that_has_closed_its_connection_is_killed() throws Exception {
        var seen = process.onExit().thenAccept(_ -> ends.complete(new Exit(null, 9, 0, 0, null)));
        far.close();
        assertThat(next()).isInstanceOf(Event.Gone.class);
        seen.join();
        assertThat(process.isAlive()).isFalse();
    }
}
