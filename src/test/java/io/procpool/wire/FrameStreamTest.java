package io.procpool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.payload.Payload;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What channels do to frames: cut them anywhere, take a part, give nothing. The frames are the same ever. */
class FrameStreamTest {
    private static final FrameLimits LIMITS = FrameLimits.ofBody(64 << 20);
    private static final int BUFFER = 64 * 1024;
    private static final int ROUNDS = Boolean.getBoolean("procpool.deep") ? 3_000 : 150;

    private final long firstSeed = new Random().nextInt();

    @Test
    void however_a_stream_is_cut_its_frames_are_the_same() throws IOException, ProtocolViolation {
        for (long seed = firstSeed; seed < firstSeed + ROUNDS; seed++) {
            var random = new Random(seed);
            var frames = randomFrames(random);
            var stutter = new Stutter(random, 1 + random.nextInt(BUFFER * 2));
            var writer = new FrameWriter(stutter);
            for (var frame : frames) {
                writer.add(frame);
                if (random.nextBoolean()) {
                    writer.flush(); // a part may stay, and the next frame comes behind it
                }
            }
            while (!writer.flush()) {
                assertThat(stutter.isOpen()).isTrue();
            }
            var reader = new FrameReader(stutter, LIMITS);
            assertThat(readAll(reader, stutter)).as("seed %d", seed).isEqualTo(frames);
            assertThat(reader.ended()).as("seed %d", seed).isTrue();
        }
    }

    private static List<Frame> randomFrames(Random random) {
        var frames = new ArrayList<Frame>();
        int count = 1 + random.nextInt(12);
        for (int i = 0; i < count; i++) {
            var header =
                    random.nextInt(4) == 0
                            ? Header.EMPTY
                            : Header.of(Map.of("pad", "é".repeat(random.nextInt(300))));
            int size = random.nextInt(8) == 0 ? random.nextInt(3 * BUFFER) : random.nextInt(200);
            var body = new byte[size];
            random.nextBytes(body);
            frames.add(
                    new Frame(
                            random.nextInt(256),
                            random.nextLong(),
                            header,
                            size == 0 ? List.of() : List.of(Payload.of(body))));
        }
        return frames;
    }

    private static List<Frame> readAll(FrameReader reader, Stutter from)
            throws IOException, ProtocolViolation {
        var read = new ArrayList<Frame>();
        while (!reader.ended()) {
            var frame = reader.read(); // null: nothing whole yet
            if (frame != null) {
                read.add(frame);
            } else if (from.drained()) {
                from.close();
            }
        }
        return read;
    }

    @Test
    void bodies_of_every_size_around_the_buffer_arrive_whole_through_a_pipe() throws Exception {
        var random = new Random(firstSeed);
        var bodies =
                List.of(0, 1, BUFFER - 18, BUFFER - 17, BUFFER - 16, BUFFER, 2 * BUFFER, 10_000_019)
                        .stream()
                        .map(
                                size -> {
                                    var body = new byte[size];
                                    random.nextBytes(body);
                                    return Payload.of(body);
                                })
                        .toList();
        var pipe = Pipe.open();
        var sending =
                CompletableFuture.runAsync(
                        () -> {
                            try (var sink = pipe.sink()) {
                                var writer = new FrameWriter(sink);
                                for (var body : bodies) {
                                    writer.add(Frame.of(Kind.RESULT, 1, Header.EMPTY, body));
                                    assertThat(writer.flush()).isTrue();
                                }
                            } catch (IOException failure) {
                                throw new IllegalStateException(failure);
                            }
                        });
        try (var source = pipe.source()) {
            var reader = new FrameReader(source, LIMITS);
            for (var body : bodies) {
                assertThat(reader.read().payload()).isEqualTo(body);
            }
            assertThat(reader.read()).isNull();
            assertThat(reader.ended()).isTrue();
        }
        sending.join();
    }

