package io.procpool.web;

import io.procpool.job.ItemError;
import io.procpool.job.ItemStream;
import io.procpool.job.ItemStream.Answered;
import io.procpool.job.JobRecord;
import io.procpool.job.Jobs;
import io.procpool.job.Task;
import io.procpool.payload.Elements;
import io.procpool.problem.Failure;
import io.procpool.problem.Problem;
import io.procpool.problem.Refusal.PoolDegraded;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what an imap answers, line by line. Lines are on their way when no other is ready: a single item does not wait, and a fast stream is not
 * flushed for each.
 *
 * <p>Threads: one writes. The one that reads says when it waits for input.
 */
final class ImapAnswer {
    private static final Logger LOG = LoggerFactory.getLogger(ImapAnswer.class);
    private static final StreamFormat FORMAT = StreamFormat.NDJSON;

    /** Only who reads or writes hears that a client is gone, and of writes the second one after that. */
    private static final Duration UNREAD_KEEP_ALIVE = Duration.ofMillis(1_500);

    private static final long NOT_AWAITED = Long.MIN_VALUE;

    private final Jobs jobs;
    private final ItemStream stream;
    private final LineOutput out;
    private final Connection connection;
    private final StreamSettings settings;
    private volatile long awaitedSince = NOT_AWAITED;
    private long wroteNanos = System.nanoTime();
    private long failed;
    private @Nullable Problem trouble;
    private volatile boolean whole;

    ImapAnswer(
            Jobs jobs,
            ItemStream stream,
            LineOutput out,
            Connection connection,
            StreamSettings settings) {
        this.jobs = jobs;
        this.stream = stream;
        this.out = out;
        this.connection = connection;
        this.settings = settings;
    }

    void inputAwaited() {
        awaitedSince = System.nanoTime();
    }

    void inputCame() {
        awaitedSince = NOT_AWAITED;
    }

    /** Whether all is written of a job that has come to its own end. */
    boolean whole() {
        return whole;
    }

    /** Returns when all is written, or false when the client takes no more. */
    boolean write() {
        try {
            JobRecord finished = null;
            while (finished == null) {
                var answered = stream.poll();
                for (var chunk : answered) {
                    write(chunk);
                }
                if (answered.isEmpty()) {
                    out.flush();
                    finished = stream.finished();
                    await(finished);
                } else {
                    wroteNanos = System.nanoTime();
                }
            }
            summary(finished);
            return true;
        } catch (IOException gone) {
            LOG.debug("The client of stream {} takes no more", stream.job().id(), gone);
            if (isStall(gone)) {
                jobs.stalled(stream);
            }
            return false;
        } catch (InterruptedException shutdown) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean isStall(@Nullable Throwable failure) {
        return failure != null
                && (failure instanceof SocketTimeoutException || isStall(failure.getCause()));
    }

    private void write(Answered chunk) throws IOException {
        switch (chunk.end()) {
            case Task.End.Broke(var problem) -> broken(chunk, problem);
            case Task.End.Value(var value, var errors) -> {
                var values = Elements.ofArray(value, chunk.items());
                if (values == null) {
                    var problem = new Failure.ProtocolError("a chunk has another number of values");
                    broken(chunk, problem);
                } else {
                    values(chunk, values, errors);
                }
            }
        }
    }

    private void values(Answered chunk, Elements values, List<ItemError> errors)
            throws IOException {
        Map<Integer, Failure> problems =
                errors.isEmpty()
                        ? Map.of()
                        : errors.stream()
                                .collect(
                                        Collectors.toMap(
                                                ItemError::index,
                                                ItemError::problem,
                                                (first, _) -> first));
        for (int item = 0; item < chunk.items() && values.next(); item++) {
            long index = chunk.firstItem() + item;
            var problem = problems.isEmpty() ? null : problems.get(item);
            if (problem == null) {
                FORMAT.value(out, 0, index, values);
            } else {
                error(index, problem.shifted(chunk.firstItem()));
            }
        }
    }

    /** The evidence once: the items of a chunk have one worker's output in common. */
    private void broken(Answered chunk, Failure problem) throws IOException {
        error(chunk.firstItem(), problem);
        var others = bytes(problem.withoutOutput());
        for (int item = 1; item < chunk.items(); item++) {
            FORMAT.error(out, 0, chunk.firstItem() + item, others);
            failed++;
        }
    }

    private void error(long index, Failure problem) throws IOException {
        FORMAT.error(out, 0, index, bytes(problem));
        failed++;
    }

    private static byte[] bytes(Failure problem) {
        return Json.bytes(ResultJson.write(problem));
    }

    private void await(@Nullable JobRecord finished) throws IOException, InterruptedException {
        if (finished != null || stream.await(patience())) {
            return;
        }
        if (inputLeft() <= 0 && stream.open()) {
            stream.end(new Failure.InputStalled(settings.inputTimeout()));
        }
        if (keepAliveLeft() <= 0) {
            FORMAT.heartbeat(out);
            out.flush();
            wroteNanos = System.nanoTime();
        }
        stream.trouble().ifPresent(this::giveUp);
    }

    private void giveUp(PoolDegraded why) {
        trouble = why;
        stream.giveUp(why);
    }

    /** Not longer than a client may stay unheard: it may not be read from any more meanwhile. */
    private Duration patience() {
        long left = Math.min(keepAliveLeft(), inputLeft());
        long start = stream.startLeft().orElse(UNREAD_KEEP_ALIVE).toNanos();
        long most = Math.min(UNREAD_KEEP_ALIVE.toNanos(), start);
        return Duration.ofNanos(Math.clamp(left, 0, most));
    }

    /** Nanoseconds until it has been silent for too long. While somebody reads from the client its end is heard anyway. */
    private long keepAliveLeft() {
        long most = settings.keepAlive().toNanos();
        long silence =
                awaitedSince == NOT_AWAITED ? Math.min(most, UNREAD_KEEP_ALIVE.toNanos()) : most;
        return wroteNanos + silence - System.nanoTime();
    }

    /** Nanoseconds; as long as nobody waits for input the limit is as far away as it can be. */
    private long inputLeft() {
        long limit = settings.inputTimeout().toNanos();
        long since = awaitedSince;
        return since == NOT_AWAITED || !stream.open() ? limit : since + limit - System.nanoTime();
    }

    private void summary(JobRecord record) throws IOException {
        var summary = new LinkedHashMap<String, Object>();
        summary.put("items", record.items());
        summary.put("failed", failed);
        Function<Problem, Object> problem = why -> Problems.render(why).body();
        if (trouble != null) {
            summary.put("problem", problem.apply(trouble));
        } else {
            record.state()
                    .failure()
                    .ifPresent(why -> summary.put("problem", ResultJson.write(why)));
        }
        FORMAT.object(out, "summary", 0, Json.object("summary", summary));
        out.flush();
        connection.finish();
        whole = record.successful();
    }
}
