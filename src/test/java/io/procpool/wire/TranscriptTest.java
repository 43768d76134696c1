package io.procpool.wire;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The transcript in {@code docs/protocol.md} is made of golden frames, every byte of it. */
class TranscriptTest {
    private static final Pattern LINE =
            Pattern.compile("\\(`([\\w-]+)\\.json`\\)\\n([0-9a-f]+)\\n");

    @Test
    void the_transcript_has_the_golden_frames_of_a_command_worker_and_no_others()
            throws IOException {
        var page = Files.readString(Path.of("docs/protocol.md"));
        var shown =
                LINE.matcher(page)
                        .results()
                        .collect(toMap(line -> line.group(1), line -> line.group(2)));
        var golden =
                GoldenFrame.all().stream()
                        .filter(frame -> frame.name().startsWith("command-"))
                        .collect(
                                toMap(
                                        GoldenFrame::name,
                                        frame ->
                                                HexFormat.of()
                                                        .formatHex(frame.bytes().toByteArray())));
        assertThat(golden).isNotEmpty();
        assertThat(shown).isEqualTo(golden);
    }
}
