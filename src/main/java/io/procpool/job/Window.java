package io.procpool.job;

import io.procpool.job.JobState.Event;
import io.procpool.payload.InFlight;
import io.procpool.payload.Items;
import io.procpool.payload.LineReader;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
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

    private static final Payload OPEN = Payload.ofUtf8("[");
    private static final Payload COMMA = Payload.ofUtf8(",");
    private static final Payload CLOSE = Payload.ofUtf8("]");
    private static final Payload NOTHING = Payload.ofUtf8("");

    /** A chunk that is full, until it is handed to the writer. */
    private static final class Piece {
        final Chunk chunk;
        final long bytes;
        Task.@Nullable End end;

        Piece(Chunk chunk, long bytes) {
            this.chunk = chunk;
            this.bytes = bytes;
        }
    }

    /** Somebody reads, and waits for room. */
    final Condition room;

    /** Somebody writes, and waits for ends. */
    final Condition ready;

    private final int chunksize;
    private final boolean ordered;
    private final InFlight.Hold hold;

    /** By their first item, in the order of the input. */
    private final SequencedMap<Integer, Piece> pieces = new LinkedHashMap<>();

    private final Deque<Piece> waiting = new ArrayDeque<>();
    private final Deque<Piece> arrived = new ArrayDeque<>();
    private List<Payload> filling = new ArrayList<>();
    private int fillingItems;
    private long fillingBytes;

    private int processes = 1;
    private int read;
    private int done;
    private int items;
    private long bytes;
    private long heldBytes;
    private int handedItems;
    private long handedBytes;
    private boolean prepaid;
    private boolean queued = true;
    private boolean closed;
    private boolean over;
    private @Nullable Failure brokeOff;

    Window(Submission submission, ReentrantLock lock) {
        this.chunksize = submission.chunksize() == null ? 1 : submission.chunksize();
        this.ordered = submission.verb() == Verb.IMAP;
        this.hold = submission.hold();
        this.room = lock.newCondition();
        this.ready = lock.newCondition();
    }

    /** The memory of all items is held already. */
    void prepaid() {
        prepaid = true;
    }

    // --- in ---

    /** Takes as many items from {@code from} on as there is room for, and returns how many. */
    int fill(Items batch, int from) {
        int at = from;
        while (at < batch.size() && !closed && hasRoom(batch.length(at, at + 1))) {
            if (items == 0 && !holds(batch.length(at, at + 1))) {
                close(new Failure.InputRefused("There is no memory left for an item so long"));
                break;
            }
            int count = fitting(batch, at);
            int length = batch.length(at, at + count);
            if (!filling.isEmpty()) {
                filling.add(COMMA);
            }
            filling.add(batch.span(at, at + count));
            fillingItems += count;
            fillingBytes += length;
            items += count;
            bytes += length;
            read += count;
            at += count;
            if (fillingItems == chunksize) {
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
        return items == 0 || (items < mostItems() && bytes + length <= MOST_BYTES && holds(length));
    }

    private long mostItems() {
        return Math.max((long) CHUNKS_PER_PROCESS * processes * chunksize, LEAST_ITEMS);
    }

    /** Items as large as the reader's buffer need no memory of their own; so a stream of small ones always goes on. */
    private boolean holds(int length) {
        long missing = bytes + length - LineReader.BUFFER - heldBytes;
        if (prepaid || missing <= 0) {
            return true;
        }
        if (!hold.tryGrow(missing)) {
            return false;
        }
        heldBytes += missing;
        return true;
    }

    /** How many of the items belong into the chunk that is being filled; at least the one that there is room for. */
    private int fitting(Items batch, int from) {
        long most = Math.min(batch.size() - from, chunksize - fillingItems);
        int to = from + (int) Math.min(most, Math.max(1, mostItems() - items));
        while (to > from + 1 && !fits(batch.length(from, to))) {
            to = from + (to - from) / 2;
        }
        return to - from;
    }

    private boolean fits(int length) {
        return bytes + length <= MOST_BYTES && holds(length);
    }

    /** Whether a chunk is part-filled. */
    boolean filling() {
        return fillingItems > 0;
    }

    /** The chunk that is being filled goes out as it is. */
    void seal() {
        if (fillingItems == 0) {
            return;
        }
        var body = new ArrayList<Payload>(filling.size() + 2);
        body.add(OPEN);
        body.addAll(filling);
        body.add(CLOSE);
        var piece = new Piece(new Chunk(read - fillingItems, fillingItems, body), fillingBytes);
        pieces.put(piece.chunk.firstItem(), piece);
        waiting.add(piece);
        filling = new ArrayList<>();
        fillingItems = 0;
        fillingBytes = 0;
    }

    /** Whether the index of one more item would still be one. */
    boolean countable(int more) {
        return read <= Integer.MAX_VALUE - more;
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

    /** Not while so much waits for the writer that the values of further chunks had no place. The oldest chunk is always out before the others. */
    @Override
    public boolean left() {
        boolean alone = pieces.size() == waiting.size() && handedItems == 0;
        return !waiting.isEmpty() && (bytes < 2 * MOST_BYTES || alone);
    }

    @Override
    public Chunk cut(int poolProcesses) {
        if (poolProcesses != processes) {
            processes = poolProcesses;
            room.signalAll();
        }
        return waiting.remove().chunk;
    }

    @Override
    public void rests() {
        queued = false;
    }

    /** Whether the pool is to be told now that there is something to cut. */
    boolean wakes() {
        if (queued || over || !left()) {
            return false;
        }
        queued = true;
        return true;
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
                end.errors().stream()
                        .mapToLong(error -> JobRecord.weight(error.problem()))
                        .sum();
        arrive(task, end, end.value().size() + errors);
    }

    @Override
    public void takeBroken(Task task, Failure problem) {
        arrive(task, new Task.End.Broke(problem), JobRecord.weight(problem));
    }

    private void arrive(Task task, Task.End end, long length) {
        var piece = pieces.get(task.firstItem());
        if (piece == null || piece.end != null) {
            throw new IllegalArgumentException(
                    "item " + task.firstItem() + " is not awaited: it came before");
        }
        // What is written are the values, so these count from now on beside what was read.
        pieces.put(task.firstItem(), ended(piece, end, length));
        done += piece.chunk.items();
        ready.signalAll();
    }

    private Piece ended(Piece piece, Task.End end, long length) {
        var ended = new Piece(piece.chunk, piece.bytes + length);
        ended.end = end;
        bytes += length;
        if (!ordered) {
            arrived.add(ended);
        }
        return ended;
    }

    /** What can be written now. What was returned before is written. */
    List<ItemStream.Answered> poll() {
        release();
        var answered = new ArrayList<ItemStream.Answered>();
        var piece = nextEnded();
        while (piece != null) {
            pieces.remove(piece.chunk.firstItem());
            handedItems += piece.chunk.items();
            handedBytes += piece.bytes;
            var chunk = piece.chunk;
            if (piece.end != null) {
                answered.add(
                        new ItemStream.Answered(chunk.firstItem(), chunk.items(), piece.end));
            }
            piece = nextEnded();
        }
        return answered;
    }

    private @Nullable Piece nextEnded() {
        if (!ordered) {
            return arrived.poll();
        }
        var first = pieces.firstEntry();
        return first == null || first.getValue().end == null ? null : first.getValue();
    }

    private void release() {
        items -= handedItems;
        bytes -= handedBytes;
        handedItems = 0;
        handedBytes = 0;
        long needed = Math.max(0, bytes - LineReader.BUFFER);
        if (!over && heldBytes > needed) {
            hold.shrink(heldBytes - needed);
            heldBytes = needed;
        }
        room.signalAll();
    }

    boolean hasEnded() {
        var first = pieces.firstEntry();
        return ordered ? first != null && first.getValue().end != null : !arrived.isEmpty();
    }

    @Override
    public int items() {
        return read;
    }

    @Override
    public int done() {
        return done;
    }

    @Override
    public boolean tooLarge() {
        return false; // the values go as they come
    }

    /** When all that was read is written. */
    @Override
    public boolean complete() {
        return closed && items == handedItems && pieces.isEmpty();
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
        over = true; // the job has given back the memory
        close(null);
        var failure = end.failure().orElseGet(Failure.Cancelled::new);
        for (var piece : List.copyOf(pieces.values())) {
            if (piece.end == null) {
                pieces.put(
                        piece.chunk.firstItem(), ended(piece, new Task.End.Broke(failure), 0));
            }
        }
        waiting.clear();
        ready.signalAll();
    }

    boolean isOver() {
        return over;
    }
}
