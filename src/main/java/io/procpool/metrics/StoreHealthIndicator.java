package io.procpool.metrics;

import io.procpool.job.StoreCondition;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Part of readiness: a full store refuses what is new and serves all else, a failed one serves nothing. */
@Component
final class StoreHealthIndicator implements HealthIndicator {
    private final StoreCondition store;

    StoreHealthIndicator(StoreCondition store) {
        this.store = store;
    }

    @Override
    public Health health() {
        var health =
                switch (store.state()) {
                    case WELL, FULL -> Health.up();
                    case DAMAGED, FAILED -> Health.down();
                };
        if (!store.sentence().isEmpty()) {
            health.withDetail("problem", store.sentence());
        }
        return health.withDetail("durability", store.durability()).build();
    }
}
