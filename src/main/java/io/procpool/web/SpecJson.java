package io.procpool.web;

import io.procpool.payload.Kind;
import io.procpool.payload.Payload;
import io.procpool.payload.SlicedObject;
import io.procpool.pool.PoolSpec;
import io.procpool.pool.Pools;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refused;
import io.procpool.runtime.WorkerKind;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.util.RawValue;

/**
 * A pool's specification as JSON: whole, or as a merge patch (RFC 7396) of another one. What a patch does not name stays as it is,
 * to the nanosecond and the byte: it is not written and read again.
 */
final class SpecJson {
    private static final Set<String> FIELDS =
            Set.of(
                    "runtime",
                    "kind",
                    "command",
                    "processes",
                    "initializer",
                    "initargs",
                    "maxtasksperchild",
                    "max_memory_per_child",
                    "max_age",
                    "idle_timeout",
                    "start_method",
                    "preload",
                    "env",
                    "task_timeout",
                    "grace",
                    "start_timeout",
                    "queue_limit");

    private final SlicedObject body;
    private final PoolSpec base;
    private final PoolSpec defaults = PoolSpec.defaults("python", Pools.cpuCount());

    /** @param base has what the body does not name; null: the defaults have */
    private SpecJson(SlicedObject body, @Nullable PoolSpec base) {
        this.body = body;
        this.base = base == null ? defaults : base;
    }

    /** A whole specification: what it does not name has its default. */
    static PoolSpec read(SlicedObject body) {
        requireKnown(body);
        return checked(new SpecJson(body, null), body.has("env") ? whole(body) : Map.of());
    }

    /**
     * The present specification with what the patch changes. Null gives a field its default, which is none where there is that.
     *
     * @throws Refused {@link BadRequest} if the patch, or what it makes, is none
     */
    static PoolSpec merge(SlicedObject patch, PoolSpec present) {
        requireKnown(patch);
        return checked(new SpecJson(patch, present), merged(patch, present.env()));
    }

    private static void requireKnown(SlicedObject body) {
        for (var name : body.names()) {
            if (!FIELDS.contains(name)) {
                throw new Refused(
                        new BadRequest(
                                "The field \""
                                        + name
                                        + "\" is not one of a pool's specification."));
            }
        }
    }

    private static PoolSpec checked(SpecJson reader, Map<String, String> env) {
        try {
            return reader.spec(env);
        } catch (IllegalArgumentException wrong) {
            throw new Refused(
                    new BadRequest("The specification is wrong: " + wrong.getMessage() + "."));
        }
    }

    private PoolSpec spec(Map<String, String> env) {
        var runtime = field("runtime", base.runtime(), this::runtime);
        var kind = field("kind", base.kind(), this::kind);
        return new PoolSpec(
                runtime,
                kind,
                field("command", base.command(), () -> body.strings("command")),
                field("processes", base.processes(), this::processes),
                optional("initializer", base.initializer(), this::initializer),
                field("initargs", base.initargs(), this::initargs),
                optional("maxtasksperchild", base.maxtasksperchild(), this::maxtasksperchild),
                optional("max_memory_per_child", base.maxMemoryPerChild(), this::maxMemory),
                optional("max_age", base.maxAge(), () -> seconds("max_age")),
                optional("idle_timeout", base.idleTimeout(), () -> seconds("idle_timeout")),
                startMethod(runtime, kind),
                field("preload", base.preload(), () -> body.strings("preload")),
                env,
                optional("task_timeout", base.taskTimeout(), () -> seconds("task_timeout")),
                field("grace", base.grace(), this::grace),
                field("start_timeout", base.startTimeout(), this::startTimeout),
                field("queue_limit", base.queueLimit(), this::queueLimit));
    }

    private <T> T field(String name, T absent, Supplier<T> given) {
        return body.has(name) ? given.get() : absent;
    }

    private <T> @Nullable T optional(
            String name, @Nullable T absent, Supplier<? extends @Nullable T> given) {
        return body.has(name) ? given.get() : absent;
    }

    private String runtime() {
        return body.string("runtime").orElse(defaults.runtime());
    }

    private WorkerKind kind() {
        var label = body.string("kind").orElse(defaults.kind().label());
        return Arrays.stream(WorkerKind.values())
                .filter(kind -> kind.label().equals(label))
                .findFirst()
                .orElseThrow(() -> wrong("kind", "\"process\" or \"thread\""));
    }

