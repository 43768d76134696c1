package io.procpool.job;

import io.procpool.job.Source.Chunk;
import io.procpool.problem.Failure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** The chunks of a stream from the time they are full until they are handed to the writer, in the order of the input or of their ends. Not thread safe. */
final class Outgoing {
    /**
     * A chunk with what it takes.
     *
     * @param items the bytes of its items
     * @param values the bytes of its values, once it has ended
     * @param end null: it waits for a worker, or is out with one
     */
    record Piece(Chunk chunk, long items, long values, Task.@Nullable End end) {}

    private final boolean ordered;

    /** By their first item, in the order of the input. */
    private final SequencedMap<Long, Piece> pieces = new LinkedHashMap<>();

    /** Of an unordered stream those that have ended. */
    private final Deque<Piece> arrived = new ArrayDeque<>();

    Outgoing(boolean ordered) {
        this.ordered = ordered;
    }

    void add(Chunk chunk, long bytes) {
        pieces.put(chunk.firstItem(), new Piece(chunk, bytes, 0, null));
    }

    /** @throws IllegalArgumentException if the chunk of that item has ended before, or was never there */
    void end(long firstItem, Task.End end, long bytes) {
        var piece = pieces.get(firstItem);
        if (piece == null || piece.end() != null) {
            throw new IllegalArgumentException("item " + firstItem + " is not awaited");
        }
        var ended = new Piece(piece.chunk(), piece.items(), bytes, end);
        pieces.put(firstItem, ended);
        if (!ordered) {
            arrived.add(ended);
        }
    }

    /** Those that have no end have this one. */
    void endAll(Failure why) {
        pieces.values().stream()
                .filter(piece -> piece.end() == null)
                .map(piece -> piece.chunk().firstItem())
                .toList()
                .forEach(first -> end(first, new Task.End.Broke(why), 0));
    }

    /** Whether {@link #poll} has one. */
    boolean hasEnded() {
        return next() != null;
    }

    private @Nullable Piece next() {
        if (!ordered) {
            return arrived.peek();
        }
        var first = pieces.firstEntry();
        return first == null || first.getValue().end() == null ? null : first.getValue();
    }

    /** The next one with its end, or null. */
    @Nullable Piece poll() {
        var piece = next();
        if (piece != null) {
            pieces.remove(piece.chunk().firstItem());
            arrived.poll();
        }
        return piece;
    }

    int size() {
        return pieces.size();
    }
}
