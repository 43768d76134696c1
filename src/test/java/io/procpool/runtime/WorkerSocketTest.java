package io.procpool.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.payload.Payload;
import io.procpool.wire.Frame;
import io.procpool.wire.FrameLimits;
import io.procpool.wire.FrameReader;
import io.procpool.wire.FrameWriter;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerSocketTest {
    private static final FrameLimits LIMITS = FrameLimits.ofBody(1 << 20);
    private static final Header WELCOME = Header.of(Map.of("version", 1, "pool", "p"));

    @TempDir private Path folder;

    private WorkerSocket socket;
    private final List<Guest> guests = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        socket = new WorkerSocket(folder.resolve("workers.sock"), LIMITS);
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        for (var guest : guests) {
            guest.channel.close();
        }
    }

    /** Who connects, with a real connection. */
    private final class Guest {
        private final SocketChannel channel;
        private final FrameReader reader;

        Guest() throws IOException {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(socket.path()));
            reader = new FrameReader(channel, LIMITS);
            guests.add(this);
        }

        Guest send(Frame frame) throws IOException {
            var writer = new FrameWriter(channel);
            writer.add(frame);
            writer.flush();
            return this;
        }

        Guest hello(String token, String onChannel, Object... versions) throws IOException {
            return send(
                    Frame.of(
                            Kind.HELLO,
                            0,
                            Header.of(
                                    Map.of(
                                            "token",
                                            token,
                                            "channel",
                                            onChannel,
                                            "versions",
                                            versions.length == 0
                                                    ? List.of(1)
                                                    : List.of(versions)))));
        }

        /** The next frame; null once the host has closed. */
        Frame answer() throws Exception {
            try {
                return reader.read();
            } catch (IOException reset) {
                return null; // it closed with bytes of ours unread
            }
        }

        void assertClosed() throws Exception {
            assertThat(answer()).isNull();
        }
    }

    private static Connection arrived(CompletableFuture<Connection> arrival) throws Exception {
        return arrival.get(60, TimeUnit.SECONDS);
    }

    @Test
    void a_guest_with_its_token_is_welcomed_on_each_channel_once() throws Exception {
        try (var invitation = socket.invite(WELCOME)) {
            for (var channel : List.of("call", "control")) {
                var guest = new Guest().hello(invitation.token(), channel);
                var welcome = guest.answer();
                assertThat(welcome.is(Kind.WELCOME)).isTrue();
                assertThat(welcome.header()).isEqualTo(WELCOME);
                arrived(invitation.arrival(channel)).send(Frame.of(Kind.BYE, 0, Header.EMPTY));
                assertThat(guest.answer().is(Kind.BYE)).as("both have the same line").isTrue();
            }
            var output = new Guest().hello(invitation.token(), "output");
            output.channel.write(ByteBuffer.wrap("printed".getBytes(UTF_8)));
            var connection = arrived(invitation.arrival("output"));
            var text = new StringBuilder();
            text.append(UTF_8.decode(connection.reader().leftover()));
            while (text.length() < 7) {
                var more = ByteBuffer.allocate(7);
                connection.channel().read(more);
                text.append(UTF_8.decode(more.flip()));
            }
            assertThat(text).hasToString("printed");
        }
    }

    @Test
    void a_hello_that_names_no_channel_is_for_calls() throws Exception {
        try (var invitation = socket.invite(WELCOME)) {
            new Guest()
                    .send(
                            Frame.of(
                                    Kind.HELLO,
                                    0,
                                    Header.of(
                                            Map.of(
                                                    "token",
                                                    invitation.token(),
                                                    "versions",
                                                    List.of(1)))));
            assertThat(arrived(invitation.arrival("call"))).isNotNull();
        }
    }

    @Test
    void a_wrong_token_is_not_answered() throws Exception {
        try (var invitation = socket.invite(WELCOME)) {
            new Guest().hello("0".repeat(32), "call").assertClosed();
            new Guest().hello("", "call").assertClosed();
            new Guest().hello(invitation.token().substring(1), "call").assertClosed();
            new Guest().hello("0".repeat(32), "output").assertClosed();
            assertThat(invitation.arrival("call")).isNotDone();
        }
    }

    @Test
    void a_token_used_twice_on_a_channel_is_refused_and_the_first_stays() throws Exception {
        try (var invitation = socket.invite(WELCOME)) {
            var first = new Guest().hello(invitation.token(), "call");
            assertThat(first.answer().is(Kind.WELCOME)).isTrue();
            var connection = arrived(invitation.arrival("call"));
            new Guest().hello(invitation.token(), "call").assertClosed();
            connection.send(Frame.of(Kind.BYE, 0, Header.EMPTY));
            assertThat(first.answer().is(Kind.BYE)).isTrue();
        }
    }

    @Test
    void a_token_is_void_once_its_invitation_is_closed() throws Exception {
        var invitation = socket.invite(WELCOME);
        invitation.close();
        new Guest().hello(invitation.token(), "call").assertClosed();
        assertThat(invitation.arrival("call")).isNotDone();
    }

    @Test
    void tokens_are_long_and_never_the_same() {
        var tokens = new java.util.HashSet<String>();
        for (int i = 0; i < 1_000; i++) {
            try (var invitation = socket.invite(WELCOME)) {
                assertThat(invitation.token()).matches("[0-9a-f]{32}");
                tokens.add(invitation.token());
            }
        }
        assertThat(tokens).hasSize(1_000);
    }

    @Test
    void who_speaks_no_version_in_common_is_told_so_and_may_not_come_in() throws Exception {
        try (var invitation = socket.invite(WELCOME)) {
            for (var versions : List.of(new Object[] {2, 3}, new Object[] {"1"})) {
                var guest = new Guest().hello(invitation.token(), "call", versions);
                var answer = guest.answer();
                assertThat(answer.is(Kind.ERROR)).isTrue();
                assertThat(answer.header().string("problem")).isEqualTo("version");
                guest.assertClosed();
            }
            new Guest().hello(invitation.token(), "call", 3, 2, 1);
            assertThat(arrived(invitation.arrival("call"))).isNotNull();
        }
    }

    @Test
    void what_is_no_hello_is_closed() throws Exception {
        try (var invitation = socket.invite(WELCOME)) {
            new Guest()
                    .send(Frame.of(Kind.RESULT, 1, Header.EMPTY, Payload.ofUtf8("1")))
                    .assertClosed();
            new Guest().hello(invitation.token(), "telephone").assertClosed();
            new Guest().send(Frame.of(Kind.HELLO, 0, Header.EMPTY)).assertClosed();
            new Guest()
                    .send(Frame.of(Kind.HELLO, 0, Header.of(Map.of("token", 7, "channel", 1))))
                    .assertClosed();
            var garbage = new Guest();
            garbage.channel.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8)));
            garbage.assertClosed();
            var tooLong = new Guest();
            tooLong.channel.write(ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).flip());
            tooLong.assertClosed();
            var shut = new Guest();
            shut.channel.shutdownOutput();
            shut.assertClosed();
            assertThat(invitation.arrival("call")).isNotDone();
        }
    }

    /** The five seconds of docs/protocol.md. */
    @Test
    void silent_guests_are_closed_and_keep_nobody_else_waiting() throws Exception {
        var silent = new ArrayList<Guest>();
        for (int i = 0; i < 100; i++) {
            silent.add(new Guest());
        }
        var half = new Guest();
        half.channel.write(ByteBuffer.wrap(new byte[] {0, 0, 0}));
        try (var invitation = socket.invite(WELCOME)) {
            assertThat(new Guest().hello(invitation.token(), "call").answer().is(Kind.WELCOME))
                    .isTrue();
            for (var guest : silent) {
                guest.assertClosed();
            }
            half.assertClosed();
            // Who has said hello is silent as long as it likes.
            arrived(invitation.arrival("call")).send(Frame.of(Kind.BYE, 0, Header.EMPTY));
            assertThat(guests.getLast().answer().is(Kind.BYE)).isTrue();
        }
    }

    @Test
    void a_closed_socket_takes_nobody_and_leaves_no_file() {
        socket.close();
        assertThat(socket.path()).doesNotExist();
        assertThatThrownBy(Guest::new).isInstanceOf(IOException.class);
        socket.close();
    }

    @Test
    void a_file_that_a_former_service_has_left_is_no_hindrance() throws Exception {
        try (var second = new WorkerSocket(folder.resolve("workers.sock"), LIMITS);
                var invitation = second.invite(WELCOME)) {
            new Guest().hello(invitation.token(), "call");
            assertThat(arrived(invitation.arrival("call"))).isNotNull();
        }
    }
}
