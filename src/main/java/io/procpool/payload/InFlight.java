package io.procpool.payload;

import io.procpool.problem.Refusal.Overloaded;
import io.procpool.problem.Refused;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * The bytes of all bodies that are in memory for unfinished jobs, and of the values of streams that are not written yet. A body that would not fit is refused before it is read, so that
 * a thousand large uploads are a thousand 503 and not an OutOfMemoryError.
 */
@Component
public final class InFlight {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final long limit;
    private final AtomicLong held = new AtomicLong();

    @Autowired
    InFlight(LimitSettings settings) {
        this((long) (Runtime.getRuntime().maxMemory() * settings.inFlight()));
    }

    InFlight(long limit) {
        this.limit = limit;
    }

    /** A share of the memory. Grows while a body of unknown length is read; given back once. */
    public final class Hold implements AutoCloseable {
        private final AtomicLong bytes = new AtomicLong();
        private final AtomicBoolean closed = new AtomicBoolean();

        /** @throws Refused {@link Overloaded} if the limit would be passed; what is held stays held */
        public void grow(long more) {
            if (held.addAndGet(more) > limit) {
                held.addAndGet(-more);
                throw new Refused(new Overloaded(limit, RETRY_AFTER));
            }
            bytes.addAndGet(more);
        }

        /** As {@link #grow}, for who can wait: false if the limit would be passed. */
        public boolean tryGrow(long more) {
            if (held.addAndGet(more) > limit) {
                held.addAndGet(-more);
                return false;
            }
            bytes.addAndGet(more);
            return true;
        }

        /** For what is in memory already: nothing is refused, and the limit may be passed. */
        public void take(long more) {
            held.addAndGet(more);
            bytes.addAndGet(more);
        }

        /** Whether all together hold more than the limit. */
        public boolean overdrawn() {
            return held.get() > limit;
        }

        /** Gives a part of it back. */
        public void shrink(long less) {
            bytes.addAndGet(-less);
            held.addAndGet(-less);
        }

        @Override
        public void close() {
            if (!closed.getAndSet(true)) {
                held.addAndGet(-bytes.get());
            }
        }
    }

    /** As much memory again, for something else. */
    public InFlight another() {
        return new InFlight(limit);
    }

    public Hold hold() {
        return new Hold();
    }

    /** Bytes. */
    public long held() {
        return held.get();
    }

    public long limit() {
        return limit;
    }
}
