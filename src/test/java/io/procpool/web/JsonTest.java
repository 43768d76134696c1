package io.procpool.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
    private static String text(Object value) {
        return new String(Json.bytes(value), UTF_8);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0",
        "PT1H, 3600",
        "PT0.25S, 0.25",
        "PT0.1S, 0.1",
        "PT100S, 100",
        "PT1.5S, 1.5",
        "PT0.000000001S, 0.000000001",
        "P365D, 31536000",
        "PT1000000000.5S, 1000000000.5"
    })
    void a_duration_is_a_number_of_seconds_without_an_exponent(Duration duration, String json) {
        assertThat(text(Json.seconds(duration))).isEqualTo(json);
    }

    @Test
    void no_duration_loses_a_nanosecond() {
        var random = new Random();
        for (int i = 0; i < 1_000; i++) {
            var duration =
                    Duration.ofSeconds(random.nextInt(1 << 30), random.nextInt(1_000_000_000));
            var seconds = text(Json.seconds(duration));
            assertThat(seconds).doesNotContainIgnoringCase("e").doesNotEndWith(".");
            assertThat(new java.math.BigDecimal(seconds).movePointRight(9).longValueExact())
                    .isEqualTo(duration.toNanos());
        }
    }

    @Test
    void a_time_is_rfc_3339_in_utc_with_milliseconds() {
        assertThat(Json.time(Instant.EPOCH)).isEqualTo("1970-01-01T00:00:00.000Z");
        assertThat(Json.time(Instant.parse("2025-06-07T08:09:10.123999Z")))
                .isEqualTo("2025-06-07T08:09:10.123Z");
    }

    @Test
    void an_object_keeps_the_order_of_its_members() {
        assertThat(text(Json.object("z", 1, "a", List.of(), "m", "é😀\n")))
                .isEqualTo("{\"z\":1,\"a\":[],\"m\":\"é😀\\n\"}");
    }
}
