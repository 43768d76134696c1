package io.procpool.worker;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** JSON numbers, texts and booleans as values of the types that Java has for them. Exact, or not at all. */
final class Scalars {
    /** The types that are converted here, and not by Jackson, which would round some. */
    static final List<Class<?>> TYPES =
            List.of(
                    boolean.class,
                    Boolean.class,
                    byte.class,
                    Byte.class,
                    short.class,
                    Short.class,
                    int.class,
                    Integer.class,
                    long.class,
                    Long.class,
                    float.class,
                    Float.class,
                    double.class,
                    Double.class,
                    char.class,
                    Character.class,
                    String.class,
                    CharSequence.class,
                    BigInteger.class,
                    BigDecimal.class,
                    Number.class,
                    Comparable.class,
                    Object.class);

    private static final int DIGITS_OF_DOUBLE = 17;

    private Scalars() {}

    /**
     * @param type one of {@link #TYPES}
     * @return null for null, if the type has it
     */
    static @Nullable Object convert(JsonNode node, Class<?> type) throws Misfit {
        if (node.isNull()) {
            if (type.isPrimitive()) {
                throw misfit(node, type);
            }
            return null;
        }
        if (type == Object.class) {
            return natural(node);
        }
        if (type == Comparable.class) {
            require(node.isValueNode(), node, type);
            return natural(node);
        }
        if (type == boolean.class || type == Boolean.class) {
            require(node.isBoolean(), node, type);
            return node.booleanValue();
        }
        if (type == String.class || type == CharSequence.class) {
            require(node.isString(), node, type);
            return node.stringValue();
        }
        if (type == char.class || type == Character.class) {
            require(node.isString() && node.stringValue().length() == 1, node, type);
            return node.stringValue().charAt(0);
        }
        require(node.isNumber(), node, type);
        return number(node, type);
    }

    private static Object number(JsonNode node, Class<?> type) throws Misfit {
        if (type == double.class || type == Double.class) {
            double value =
                    node.isIntegralNumber()
                            ? node.bigIntegerValue().doubleValue()
                            : node.decimalValue().doubleValue();
            require(Double.isFinite(value), node, type);
            return value;
        }
        if (type == float.class || type == Float.class) {
            float value =
                    node.isIntegralNumber()
                            ? node.bigIntegerValue().floatValue()
                            : node.decimalValue().floatValue();
            require(Float.isFinite(value), node, type);
            return value;
        }
        if (type == BigDecimal.class) {
            return node.isIntegralNumber()
                    ? new BigDecimal(node.bigIntegerValue())
                    : node.decimalValue();
        }
        if (type == Number.class) {
            return naturalNumber(node);
        }
        require(node.isIntegralNumber(), node, type);
        if (type == BigInteger.class) {
            return node.bigIntegerValue();
        }
        require(node.canConvertToLong(), node, type);
        long value = node.longValue();
        if (type == long.class || type == Long.class) {
            return value;
        }
        if (type == int.class || type == Integer.class) {
            require(value == (int) value, node, type);
            return (int) value;
        }
        if (type == short.class || type == Short.class) {
            require(value == (short) value, node, type);
            return (short) value;
        }
        require(value == (byte) value, node, type);
        return (byte) value;
    }

    /**
     * What an {@code Object} parameter gets: a list, a map, a string, a Boolean; an integer as Long, or as BigInteger where that does not do; a
     * number with a fraction or exponent as Double, or as BigDecimal where a Double would be another number.
     */
    static @Nullable Object natural(JsonNode node) {
        if (node.isArray()) {
            var list = new ArrayList<@Nullable Object>(node.size());
            node.forEach(item -> list.add(natural(item)));
            return list;
        }
        if (node.isObject()) {
            var map = new LinkedHashMap<String, @Nullable Object>();
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                map.put(field.getKey(), natural(field.getValue()));
            }
            return map;
        }
        if (node.isNumber()) {
            return naturalNumber(node);
        }
        return node.isString() ? node.stringValue() : node.isBoolean() ? node.booleanValue() : null;
    }

    private static Number naturalNumber(JsonNode node) {
        if (node.isIntegralNumber()) {
            return node.canConvertToLong()
                    ? (Number) Long.valueOf(node.longValue())
                    : node.bigIntegerValue();
        }
        var exact = node.decimalValue();
        double near = exact.doubleValue();
        boolean same =
                Double.isFinite(near)
                        && exact.precision() <= DIGITS_OF_DOUBLE
                        && BigDecimal.valueOf(near).compareTo(exact) == 0;
        return same ? (Number) Double.valueOf(near) : exact;
    }

    private static void require(boolean fits, JsonNode node, Class<?> type) throws Misfit {
        if (!fits) {
            throw misfit(node, type);
        }
    }

    static Misfit misfit(JsonNode node, Class<?> type) {
        return new Misfit(shown(node) + " is no " + type.getSimpleName());
    }

    /** For sentences. */
    static String shown(JsonNode node) {
        if (node.isObject()) {
            return "an object";
        }
        if (node.isArray()) {
            return "an array";
        }
        if (node.isString()) {
            return "a string";
        }
        var text = node.asString();
        return node.isNull() ? "null" : text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }
}
