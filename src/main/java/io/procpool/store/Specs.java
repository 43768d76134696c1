package io.procpool.store;

import io.procpool.payload.Payload;
import io.procpool.pool.PoolSpec;
import io.procpool.runtime.WorkerKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Specifications of pools as JSON text. The names are written to disk: they stay as they are. */
final class Specs {
    private static final JsonMapper JSON = JsonMapper.shared();

    private Specs() {}

    static String write(PoolSpec spec) {
        var json =
                JSON.createObjectNode()
                        .put("runtime", spec.runtime())
                        .put("kind", spec.kind().name().toLowerCase(Locale.ROOT))
                        .put("processes", spec.processes())
                        .put("initializer", spec.initializer())
                        .put("initargs", spec.initargs().utf8())
                        .put("maxtasksperchild", spec.maxtasksperchild())
                        .put("max_memory_per_child", spec.maxMemoryPerChild())
                        .put("max_age", nanos(spec.maxAge()))
                        .put("idle_timeout", nanos(spec.idleTimeout()))
                        .put("start_method", spec.startMethod())
                        .put("task_timeout", nanos(spec.taskTimeout()))
                        .put("grace", spec.grace().toNanos())
                        .put("start_timeout", spec.startTimeout().toNanos())
                        .put("queue_limit", spec.queueLimit());
        var command = json.putArray("command");
        spec.command().forEach(command::add);
        var preload = json.putArray("preload");
        spec.preload().forEach(preload::add);
        var env = json.putObject("env");
        new TreeMap<>(spec.env()).forEach(env::put);
        return json.toString();
    }

    private static @Nullable Long nanos(@Nullable Duration duration) {
        return duration == null ? null : Long.valueOf(duration.toNanos());
    }

    static PoolSpec read(String text) {
        var json = JSON.readTree(text);
        var env = new TreeMap<String, String>();
        json.path("env")
                .properties()
                .forEach(entry -> env.put(entry.getKey(), entry.getValue().asString()));
        return new PoolSpec(
                Failures.text(json, "runtime"),
                WorkerKind.valueOf(Failures.text(json, "kind").toUpperCase(Locale.ROOT)),
                texts(json.path("command")),
                json.path("processes").asInt(),
                Failures.textOrNull(json, "initializer"),
                Payload.ofUtf8(Failures.text(json, "initargs")),
                Failures.number(json, "maxtasksperchild"),
                number(json, "max_memory_per_child"),
                duration(json, "max_age"),
                duration(json, "idle_timeout"),
                Failures.text(json, "start_method"),
                texts(json.path("preload")),
                env,
                duration(json, "task_timeout"),
                Duration.ofNanos(json.path("grace").asLong()),
                Duration.ofNanos(json.path("start_timeout").asLong()),
                json.path("queue_limit").asInt());
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(text -> texts.add(text.asString()));
        return texts;
    }

    private static @Nullable Long number(JsonNode json, String name) {
        return json.path(name).isNumber() ? Long.valueOf(json.path(name).asLong()) : null;
    }

    private static @Nullable Duration duration(JsonNode json, String name) {
        var nanos = number(json, name);
        return nanos == null ? null : Duration.ofNanos(nanos);
    }
}