    /** One that was right for other workers says nothing about these. */
    private String startMethod(String runtime, WorkerKind kind) {
        var same = runtime.equals(base.runtime()) && kind == base.kind();
        var absent = same && !body.has("start_method") ? base.startMethod() : null;
        return body.string("start_method")
                .orElseGet(() -> absent != null ? absent : PoolSpec.startMethod(runtime, kind));
    }

    private int processes() {
        return body.integer("processes", 1, PoolSpec.MOST_PROCESSES).orElse(defaults.processes());
    }

    private @Nullable String initializer() {
        return body.string("initializer").orElse(null);
    }

    private Payload initargs() {
        if (body.isNull("initargs")) {
            return PoolSpec.NO_ARGUMENTS;
        }
        if (body.kind("initargs") != Kind.ARRAY) {
            throw wrong("initargs", "an array");
        }
        // a copy: the body need not stay in memory for it
        return Payload.of(body.raw("initargs").toByteArray());
    }

    private @Nullable Integer maxtasksperchild() {
        return orNull(body.integer("maxtasksperchild", 1, Integer.MAX_VALUE));
    }

    private static @Nullable Integer orNull(OptionalInt value) {
        return value.isPresent() ? Integer.valueOf(value.getAsInt()) : null;
    }

    private @Nullable Long maxMemory() {
        if (body.isNull("max_memory_per_child")) {
            return null;
        }
        var text = body.raw("max_memory_per_child").utf8();
        if (!text.matches("[1-9]\\d{0,17}")) {
            throw wrong("max_memory_per_child", "a whole number of bytes, at least 1");
        }
        return Long.valueOf(text);
    }

    private @Nullable Duration seconds(String name) {
        return SubmissionReader.seconds(body.seconds(name), name);
    }

    private Duration startTimeout() {
        var given = seconds("start_timeout");
        return given == null ? defaults.startTimeout() : given;
    }

    private Duration grace() {
        var given = body.seconds("grace");
        return given.isPresent()
                ? Duration.ofNanos(Math.round(given.getAsDouble() * 1e9))
                : defaults.grace();
    }

    private int queueLimit() {
        return body.integer("queue_limit", 1, Integer.MAX_VALUE).orElse(defaults.queueLimit());
    }

    private static Refused wrong(String field, String wanted) {
        return new Refused(new BadRequest("The field \"" + field + "\" must be " + wanted + "."));
    }

    private static Map<String, String> whole(SlicedObject body) {
        if (body.isNull("env")) {
            return Map.of();
        }
        var variables = body.object("env");
        var env = new TreeMap<String, String>();
        variables.names().forEach(name -> env.put(name, variable(variables, name)));
        return env;
    }

    /** The one field that is an object: it is merged by its names, and null takes one out. */
    private static Map<String, String> merged(SlicedObject patch, Map<String, String> present) {
        if (!patch.has("env")) {
            return present;
        }
        if (patch.isNull("env")) {
            return Map.of();
        }
        var variables = patch.object("env");
        var env = new TreeMap<>(present);
        for (var name : variables.names()) {
            if (variables.isNull(name)) {
                env.remove(name);
            } else {
                env.put(name, variable(variables, name));
            }
        }
        return env;
    }

    private static String variable(SlicedObject variables, String name) {
        if (variables.kind(name) != Kind.STRING) {
            throw new Refused(
                    new BadRequest("env: the value of \"" + name + "\" must be a string."));
        }
        return variables.string(name).orElseThrow();
    }

    /** What the ETag stands for. */
    static Map<String, @Nullable Object> write(PoolSpec spec) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("runtime", spec.runtime());
        json.put("kind", spec.kind().label());
        if (!spec.command().isEmpty()) {
            json.put("command", spec.command());
        }
        json.put("processes", spec.processes());
        json.put("initializer", spec.initializer());
        json.put("initargs", new RawValue(spec.initargs().utf8()));
        json.put("maxtasksperchild", spec.maxtasksperchild());
        json.put("max_memory_per_child", spec.maxMemoryPerChild());
        json.put("max_age", secondsOrNull(spec.maxAge()));
        json.put("idle_timeout", secondsOrNull(spec.idleTimeout()));
        json.put("start_method", spec.startMethod());
        json.put("preload", spec.preload());
        json.put("env", new TreeMap<>(spec.env()));
        json.put("task_timeout", secondsOrNull(spec.taskTimeout()));
        json.put("grace", Json.seconds(spec.grace()));
        json.put("start_timeout", Json.seconds(spec.startTimeout()));
        json.put("queue_limit", spec.queueLimit());
        return json;
    }

    private static @Nullable Object secondsOrNull(@Nullable Duration duration) {
        return duration == null ? null : Json.seconds(duration);
    }
}
