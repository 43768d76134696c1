package io.procpool.web;

import io.procpool.job.Arrivals;
import io.procpool.payload.Elements;
import io.procpool.payload.Payload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The values of an imap_unordered, which are kept as they came, by the order of its items: as {@code errors} count them. */
final class InOrder {
    private InOrder() {}

    static Payload of(Payload value, @Nullable Arrivals arrivals) throws IOException {
        if (arrivals == null) {
            return value;
        }
        var texts = new ByteArrayOutputStream(value.size());
        int items = items(arrivals);
        var ends = new int[items + 1];
        var places = new int[items];
        var elements = Elements.within(value.slice(1, value.size() - 1));
        int place = 0;
        for (int chunk = 0; chunk < arrivals.count(); chunk++) {
            for (int item = 0; item < arrivals.items(chunk) && elements.next(); item++) {
                elements.writeLine(texts);
                places[arrivals.firstItem(chunk) + item] = place++;
                ends[place] = texts.size();
            }
        }
        return joined(texts.toByteArray(), ends, places);
    }

    private static int items(Arrivals arrivals) {
        int items = 0;
        for (int chunk = 0; chunk < arrivals.count(); chunk++) {
            items += arrivals.items(chunk);
        }
        return items;
    }

    private static Payload joined(byte[] texts, int[] ends, int[] places) {
        var array = new ByteArrayOutputStream(texts.length + places.length + 2);
        array.write('[');
        for (int item = 0; item < places.length; item++) {
            if (item > 0) {
                array.write(',');
            }
            int from = ends[places[item]];
            array.write(texts, from, ends[places[item] + 1] - from);
        }
        array.write(']');
        return Payload.of(array.toByteArray());
    }
}
