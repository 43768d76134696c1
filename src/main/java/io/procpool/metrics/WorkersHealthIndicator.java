package io.procpool.metrics;

import io.procpool.pool.Pools;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Part of readiness: the service is ready once a worker of the default pool has answered. */
@Component
final class WorkersHealthIndicator implements HealthIndicator {
    private final Pools pools;

    WorkersHealthIndicator(Pools pools) {
        this.pools = pools;
    }

    @Override
    public Health health() {
        var ready =
                pools.isRunning()
                        && pools.find(Pools.DEFAULT).filter(pool -> pool.everReady()).isPresent();
        return ready ? Health.up().build() : Health.outOfService().build();
    }
}
