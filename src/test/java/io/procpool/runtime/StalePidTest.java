package io.procpool.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.procpool.wire.FrameLimits;
import io.procpool.wire.FrameReader;
import io.procpool.wire.FrameWriter;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker's pid that has passed to another process in the meantime. F36. */
class StalePidTest {
    private static final Path LAST_PID = Path.of("/proc/sys/kernel/ns_last_pid");
    private static final int TRIES = 2_000;
    private static final int SIGNALLED = 128;
    private static final long CEILING_SECONDS = 60;

    @TempDir private Path folder;
    private Process standIn;
    private SocketChannel far;
    private HostProcess forkserver;

    /** A forkserver that is stuck: its process lives, and says nothing. */
    @BeforeEach
    void connect() throws IOException {
        standIn = sleeper();
        var address = UnixDomainSocketAddress.of(folder.resolve("control.sock"));
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address);
            far = SocketChannel.open(address);
            var near = server.accept();
            var control =
                    new Connection(
                            near,
                            new FrameReader(near, FrameLimits.ofBody(1024)),
                            new FrameWriter(near));
            forkserver =
                    new HostProcess(
                            "forkserver", HostProcess.Workers.FORKED, standIn, control, 1024);
        }
    }

    @AfterEach
    void end() throws IOException {
        standIn.destroyForcibly();
        far.close();
        forkserver.lost().join();
    }

    private static Process sleeper() throws IOException {
        return new ProcessBuilder("sleep", "600").start();
    }

    @Test
    void a_worker_that_a_stuck_forkserver_does_not_kill_is_killed_past_it() throws Exception {
        var worker = sleeper();
        new ForkedWorker(forkserver, worker.pid()).abandon();
        assertThat(worker.waitFor(CEILING_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(worker.exitValue()).isEqualTo(SIGNALLED + WorkerProcess.SIGKILL);
    }

    @Test
    void a_process_that_has_got_the_pid_of_a_dead_worker_is_left_alone() throws Exception {
        var worker = sleeper();
        var begun = worker.info().startInstant();
        var child = new ForkedWorker(forkserver, worker.pid());
        worker.destroyForcibly().waitFor();
        var stranger = successor(worker.pid(), begun);
        try {
            child.abandon();
            stranger.destroy(); // SIGTERM: had SIGKILL been sent before, the status would say so
            assertThat(stranger.waitFor()).isEqualTo(SIGNALLED + WorkerProcess.SIGTERM);
        } finally {
            stranger.destroyForcibly();
        }
    }

    /**
     * A new process with that pid, begun at another time as far as the kernel tells times apart. To choose a pid takes a privilege:
     * without it, and on other systems, the test is skipped.
     */
    private static Process successor(long pid, Optional<Instant> begun) throws IOException {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            try {
                Files.writeString(LAST_PID, Long.toString(pid - 1));
            } catch (IOException refused) {
                return abort("pids can't be chosen here: " + refused);
            }
            var process = sleeper();
            if (process.pid() == pid && !process.info().startInstant().equals(begun)) {
                return process;
            }
            process.destroyForcibly().onExit().join(); // somebody else was quicker, or we too quick
        }
        return abort("pid " + pid + " could not be had again");
    }
}
