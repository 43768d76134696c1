package io.procpool.pool;

import io.procpool.function.Catalogue;
import io.procpool.function.FunctionsFolder.Fingerprint;
import io.procpool.runtime.Runtime;
import io.procpool.runtime.StartFailed;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The generation of a pool's workers that is current, and the step to the next one.
 *
 * <p>Threads: any. {@code rolling} lets one step be made at a time and is held while the next generation imports its modules, which
 * takes seconds; nothing on the way of a call that can be called takes it.
 */
final class Generations {
    private static final Logger LOG = LoggerFactory.getLogger(Generations.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private final String pool;
    private final Crew crew;
    private final Runnable onChange;
    private final ReentrantLock rolling = new ReentrantLock();
    private volatile Generation current;
    private volatile @Nullable Generation coming;
    private volatile PoolSpec spec;
    private volatile boolean unwanted;

    /** @param onChange runs after each step: workers of the former generation are to be replaced */
    Generations(String pool, Crew crew, PoolSpec spec, Runnable onChange) {
        this.pool = pool;
        this.crew = crew;
        this.onChange = onChange;
        this.spec = spec;
        this.current = generation(1, spec);
    }

    private Generation generation(int number, PoolSpec wanted) {
        return new Generation(number, pool, runtime(wanted), wanted, crew.folder());
    }

    private Generation next(PoolSpec wanted) {
        return generation(current.number() + 1, wanted);
    }

    Generation current() {
        return current;
    }

    PoolSpec spec() {
        return spec;
    }

    Runtime runtime() {
        return runtime(spec);
    }

    private Runtime runtime(PoolSpec wanted) {
        return crew.runtimes().find(wanted.runtime()).orElseThrow();
    }

    /**
     * Checks that {@code func} can be called. If it can't, but a source file has changed, that is read first: who writes a file and
     * calls it at once is not told that it is unknown.
     *
     * @param patience with a generation that is starting
     * @param inTrouble whether it can't start: then nobody knows, and nothing is refused
     */
    void require(String func, Duration patience, BooleanSupplier inTrouble) {
        var known = awaitCatalogue(patience, inTrouble);
        if (known != null && !known.has(func)) {
            rollOver();
            current.catalogue().orElse(known).require(func);
        }
    }

    private @Nullable Catalogue awaitCatalogue(Duration patience, BooleanSupplier inTrouble) {
        var generation = current;
        long deadline = System.nanoTime() + patience.toNanos();
        var known = generation.catalogue();
        while (known.isEmpty() && !inTrouble.getAsBoolean() && System.nanoTime() < deadline) {
            known = generation.awaitCatalogue(LOOK_AGAIN);
        }
        return known.orElse(null);
    }

    /**
     * Another specification, at once. If its workers are others than the former ones', a new generation takes over when it has
     * imported its modules; nobody waits for that here.
     */
    void respecify(PoolSpec wanted) {
        spec = wanted;
        crew.threads().execute(this::catchUp);
    }

    private void catchUp() {
        rolling.lock();
        try {
            var wanted = spec;
            if (!unwanted && !wanted.startsSameWorkers(current.spec())) {
                step(next(wanted));
            }
        } finally {
            rolling.unlock();
        }
    }

    /** Whether another generation is wanted than the current one: by the specification, or because the source files are these. */
    boolean isBehind(Fingerprint files) {
        return !current.isOf(files) || !spec.startsSameWorkers(current.spec());
    }

    /** Begins a new generation if the source files are not those of the current one, or the specification is not. */
    void rollOver() {
        catchUp();
        rolling.lock();
        try {
            var fresh = next(spec);
            if (!fresh.fingerprint().equals(current.fingerprint())) {
                LOG.info("Pool {}: the functions have changed, new workers take over", pool);
                step(fresh);
            }
        } finally {
            rolling.unlock();
        }
    }

    private void step(Generation fresh) {
        coming = fresh;
        if (unwanted) {
            return; // who breaks off may not have seen it
        }
        try {
            fresh.open(spec.startTimeout());
        } catch (StartFailed failure) {
            // The old workers serve on: each waits for its replacement, and the pool says why there
            // is none.
            if (!unwanted) {
                LOG.warn(
                        "Pool {}: the new generation of workers can't start: {}",
                        pool,
                        failure.getMessage());
            }
        }
        var former = current;
        current = fresh;
        coming = null;
        former.leave();
        if (unwanted) {
            fresh.close();
        }
        onChange.run();
    }

    /** No more workers are wanted: what is being started is broken off. Does not wait. */
    void breakOff() {
        unwanted = true;
        all().forEach(Generation::breakOff);
    }

    /** Ends what is left of the current generation, and of the next one. */
    void close() {
        breakOff();
        all().forEach(Generation::close);
    }

    private List<Generation> all() {
        return Stream.of(coming, current).filter(Objects::nonNull).distinct().toList();
    }
}
