package io.procpool.pool;

import io.procpool.pool.Pool.Health;
import io.procpool.problem.Refusal.PoolDegraded;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntSupplier;

/** What is wrong with a pool: workers that can't be started, places that are lost to workers that don't end. */
final class Diagnosis {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private final String pool;
    private final StartGate gate;
    private final Roster roster;
    private final IntSupplier processes;

    Diagnosis(String pool, StartGate gate, Roster roster, IntSupplier processes) {
        this.pool = pool;
        this.gate = gate;
        this.roster = roster;
        this.processes = processes;
    }

    Health health() {
        return gate.trouble()
                .<Health>map(
                        trouble ->
                                new Health.Degraded(
                                        trouble.cause(),
                                        trouble.failures(),
                                        trouble.untilNextTry()))
                .or(() -> shortage(1).map(cause -> new Health.Degraded(cause, 0, Duration.ZERO)))
                .orElseGet(Health.Ok::new);
    }

    /** Why nobody should wait for it; empty if there are or will be workers. */
    Optional<PoolDegraded> trouble() {
        return gate.trouble()
                .map(trouble -> new PoolDegraded(pool, trouble.cause(), trouble.untilNextTry()))
                .or(
                        () ->
                                shortage(processes.getAsInt())
                                        .map(cause -> new PoolDegraded(pool, cause, LOOK_AGAIN)));
    }

    /** That so many places or more are lost to workers that don't end, in words. */
    private Optional<String> shortage(int atLeast) {
        long lost = roster.count(WorkerState.UNKILLABLE);
        return lost < atLeast
                ? Optional.empty()
                : Optional.of(
                        lost
                                + " of "
                                + processes.getAsInt()
                                + " workers are unkillable: they were killed and have not ended");
    }
}
