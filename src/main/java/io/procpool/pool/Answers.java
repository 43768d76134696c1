package io.procpool.pool;

import io.procpool.payload.Limits;
import io.procpool.payload.Nesting;
import io.procpool.payload.Payload;
import io.procpool.pool.Outcome.Failed;
import io.procpool.pool.Outcome.ItemFailure;
import io.procpool.pool.Outcome.Returned;
import io.procpool.problem.Failure;
import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a worker's answer means. */
final class Answers {
    private final Limits limits;

    Answers(Limits limits) {
        this.limits = limits;
    }

    Outcome outcome(Call call, Frame answer) {
        var header = answer.header();
        if (answer.is(Kind.ERROR)) {
            return new Failed(failure(call.func(), header));
        }
        var parts = Parts.of(answer);
        if (parts == null) {
            return new Failed(new Failure.ProtocolError("value_length is not within the body"));
        }
        int depth = Nesting.depth(parts.value());
        // A chunk's array is ours, not the function's: its values may nest as deep as an apply's.
        int allowed = call.verb().equals("apply") ? limits.maxNesting() : limits.maxNesting() + 1;
        if (depth > allowed) {
            return new Failed(
                    new Failure.NotSerializable(
                            "the value nests "
                                    + depth
                                    + " levels of arrays and objects; "
                                    + limits.maxNesting()
                                    + " are allowed"));
        }
        var errors =
                parts.errors().stream()
                        .map(error -> new ItemFailure(index(error), failure(call.func(), error)))
                        .toList();
        return new Returned(parts.value(), errors);
    }

    /** A long list of errors stands behind the value in the body instead of in the header. */
    private record Parts(Payload value, List<Header> errors) {
        /** Null: its length is none. */
        static @Nullable Parts of(Frame answer) {
            var body = answer.payload();
            var length = answer.header().integer("value_length");
            if (length == null) {
                return new Parts(body, answer.header().objects("errors"));
            }
            if (length < 0 || length > body.size()) {
                return null;
            }
            return new Parts(body.slice(0, length), Header.list(body.slice(length, body.size())));
        }
    }

    private static int index(Header error) {
        var index = error.integer("index");
        return index == null ? 0 : index;
    }

    private Failure failure(String func, Header header) {
        var index = header.integer("index");
        var message = header.string("message", "");
        return switch (header.string("problem", "")) {
            case "function-raised" -> new Failure.FunctionRaised(thrown(header), index);
            case "arguments-do-not-fit" -> new Failure.ArgumentsDoNotFit(message, index);
            case "not-serializable" -> new Failure.NotSerializable(message, index);
            case "result-too-large" -> new Failure.ResultTooLarge(limits.maxBytes());
            case "function-unknown" -> new Failure.FunctionUnknown(func, blankToNull(message));
            default -> new Failure.ProtocolError("the worker answered: " + header);
        };
    }

    private static Failure.Thrown thrown(Header header) {
        var exception = header.object("exception");
        return new Failure.Thrown(
                exception.string("type", "Exception"),
                exception.string("message", ""),
                exception.string("traceback", ""));
    }

    private static @Nullable String blankToNull(String text) {
        return text.isBlank() ? null : text;
    }
}
