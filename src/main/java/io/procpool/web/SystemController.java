package io.procpool.web;

import io.procpool.job.JobStore;
import io.procpool.job.Retries;
import io.procpool.payload.InFlight;
import io.procpool.payload.LimitSettings;
import io.procpool.pool.PoolSpec;
import io.procpool.pool.Pools;
import io.procpool.runtime.HostFacts;
import io.procpool.runtime.Runtime;
import io.procpool.runtime.Runtimes;
import io.procpool.runtime.WorkerKind;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/system}: what this service is, and what it and its machine can do. No paths, no environment, no secrets. */
@RestController
final class SystemController {
    private final Pools pools;
    private final Runtimes runtimes;
    private final LimitSettings limits;
    private final InFlight inFlight;
    private final JobStore store;
    private final long startedNanos = System.nanoTime();

    SystemController(
            Pools pools,
            Runtimes runtimes,
            LimitSettings limits,
            InFlight inFlight,
            JobStore store) {
        this.store = store;
        this.pools = pools;
        this.runtimes = runtimes;
        this.limits = limits;
        this.inFlight = inFlight;
    }

    @GetMapping("/v1/system")
    void get(HttpServletResponse response) throws IOException {
        var host = runtimes.host();
        var json = new LinkedHashMap<String, Object>();
        json.put("versions", versions());
        json.put("cpu_count", host.cpuCount());
        json.put("memory", memory(host));
        json.put("runtimes", runtimes.all().stream().map(SystemController::write).toList());
        json.put("limits", limits());
        json.put("host", write(host));
        json.put("pools", pools.all().size());
        json.put("uptime", uptime());
        json.put("draining", pools.draining());
        json.put("store", pools.storedIn());
        Json.send(response, 200, json);
    }

    private static Map<String, Object> versions() throws IOException {
        return Json.object(
                "procpool",
                Version.ours(),
                "java",
                System.getProperty("java.version"),
                "os",
                System.getProperty("os.name"),
                "kernel",
                System.getProperty("os.version"),
                "arch",
                System.getProperty("os.arch"));
    }

    private static Map<String, @Nullable Object> memory(HostFacts host) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        var total = host.memory();
        json.put("total", total.isPresent() ? total.getAsLong() : null);
        json.put("heap_max", host.heap());
        return json;
    }

    private static Map<String, Object> write(Runtime runtime) {
        return Json.object(
                "name",
                runtime.name(),
                "available",
                runtime.available(),
                "description",
                runtime.description(),
                "kinds",
                runtime.kinds().stream().map(WorkerKind::label).toList(),
                "start_methods",
                runtime.startMethods());
    }

    private Map<String, Object> limits() {
        var holdings = store.holdings();
        return Json.object(
                "body",
                limits.body().toBytes(),
                "nesting",
                limits.nesting(),
                "output_tail",
                limits.outputTail().toBytes(),
                "in_flight",
                Json.object("limit", inFlight.limit(), "used", inFlight.held()),
                "store",
                Json.object("limit", holdings.limit(), "used", holdings.bytes()),
                "batch",
                BatchBody.MOST,
                "retries",
                Retries.MOST,
                "labels",
                Labels.MOST,
                "queue_limit",
                PoolSpec.QUEUE_LIMIT,
                "processes",
                PoolSpec.MOST_PROCESSES);
    }

    private static Map<String, Object> write(HostFacts host) {
        return Json.object(
                "kill_groups",
                host.signalsGroups(),
                "setsid",
                host.setsid(),
                "setpriv",
                host.setpriv(),
                "private_memory",
                host.privateMemory(),
                "cgroup_controllers",
                host.cgroupControllers(),
                "bubblewrap",
                host.bubblewrap());
    }

    private Object uptime() {
        var up = Duration.ofNanos(System.nanoTime() - startedNanos);
        return Json.seconds(Duration.ofMillis(up.toMillis()));
    }
}
