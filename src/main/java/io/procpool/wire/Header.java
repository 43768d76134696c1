package io.procpool.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.payload.Payload;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A frame's header: a JSON object, or nothing. Fields that are missing or of another type read as absent. */
public final class Header {
    public static final Header EMPTY = new Header(Payload.of(new byte[0]));

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private final Payload text;
    private @Nullable ObjectNode fields;

    private Header(Payload text) {
        this.text = text;
    }

    public static Header of(Map<String, ?> fields) {
        return new Header(Payload.of(JSON.writeValueAsBytes(fields)));
    }

    /** @param text kept as it is and read at the first question */
    public static Header ofText(Payload text) {
        return text.size() == 0 ? EMPTY : new Header(text);
    }

    Payload text() {
        return text;
    }

    /** Reads the text now, so that a broken header is found where the frame is. */
    Header checked() throws ProtocolViolation {
        if (text.size() > 0 && fields == null) {
            try {
                // As text: of bytes, Jackson would guess the encoding and skip a byte order mark.
                var json = UTF_8.newDecoder().decode(text.asByteBuffer()).toString();
                if (!(JSON.readTree(json) instanceof ObjectNode object)) {
                    throw new ProtocolViolation("a header is no JSON object");
                }
                fields = object;
            } catch (CharacterCodingException broken) {
                throw new ProtocolViolation("a header is not UTF-8");
            } catch (JacksonException broken) {
                throw new ProtocolViolation("a header is no JSON: " + broken.getOriginalMessage());
            }
        }
        return this;
    }

    private @Nullable JsonNode field(String name) {
        return fields == null ? null : fields.get(name);
    }

    /** Whether there is such a field, be it null. */
    public boolean has(String name) {
        return field(name) != null;
    }

    /** Whether there is such a field, and it is true. */
    public boolean is(String name) {
        var field = field(name);
        return field != null && field.isBoolean() && field.booleanValue();
    }

    public @Nullable String string(String name) {
        var field = field(name);
        return field != null && field.isString() ? field.stringValue() : null;
    }

    public String string(String name, String absent) {
        var value = string(name);
        return value == null ? absent : value;
    }

    public @Nullable Integer integer(String name) {
        var field = field(name);
        return field != null && field.isIntegralNumber() && field.canConvertToInt()
                ? field.intValue()
                : null;
    }

    public long number(String name, long absent) {
        var field = field(name);
        return field != null && field.isIntegralNumber() && field.canConvertToLong()
                ? field.longValue()
                : absent;
    }

    public double decimal(String name, double absent) {
        var field = field(name);
        return field != null && field.isNumber() ? field.doubleValue() : absent;
    }

    public List<String> strings(String name) {
        var field = field(name);
        return field == null || !field.isArray()
                ? List.of()
                : field.valueStream()
                        .filter(JsonNode::isString)
                        .map(JsonNode::stringValue)
                        .toList();
    }

    public List<Integer> integers(String name) {
        var field = field(name);
        return field == null || !field.isArray()
                ? List.of()
                : field.valueStream()
                        .filter(JsonNode::canConvertToInt)
                        .map(JsonNode::intValue)
                        .toList();
    }

    /** The objects of an array field, as headers of their own. */
    public List<Header> objects(String name) {
        var field = field(name);
        return field == null || !field.isArray()
                ? List.of()
                : field.valueStream().filter(JsonNode::isObject).map(Header::ofNode).toList();
    }

    /** A JSON array of objects that is not in a header; what is none reads as empty. */
    public static List<Header> list(Payload text) {
        try {
            return JSON.readTree(text.toByteArray())
                    .valueStream()
                    .filter(JsonNode::isObject)
                    .map(Header::ofNode)
                    .toList();
        } catch (JacksonException broken) {
            return List.of();
        }
    }

    /** A JSON object that is not in a header; what is none reads as empty. */
    public static Header object(Payload text) {
        try {
            return JSON.readTree(text.toByteArray()) instanceof ObjectNode node
                    ? ofNode(node)
                    : EMPTY;
        } catch (JacksonException broken) {
            return EMPTY;
        }
    }

    /** The names of the fields, in their order. */
    public List<String> names() {
        return fields == null ? List.of() : List.copyOf(fields.propertyNames());
    }

    public Header object(String name) {
        var field = field(name);
        return field != null && field.isObject() ? ofNode(field) : EMPTY;
    }

    private static Header ofNode(JsonNode node) {
        var header = new Header(Payload.of(JSON.writeValueAsBytes(node)));
        header.fields = (ObjectNode) node;
        return header;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Header header && text.equals(header.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text.utf8();
    }
}
