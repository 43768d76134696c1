package io.procpool.store;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON texts in columns: for what is read as a whole and never looked for. Fields that are not there are null, those that nobody knows are passed over: a later version may add some.
 */
final class Json {
    /** Only ASCII is written: a lone surrogate, which Python and Java strings may hold, has no UTF-8 form and would be lost. */
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static String text(JsonNode node) {
        return MAPPER.writeValueAsString(node);
    }

    static JsonNode read(String text) {
        return MAPPER.readTree(text);
    }

    static <T> ArrayNode array(List<T> elements, Function<T, JsonNode> form) {
        var array = MAPPER.createArrayNode();
        elements.forEach(element -> array.add(form.apply(element)));
        return array;
    }

    static <T> List<T> list(@Nullable JsonNode array, Function<JsonNode, T> form) {
        var list = new ArrayList<T>();
        if (array != null) {
            array.forEach(node -> list.add(form.apply(node)));
        }
        return list;
    }

    static ArrayNode strings(List<String> texts) {
        var array = MAPPER.createArrayNode();
        texts.forEach(array::add);
        return array;
    }

    static List<String> strings(@Nullable JsonNode array) {
        return list(array, JsonNode::asString);
    }

    static ObjectNode map(Map<String, String> entries) {
        var object = object();
        entries.forEach(object::put);
        return object;
    }

    static Map<String, String> map(@Nullable JsonNode object) {
        var entries = new LinkedHashMap<String, String>();
        if (object != null) {
            object.properties()
                    .forEach(one -> entries.put(one.getKey(), one.getValue().asString()));
        }
        return entries;
    }

    private static @Nullable JsonNode field(JsonNode object, String name) {
        var node = object.get(name);
        return node == null || node.isNull() ? null : node;
    }

    static String text(JsonNode object, String name) {
        var node = field(object, name);
        return node == null ? "" : node.asString();
    }

    static @Nullable String textOrNull(JsonNode object, String name) {
        var node = field(object, name);
        return node == null ? null : node.asString();
    }

    static long number(JsonNode object, String name) {
        var node = field(object, name);
        return node == null ? 0 : node.asLong();
    }

    static int integer(JsonNode object, String name) {
        return Math.toIntExact(number(object, name));
    }

    static @Nullable Integer integerOrNull(JsonNode object, String name) {
        var node = field(object, name);
        return node == null ? null : Integer.valueOf(node.asInt());
    }

    static @Nullable Long numberOrNull(JsonNode object, String name) {
        var node = field(object, name);
        return node == null ? null : Long.valueOf(node.asLong());
    }

    static double real(JsonNode object, String name) {
        var node = field(object, name);
        return node == null ? 0 : Double.parseDouble(node.asString());
    }

    static @Nullable Double realOrNull(JsonNode object, String name) {
        return field(object, name) == null ? null : Double.valueOf(real(object, name));
    }

    static boolean flag(JsonNode object, String name) {
        var node = field(object, name);
        return node != null && node.asBoolean();
    }

    static @Nullable Instant time(JsonNode object, String name) {
        var text = textOrNull(object, name);
        return text == null ? null : Instant.parse(text);
    }

    static @Nullable Duration duration(JsonNode object, String name) {
        var text = textOrNull(object, name);
        return text == null ? null : Duration.parse(text);
    }

    /** Its text, or null. */
    static @Nullable String said(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
