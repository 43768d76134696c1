package io.procpool.web;

import io.procpool.pool.Pool;
import io.procpool.pool.PoolSpec;
import io.procpool.pool.WorkerState;
import io.procpool.pool.WorkerView;
import io.procpool.runtime.Launcher;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A pool's specification and state, as JSON. */
final class PoolJson {
    private PoolJson() {}

    static Map<String, @Nullable Object> write(Pool pool) {
        return write(pool, pool.spec());
    }

    /** @param spec the one to show: another may be in force at the next look */
    static Map<String, @Nullable Object> write(Pool pool, PoolSpec spec) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("name", pool.name());
        json.put("state", pool.state().name());
        json.put("health", health(pool.health()));
        json.putAll(SpecJson.write(spec));
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
        json.put(
                "links",
                Json.object(
                        "self",
                        self,
                        "workers",
                        self + "/workers",
                        "functions",
                        "/v1/functions?pool=" + pool.name()));
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

    static Map<String, @Nullable Object> write(WorkerView worker) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("id", Long.toString(worker.id()));
        json.put("name", "PoolWorker-" + worker.id());
        json.put("pid", worker.pid());
        json.put("generation", worker.generation());
        json.put("state", worker.state().label());
        json.put("retiring", worker.retiring());
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
