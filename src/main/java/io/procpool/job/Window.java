package io.procpool.job;

import static java.util.Objects.requireNonNull;

import io.procpool.job.JobState.Event;
import io.procpool.payload.Items;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The part of a stream that is in memory: items that are read and not yet written, in chunks. They are read into the chunk that is being filled,
 * wait for a worker, are out with one, have an end, are handed to the writer, and go when that comes for the next ones. So memory is bounded whatever
 * the stream's length. Not thread safe: the job's lock guards it.
 */
final class Window implements Source, Yield {
    static final int LEAST_ITEMS = 64;
    static final int CHUNKS_PER_PROCESS = 4;
    static final long MOST_BYTES = 8 << 20;

    private static final String NO_MEMORY =
            "The service is overloaded: it has no memory for so long an item now; send it again later";
    private static final Payload NOTHING = Payload.ofUtf8("");

    /** Somebody reads, and waits for room. */
    final Condition room;

    /** Somebody writes, and waits for ends. */
    final Condition ready;

    private final int chunksize;
    private final Share memory;

    private final Filling filling = new Filling();
    private final Deque<Chunk> waiting = new ArrayDeque<>();
    private final Outgoing outgoing;

    private int processes = 1;
    private long read;
    private long done;
    private long items;
    private long handedItems;
    private boolean queued = true;
    private boolean closed;
    private boolean over;
    private @Nullable Failure brokeOff;

    Window(Submission submission, ReentrantLock lock) {
        this.chunksize = submission.chunksize() == null ? 1 : submission.chunksize();
        this.outgoing = new Outgoing(submission.verb() == Verb.IMAP);
        this.memory = new Share(submission.hold());
        this.room = lock.newCondition();
        this.ready = lock.newCondition();
    }

    /** The memory of all items is held already; only that of values is asked for. */
    void prepaid() {
        memory.prepay();
    }

    // --- in ---

    /** Takes as many items from {@code from} on as there is room for, and returns how many. */
    int fill(Items batch, int from) {
        int at = from;
        while (at < batch.size() && !closed && hasRoom(batch.length(at, at + 1))) {
            if (items == 0 && !memory.covers(batch.length(at, at + 1))) {
                close(new Failure.InputRefused(NO_MEMORY));
                break;
            }
            int count = fitting(batch, at);
            int length = batch.length(at, at + count);
            filling.add(batch, at, at + count);
            items += count;
            memory.add(length);
            read += count;
            at += count;
            if (filling.items() == chunksize) {
                seal();
            }
        }
        if (at < batch.size()) {
            seal(); // nothing more comes into it before something is written
        }
        return at - from;
    }

    /** An item that is longer than all that may be held has the window for itself. */
    boolean hasRoom(int length) {
        return items == 0 || (items < mostItems() && fits(length));
    }

    private long mostItems() {
        return Math.max((long) CHUNKS_PER_PROCESS * processes * chunksize, LEAST_ITEMS);
    }

    /** How many of the items belong into the chunk that is being filled; at least the one that there is room for. */
    private int fitting(Items batch, int from) {
        long most = Math.min(batch.size() - from, chunksize - filling.items());
        int to = from + (int) Math.min(most, Math.max(1, mostItems() - items));
        while (to > from + 1 && !fits(batch.length(from, to))) {
            to = from + (to - from) / 2;
        }
        return to - from;
    }

    private boolean fits(int length) {
        return memory.bytes() + length <= MOST_BYTES && memory.covers(length);
    }

    /** Whether a chunk is part-filled. */
    boolean filling() {
        return filling.items() > 0;
    }

    /** The chunk that is being filled goes out as it is. */
    void seal() {
        int count = filling.items();
        if (count > 0) {
            long length = filling.bytes();
            var chunk = new Chunk(read - count, count, filling.take(), System.nanoTime());
            outgoing.add(chunk, length);
            waiting.add(chunk);
        }
    }

