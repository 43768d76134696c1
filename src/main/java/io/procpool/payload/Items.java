package io.procpool.payload;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;

/**
 * The elements of one JSON array as places in the body that holds it. It costs four bytes an item over the body, and up
 * to eight while it grows: an element's end is found back from the start of the next one.
 */
public final class Items {
    private final byte[] body;
    private final int[] starts;
    private final int size;
    private final int end;

    private Items(byte[] body, int[] starts, int size, int end) {
        this.body = body;
        this.starts = starts;
        this.size = size;
        this.end = end;
    }

    public int size() {
        return size;
    }

    /**
     * The JSON text of one element, without the white space around it.
     *
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public Payload item(int index) {
        Objects.checkIndex(index, size);
        return Payload.of(body, starts[index], endOf(index));
    }

    /**
     * A JSON array of the elements at {@code from} up to, not including, {@code to}: one copy, with whatever white space
     * stood between them.
     *
     * @throws IndexOutOfBoundsException if there are no such elements
     */
    public Payload range(int from, int to) {
        int length = length(from, to);
        byte[] array = new byte[length + 2];
        array[0] = '[';
        if (length > 0) {
            System.arraycopy(body, starts[from], array, 1, length);
        }
        array[length + 1] = ']';
        return Payload.of(array);
    }

    /**
     * The elements at {@code from} up to, not including, {@code to}, and the commas between them: a view, no copy.
     *
     * @throws IndexOutOfBoundsException if there are no such elements
     */
    public Payload span(int from, int to) {
        int length = length(from, to);
        return Payload.of(body, starts[from], starts[from] + length);
    }

    /**
     * The elements at {@code from} up to, not including, {@code to}, as items of their own: the text is not copied.
     *
     * @throws IndexOutOfBoundsException if there are no such elements
     */
    public Items part(int from, int to) {
        Objects.checkFromToIndex(from, to, size);
        return new Items(
                body,
                Arrays.copyOfRange(starts, from, to),
                to - from,
                from == to ? end : endOf(to - 1));
    }

    /** Whether the elements begin at these places, the first {@code count} of {@code places}, and at no others. */
    boolean beginAt(int[] places, int count) {
        return Arrays.equals(starts, 0, size, places, 0, count);
    }

    /** Writes what {@link #range} returns, without the copy. */
    public void writeRange(int from, int to, OutputStream out) throws IOException {
        int length = length(from, to);
        out.write('[');
        if (length > 0) {
            out.write(body, starts[from], length);
        }
        out.write(']');
    }

    /** Bytes of the elements at {@code from} up to, not including, {@code to}, without brackets. */
    public int length(int from, int to) {
        Objects.checkFromToIndex(from, to, size);
        return from == to ? 0 : endOf(to - 1) - starts[from];
    }

    private int endOf(int index) {
        return index == size - 1 ? end : Offsets.endBefore(body, starts[index + 1]);
    }

    /** Takes the starts in order as the array is read. */
    static final class Builder {
        private final byte[] body;
        private int[] starts = new int[16];
        private int size;

        Builder(byte[] body) {
            this.body = body;
        }

        void add(int start) {
            if (size == starts.length) {
                starts = Arrays.copyOf(starts, size * 2);
            }
            starts[size++] = start;
        }

        /** The array's closing bracket is at {@code close}. */
        Items closedAt(int close) {
            return new Items(
                    body, starts, size, size == 0 ? close : Offsets.endBefore(body, close));
        }
    }
}
