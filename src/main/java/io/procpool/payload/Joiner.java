package io.procpool.payload;

import io.procpool.problem.Failure.ResultTooLarge;
import io.procpool.problem.Refused;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Joins the JSON arrays that the chunks of a map return into one, in the order of the chunks, whatever order they arrive
 * in: what continues the row is appended at once, the rest is held until its turn. Not thread safe: the caller locks.
 */
public final class Joiner {
    private final long maxBytes;
    private final Map<Integer, Payload> early = new HashMap<>();
    private byte[] joined = {'['};
    private int length = 1;
    private int next;
    private long size = 2;
    private boolean hasElements;
    private @Nullable Payload result;

    /** {@code maxBytes} is the longest joined text, brackets included. */
    public Joiner(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Takes the result of one chunk. Once the whole is {@link #tooLarge} it is dropped, and so is all that came before.
     *
     * @param chunk its number, from 0, each once
     * @param arrayText a JSON array; only its brackets are looked at, white space around them is dropped
     * @throws IllegalArgumentException if that is no array, or if the chunk has come before
     * @throws IllegalStateException after {@link #join}
     */
    public void add(int chunk, Payload arrayText) {
        if (result != null) {
            throw new IllegalStateException("chunk " + chunk + " came after the join");
        }
        if (chunk < next || early.containsKey(chunk)) {
            throw new IllegalArgumentException(
                    "chunk " + chunk + " is not awaited: it came before or is negative");
        }
        Payload elements = elements(arrayText);
        if (elements.size() > 0) {
            size += elements.size() + (hasElements ? 1 : 0);
            hasElements = true;
        }
        early.put(chunk, elements);
        appendWhatIsNext();
    }

    /** Whether all that has arrived, held chunks included, joins to more than the limit; once true it stays so. */
    public boolean tooLarge() {
        return size > maxBytes || size > Integer.MAX_VALUE - 8;
    }

    /**
     * All chunks from 0 on in one JSON array; {@code []} if there are none. The same again when called again.
     *
     * @throws Refused with {@link ResultTooLarge} if it is {@link #tooLarge}
     * @throws IllegalStateException if a chunk before the last one is missing
     */
    public Payload join() {
        if (tooLarge()) {
            throw new Refused(new ResultTooLarge(maxBytes));
        }
        if (!early.isEmpty()) {
            throw new IllegalStateException("chunk " + next + " is missing");
        }
        if (result == null) {
            reserve(1);
            joined[length++] = ']';
            result = Payload.of(joined, 0, length);
        }
        return result;
    }

    /**
     * All elements so far in the order of the chunks, up to the first chunk that is missing, with commas between them and without the brackets: a
     * view that stays as it is.
     */
    public Payload elements() {
        if (tooLarge()) {
            return Payload.of(joined, 0, 0);
        }
        return Payload.of(joined, 1, result == null ? length : length - 1);
    }

    private void appendWhatIsNext() {
        for (Payload elements = early.remove(next);
                elements != null;
                elements = early.remove(next)) {
            next++;
            if (!tooLarge()) {
                append(elements);
            }
        }
        if (tooLarge()) {
            joined = new byte[0];
            early.replaceAll((_, _) -> Payload.of(joined));
        }
    }

    private void append(Payload elements) {
        if (elements.size() == 0) {
            return;
        }
        reserve(elements.size() + 1);
        if (length > 1) {
            joined[length++] = ',';
        }
        System.arraycopy(elements.array(), elements.offset(), joined, length, elements.size());
        length += elements.size();
    }

    private void reserve(int more) {
        long needed = (long) length + more;
        if (needed > joined.length) {
            // Twice as long, but never longer than the limit lets it become: that is what the
            // memory is planned for.
            long grown = Math.min(Math.max(needed, joined.length * 2L), Math.max(needed, maxBytes));
            joined = Arrays.copyOf(joined, (int) Math.min(grown, Integer.MAX_VALUE - 8));
        }
    }

    /** What is between the brackets, without the white space at both ends. */
    private static Payload elements(Payload arrayText) {
        Payload array = trim(arrayText);
        int last = array.size() - 1;
        byte[] text = array.array();
        if (last < 1 || text[array.offset()] != '[' || text[array.offset() + last] != ']') {
            throw new IllegalArgumentException("not a JSON array: " + arrayText);
        }
        return trim(array.slice(1, last));
    }

    private static Payload trim(Payload payload) {
        byte[] text = payload.array();
        int end = payload.offset() + payload.size();
        int from = Offsets.pastSpace(text, payload.offset(), end);
        while (end > from && Offsets.isSpace(text[end - 1])) {
            end--;
        }
        return Payload.of(text, from, end);
    }
}
