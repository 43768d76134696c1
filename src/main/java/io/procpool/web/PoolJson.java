package io.procpool.web;

import io.procpool.payload.Kind;
import io.procpool.payload.Payload;
import io.procpool.payload.SlicedObject;
import io.procpool.pool.Pool;
import io.procpool.pool.PoolSpec;
import io.procpool.pool.Pools;
import io.procpool.pool.WorkerState;
import io.procpool.pool.WorkerView;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refusal.NotSupported;
import io.procpool.problem.Refused;
import io.procpool.runtime.Launcher;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.util.RawValue;

/** A pool's specification and state, as JSON. */
final class PoolJson {
    private static final Set<String> FIELDS =
            Set.of(
                    "runtime",
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

    private PoolJson() {}

    static PoolSpec read(SlicedObject body) {
        for (var name : body.names()) {
            if (name.equals("kind")) {
                throw new Refused(new NotSupported("The field \"kind\""));
            }
            if (!FIELDS.contains(name)) {
                throw new Refused(
                        new BadRequest("The field \"" + name + "\" is not one of a pool."));
            }
        }
        try {
            return spec(body);
        } catch (IllegalArgumentException wrong) {
            throw new Refused(
                    new BadRequest("The specification is wrong: " + wrong.getMessage() + "."));
        }
    }

    private static PoolSpec spec(SlicedObject body) {
        var defaults = PoolSpec.defaults(body.string("runtime").orElse("python"), Pools.cpuCount());
        return new PoolSpec(
                defaults.runtime(),
                body.integer("processes", 1, PoolSpec.MOST_PROCESSES).orElse(defaults.processes()),
                body.string("initializer").orElse(null),
                initargs(body),
                integer(body, "maxtasksperchild"),
                bytes(body, "max_memory_per_child"),
                seconds(body, "max_age", null),
                seconds(body, "idle_timeout", null),
                body.string("start_method").orElse(defaults.startMethod()),
                body.strings("preload"),
                env(body),
                body.has("task_timeout")
                        ? seconds(body, "task_timeout", null)
                        : defaults.taskTimeout(),
                grace(body, defaults.grace()),
                body.isNull("start_timeout") || !body.has("start_timeout")
                        ? defaults.startTimeout()
                        : required(body, "start_timeout"),
                body.integer("queue_limit", 1, Integer.MAX_VALUE).orElse(defaults.queueLimit()));
    }

    private static Payload initargs(SlicedObject body) {
        if (!body.has("initargs") || body.isNull("initargs")) {
            return PoolSpec.NO_ARGUMENTS;
        }
        if (body.kind("initargs") != Kind.ARRAY) {
            throw new Refused(new BadRequest("The field \"initargs\" must be an array."));
        }
        return Payload.of(
                body.raw("initargs")
                        .toByteArray()); // a copy: the body need not stay in memory for it
    }

    private static @Nullable Integer integer(SlicedObject body, String name) {
        var value = body.integer(name, 1, Integer.MAX_VALUE);
        return value.isPresent() ? Integer.valueOf(value.getAsInt()) : null;
    }

    private static @Nullable Long bytes(SlicedObject body, String name) {
        if (!body.has(name) || body.isNull(name)) {
            return null;
        }
        var text = body.raw(name).utf8();
        if (!text.matches("[1-9]\\d{0,17}")) {
            throw new Refused(
                    new BadRequest(
                            "The field \""
                                    + name
                                    + "\" must be a whole number of bytes, at least 1."));
        }
        return Long.valueOf(text);
    }

    private static @Nullable Duration seconds(
            SlicedObject body, String name, @Nullable Duration absent) {
        var given = SubmissionReader.seconds(body.seconds(name), name);
        return given == null ? absent : given;
    }

    private static Duration required(SlicedObject body, String name) {
        var given = SubmissionReader.seconds(body.seconds(name), name);
        if (given == null) {
            throw new Refused(
                    new BadRequest("The field \"" + name + "\" must be a number of seconds."));
        }
        return given;
    }

    private static Duration grace(SlicedObject body, Duration absent) {
        var given = body.seconds("grace");
        return given.isPresent() ? Duration.ofNanos((long) (given.getAsDouble() * 1e9)) : absent;
    }

    private static Map<String, String> env(SlicedObject body) {
        if (!body.has("env") || body.isNull("env")) {
            return Map.of();
        }
        var variables = body.object("env");
        var env = new TreeMap<String, String>();
        for (var name : variables.names()) {
            if (variables.kind(name) != Kind.STRING) {
                throw new Refused(
                        new BadRequest("env: the value of \"" + name + "\" must be a string."));
            }
            env.put(name, variables.string(name).orElseThrow());
        }
        return env;
    }

    static Map<String, @Nullable Object> write(Pool pool) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("name", pool.name());
        json.put("state", pool.state().name());
        json.put("health", health(pool.health()));
        json.putAll(write(pool.spec()));
        json.put("runtime_version", pool.runtimeDescription());
        json.put("start_method_in_use", pool.launcher().map(Launcher::startMethod).orElse(null));
        json.put("warnings", pool.launcher().map(Launcher::warnings).orElse(List.of()));
        var workers = new LinkedHashMap<String, @Nullable Object>();
        for (var state : WorkerState.values()) {
            workers.put(state.label(), pool.countWorkers(state));
        }
        json.put("workers", workers);
        json.put("workers_started", pool.workersStarted());
        json.put("queued", pool.queued());
        json.put("created", Json.time(pool.created()));
        var self = "/v1/pools/" + pool.name();
        json.put("links", Json.object("self", self, "workers", self + "/workers"));
        return json;
    }

    private static Map<String, @Nullable Object> health(Pool.Health health) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        switch (health) {
            case Pool.Health.Ok _ -> json.put("status", "ok");
            case Pool.Health.Degraded(var cause, var failures, var pause) -> {
                json.put("status", "degraded");
                json.put("cause", cause);
                json.put("failures", failures);
                json.put("next_try_in", Json.seconds(Duration.ofMillis(pause.toMillis())));
            }
        }
        return json;
    }

    /** The specification alone: what the ETag stands for. */
    static Map<String, @Nullable Object> write(PoolSpec spec) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("runtime", spec.runtime());
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

    static Map<String, @Nullable Object> write(WorkerView worker) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("id", Long.toString(worker.id()));
        json.put("name", "PoolWorker-" + worker.id());
        json.put("pid", worker.pid());
        json.put("state", worker.state().label());
        json.put("tasks_done", worker.tasksDone());
        json.put("started", Json.time(worker.started()));
        json.put("age", Json.seconds(Duration.ofMillis(worker.age().toMillis())));
        json.put(
                "private_memory",
                worker.privateMemory().isPresent() ? worker.privateMemory().getAsLong() : null);
        if (worker.currentFunc() == null) {
            json.put("current", null);
        } else {
            json.put(
                    "current",
                    Json.object(
                            "func",
                            worker.currentFunc(),
                            "result",
                            String.valueOf(worker.currentResult())));
        }
        return json;
    }
}