    @Test
    void a_non_blocking_writer_says_that_it_has_not_sent_all_and_goes_on_where_it_was()
            throws IOException, ProtocolViolation {
        var pipe = Pipe.open();
        try (var sink = pipe.sink();
                var source = pipe.source()) {
            sink.configureBlocking(false);
            source.configureBlocking(false);
            var body = new byte[5_000_000];
            new Random(firstSeed).nextBytes(body);
            var writer = new FrameWriter(sink);
            writer.add(Frame.of(Kind.CALL, 7, Header.EMPTY, Payload.of(body)));
            writer.add(Frame.of(Kind.CANCEL, 7, Header.EMPTY));
            assertThat(writer.flush()).as("a pipe holds less than that").isFalse();
            var reader = new FrameReader(source, LIMITS);
            assertThat(reader.read()).as("there is no whole frame yet").isNull();
            assertThat(reader.ended()).isFalse();
            Frame call = null;
            while (call == null) {
                writer.flush();
                call = reader.read();
            }
            assertThat(call.payload()).isEqualTo(Payload.of(body));
            while (!writer.flush()) {
                assertThat(reader.hasMore()).isFalse();
            }
            assertThat(reader.read().is(Kind.CANCEL)).isTrue();
            assertThat(reader.read()).isNull();
            assertThat(reader.ended()).as("the channel is open").isFalse();
        }
    }

    @Test
    void a_frame_that_is_cut_off_by_the_end_is_no_frame() throws IOException, ProtocolViolation {
        var whole = bytes(Frame.of(Kind.RESULT, 3, Header.EMPTY, Payload.ofUtf8("[1,2]")));
        for (int length = 0; length < whole.length; length++) {
            var reader =
                    new FrameReader(
                            Channels.newChannel(new ByteArrayInputStream(whole, 0, length)),
                            LIMITS);
            assertThat(reader.read()).as("%d bytes", length).isNull();
            assertThat(reader.ended()).isTrue();
            assertThat(reader.read()).isNull();
        }
    }

    @Test
    void a_header_and_a_body_may_be_as_long_as_their_limits_and_not_one_byte_longer()
            throws IOException, ProtocolViolation {
        var limits = new FrameLimits(20, 100_000);
        var header = Header.of(Map.of("k", "x".repeat(12)));
        assertThat(header.text().size()).isEqualTo(20);
        var fits = Frame.of(Kind.RESULT, 1, header, Payload.of(new byte[100_000]));
        assertThat(reader(bytes(fits), limits).read()).isEqualTo(fits);

        var longer = Header.of(Map.of("k", "x".repeat(13)));
        assertThatThrownBy(() -> reader(bytes(Frame.of(Kind.RESULT, 1, longer)), limits).read())
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("a header of 21 bytes is over 20");
        var big = Frame.of(Kind.RESULT, 1, Header.EMPTY, Payload.of(new byte[100_001]));
        assertThatThrownBy(() -> reader(bytes(big), limits).read())
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("a body of 100001 bytes is over 100000");
    }

    @Test
    void a_length_that_cannot_be_is_refused_with_its_four_bytes()
            throws IOException, ProtocolViolation {
        var limits = new FrameLimits(20, 100_000);
        int longest = 13 + 20 + 100_000;
        for (int length :
                new int[] {0, 12, longest + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
            var open = length(length);
            assertThatThrownBy(() -> readAll(new FrameReader(open, limits), open))
                    .as("%s", Integer.toUnsignedString(length))
                    .isInstanceOf(ProtocolViolation.class);
        }
        for (int length : new int[] {13, longest}) {
            var open = length(length);
            assertThat(readAll(new FrameReader(open, limits), open)).isEmpty();
        }
    }

    private static Stutter length(int length) {
        return Stutter.of(
                new Random(length), 4, ByteBuffer.allocate(Integer.BYTES).putInt(length).array());
    }

    @Test
    void what_follows_a_hello_on_an_output_channel_is_left_for_the_one_who_wants_it()
            throws IOException, ProtocolViolation {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(bytes(Frame.of(Kind.HELLO, 0, Header.EMPTY)));
        bytes.writeBytes("printed at once".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        var reader = reader(bytes.toByteArray(), LIMITS);
        assertThat(reader.read().is(Kind.HELLO)).isTrue();
        assertThat(reader.hasMore()).isTrue();
        ByteBuffer leftover = reader.leftover();
        var text = new byte[leftover.remaining()];
        leftover.get(text);
        assertThat(text).asString().isEqualTo("printed at once");
    }

    private static FrameReader reader(byte[] bytes, FrameLimits limits) {
        return new FrameReader(Channels.newChannel(new ByteArrayInputStream(bytes)), limits);
    }

    private static byte[] bytes(Frame frame) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var writer = new FrameWriter(Channels.newChannel(bytes));
        writer.add(frame);
        writer.flush();
        return bytes.toByteArray();
    }
}