    /**
     * No more input is taken.
     *
     * @param why it broke off; null: it was its end
     */
    void close(@Nullable Failure why) {
        if (!closed) {
            closed = true;
            brokeOff = why;
            seal();
            room.signalAll();
            ready.signalAll();
        }
    }

    boolean closed() {
        return closed;
    }

    // --- to the workers ---

    /**
     * Not while so much waits for the writer that the values of further chunks had no place, here or in all of the service. The oldest chunk is always out
     * before the others.
     */
    @Override
    public boolean left() {
        boolean alone = outgoing.size() == waiting.size() && handedItems == 0;
        return !waiting.isEmpty()
                && !memory.overdrawn()
                && (memory.bytes() < 2 * MOST_BYTES || alone);
    }

    /** Whether something could go out if others gave memory back: nobody tells when they do. */
    boolean starved() {
        return !waiting.isEmpty() && memory.overdrawn();
    }

    @Override
    public Chunk cut(int poolProcesses) {
        if (poolProcesses != processes) {
            processes = poolProcesses;
            room.signalAll();
        }
        return waiting.remove();
    }

    @Override
    public void again(Chunk chunk) {
        waiting.addFirst(chunk);
    }

    @Override
    public void rests() {
        queued = false;
        if (!waiting.isEmpty()) {
            ready.signalAll(); // who waits for ends has to look whether there is memory again
        }
    }

    @Override
    public boolean wakes() {
        if (queued || over) {
            return false;
        }
        queued = left();
        if (!queued) {
            rests();
        }
        return queued;
    }

    @Override
    public void stop() {
        close(null);
        waiting.clear();
    }

    // --- out ---

    @Override
    public void take(Task task, Task.End.Value end) {
        long errors =
                end.errors().stream().mapToLong(error -> JobRecord.weight(error.problem())).sum();
        arrive(task, end, end.value().size() + errors);
    }

    @Override
    public void takeBroken(Task task, Failure problem) {
        arrive(task, new Task.End.Broke(problem), JobRecord.weight(problem));
    }

    /** What is written are the values, so these count from now on beside what was read. */
    private void arrive(Task task, Task.End end, long length) {
        outgoing.end(task.firstItem(), end, length);
        memory.charge(length);
        done += task.items();
        ready.signalAll();
    }

    /** What can be written now. What was returned before is written. */
    List<ItemStream.Answered> poll() {
        release();
        var answered = new ArrayList<ItemStream.Answered>();
        for (var piece = outgoing.poll(); piece != null; piece = outgoing.poll()) {
            var chunk = piece.chunk();
            handedItems += chunk.items();
            memory.hand(piece.items(), piece.values());
            answered.add(
                    new ItemStream.Answered(
                            chunk.firstItem(), chunk.items(), requireNonNull(piece.end())));
        }
        return answered;
    }

    private void release() {
        items -= handedItems;
        handedItems = 0;
        memory.release();
        room.signalAll();
    }

    boolean hasEnded() {
        return outgoing.hasEnded();
    }

    @Override
    public long items() {
        return read;
    }

    @Override
    public long done() {
        return done;
    }

    @Override
    public boolean tooLarge() {
        return false; // the values go as they come
    }

    /** When all that was read is written. */
    @Override
    public boolean complete() {
        return closed && items == handedItems && outgoing.size() == 0;
    }

    @Override
    public Event outcome(Instant now) {
        return brokeOff == null
                ? new Event.Done(now, NOTHING, List.of())
                : new Event.Broke(now, brokeOff);
    }

    /** Whatever was read and has no end yet has ended as the job has: each item that was read gets its answer. */
    @Override
    public void over(JobState.Final end) {
        if (over) {
            return;
        }
        over = true;
        memory.settle(); // the job has given it back
        close(null);
        outgoing.endAll(end.failure().orElseGet(Failure.Cancelled::new));
        waiting.clear();
        ready.signalAll();
    }

    boolean isOver() {
        return over;
    }
}
