package io.procpool.runtime;

import io.procpool.wire.Frame;
import io.procpool.wire.FrameLimits;
import io.procpool.wire.FrameReader;
import io.procpool.wire.FrameWriter;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import io.procpool.wire.ProtocolViolation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one Unix socket on which workers and forkservers call back, each with the token it was started with.
 *
 * <p>Threads: one virtual thread accepts, one more per connection reads its hello and ends. {@code invitations} is the only
 * shared state.
 */
final class WorkerSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerSocket.class);
    private static final long HELLO_WITHIN_SECONDS = 5;
    static final int VERSION = 1;
    private static final Duration ACCEPT_PAUSE = Duration.ofMillis(100);
    private static final int BACKLOG = 4096; // the kernel cuts it to net.core.somaxconn

    private final Path path;
    private final FrameLimits limits;
    private final ServerSocketChannel server;
    private final Map<String, Invitation> invitations = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("hello-timer").factory());

    WorkerSocket(Path path, FrameLimits limits) throws IOException {
        this.path = path;
        this.limits = limits;
        Files.deleteIfExists(path);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path), BACKLOG);
        Thread.ofVirtual().name("worker-socket").start(this::accept);
    }

    Path path() {
        return path;
    }

    /** The right to connect once a channel, until it is closed. */
    final class Invitation implements AutoCloseable {
        private final String token;
        private final Header welcome;
        private volatile Header hello = Header.EMPTY;
        private volatile String refusal = "";
        private final Map<String, CompletableFuture<Connection>> channels =
                Map.of(
                        "call",
                        new CompletableFuture<>(),
                        "output",
                        new CompletableFuture<>(),
                        "control",
                        new CompletableFuture<>());

        private Invitation(String token, Header welcome) {
            this.token = token;
            this.welcome = welcome;
        }

        String token() {
            return token;
        }

        /** Why the guest was turned away, to be put behind a sentence; empty if it was not, as far as that is known. */
        String refusal() {
            return refusal;
        }

        /** What was said on the channel {@code call}; empty before. */
        Header hello() {
            return hello;
        }

        /** Completes when the guest has said hello on {@code channel} and has been welcomed. */
        CompletableFuture<Connection> arrival(String channel) {
            return Objects.requireNonNull(channels.get(channel), channel);
        }

        /** Voids the token. Who has arrived stays. */
        @Override
        public void close() {
            invitations.remove(token);
        }
    }

    Invitation invite(Header welcome) {
        var bytes = new byte[16];
        random.nextBytes(bytes);
        var invitation = new Invitation(HexFormat.of().formatHex(bytes), welcome);
        invitations.put(invitation.token, invitation);
        return invitation;
    }

    private void accept() {
        boolean failing = false;
        while (server.isOpen()) {
            try {
                var channel = server.accept();
                failing = false;
                Thread.ofVirtual().name("hello").start(() -> greet(channel));
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException | RuntimeException | Error failure) {
                if (!failing) {
                    LOG.warn("Workers can't connect: {}", failure.toString());
                }
                failing = true; // most likely out of descriptors: it is said once, and tried again
                LockSupport.parkNanos(ACCEPT_PAUSE.toNanos());
            }
        }
    }

    private void greet(SocketChannel channel) {
        var late = timer.schedule(() -> close(channel), HELLO_WITHIN_SECONDS, TimeUnit.SECONDS);
        try {
            var connection =
                    new Connection(
                            channel,
                            new FrameReader(channel, FrameLimits.OF_HELLO),
                            new FrameWriter(channel));
            var hello = connection.reader().read();
            if (hello == null || !hello.is(Kind.HELLO)) {
                throw new ProtocolViolation("a connection did not begin with hello");
            }
            welcome(connection, hello.header());
        } catch (IOException | ProtocolViolation failure) {
            LOG.warn("A connection to the worker socket was refused: {}", failure.getMessage());
            close(channel);
        } finally {
            late.cancel(false);
        }
    }

    private void welcome(Connection connection, Header hello)
            throws IOException, ProtocolViolation {
        var invitation = invitations.get(hello.string("token", ""));
        var name = hello.string("channel", "call");
        var arrival = invitation == null ? null : invitation.channels.get(name);
        if (invitation == null || arrival == null || arrival.isDone()) {
            throw new ProtocolViolation("a hello has no valid token for a channel '" + name + "'");
        }
        connection.reader().limit(limits);
        if (!name.equals("output")) {
            if (hello.integers("versions").stream().noneMatch(version -> version == VERSION)) {
                connection.send(
                        Frame.of(
                                Kind.ERROR,
                                0,
                                Header.of(
                                        Map.of(
                                                "problem",
                                                "version",
                                                "message",
                                                "this host speaks version 1"))));
                invitation.refusal = ": it does not speak version " + VERSION;
                throw new ProtocolViolation("a worker does not speak version " + VERSION);
            }
            connection.send(Frame.of(Kind.WELCOME, 0, invitation.welcome));
        }
        if (name.equals("call")) {
            invitation.hello = hello;
        }
        if (!arrival.complete(connection)) {
            throw new ProtocolViolation("a token was used twice for a channel '" + name + "'");
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException failure) {
            LOG.debug("A connection could not be closed", failure);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
