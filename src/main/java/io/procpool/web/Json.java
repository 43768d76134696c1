package io.procpool.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes what the API itself says; values of functions pass by it untouched. */
final class Json {
    static final String TYPE = "application/json";

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build();
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private Json() {}

    static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    static void send(HttpServletResponse response, int status, Object value) throws IOException {
        send(response, status, TYPE, bytes(value));
    }

    static void send(HttpServletResponse response, int status, String type, byte[] body)
            throws IOException {
        response.setStatus(status);
        response.setContentType(type);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /** An object of names and values in turns. Its members keep this order; those of Map.of have another one in each JVM. */
    static Map<String, Object> object(Object... members) {
        var object = new LinkedHashMap<String, Object>();
        for (int member = 0; member < members.length; member += 2) {
            object.put((String) members[member], members[member + 1]);
        }
        return object;
    }

    /** RFC 3339, UTC, milliseconds. */
    static String time(Instant instant) {
        return TIME.format(instant);
    }

    /** A finite number as people write it: 3, 0.5. */
    static BigDecimal number(double number) {
        var stripped = BigDecimal.valueOf(number).stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    /** A JSON number of seconds, without an exponent and without zeros that say nothing: 3600, 0.25. */
    static BigDecimal seconds(Duration duration) {
        var exact =
                BigDecimal.valueOf(duration.getSeconds())
                        .add(BigDecimal.valueOf(duration.getNano(), 9));
        var stripped = exact.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
