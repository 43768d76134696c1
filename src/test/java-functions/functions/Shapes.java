package functions;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Parameters of every kind: overloads, variable arguments, records, enums. */
public final class Shapes {
    private Shapes() {}

    public enum Color {
        RED,
        GREEN;

        @Override
        public String toString() {
            return "the colour " + name();
        }
    }

    public record Point(int x, int y, String label) {
        public Point {
            if (x < 0) {
                throw new IllegalArgumentException("x is negative");
            }
        }
    }

    public record Line(Point from, Point to, Optional<Color> color) {}

    public static class Bean {
        private String name;
        public int size;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }
    }

    // --- which one was called, and what it got

    public static String which(int value) {
        return "int " + value;
    }

    public static String which(long value) {
        return "long " + value;
    }

    public static String which(double value) {
        return "double " + value;
    }

    public static String which(BigInteger value) {
        return "BigInteger " + value;
    }

    public static String which(boolean value) {
        return "boolean " + value;
    }

    public static String which(String value) {
        return "String " + value;
    }

    public static String which(int[] values) {
        return "int[] " + values.length;
    }

    public static String which(List<String> values) {
        return "List<String> " + values;
    }

    public static String which(Point value) {
        return "Point " + value.x();
    }

    public static String which(Map<String, Object> value) {
        return "Map " + value.keySet();
    }

    public static String which(int first, String second) {
        return "int, String";
    }

    public static String which(String first, Object... rest) {
        return "String, Object... " + rest.length;
    }

    /** Neither is more specific. */
    public static String torn(long a, int b) {
        return "long, int";
    }

    public static String torn(int a, long b) {
        return "int, long";
    }

    public static int sum(int... numbers) {
        int sum = 0;
        for (int number : numbers) {
            sum += number;
        }
        return sum;
    }

    public static String join(String separator, String... parts) {
        return String.join(separator, parts);
    }

    // --- one of each

    public static byte byteOf(byte value) {
        return value;
    }

    public static short shortOf(short value) {
        return value;
    }

    public static int intOf(int value) {
        return value;
    }

    public static long longOf(long value) {
        return value;
    }

    public static float floatOf(float value) {
        return value;
    }

    public static double doubleOf(double value) {
        return value;
    }

    public static char charOf(char value) {
        return value;
    }

    public static boolean booleanOf(boolean value) {
        return value;
    }

    public static Integer boxedOf(Integer value) {
        return value;
    }

    public static BigInteger bigIntegerOf(BigInteger value) {
        return value;
    }

    public static BigDecimal bigDecimalOf(BigDecimal value) {
        return value;
    }

    public static String stringOf(String value) {
        return value;
    }

    public static String objectOf(Object value) {
        return value == null ? "null" : value.getClass().getSimpleName() + " " + value;
    }

    public static Color colorOf(Color value) {
        return value;
    }

    public static Point pointOf(Point value) {
        return value;
    }

    public static Line lineOf(Line value) {
        return value;
    }

    public static Bean beanOf(Bean value) {
        return value;
    }

    public static List<Point> pointsOf(List<Point> values) {
        return values;
    }

    public static Map<Color, Set<Integer>> mapOf(Map<Color, Set<Integer>> value) {
        return value;
    }

    public static Optional<Integer> optionalOf(Optional<Integer> value) {
        return value;
    }

    public static LocalDate dateOf(LocalDate value) {
        return value;
    }

    public static Instant instantOf(Instant value) {
        return value;
    }

    public static Duration durationOf(Duration value) {
        return value;
    }

    public static byte[] bytesOf(byte[] value) {
        return value;
    }

    public static double[] doublesOf(double[] value) {
        return value;
    }

    public static Point[] arrayOf(Point[] value) {
        return value;
    }

    public static <T extends Comparable<T>> T genericOf(T value) {
        return value;
    }

    public static Runnable runnableOf(Runnable value) {
        return value;
    }

    public static Class<?> classOf(Class<?> value) {
        return value;
    }

    public static void nothing() {}

    // --- what cannot be called

    static int packagePrivate() {
        return 1;
    }

    private static int hidden() {
        return packagePrivate();
    }

    public static int _underscored() {
        return hidden();
    }

    public int ofAnObject() {
        return 1;
    }
}
