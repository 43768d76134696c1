package io.procpool.web;

import io.procpool.pool.Pool;
import io.procpool.pool.Pools;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** The one line on stdout, once the default pool can serve or has said why not: for people and for scripts that start the service. */
@Component
final class ReadyLine {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LOOK_EVERY = Duration.ofMillis(5);

    private final Pools pools;
    private final Environment environment;

    ReadyLine(Pools pools, Environment environment) {
        this.pools = pools;
        this.environment = environment;
    }

    @EventListener(ApplicationReadyEvent.class)
    void print() throws IOException {
        var pool = pools.require(Pools.DEFAULT);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!pool.everReady()
                && pool.health() instanceof Pool.Health.Ok
                && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        System.out.println(
                "Procpool "
                        + Version.ours()
                        + " on "
                        + address()
                        + ", pool default: "
                        + describe(pool));
        System.out.flush();
    }

    private static String describe(Pool pool) {
        int processes = pool.spec().processes();
        var runtime =
                pool.runtimeDescription()
                        + ", "
                        + processes
                        + (processes == 1 ? " process" : " processes");
        return pool.health() instanceof Pool.Health.Degraded(var cause, _, _)
                ? runtime + ", degraded: " + cause
                : runtime;
    }

    private String address() {
        var host = environment.getProperty("server.address", "0.0.0.0");
        return "http://"
                + (host.contains(":") ? "[" + host + "]" : host)
                + ":"
                + environment.getProperty("local.server.port");
    }
}
