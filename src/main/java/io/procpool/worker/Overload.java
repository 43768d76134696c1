package io.procpool.worker;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;

/** One method of a {@link Function}, and how arguments are bound to its parameters. */
final class Overload {
    private static final int LONGEST_REASON = 500;

    private final Method method;
    private final Json json;
    private final Parameter[] parameters;
    private final List<JavaType> types;
    private final boolean named;
    private final String text;

    Overload(Method method, Json json) {
        this.method = method;
        this.json = json;
        this.parameters = method.getParameters();
        this.types = Arrays.stream(method.getGenericParameterTypes()).map(json::type).toList();
        this.named = Arrays.stream(parameters).allMatch(Parameter::isNamePresent);
        this.text = text();
    }

    /** Whether its parameters can be given by name. */
    boolean hasNames() {
        return named;
    }

    /**
     * Arguments that fit.
     *
     * @param arguments as the method takes them
     * @param ranks how natural each is for its parameter, 0 the most; empty if nobody asked
     */
    @SuppressWarnings("ArrayRecordComponent") // reflection wants an array, and nobody compares two
    record Bound(
            Method method, String parameters, @Nullable Object[] arguments, List<Integer> ranks) {

        /** Whether javac would choose this one: no argument is less natural, and one is more or its type is narrower. */
        boolean isBetterThan(Bound other) {
            boolean better = false;
            for (int i = 0; i < Math.min(ranks.size(), other.ranks.size()); i++) {
                int order = Integer.compare(ranks.get(i), other.ranks.get(i));
                if (order > 0) {
                    return false;
                }
                better |= order < 0;
            }
            return better || isNarrowerThan(other);
        }

        private boolean isNarrowerThan(Bound other) {
            var mine = method.getParameterTypes();
            var theirs = other.method.getParameterTypes();
            if (mine.length != theirs.length) {
                return mine.length > theirs.length; // fewer are left to the variable ones
            }
            for (int i = 0; i < mine.length; i++) {
                if (!theirs[i].isAssignableFrom(mine[i])) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * One argument a parameter. Null if their number is another one.
     *
     * @param ranked whether it matters how natural they are
     */
    @Nullable Bound bind(List<JsonNode> args, Map<String, JsonNode> kwds, boolean ranked)
            throws Misfit {
        var all = kwds.isEmpty() ? args : placed(args, kwds);
        if (all.size() != types.size()) {
            return null;
        }
        var arguments = new @Nullable Object[all.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = convert(all.get(i), types.get(i), i);
        }
        return new Bound(method, parameters(), arguments, ranked ? ranks(all) : List.of());
    }

    /** The last parameter takes all arguments from its place on. Null if there are too few, or it does not. */
    @Nullable Bound bindVariable(List<JsonNode> args, Map<String, JsonNode> kwds) throws Misfit {
        int fixed = types.size() - 1;
        if (!method.isVarArgs() || !kwds.isEmpty() || args.size() < fixed) {
            return null;
        }
        var arguments = new @Nullable Object[types.size()];
        for (int i = 0; i < fixed; i++) {
            arguments[i] = convert(args.get(i), types.get(i), i);
        }
        var element = types.getLast().getContentType();
        var rest = Array.newInstance(element.getRawClass(), args.size() - fixed);
        for (int i = fixed; i < args.size(); i++) {
            Array.set(rest, i - fixed, convert(args.get(i), element, i));
        }
        arguments[fixed] = rest;
        return new Bound(method, parameters(), arguments, ranks(args));
    }

    /** Arguments by their places. */
    private List<JsonNode> placed(List<JsonNode> args, Map<String, JsonNode> kwds) throws Misfit {
        var all = new ArrayList<>(args);
        int used = 0;
        for (int i = args.size(); i < parameters.length; i++) {
            var node = kwds.get(parameters[i].getName());
            if (node == null) {
                throw new Misfit("'" + parameters[i].getName() + "' is missing");
            }
            all.add(node);
            used++;
        }
        if (used < kwds.size()) {
            throw new Misfit(strange(args.size(), kwds));
        }
        return all;
    }

    private String strange(int given, Map<String, JsonNode> kwds) {
        var names = Arrays.stream(parameters).map(Parameter::getName).toList();
        for (var name : kwds.keySet()) {
            int at = names.indexOf(name);
            if (at < 0) {
                return "it has no parameter '" + name + "'";
            }
            if (at < given) {
                return "'" + name + "' is given twice";
            }
        }
        return "there are too many arguments";
    }

    private @Nullable Object convert(JsonNode node, JavaType type, int place) throws Misfit {
        try {
            return Scalars.TYPES.contains(type.getRawClass())
                    ? Scalars.convert(node, type.getRawClass())
                    : json.mapper().readerFor(type).readValue(node);
        } catch (Misfit misfit) {
            throw new Misfit("argument " + (place + 1) + ": " + misfit.why());
        } catch (JacksonException misfit) {
            throw new Misfit("argument " + (place + 1) + ": " + why(misfit));
        } catch (RuntimeException | LinkageError misfit) { // of a constructor, or of Jackson
            throw new Misfit("argument " + (place + 1) + ": " + Raised.by(misfit).message());
        } catch (StackOverflowError deep) {
            throw new Misfit("argument " + (place + 1) + " is nested too deep for its type");
        }
    }

    private static String why(JacksonException misfit) {
        var message = String.valueOf(misfit.getOriginalMessage());
        var place = Encoder.place("", misfit.getPath());
        return (place.isEmpty() ? "" : place + ": ")
                + message.substring(0, Math.min(message.length(), LONGEST_REASON));
    }

    private List<Integer> ranks(List<JsonNode> args) {
        var ranks = new ArrayList<Integer>(args.size());
        int last = types.size() - 1;
        for (int i = 0; i < args.size(); i++) {
            var type =
                    i >= last && args.size() != types.size()
                            ? types.get(last).getContentType()
                            : types.get(Math.min(i, last));
            ranks.add(Ranks.of(args.get(i), type));
        }
        return ranks;
    }

    /** For people: {@code (int count, String... names)}. */
    String parameters() {
        return text;
    }

    private String text() {
        var texts = new ArrayList<String>();
        var generic = method.getGenericParameterTypes();
        for (int i = 0; i < parameters.length; i++) {
            var text = plain(generic[i].getTypeName());
            if (method.isVarArgs() && i == parameters.length - 1) {
                text = text.replaceFirst("\\[]$", "...");
            }
            texts.add(named ? text + " " + parameters[i].getName() : text);
        }
        return texts.stream().collect(Collectors.joining(", ", "(", ")"));
    }

    String signature() {
        return parameters() + " -> " + plain(method.getGenericReturnType().getTypeName());
    }

    /** Without the packages. */
    private static String plain(String type) {
        return type.replaceAll("\\b(?:\\w+\\.)+(?=\\w)", "").replaceAll("\\w+\\$(?=\\w)", "");
    }
}
