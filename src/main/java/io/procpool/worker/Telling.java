package io.procpool.worker;

import io.procpool.wire.Header;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What the call that a worker runs is, and what it says of how far it is. Only what was said last is kept: threads of the call write it down here and never
 * touch the connection, which an interrupt of theirs would close. Who sends it is {@link Orders}.
 *
 * <p>Threads: the serving thread begins and ends; any thread of a call says; whoever sends takes.
 */
final class Telling {
    private static final int LONGEST_NOTE = 1000;

    /** As the service numbers it. */
    record Origin(String job, int task, int attempt) {}

    private record Said(double done, @Nullable Double total, @Nullable String note) {}

    private final AtomicReference<@Nullable Said> unsaid = new AtomicReference<>();
    private volatile @Nullable Origin origin;
    private volatile boolean running;

    void begin(Header call) {
        var job = call.string("job");
        origin =
                job == null
                        ? null
                        : new Origin(
                                job, (int) call.number("task", 0), (int) call.number("attempt", 1));
        unsaid.set(null); // by a thread that an earlier call has left
        running = true;
    }

    void end() {
        running = false;
        origin = null;
    }

    /** Null outside of a call. */
    @Nullable Origin origin() {
        return origin;
    }

    void say(double done, @Nullable Double total, @Nullable String note) {
        if (running) {
            unsaid.set(new Said(done, total, note));
        }
    }

    /** What has been said since the last time, as the header of a frame; null: nothing. */
    @Nullable Header take() {
        var said = unsaid.get() == null ? null : unsaid.getAndSet(null);
        if (said == null) {
            return null;
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("done", said.done);
        if (said.total != null) {
            fields.put("total", said.total);
        }
        if (said.note != null) {
            fields.put("note", Failed.text(said.note, LONGEST_NOTE));
        }
        return Header.of(fields);
    }
}
