package io.procpool.store;

import io.procpool.payload.Payload;
import io.procpool.pool.PoolSpec;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/** What a pool is to be, as a JSON text. */
final class SpecJson {
    private SpecJson() {}

    static String write(PoolSpec spec) {
        var json =
                Json.object()
                        .put("runtime", spec.runtime())
                        .put("kind", spec.kindLabel())
                        .put("processes", spec.processes())
                        .put("initializer", spec.initializer())
                        .put("initargs", spec.initargs().utf8())
                        .put("maxtasksperchild", spec.maxtasksperchild())
                        .put("max_memory_per_child", spec.maxMemoryPerChild())
                        .put("max_age", Json.said(spec.maxAge()))
                        .put("idle_timeout", Json.said(spec.idleTimeout()))
                        .put("start_method", spec.startMethod())
                        .put("task_timeout", Json.said(spec.taskTimeout()))
                        .put("grace", spec.grace().toString())
                        .put("start_timeout", spec.startTimeout().toString())
                        .put("queue_limit", spec.queueLimit());
        json.set("command", Json.strings(spec.command()));
        json.set("preload", Json.strings(spec.preload()));
        json.set("env", Json.map(spec.env()));
        return Json.text(json);
    }

    static PoolSpec read(String text) {
        JsonNode json = Json.read(text);
        return new PoolSpec(
                Json.text(json, "runtime"),
                PoolSpec.kindLabelled(Json.text(json, "kind")),
                Json.strings(json.get("command")),
                Json.integer(json, "processes"),
                Json.textOrNull(json, "initializer"),
                Payload.ofUtf8(Json.text(json, "initargs")),
                Json.integerOrNull(json, "maxtasksperchild"),
                Json.numberOrNull(json, "max_memory_per_child"),
                Json.duration(json, "max_age"),
                Json.duration(json, "idle_timeout"),
                Json.text(json, "start_method"),
                Json.strings(json.get("preload")),
                Json.map(json.get("env")),
                Json.duration(json, "task_timeout"),
                Objects.requireNonNull(Json.duration(json, "grace")),
                Objects.requireNonNull(Json.duration(json, "start_timeout")),
                Json.integer(json, "queue_limit"));
    }
}
