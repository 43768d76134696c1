package io.procpool.job;

import io.procpool.job.JobState.Event;
import io.procpool.payload.Joiner;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the ended tasks of a job have brought so far, to be its value when all is there. Not thread safe. */
final class Harvest implements Yield {
    private static final Payload NULL = Payload.ofUtf8("null");
    private static final Payload NOTHING = Payload.ofUtf8("");

    private final int items;
    private final int maxResult;
    private final @Nullable Joiner joiner;
    private final @Nullable Arrivals arrivals;
    private final List<ItemError> errors = new ArrayList<>();
    private Payload single = NULL;
    private long errorBytes;
    private int done;

    /** @param maxResult bytes of the value, and about so many of the errors beside it */
    Harvest(Submission submission, int maxResult) {
        this.items = submission.items();
        this.maxResult = maxResult;
        this.joiner = submission.iterable() == null ? null : new Joiner(maxResult);
        this.arrivals = submission.verb() == Verb.IMAP_UNORDERED ? new Arrivals() : null;
    }

    @Override
    public long items() {
        return items;
    }

    @Override
    public void take(Task task, Task.End.Value end) {
        if (joiner == null) {
            done += task.items();
            single = end.value();
            return;
        }
        join(joiner, task, end.value());
        for (var error : end.errors()) {
            add((int) task.firstItem() + error.index(), error.problem().shifted(task.firstItem()));
        }
    }

    @Override
    public void takeBroken(Task task, Failure problem) {
        if (joiner == null) {
            done += task.items();
        } else {
            var nulls = "[null" + ",null".repeat(task.items() - 1) + "]";
            join(joiner, task, Payload.ofUtf8(nulls));
        }
        // The evidence once: twenty thousand items of a chunk would repeat it twenty thousand
        // times.
        int first = (int) task.firstItem();
        add(first, problem);
        for (int item = 1; item < task.items(); item++) {
            add(first + item, problem.withoutOutput());
        }
    }

    private void join(Joiner into, Task task, Payload array) {
        into.add(arrivals == null ? task.number() : arrivals.count(), array);
        done += task.items();
        if (arrivals != null) {
            arrivals.add((int) task.firstItem(), task.items());
        }
    }

    private void add(int index, Failure problem) {
        errors.add(new ItemError(index, problem));
        errorBytes += JobRecord.PLAIN + JobRecord.weight(problem);
        if (errorBytes > maxResult) {
            errors.clear(); // the job is over, as too large: what is left of it needs no memory
        }
    }

    @Override
    public long done() {
        return done;
    }

    @Override
    public boolean complete() {
        return done == items;
    }

    @Override
    public boolean tooLarge() {
        return errorBytes > maxResult || (joiner != null && joiner.tooLarge());
    }

    @Override
    public Event outcome(Instant now) {
        return new Event.Done(now, value(), errors());
    }

    private Payload value() {
        return joiner == null ? single : joiner.join();
    }

    /** By index. */
    private List<ItemError> errors() {
        return errors.stream().sorted(Comparator.comparingInt(ItemError::index)).toList();
    }

    /** The values so far, as in {@link News}. */
    Payload elements() {
        if (joiner != null) {
            return joiner.elements();
        }
        return done == 0 ? NOTHING : single;
    }

    /** Of the errors so far those after the first {@code known}. */
    List<ItemError> errors(int known) {
        return known >= errors.size()
                ? List.of()
                : List.copyOf(errors.subList(known, errors.size()));
    }

    @Nullable Arrivals arrivals() {
        return arrivals == null ? null : arrivals.now();
    }
}
