package io.procpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.payload.Payload;
import io.procpool.wire.Frame;
import io.procpool.wire.FrameLimits;
import io.procpool.wire.FrameReader;
import io.procpool.wire.FrameWriter;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the host makes of a progress frame, whoever has written it. */
class ReportedTest {
    private static Optional<Reported> told(String header) throws Exception {
        var bytes = new ByteArrayOutputStream();
        var writer = new FrameWriter(Channels.newChannel(bytes));
        writer.add(Frame.of(Kind.PROGRESS, 1, Header.ofText(Payload.ofUtf8(header))));
        assertThat(writer.flush()).isTrue();
        var in = Channels.newChannel(new ByteArrayInputStream(bytes.toByteArray()));
        return Reported.in(new FrameReader(in, FrameLimits.ofBody(0)).read().header());
    }

    @Test
    void done_total_and_note_are_taken_as_they_are() throws Exception {
        assertThat(told("{\"done\":1,\"total\":2.5,\"note\":\"größe 😀\"}"))
                .contains(new Reported(1, 2.5, "größe 😀"));
        assertThat(told("{\"done\":-0.5}")).contains(new Reported(-0.5, null, null));
    }

    @Test
    void without_a_finite_number_of_what_is_done_nothing_is_told() throws Exception {
        for (var header :
                new String[] {
                    "{}", "{\"done\":null}", "{\"done\":\"1\"}", "{\"done\":1e999}", "{\"total\":3}"
                }) {
            assertThat(told(header)).as(header).isEmpty();
        }
    }

    @Test
    void a_total_or_a_note_that_is_none_is_left_out() throws Exception {
        for (var header :
                new String[] {
                    "{\"done\":1,\"total\":\"2\",\"note\":3}",
                    "{\"done\":1,\"total\":1e999,\"note\":null}",
                    "{\"done\":1,\"total\":null,\"note\":[\"x\"]}"
                }) {
            assertThat(told(header)).as(header).contains(new Reported(1, null, null));
        }
    }

    @Test
    void a_note_has_a_thousand_characters_and_is_text() throws Exception {
        assertThat(told("{\"done\":1,\"note\":\"" + "😀".repeat(1001) + "\"}"))
                .contains(new Reported(1, null, "😀".repeat(1000)));
        assertThat(told("{\"done\":1,\"note\":\"\\ud83d\"}")).contains(new Reported(1, null, "?"));
    }
}
