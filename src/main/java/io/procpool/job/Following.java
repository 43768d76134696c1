package io.procpool.job;

import io.procpool.job.JobState.Succeeded;
import io.procpool.payload.Payload;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at one job's values as they come, each once. For one thread. */
public final class Following {
    private final @Nullable Job job;
    private JobRecord record;
    private int bytes;
    private int errors;
    private boolean looked;

    Following(@Nullable Job job, JobRecord record) {
        this.job = job;
        this.record = record;
    }

    /** Whether all has been seen. */
    public boolean ended() {
        return looked && record.ready();
    }

    /** What is new; nothing, if nothing has come within {@code patience}. The first look does not wait. */
    public News look(Duration patience) throws InterruptedException {
        var news = job == null ? kept() : live(job, looked ? patience : Duration.ZERO);
        looked = true;
        record = news.record();
        bytes += news.elements().size();
        errors += news.errors().size();
        return news;
    }

    private News live(Job running, Duration patience) throws InterruptedException {
        return running.news(bytes, errors, record.state(), patience);
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
