package io.procpool.web;

import io.procpool.job.Audience;
import io.procpool.job.Following;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Answers with a job's values as they come. */
@Component
final class ResultStreams {
    private final Audience audience;
    private final StreamSettings settings;

    ResultStreams(Audience audience, StreamSettings settings) {
        this.audience = audience;
        this.settings = settings;
    }

    /** All of them, as JSON lines. */
    void send(Following following, UUID id, HttpServletResponse response)
            throws IOException, InterruptedException {
        send(following, id, StreamFormat.NDJSON, 0, response);
    }

    /** @param from so many items are left out: the client has them */
    void send(
            Following following,
            UUID id,
            StreamFormat format,
            int from,
            HttpServletResponse response)
            throws IOException, InterruptedException {
        var first = following.look(Duration.ZERO);
        try (var loaded = first.elements().load(0); // or it is refused, before there is an answer
                var _ = audience.take(kind(format));
                var _ = Connection.current().streams(settings.writeTimeout())) {
            StreamHeaders.send(response, format, id);
            var out = new LineOutput(response.getOutputStream());
            new ResultStream(following, format, out, from, settings.keepAlive())
                    .write(first.with(loaded.payload()));
        }
    }

    private static Audience.Kind kind(StreamFormat format) {
        return switch (format) {
            case NDJSON -> Audience.Kind.NDJSON;
            case SSE -> Audience.Kind.SSE;
        };
    }
}
