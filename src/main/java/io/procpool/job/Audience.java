package io.procpool.job;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** How many clients hang on at the moment, for the metrics. Any thread may use it. */
@Component
public final class Audience {
    /** What a client hangs on to. */
    public enum Kind {
        /** A request that is held open until its job is ready, or has changed. */
        LONG_POLL,
        /** A stream of JSON lines: an imap's answer, or the values of a job as they come. */
        NDJSON,
        /** The values of a job as they come, as server-sent events. */
        SSE
    }

    private final Map<Kind, AtomicInteger> present =
            Stream.of(Kind.values())
                    .collect(Collectors.toMap(Function.identity(), _ -> new AtomicInteger()));

    /** One client's stay, until it is closed, once. */
    public interface Seat extends AutoCloseable {
        @Override
        void close();
    }

    public Seat take(Kind kind) {
        var there = of(kind);
        there.incrementAndGet();
        return there::decrementAndGet;
    }

    public int count(Kind kind) {
        return of(kind).get();
    }

    private AtomicInteger of(Kind kind) {
        return Objects.requireNonNull(present.get(kind));
    }
}
