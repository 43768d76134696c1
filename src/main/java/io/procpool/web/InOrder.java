package io.procpool.web;

import io.procpool.job.Arrivals;
import io.procpool.payload.Elements;
import io.procpool.payload.Payload;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The values of an imap_unordered, which are kept as they came, by the order of its items: as {@code errors} count them. One copy of them, and four bytes an item. */
final class InOrder {
    private InOrder() {}

    static Payload of(Payload value, @Nullable Arrivals arrivals) {
        if (arrivals == null) {
            return value;
        }
        int[] places = places(value, arrivals);
        int items = places.length - 1;
        var array = new byte[Math.max(2, places[items])];
        array[0] = '[';
        var elements = elements(value);
        forEach(
                elements,
                arrivals,
                item -> {
                    elements.copyTo(array, places[item]);
                    array[places[item + 1] - 1] = ',';
                });
        array[array.length - 1] = ']';
        return Payload.of(array);
    }

    /** Where each item's value begins, and where one more would. */
    private static int[] places(Payload value, Arrivals arrivals) {
        var places = new int[items(arrivals) + 1];
        var elements = elements(value);
        forEach(elements, arrivals, item -> places[item + 1] = elements.length() + 1);
        places[0] = 1;
        for (int item = 1; item < places.length; item++) {
            places[item] += places[item - 1];
        }
        return places;
    }

    private static Elements elements(Payload value) {
        return Elements.within(value.slice(1, value.size() - 1));
    }

    /** Goes over the values, and says whose each is. */
    private static void forEach(Elements elements, Arrivals arrivals, IntConsumer each) {
        for (int chunk = 0; chunk < arrivals.count(); chunk++) {
            for (int item = 0; item < arrivals.items(chunk) && elements.next(); item++) {
                each.accept(arrivals.firstItem(chunk) + item);
            }
        }
    }

    private static int items(Arrivals arrivals) {
        int items = 0;
        for (int chunk = 0; chunk < arrivals.count(); chunk++) {
            items += arrivals.items(chunk);
        }
        return items;
    }
}
