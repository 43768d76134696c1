package io.procpool.web;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.procpool.payload.Elements;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refusal.NotAcceptable;
import io.procpool.problem.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** How a stream looks on its way to the client. A place is where it can be resumed: how many items came before and with the event. */
enum StreamFormat {
    /** A JSON text a line. */
    NDJSON("application/x-ndjson") {
        @Override
        void begin(LineOutput out, String event, int place) {}

        @Override
        void end(LineOutput out) throws IOException {
            out.write('\n');
        }

        @Override
        void heartbeat(LineOutput out) throws IOException {
            out.write('\n');
        }
    },
    /** Server-sent events (the HTML standard, section 9.2). */
    SSE("text/event-stream") {
        @Override
        void begin(LineOutput out, String event, int place) throws IOException {
            out.text("id: " + place + "\nevent: " + event + "\ndata: ");
        }

        @Override
        void end(LineOutput out) throws IOException {
            out.text("\n\n");
        }

        @Override
        void heartbeat(LineOutput out) throws IOException {
            out.text(": \n\n");
        }
    };

    private static final byte[] INDEX = "{\"index\":".getBytes(US_ASCII);
    private static final byte[] VALUE = ",\"value\":".getBytes(US_ASCII);
    private static final byte[] ERROR = ",\"error\":".getBytes(US_ASCII);

    private final String type;

    StreamFormat(String type) {
        this.type = type;
    }

    String contentType() {
        return type;
    }

    abstract void begin(LineOutput out, String event, int place) throws IOException;

    abstract void end(LineOutput out) throws IOException;

    /** Something without a meaning, so that nobody thinks that the connection is dead. */
    abstract void heartbeat(LineOutput out) throws IOException;

    /** The element that {@code value} is at. */
    void value(LineOutput out, int place, long index, Elements value) throws IOException {
        begin(out, "item", place);
        out.write(INDEX);
        out.number(index);
        out.write(VALUE);
        value.writeLine(out);
        out.write('}');
        end(out);
    }

    void error(LineOutput out, int place, long index, byte[] problem) throws IOException {
        begin(out, "item", place);
        out.write(INDEX);
        out.number(index);
        out.write(ERROR);
        out.write(problem);
        out.write('}');
        end(out);
    }

    void object(LineOutput out, String event, int place, Object content) throws IOException {
        begin(out, event, place);
        out.write(Json.bytes(content));
        end(out);
    }

    /**
     * The first of {@code offered} that the client takes, by its own preference.
     *
     * @throws Refused if it takes none
     */
    static StreamFormat accepted(HttpServletRequest request, List<StreamFormat> offered) {
        var header = String.join(",", Collections.list(request.getHeaders("Accept")));
        var ranges = wanted(header);
        for (var wanted : ranges) {
            for (var format : offered) {
                var type = MediaType.parseMediaType(format.type);
                if (wanted.getQualityValue() > 0
                        && wanted.includes(type)
                        && ranges.stream().noneMatch(range -> refuses(range, type))) {
                    return format;
                }
            }
        }
        throw new Refused(
                new NotAcceptable(offered.stream().map(StreamFormat::contentType).toList()));
    }

    /** What is said of a type itself goes before what is said of all. */
    private static boolean refuses(MediaType range, MediaType type) {
        return range.getQualityValue() == 0 && range.equalsTypeAndSubtype(type);
    }

    private static List<MediaType> wanted(String header) {
        if (header.isBlank()) {
            return List.of(MediaType.ALL);
        }
        try {
            return MediaType.parseMediaTypes(header).stream()
                    .sorted(Comparator.comparingDouble(MediaType::getQualityValue).reversed())
                    .toList();
        } catch (InvalidMediaTypeException malformed) {
            throw new Refused(new BadRequest("The Accept header can't be read: " + header));
        }
    }
}
