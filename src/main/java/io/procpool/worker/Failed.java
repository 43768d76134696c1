package io.procpool.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A call, or one item of it, that ends in a problem of {@code docs/protocol.md}. */
final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    static final String FUNCTION_RAISED = "function-raised";
    static final String ARGUMENTS_DO_NOT_FIT = "arguments-do-not-fit";
    static final String NOT_SERIALIZABLE = "not-serializable";
    static final String RESULT_TOO_LARGE = "result-too-large";
    static final String FUNCTION_UNKNOWN = "function-unknown";
    static final String UNKNOWN_KIND = "unknown-kind";

    private static final int LONGEST_MESSAGE = 16_000;

    private final String problem;
    private final transient @Nullable Map<String, String> exception;
    private final @Nullable Integer index;

    Failed(String problem, String message) {
        this(problem, message, null, null);
    }

    /**
     * @param exception its type, message and traceback
     * @param index of the item
     */
    Failed(
            String problem,
            String message,
            @Nullable Map<String, String> exception,
            @Nullable Integer index) {
        super(message, null, false, false); // a value: where it was made tells nothing
        this.problem = problem;
        this.exception = exception;
        this.index = index;
    }

    boolean is(String wanted) {
        return problem.equals(wanted);
    }

    String message() {
        return text(String.valueOf(getMessage()), LONGEST_MESSAGE);
    }

    Failed at(int item) {
        return new Failed(problem, String.valueOf(getMessage()), exception, item);
    }

    /** As the header of an error has it. */
    Map<String, Object> fields() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("problem", problem);
        fields.put("message", message());
        if (exception != null) {
            fields.put("exception", exception);
        }
        if (index != null) {
            fields.put("index", index);
        }
        return fields;
    }

    /** The beginning of {@code text}, with a {@code ?} where there is half a character: UTF-8 cannot say that. */
    static String text(String text, int longest) {
        return new String(
                text.substring(0, Math.min(text.length(), longest)).getBytes(UTF_8), UTF_8);
    }
}
