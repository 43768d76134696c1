package io.procpool.web;

import io.procpool.job.Arrivals;
import io.procpool.payload.Elements;
import io.procpool.payload.Payload;
import java.io.IOException;
import java.io.OutputStream;

/** The values of an imap_unordered, which are kept as they came, by the order of its items: as {@code errors} count them. Copies none of them, and takes eight bytes an item. */
final class InOrder {
    private final Payload elements;

    /** Of each item's value, where it begins and how long it is. */
    private final int[] starts;

    private final int[] lengths;

    /** @param value in memory */
    InOrder(Payload value, Arrivals arrivals) {
        elements = value.slice(1, value.size() - 1);
        int items = items(arrivals);
        starts = new int[items];
        lengths = new int[items];
        var each = Elements.within(elements);
        for (int chunk = 0; chunk < arrivals.count(); chunk++) {
            for (int item = 0; item < arrivals.items(chunk) && each.next(); item++) {
                int place = arrivals.firstItem(chunk) + item;
                starts[place] = each.start();
                lengths[place] = each.length();
            }
        }
    }

    /** What it takes besides the value, in bytes. */
    static long memory(Arrivals arrivals) {
        return (long) Integer.BYTES * 2 * (items(arrivals) + arrivals.count());
    }

    private static int items(Arrivals arrivals) {
        int items = 0;
        for (int chunk = 0; chunk < arrivals.count(); chunk++) {
            items += arrivals.items(chunk);
        }
        return items;
    }

    /** Bytes of the array. */
    long size() {
        long size = 2L + Math.max(0, lengths.length - 1);
        for (int length : lengths) {
            size += length;
        }
        return size;
    }

    void writeTo(OutputStream out) throws IOException {
        out.write('[');
        for (int item = 0; item < lengths.length; item++) {
            if (item > 0) {
                out.write(',');
            }
            elements.slice(starts[item], starts[item] + lengths[item]).writeTo(out);
        }
        out.write(']');
    }
}
