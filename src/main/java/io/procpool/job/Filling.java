package io.procpool.job;

import io.procpool.payload.Items;
import io.procpool.payload.Payload;
import java.util.ArrayList;
import java.util.List;

/** The chunk of a stream that is being filled: views of what was read, nothing is copied. Not thread safe. */
final class Filling {
    private static final Payload OPEN = Payload.ofUtf8("[");
    private static final Payload COMMA = Payload.ofUtf8(",");
    private static final Payload CLOSE = Payload.ofUtf8("]");

    private List<Payload> spans = new ArrayList<>();
    private int items;
    private long bytes;

    void add(Items batch, int from, int to) {
        if (items > 0) {
            spans.add(COMMA);
        }
        spans.add(batch.span(from, to));
        items += to - from;
        bytes += batch.length(from, to);
    }

    int items() {
        return items;
    }

    long bytes() {
        return bytes;
    }

    /** All of it as a JSON array; then it is empty again. */
    List<Payload> take() {
        var body = new ArrayList<Payload>(spans.size() + 2);
        body.add(OPEN);
        body.addAll(spans);
        body.add(CLOSE);
        spans = new ArrayList<>();
        items = 0;
        bytes = 0;
        return body;
    }
}
