package io.procpool.job;

import io.procpool.payload.Joiner;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the ended tasks of a job have brought so far. Not thread safe. */
final class Harvest {
    private static final Payload NULL = Payload.ofUtf8("null");

    private final int items;
    private final int maxResult;
    private final @Nullable Joiner joiner;
    private final List<ItemError> errors = new ArrayList<>();
    private Payload single = NULL;
    private long errorBytes;
    private int done;

    /**
     * @param maps whether the value is an array with a place for each item
     * @param maxResult bytes of the value, and about so many of the errors beside it
     */
    Harvest(int items, boolean maps, int maxResult) {
        this.items = items;
        this.maxResult = maxResult;
        this.joiner = maps ? new Joiner(maxResult) : null;
    }

    /** @throws IllegalArgumentException if the value is no array and should be; then nothing was taken */
    void take(Task task, Task.End.Value end) {
        if (joiner == null) {
            done += task.items();
            single = end.value();
            return;
        }
        joiner.add(task.number(), end.value());
        done += task.items();
        for (var error : end.errors()) {
            add(task.firstItem() + error.index(), error.problem().shifted(task.firstItem()));
        }
    }

    /** With {@code errors: collect}: each item of a task that brought nothing has failed as the task has. */
    void takeBroken(Task task, Failure problem) {
        done += task.items();
        if (joiner != null) {
            joiner.add(
                    task.number(),
                    Payload.ofUtf8("[null" + ",null".repeat(task.items() - 1) + "]"));
        }
        // The evidence once: twenty thousand items of a chunk would repeat it twenty thousand
        // times.
        add(task.firstItem(), problem);
        for (int item = 1; item < task.items(); item++) {
            add(task.firstItem() + item, problem.withoutOutput());
        }
    }

    private void add(int index, Failure problem) {
        errors.add(new ItemError(index, problem));
        errorBytes += JobRecord.weight(problem);
        if (errorBytes > maxResult) {
            errors.clear(); // the job is over, as too large: what is left of it needs no memory
        }
    }

    /** Items that are finished, failed ones included. */
    int done() {
        return done;
    }

    boolean complete() {
        return done == items;
    }

    boolean tooLarge() {
        return errorBytes > maxResult || (joiner != null && joiner.tooLarge());
    }

    Payload value() {
        return joiner == null ? single : joiner.join();
    }

    /** By index. */
    List<ItemError> errors() {
        return errors.stream().sorted(Comparator.comparingInt(ItemError::index)).toList();
    }
}
