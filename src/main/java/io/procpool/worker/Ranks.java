package io.procpool.worker;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;

/**
 * How natural a Java type is for a JSON value that fits it: what javac would take for the same literal comes first, but that a float comes
 * after double, as JSON has no suffix that asks for one.
 */
final class Ranks {
    private static final int LAST = 1_000_000; // Object takes everything
    private static final int UNKNOWN = 1000;
    private static final int STEP = 10_000;

    private static final List<Class<?>> INTEGERS =
            List.of(
                    int.class,
                    long.class,
                    double.class,
                    float.class,
                    short.class,
                    byte.class,
                    Integer.class,
                    Long.class,
                    BigInteger.class,
                    BigDecimal.class,
                    Double.class,
                    Float.class,
                    Short.class,
                    Byte.class,
                    Number.class);

    /** Of an integer beyond long: those that keep all digits come first. */
    private static final List<Class<?>> HUGE =
            List.of(
                    BigInteger.class,
                    BigDecimal.class,
                    double.class,
                    float.class,
                    Double.class,
                    Float.class,
                    Number.class);

    private static final List<Class<?>> DECIMALS =
            List.of(
                    double.class,
                    float.class,
                    Double.class,
                    BigDecimal.class,
                    Float.class,
                    Number.class);
    private static final List<Class<?>> TEXTS =
            List.of(String.class, CharSequence.class, char.class, Character.class);
    private static final List<Class<?>> BOOLEANS = List.of(boolean.class, Boolean.class);

    private Ranks() {}

    /** 0 is the most natural. Two of the same rank are told apart by their types. */
    static int of(JsonNode node, JavaType type) {
        if (type.hasRawClass(Object.class)) {
            return LAST;
        }
        if (type.isReferenceType()) { // Optional and its kin: more roundabout than what they hold
            return STEP / 2 + of(node, type.getContentType());
        }
        if (node.isNull()) {
            return 0;
        }
        if (node.isArray()) {
            return ofArray(node, type);
        }
        if (node.isObject()) {
            return type.isTypeOrSubTypeOf(Map.class) ? 1 : 0;
        }
        int rank = natural(node).indexOf(type.getRawClass());
        return rank < 0 ? UNKNOWN : rank;
    }

    private static List<Class<?>> natural(JsonNode node) {
        if (node.isIntegralNumber()) {
            return node.canConvertToLong() ? INTEGERS : HUGE;
        }
        return node.isNumber() ? DECIMALS : node.isString() ? TEXTS : BOOLEANS;
    }

    private static int ofArray(JsonNode node, JavaType type) {
        var element = type.getContentType();
        int worst = 0;
        if (element != null) {
            for (var item : node) {
                worst = Math.max(worst, Math.min(of(item, element), STEP - 1));
            }
        }
        if (type.isArrayType()) {
            return worst;
        }
        if (type.hasRawClass(List.class)) {
            return STEP + worst;
        }
        return type.isTypeOrSubTypeOf(Collection.class) ? 2 * STEP + worst : 3 * STEP + worst;
    }
}
