package io.procpool.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.payload.Payload;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** The files that both sides of the protocol are held to. The Python side of this is {@code test_frames.py}. */
class GoldenFramesTest {
    private static final FrameLimits LIMITS = FrameLimits.ofBody(64 << 20);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    static List<GoldenFrame> golden() {
        return GoldenFrame.all();
    }

    static List<GoldenFrame.Broken> broken() {
        return GoldenFrame.broken();
    }

    @ParameterizedTest
    @MethodSource("golden")
    void a_golden_frame_is_read_from_its_bytes(GoldenFrame golden)
            throws IOException, ProtocolViolation {
        var reader =
                new FrameReader(
                        Channels.newChannel(new ByteArrayInputStream(golden.bytes().toByteArray())),
                        LIMITS);
        var frame = reader.read();
        assertThat(frame.kind()).isEqualTo(golden.kind());
        assertThat(frame.callId()).isEqualTo(golden.callId());
        assertThat(frame.header().toString()).isEqualTo(golden.text());
        assertThat(frame.payload()).isEqualTo(golden.body());
        assertThat(frame.bodySize()).isEqualTo(golden.body().size());
        assertThat(reader.hasMore()).isFalse();
        assertThat(reader.read()).isNull();
        assertThat(reader.ended()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("golden")
    void the_fields_of_a_golden_header_are_those_of_its_text(GoldenFrame golden)
            throws IOException, ProtocolViolation {
        var frame =
                new FrameReader(
                                Channels.newChannel(
                                        new ByteArrayInputStream(golden.bytes().toByteArray())),
                                LIMITS)
                        .read();
        for (var field : golden.header().properties()) {
            var name = field.getKey();
            var value = field.getValue();
            if (value.isString()) {
                assertThat(frame.header().string(name)).isEqualTo(value.stringValue());
            } else if (value.isIntegralNumber()) {
                assertThat(frame.header().number(name, -1)).isEqualTo(value.longValue());
            } else if (value.isNumber()) {
                assertThat(frame.header().decimal(name, -1)).isEqualTo(value.doubleValue());
            } else if (value.isObject()) {
                assertThat(JSON.readTree(frame.header().object(name).toString()).toString())
                        .isEqualTo(value.toString());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("golden")
    void a_golden_frame_is_written_as_its_bytes(GoldenFrame golden) throws IOException {
        assertThat(written(golden.frame())).isEqualTo(golden.bytes().toByteArray());
    }

    @ParameterizedTest
    @MethodSource("golden")
    void a_body_in_pieces_is_written_as_the_same_bytes(GoldenFrame golden) throws IOException {
        var random = new Random(golden.name().hashCode());
        var body = golden.body();
        int first = random.nextInt(body.size() + 1);
        int second = first + random.nextInt(body.size() - first + 1);
        var pieces =
                List.of(
                        body.slice(0, first),
                        body.slice(first, second),
                        body.slice(second, body.size()));
        var whole = golden.frame();
        assertThat(written(new Frame(whole.kind(), whole.callId(), whole.header(), pieces)))
                .isEqualTo(golden.bytes().toByteArray());
    }

    private static byte[] written(Frame frame) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var writer = new FrameWriter(Channels.newChannel(bytes));
        writer.add(frame);
        assertThat(writer.flush()).isTrue();
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @MethodSource("broken")
    void broken_bytes_are_refused_without_waiting_for_more(GoldenFrame.Broken broken) {
        // The channel stays open and gives no further byte: who waits for one gets null, not a
        // refusal.
        var stutter =
                Stutter.of(
                        new Random(broken.name().hashCode()),
                        64 << 10,
                        broken.bytes().toByteArray());
        var reader = new FrameReader(stutter, LIMITS);
        assertThatThrownBy(
                        () -> {
                            while (!stutter.drained()) {
                                assertThat(reader.read()).isNull();
                            }
                            assertThat(reader.read()).isNull();
                        })
                .isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void every_kind_has_a_golden_frame_and_so_has_one_that_nobody_knows() {
        Set<Integer> golden = golden().stream().map(GoldenFrame::kind).collect(Collectors.toSet());
        assertThat(golden).containsAll(Arrays.stream(Kind.values()).map(Kind::number).toList());
        assertThat(golden).anyMatch(number -> Kind.of(number).isEmpty());
    }

    @Test
    void all_golden_frames_in_one_stream_come_out_one_by_one()
            throws IOException, ProtocolViolation {
        var golden = golden();
        var bytes = new ByteArrayOutputStream();
        for (int round = 0; round < 50; round++) {
            golden.forEach(frame -> bytes.writeBytes(frame.bytes().toByteArray()));
        }
        var reader =
                new FrameReader(
                        Channels.newChannel(new ByteArrayInputStream(bytes.toByteArray())), LIMITS);
        for (int round = 0; round < 50; round++) {
            for (var expected : golden) {
                assertThat(reader.read()).isEqualTo(expected.frame());
            }
        }
        assertThat(reader.read()).isNull();
        assertThat(reader.ended()).isTrue();
    }

    @Test
    void headers_that_java_writes_are_compact_and_unescaped() {
        var header = Header.of(Map.of("func", "läden.größe 😀"));
        assertThat(header.text().toByteArray())
                .isEqualTo("{\"func\":\"läden.größe 😀\"}".getBytes(UTF_8));
        assertThat(Header.EMPTY.text().size()).isZero();
    }

    @Test
    void a_field_of_another_type_reads_as_absent() throws ProtocolViolation {
        var header =
                Header.ofText(
                                Payload.ofUtf8(
                                        "{\"a\":1.5,\"b\":\"x\",\"c\":[1,\"y\",{\"d\":2}],\"e\":null,"
                                                + "\"f\":99999999999999999999}"))
                        .checked();
        assertThat(header.string("a")).isNull();
        assertThat(header.integer("a")).isNull();
        assertThat(header.integer("b")).isNull();
        assertThat(header.number("f", -7)).isEqualTo(-7);
        assertThat(header.string("e")).isNull();
        assertThat(header.string("missing", "none")).isEqualTo("none");
        assertThat(header.strings("c")).containsExactly("y");
        assertThat(header.integers("c")).containsExactly(1);
        assertThat(header.objects("c")).hasSize(1);
        assertThat(header.objects("c").getFirst().integer("d")).isEqualTo(2);
        assertThat(header.object("b")).isEqualTo(Header.EMPTY);
        assertThat(header.strings("b")).isEmpty();
    }
}
