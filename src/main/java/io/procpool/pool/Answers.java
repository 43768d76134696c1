package io.procpool.pool;

import io.procpool.payload.Limits;
import io.procpool.payload.Nesting;
import io.procpool.payload.Payload;
import io.procpool.payload.Slicer;
import io.procpool.pool.Outcome.Failed;
import io.procpool.pool.Outcome.ItemFailure;
import io.procpool.pool.Outcome.Returned;
import io.procpool.problem.Failure;
import io.procpool.problem.Refusal;
import io.procpool.problem.Refused;
import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import io.procpool.wire.ProtocolViolation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a worker's answer means. */
final class Answers {
    private final Limits limits;
    private final Slicer slicer;

    Answers(Limits limits) {
        this.limits = limits;
        // A chunk's array is ours, not the function's: its values may nest as deep as an apply's.
        this.slicer = new Slicer(new Limits(limits.maxBytes(), limits.maxNesting() + 1));
    }

    /**
     * @param foreign whether the worker is a program of others: then what it sends is held to be JSON, which is sent on as such. Our
     *     own workers write nothing else, so their values are not read a second time
     */
    Outcome outcome(Call call, Frame answer, boolean foreign) {
        var header = answer.header();
        try {
            return answer.is(Kind.ERROR)
                    ? new Failed(failure(call, header))
                    : result(call, answer, foreign);
        } catch (ProtocolViolation violation) {
            return new Failed(new Failure.ProtocolError(String.valueOf(violation.getMessage())));
        }
    }

    private Outcome result(Call call, Frame answer, boolean foreign) throws ProtocolViolation {
        var parts = Parts.of(answer);
        var form = Nesting.of(parts.value());
        int allowed = call.isMap() ? limits.maxNesting() + 1 : limits.maxNesting();
        if (form.depth() > allowed) {
            return new Failed(
                    new Failure.NotSerializable(
                            "the value nests "
                                    + form.depth()
                                    + " levels of arrays and objects; "
                                    + limits.maxNesting()
                                    + " are allowed"));
        }
        if (foreign) {
            requireJson(parts);
        }
        if (call.isMap() && form.elements() != call.items()) {
            throw new ProtocolViolation(
                    "the result of a "
                            + call.verb()
                            + " of "
                            + call.items()
                            + " items "
                            + (form.elements() == Nesting.NO_ARRAY
                                    ? "is no array"
                                    : "has " + form.elements() + " values"));
        }
        return new Returned(parts.value(), errors(call, parts.errors()));
    }

    private void requireJson(Parts parts) throws ProtocolViolation {
        try {
            slicer.check(parts.value());
        } catch (Refused refused) {
            throw new ProtocolViolation("the result is no JSON: " + reason(refused));
        }
    }

    private static String reason(Refused refused) {
        return refused.problem() instanceof Refusal.BadRequest(var detail)
                ? detail
                : refused.problem().toString();
    }

    private List<ItemFailure> errors(Call call, List<Header> listed) throws ProtocolViolation {
        if (!listed.isEmpty() && !call.collect()) {
            throw new ProtocolViolation("the result of a call that collects no errors lists some");
        }
        var errors = new ArrayList<ItemFailure>(listed.size());
        int before = -1;
        for (var error : listed) {
            var index = error.integer("index");
            if (index == null || index <= before || index >= call.items()) {
                throw new ProtocolViolation(
                        "the errors of "
                                + call.items()
                                + " items are to be listed by rising index, and one has "
                                + (index == null ? "none" : index));
            }
            before = index;
            errors.add(new ItemFailure(index, failure(call, error)));
        }
        return errors;
    }

    /** A long list of errors stands behind the value in the body instead of in the header. */
    private record Parts(Payload value, List<Header> errors) {
        static Parts of(Frame answer) throws ProtocolViolation {
            var body = answer.payload();
            var length = answer.header().integer("value_length");
            if (length == null) {
                return new Parts(body, answer.header().objects("errors"));
            }
            if (length < 0 || length > body.size()) {
                throw new ProtocolViolation("value_length is not within the body");
            }
            return new Parts(body.slice(0, length), list(body.slice(length, body.size())));
        }

        private static List<Header> list(Payload text) throws ProtocolViolation {
            var list = Header.list(text);
            if (list.size() != Nesting.of(text).elements()) {
                throw new ProtocolViolation("what follows the value is no list of errors");
            }
            return list;
        }
    }

    private Failure failure(Call call, Header header) throws ProtocolViolation {
        var index = call.isMap() ? header.integer("index") : null;
        if (index != null && (index < 0 || index >= call.items())) {
            throw new ProtocolViolation(
                    "an error of item " + index + ", of a call with " + call.items() + " items");
        }
        var message = header.string("message", "");
        return switch (header.string("problem", "")) {
            case "function-raised" -> new Failure.FunctionRaised(thrown(header), index);
            case "arguments-do-not-fit" -> new Failure.ArgumentsDoNotFit(message, index);
            case "not-serializable" -> new Failure.NotSerializable(message, index);
            case "result-too-large" -> new Failure.ResultTooLarge(limits.maxBytes());
            case "function-unknown" ->
                    new Failure.FunctionUnknown(call.func(), blankToNull(message));
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
