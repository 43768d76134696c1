package io.procpool.job;

import io.procpool.job.JobState.Succeeded;
import io.procpool.payload.Payload;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at one job's values as they come, each once. For one thread. */
public final class Following {
    private final LiveJobs live;
    private @Nullable Job job;
    private JobRecord record;
    private int bytes;
    private int errors;
    private boolean looked;

    /** @param job null: it is final, or waits in the store */
    Following(LiveJobs live, @Nullable Job job, JobRecord record) {
        this.live = live;
        this.job = job;
        this.record = record;
    }

    /** Whether all has been seen. */
    public boolean ended() {
        return looked && record.ready();
    }

    /** What is new; nothing, if nothing has come within {@code patience}. The first look does not wait. */
    public News look(Duration patience) throws InterruptedException {
        var left = looked ? patience : Duration.ZERO;
        if (job == null && !record.ready()) {
            job = live.await(record.id(), left).orElse(null);
            record = job == null ? live.record(record.id()) : record;
        }
        var news = job == null ? kept() : job.news(bytes, errors, record.state(), left);
        looked = true;
        record = news.record();
        bytes += news.elements().size();
        errors += news.errors().size();
        return news;
    }

    private News kept() {
        return record.state() instanceof Succeeded(_, _, var value, var failed)
                ? new News(record, elements(value), failed, record.arrivals())
                : new News(record, Payload.ofUtf8(""), List.of(), null);
    }

    private Payload elements(Payload value) {
        return record.verb().maps() ? value.slice(1, value.size() - 1) : value;
    }
}
