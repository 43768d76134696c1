package io.procpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/protocol.md} says what the code does. */
class ProtocolPageTest {
    private static final Pattern ROW =
            Pattern.compile(
                    "^\\| (\\d+) \\| (\\w+) \\| (worker|host|forkserver) \\|", Pattern.MULTILINE);

    private final String page = read();

    private static String read() {
        try {
            return Files.readString(Path.of("docs/protocol.md"));
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    @Test
    void its_tables_have_every_kind_with_its_number_and_no_other() {
        Map<Integer, String> rows = new TreeMap<>();
        ROW.matcher(page)
                .results()
                .forEach(row -> rows.put(Integer.valueOf(row.group(1)), row.group(2)));
        Map<Integer, String> kinds =
                Arrays.stream(Kind.values())
                        .collect(
                                Collectors.toMap(
                                        Kind::number,
                                        kind -> kind.name().toLowerCase(Locale.ROOT)));
        assertThat(rows).isEqualTo(kinds);
    }

    @Test
    void every_number_finds_its_kind_and_no_other_number_does() {
        for (int number = 0; number < 256; number++) {
            var found = Kind.of(number);
            int wanted = number;
            assertThat(found)
                    .isEqualTo(
                            Arrays.stream(Kind.values())
                                    .filter(kind -> kind.number() == wanted)
                                    .findFirst());
        }
    }

    @Test
    void the_limit_of_a_header_and_the_fixed_part_are_those_of_the_code() {
        assertThat(page).contains("A header is at most 1 MiB").contains("(13 + header + body)");
        assertThat(FrameLimits.MAX_HEADER).isEqualTo(1 << 20);
        assertThat(Frame.FIXED).isEqualTo(13);
    }
}
