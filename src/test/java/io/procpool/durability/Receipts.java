package io.procpool.durability;

import io.procpool.durability.Operation.Deed.Submitted;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** What an answer says of what was asked for: of a batch some may be granted and others refused. */
final class Receipts {
    private Receipts() {}

    static Submitted of(Ask ask, List<String> ids) {
        return new Submitted(ask.wanted(), ask.key(), ask.fingerprint(), ids);
    }

    /** Those that have an id, and which. */
    static Submitted granted(Ask ask, JsonNode answer) {
        var each = each(answer);
        var ids = each.stream().filter(Receipts::isGranted).map(one -> one.get("id").asString());
        return new Submitted(wanted(ask, each, true), ask.key(), ask.fingerprint(), ids.toList());
    }

    /** Those that have a problem instead. */
    static Submitted refused(Ask ask, JsonNode answer) {
        return new Submitted(
                wanted(ask, each(answer), false), ask.key(), ask.fingerprint(), List.of());
    }

    private static List<JsonNode> each(JsonNode answer) {
        var each = new ArrayList<JsonNode>();
        if (answer.has("results")) {
            answer.get("results").forEach(each::add);
        } else {
            each.add(answer);
        }
        return each;
    }

    private static boolean isGranted(JsonNode one) {
        return one.hasNonNull("id");
    }

    private static List<Wanted> wanted(Ask ask, List<JsonNode> each, boolean granted) {
        return IntStream.range(0, each.size())
                .filter(n -> isGranted(each.get(n)) == granted)
                .mapToObj(ask.wanted()::get)
                .toList();
    }
}
