package io.procpool.payload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.procpool.problem.Problem;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refused;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Slicing of texts, and the sentence of a refusal. */
final class Bodies {
    private static final Slicer SLICER = new Slicer(Limits.DEFAULT);

    private Bodies() {}

    static SlicedObject sliced(String body) {
        return SLICER.slice(body.getBytes(UTF_8));
    }

    static Problem problem(ThrowingCallable call) {
        return catchThrowableOfType(Refused.class, call).problem();
    }

    /** The sentence that refuses; it tells no parser's name and is short whatever the body is. */
    static String refusal(ThrowingCallable call) {
        var problem = problem(call);
        assertThat(problem).isInstanceOf(BadRequest.class);
        String detail = ((BadRequest) problem).detail();
        assertThat(detail)
                .doesNotContainIgnoringCase("jackson")
                .doesNotContain("Feature", "Source", "`", "\n");
        assertThat(detail).endsWith(".").hasSizeLessThan(500);
        return detail;
    }

    static String refusal(byte[] body) {
        return refusal(() -> SLICER.slice(body));
    }

    static String refusal(String body) {
        return refusal(body.getBytes(UTF_8));
    }
}
