package io.procpool.payload;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The names of all objects that are open at one moment of a pass, to find one that comes twice in the same object. It
 * keeps places and hashes, about 25 bytes a name, where a set of strings costs some 130: a body of nothing but names must
 * not take many times its own size. The hash has a secret key, so that nobody can choose names that collide.
 */
final class OpenNames {
    /** Up to so many names an object is searched from end to end; above that all its names are in {@link #slots}. */
    private static final int FEW = 8;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private final byte[] text;
    private final long key;

    /** A stack of names: those of an inner object stand above those of the object around it. */
    private long[] hashes = new long[32];

    private int[] starts = new int[32];
    private int size;

    /** Where the names of each open object begin on the stack. */
    private int[] objects = new int[16];

    private int depth;

    /**
     * Hash table of stack places plus one, 0 where free, linear probing. Names leave it in the opposite order of their
     * coming, so clearing a slot never tears a chain that is still needed.
     */
    private int[] slots = new int[64];

    private int slotsUsed;

    OpenNames(byte[] text, long key) {
        this.text = text;
        this.key = key;
    }

    void open() {
        if (depth == objects.length) {
            objects = Arrays.copyOf(objects, depth * 2);
        }
        objects[depth++] = size;
    }

    void close() {
        int base = objects[--depth];
        if (size - base > FEW) {
            slotsUsed -= size - base;
            for (int name = size - 1; name >= base; name--) {
                slots[slotOf(name)] = 0;
            }
        }
        size = base;
    }

    /** Adds the name whose opening quote is at {@code start}; false if the innermost object has it already. */
    boolean add(int start) {
        push(start);
        int name = size - 1;
        int base = objects[depth - 1];
        if (size - base <= FEW) {
            for (int other = base; other < name; other++) {
                if (same(name, other)) {
                    return false;
                }
            }
            return true;
        }
        int first =
                size - base == FEW + 1 ? base : name; // the ninth name brings the eight before it
        for (int entry = first; entry <= name; entry++) {
            if (!enter(entry, base)) {
                return false;
            }
        }
        return true;
    }

    private void push(int start) {
        if (size == starts.length) {
            starts = Arrays.copyOf(starts, size * 2);
            hashes = Arrays.copyOf(hashes, size * 2);
        }
        starts[size] = start;
        // The depth is part of the hash: the same name in every level of a deep body would collide
        // with itself.
        hashes[size] = hash(name(start), key + depth);
        size++;
    }

    private boolean enter(int entry, int base) {
        if (slotsUsed * 2 >= slots.length) {
            grow();
        }
        int slot = home(entry);
        while (slots[slot] != 0) {
            int other = slots[slot] - 1;
            if (other >= base && same(entry, other)) {
                return false;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        slots[slot] = entry + 1;
        slotsUsed++;
        return true;
    }

    private void grow() {
        int[] old = slots;
        int[] entries = Arrays.stream(old).filter(entry -> entry != 0).sorted().toArray();
        slots = new int[old.length * 2];
        for (int entry : entries) { // in the order of the stack: see close
            int slot = home(entry - 1);
            while (slots[slot] != 0) {
                slot = (slot + 1) & (slots.length - 1);
            }
            slots[slot] = entry;
        }
    }

    private int slotOf(int name) {
        int slot = home(name);
        while (slots[slot] != name + 1) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    private int home(int name) {
        return (int) (hashes[name] >>> 32) & (slots.length - 1);
    }

    private boolean same(int name, int other) {
        return hashes[name] == hashes[other] && name(starts[name]).equals(name(starts[other]));
    }

    /** The name's bytes with its escapes resolved, so that an escaped letter is the same as the letter. */
    private Payload name(int start) {
        int end = Offsets.closingQuote(text, start);
        for (int at = start + 1; at < end; at++) {
            if (text[at] == '\\') {
                return Payload.of(
                        Utf8.withSurrogates(JsonText.unquote(Payload.of(text, start, end + 1))));
            }
        }
        return Payload.of(text, start + 1, end);
    }

    private static long hash(Payload name, long key) {
        byte[] bytes = name.array();
        int at = name.offset();
        int end = at + name.size();
        long hash = mix(key ^ name.size());
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            hash = mix(hash ^ (long) LONGS.get(bytes, at)) + key;
        }
        long rest = 0;
        for (; at < end; at++) {
            rest = (rest << 8) | (bytes[at] & 0xFF);
        }
        return mix(hash ^ rest) + key;
    }

    private static long mix(long value) {
        return (value * MULTIPLIER) ^ Math.unsignedMultiplyHigh(value, MULTIPLIER);
    }
}
