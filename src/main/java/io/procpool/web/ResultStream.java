package io.procpool.web;

import io.procpool.job.Arrivals;
import io.procpool.job.Following;
import io.procpool.job.JobRecord;
import io.procpool.job.News;
import io.procpool.payload.Elements;
import io.procpool.problem.Failure;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One client that is told a job's values as they come, from a place on. All of it on the request's thread. */
final class ResultStream {
    private final Following following;
    private final StreamFormat format;
    private final LineOutput out;
    private final int from;
    private final Duration keepAlive;

    /** Those that have been heard of and not come to. */
    private final Map<Integer, Failure> failures = new HashMap<>();

    private int place;
    private int failed;
    private int chunk;
    private int itemOfChunk;
    private @Nullable String state;

    /** @param from so many items are left out: the client has them */
    ResultStream(
            Following following,
            StreamFormat format,
            LineOutput out,
            int from,
            Duration keepAlive) {
        this.following = following;
        this.format = format;
        this.out = out;
        this.from = from;
        this.keepAlive = keepAlive;
    }

    /** @param first what the first look brought */
    void write(News first) throws IOException, InterruptedException {
        var news = first;
        tell(news);
        long written = System.nanoTime();
        while (!following.ended()) {
            out.flush();
            // A look ends early by news of which nothing is to be told: that is no silence.
            var silence = Duration.ofNanos(System.nanoTime() - written);
            news = following.look(keepAlive.minus(silence));
            boolean told = tell(news);
            if (!told && System.nanoTime() - written >= keepAlive.toNanos()) {
                format.heartbeat(out);
                told = true;
            }
            written = told ? System.nanoTime() : written;
        }
        if (news.record()
                .ready()) { // else the service ends before the job: without a summary the stream is
            // incomplete
            gap(news.record());
            summary(news.record());
        }
        out.flush();
    }

    /** Whether anything was written. Lines are of items; that the job has begun is told in events only, and that it is over after its items. */
    private boolean tell(News news) throws IOException {
        boolean over = news.record().ready();
        boolean changed = !over && state(news.record());
        boolean came = items(news);
        return (over && state(news.record())) || came || changed;
    }

    private boolean state(JobRecord record) throws IOException {
        var now = record.state().label();
        if (format != StreamFormat.SSE || now.equals(state)) {
            return false;
        }
        state = now;
        format.object(out, "state", Math.max(from, place), Json.object("state", now));
        return true;
    }

    private boolean items(News news) throws IOException {
        for (var error : news.errors()) {
            failures.put(error.index(), error.problem());
        }
        int before = place;
        try (var loaded = news.elements().load(0)) {
            var values = Elements.within(loaded.payload());
            while (values.next()) {
                item(values, index(news.arrivals()));
            }
        }
        return place > Math.max(before, from);
    }

    /** Of the next value. */
    private int index(@Nullable Arrivals arrivals) {
        if (arrivals == null) {
            return place;
        }
        if (itemOfChunk == arrivals.items(chunk)) {
            chunk++;
            itemOfChunk = 0;
        }
        return arrivals.firstItem(chunk) + itemOfChunk++;
    }

    private void item(Elements value, int index) throws IOException {
        var problem = failures.isEmpty() ? null : failures.remove(index);
        failed += problem == null ? 0 : 1;
        place++;
        if (place <= from) {
            return;
        }
        if (problem == null) {
            format.value(out, place, index, value);
        } else {
            format.error(out, place, index, Json.bytes(ResultJson.write(problem)));
        }
    }

    /** What was done and is not there: of a job that did not succeed values are not kept. */
    private void gap(JobRecord record) throws IOException {
        int seen = Math.max(place, from);
        if (record.done() > seen) {
            var gap = Json.object("from", seen, "items", record.done() - seen);
            format.object(out, "gap", seen, Json.object("gap", gap));
        }
    }

    private void summary(JobRecord record) throws IOException {
        var summary = new LinkedHashMap<String, Object>();
        summary.put("items", record.items());
        summary.put("failed", failed);
        record.state().failure().ifPresent(why -> summary.put("problem", ResultJson.write(why)));
        format.object(out, "summary", summaryPlace(record), Json.object("summary", summary));
    }

    /** Beyond all items: who has it has all, and wants nothing any more. */
    private static int summaryPlace(JobRecord record) {
        return (int) record.items() + 1; // they are parts of one body
    }

    static boolean hasAll(JobRecord record, int place) {
        return record.ready() && place >= summaryPlace(record);
    }
}
