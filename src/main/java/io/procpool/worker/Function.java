package io.procpool.worker;

import io.procpool.worker.Overload.Bound;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * All public static methods of one name in a class. Which of them is called is decided by the arguments, as javac would: those that fit without
 * variable arguments come first, and of several the most specific.
 */
final class Function {
    private static final int CANDIDATES_TOLD = 12;

    private final String name;
    private final List<Overload> overloads;

    Function(String name, List<Method> methods, Json json) {
        this.name = name;
        this.overloads = methods.stream().map(method -> new Overload(method, json)).toList();
    }

    String name() {
        return name;
    }

    /** For people: {@code (int, int) -> int; (long, long) -> long}. */
    String signature() {
        return overloads.stream().map(Overload::signature).collect(Collectors.joining("; "));
    }

    @Nullable Object call(List<JsonNode> args, Map<String, JsonNode> kwds) throws Failed {
        var bound = bind(args, kwds);
        return Invocation.of(bound.method(), bound.arguments());
    }

    /** @throws Failed if the arguments fit no overload, or several equally well */
    Bound bind(List<JsonNode> args, Map<String, JsonNode> kwds) throws Failed {
        if (!kwds.isEmpty() && overloads.stream().noneMatch(Overload::hasNames)) {
            throw new Failed(
                    Failed.ARGUMENTS_DO_NOT_FIT,
                    name
                            + " cannot take kwds: its class was compiled without -parameters, so that they have no names to go by");
        }
        var reasons = new ArrayList<String>();
        var fits = new ArrayList<Bound>();
        for (var variable : new boolean[] {false, true}) {
            for (var overload : overloads) {
                try {
                    var bound =
                            variable
                                    ? overload.bindVariable(args, kwds)
                                    : overload.bind(args, kwds, overloads.size() > 1);
                    if (bound != null) {
                        fits.add(bound);
                    }
                } catch (Misfit misfit) {
                    reasons.add(overload.parameters() + ": " + misfit.why());
                }
            }
            if (!fits.isEmpty()) {
                return mostSpecific(fits);
            }
        }
        throw noneFits(args.size() + kwds.size(), reasons);
    }

    private Bound mostSpecific(List<Bound> fits) throws Failed {
        for (var bound : fits) {
            var others = fits.stream().filter(other -> !other.method().equals(bound.method()));
            if (others.allMatch(bound::isBetterThan)) {
                return bound;
            }
        }
        throw new Failed(
                Failed.ARGUMENTS_DO_NOT_FIT,
                name
                        + " is overloaded, and the arguments fit equally well: "
                        + fits.stream().map(Bound::parameters).collect(Collectors.joining(", ")));
    }

    private Failed noneFits(int count, List<String> reasons) {
        if (reasons.isEmpty()) {
            return new Failed(
                    Failed.ARGUMENTS_DO_NOT_FIT,
                    name
                            + list()
                            + " cannot take "
                            + count
                            + (count == 1 ? " argument" : " arguments"));
        }
        var told = String.join("; ", reasons.subList(0, Math.min(reasons.size(), CANDIDATES_TOLD)));
        return new Failed(
                Failed.ARGUMENTS_DO_NOT_FIT,
                overloads.size() == 1 ? name + told : name + list() + " does not fit. " + told);
    }

    private String list() {
        var all = overloads.stream().map(Overload::parameters).distinct().toList();
        return all.size() <= CANDIDATES_TOLD
                ? String.join(", ", all)
                : String.join(", ", all.subList(0, CANDIDATES_TOLD)) + ", …";
    }
}
