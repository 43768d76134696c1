package io.procpool.worker;

import io.procpool.payload.Payload;
import io.procpool.wire.Header;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/** One call: arguments in, value or failure out. Knows the verbs and nothing of connections. */
final class Calls {
    private static final int LONGEST_LIST = (1 << 20) / 2;
    private static final int SHORT_MESSAGE = 200;
    private static final byte[] ITEM_FAILED = {'n', 'u', 'l', 'l'};

    private final Catalogue catalogue;
    private final Json json;
    private final Encoder encoder;

    Calls(Catalogue catalogue, Json json, Encoder encoder) {
        this.catalogue = catalogue;
        this.json = json;
        this.encoder = encoder;
    }

    /**
     * @param fields what the header of the result says besides
     */
    record Value(Payload text, Map<String, Object> fields) {
        static Value of(Payload text) {
            return new Value(text, Map.of());
        }
    }

    /**
     * @throws Failed what the error is to say
     * @throws OutOfMemoryError nothing else that is thrown gets here
     */
    Value run(Header header, Payload body) throws Failed {
        var function = catalogue.find(header.string("func"));
        var verb = header.string("verb", "");
        return switch (verb) {
            case "apply" -> Value.of(encoder.encode(apply(function, body)));
            case "initialize" -> {
                var _ = apply(function, body);
                yield Value.of(Payload.ofUtf8("null"));
            }
            case "map", "starmap" ->
                    map(
                            function,
                            verb.equals("starmap"),
                            header.string("errors", "first").equals("collect"),
                            body);
            default -> throw new Failed(Failed.UNKNOWN_KIND, "unknown verb '" + verb + "'");
        };
    }

    private @Nullable Object apply(Function function, Payload body) throws Failed {
        JsonNode call;
        try {
            call = json.tree(body);
        } catch (JacksonException | StackOverflowError broken) {
            throw unreadable(broken);
        }
        var args = call.path("args");
        var kwds = call.path("kwds");
        if (!call.isObject()
                || !(args.isMissingNode() || args.isArray())
                || !(kwds.isMissingNode() || kwds.isObject())) {
            throw new Failed(
                    Failed.ARGUMENTS_DO_NOT_FIT, "args must be an array and kwds an object");
        }
        return function.call(list(args), fields(kwds));
    }

    private static List<JsonNode> list(JsonNode array) {
        var list = new ArrayList<JsonNode>(array.size());
        array.forEach(list::add);
        return list;
    }

    private static Map<String, JsonNode> fields(JsonNode object) {
        if (object.isEmpty()) {
            return Map.of();
        }
        var fields = new LinkedHashMap<String, JsonNode>();
        object.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
        return fields;
    }

    private static Failed unreadable(Throwable broken) {
        var why =
                broken instanceof JacksonException json
                        ? json.getOriginalMessage()
                        : "they are nested too deep";
        return new Failed(Failed.ARGUMENTS_DO_NOT_FIT, "the arguments cannot be read: " + why);
    }

    /** Items are read, called and written one after another, so that no more than one is ever in memory as objects. */
    private Value map(Function function, boolean star, boolean collect, Payload body)
            throws Failed {
        var text = new BoundedText(encoder.maxBody());
        var failures = new ArrayList<Failed>();
        text.write('[');
        try (var items = json.parser(body)) {
            if (items.nextToken() != JsonToken.START_ARRAY) {
                throw new Failed(Failed.ARGUMENTS_DO_NOT_FIT, "the items are no array");
            }
            for (int index = 0; items.nextToken() != JsonToken.END_ARRAY; index++) {
                if (index > 0) {
                    text.write(',');
                }
                JsonNode item = json.mapper().readTree(items);
                try {
                    encoder.encode(call(function, star, item), text);
                } catch (Failed failed) {
                    if (failed.is(Failed.RESULT_TOO_LARGE)) {
                        throw failed;
                    }
                    if (!collect) {
                        throw failed.at(index);
                    }
                    failures.add(failed.at(index));
                    text.write(ITEM_FAILED);
                }
            }
            text.write(']');
        } catch (JacksonException broken) {
            throw unreadable(broken);
        } catch (BoundedText.Full full) {
            throw encoder.tooLarge();
        }
        return failures.isEmpty()
                ? Value.of(text.payload())
                : withFailures(text, failures.stream().map(Failed::fields).toList());
    }

    private static @Nullable Object call(Function function, boolean star, JsonNode item)
            throws Failed {
        if (!star) {
            return function.call(List.of(item), Map.of());
        }
        if (!item.isArray()) {
            throw new Failed(
                    Failed.ARGUMENTS_DO_NOT_FIT,
                    "an item of starmap must be an array of arguments");
        }
        return function.call(list(item), Map.of());
    }

    /** In the header if they fit, else behind the value, without traces if they do not fit there either. */
    private Value withFailures(BoundedText text, List<Map<String, Object>> failures) throws Failed {
        var list = json.mapper().writeValueAsBytes(failures);
        if (list.length < LONGEST_LIST) {
            return new Value(text.payload(), Map.of("errors", failures));
        }
        if (text.size() + (long) list.length > encoder.maxBody()) {
            list = json.mapper().writeValueAsBytes(failures.stream().map(Calls::brief).toList());
        }
        int length = text.size();
        try {
            text.write(list);
        } catch (BoundedText.Full full) {
            throw encoder.tooLarge();
        }
        return new Value(text.payload(), Map.of("value_length", length));
    }

    private static Map<String, Object> brief(Map<String, Object> failure) {
        var brief = new LinkedHashMap<>(failure);
        brief.remove("exception");
        brief.computeIfPresent(
                "message", (_, message) -> Failed.text(String.valueOf(message), SHORT_MESSAGE));
        return brief;
    }
}
