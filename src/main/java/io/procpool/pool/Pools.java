package io.procpool.pool;

import io.procpool.function.FunctionSettings;
import io.procpool.function.FunctionsFolder;
import io.procpool.payload.LimitSettings;
import io.procpool.pool.PoolStore.StoredPool;
import io.procpool.problem.Refusal.Draining;
import io.procpool.problem.Refusal.PoolNotRunning;
import io.procpool.problem.Refusal.PoolPermanent;
import io.procpool.problem.Refusal.PoolUnknown;
import io.procpool.problem.Refused;
import io.procpool.runtime.Runtimes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * All pools of the service, by name.
 *
 * <p>Threads: any. {@code changing} lets one pool be made, changed or deleted at a time and is not needed to find one.
 */
@Component
public final class Pools implements SmartInitializingSingleton, SmartLifecycle, DisposableBean {
    public static final String DEFAULT = "default";

    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    private final PoolsSettings settings;
    private final PoolStore store;
    private final Surroundings surroundings;
    private final Crew crew;
    private final FolderWatch watch;
    private final OverTheApi overTheApi;
    private final ExecutorService threads =
            Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("crew-", 0).factory());
    private final Map<String, Pool> pools = new ConcurrentSkipListMap<>();
    private final Set<Pool> deleted = ConcurrentHashMap.newKeySet();
    private final ReentrantLock changing = new ReentrantLock();
    private volatile boolean running;
    private volatile boolean draining;

    Pools(
            PoolsSettings settings,
            PoolStore store,
            Runtimes runtimes,
            FunctionSettings functions,
            LimitSettings limits,
            Surroundings surroundings) {
        this.settings = settings;
        this.store = store;
        this.surroundings = surroundings;
        var folder = new FunctionsFolder(functions.path());
        this.crew =
                new Crew(
                        runtimes,
                        folder,
                        threads,
                        surroundings.listener(),
                        surroundings.requests(),
                        surroundings.backlog(),
                        new Answers(limits.json()),
                        surroundings.clock());
        this.overTheApi = new OverTheApi(functions, folder, runtimes);
        this.watch =
                new FolderWatch(
                        folder,
                        fingerprint -> pools.values().forEach(pool -> pool.rollOver(fingerprint)));
    }

    public static int cpuCount() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** Opens the configured and the stored pools: before the web server starts, which is a lifecycle's business. */
    @Override
    public void afterSingletonsInstantiated() {
        var preferred = crew.runtimes().preferred();
        var configured = new TreeMap<String, PoolSpec>();
        configured.put(DEFAULT, PoolSpec.defaults(preferred, cpuCount()));
        settings.pools()
                .forEach((name, pool) -> configured.put(name, pool.spec(preferred, cpuCount())));
        configured.forEach(
                (name, spec) ->
                        overTheApi.requireRuntime(
                                spec.runtime(),
                                why ->
                                        new IllegalArgumentException(
                                                "procpool.pools." + name + "." + why)));
        var closed = takeUpStored(configured);
        configured.forEach(this::open);
        closed.forEach(name -> require(name).close());
        watch.start();
    }

    /**
     * Pools that were made over the API. What waits for one that was terminated fails, if that was not come to.
     *
     * @param configured gets those that are to be opened
     * @return those that are to be closed then
     */
    private List<String> takeUpStored(Map<String, PoolSpec> configured) {
        var closed = new ArrayList<String>();
        for (var stored : store.all()) {
            var name = stored.name();
            if (stored.state() == PoolState.TERMINATE) {
                surroundings.backlog().drop(name);
                store.forget(name);
            } else if (configured.putIfAbsent(name, stored.spec()) == null
                    && stored.state() == PoolState.CLOSE) {
                closed.add(name);
            }
        }
        return closed;
    }

    @Override
    public void start() {
        running = true;
    }

    private Pool open(String name, PoolSpec spec) {
        var pool = new Pool(name, spec, crew);
        pools.put(name, pool);
        crew.listener().opened(pool);
        pool.staff();
        surroundings.backlog().opened(name);
        return pool;
    }

    /** @throws Refused {@link PoolUnknown} */
    public Pool require(String name) {
        return find(name).orElseThrow(() -> new Refused(new PoolUnknown(name)));
    }

    public Optional<Pool> find(String name) {
        return Optional.ofNullable(pools.get(name));
    }

    /** By name. */
    public Collection<Pool> all() {
        return List.copyOf(pools.values());
    }

    /** What they are kept in: {@code memory}, for example. */
    public String storedIn() {
        return store.kind();
    }

    public boolean draining() {
        return draining;
    }

    /** @throws Refused {@link Draining} once the service is shutting down */
    public void requireNotDraining() {
        if (draining) {
            throw new Refused(new Draining(RETRY_AFTER));
        }
    }

    /**
     * What {@link #put} or {@link #patch} did.
     *
     * @param spec what the pool was given; it may have another by now
     */
    public record Put(Pool pool, PoolSpec spec, boolean created) {}

    /**
     * Makes a pool, or gives a running one another specification. A pool that is closed or terminated and joined is made anew.
     *
     * @param condition sees the pool that is there before anything is changed, and may refuse; nobody changes it meanwhile
     * @throws Refused if the name or the runtime is none, or the pool has not ended yet
     */
    public Put put(String name, PoolSpec spec, Consumer<Optional<Pool>> condition) {
        requireNotDraining();
        OverTheApi.checkName(name);
        changing.lock();
        try {
            var existing = pools.get(name);
            condition.accept(Optional.ofNullable(existing));
            if (existing != null && existing.state() != PoolState.RUN && !existing.joined()) {
                throw new Refused(new PoolNotRunning(name, existing.state().name()));
            }
            overTheApi.check(spec, existing == null ? null : existing.spec());
            store.put(new StoredPool(name, spec, PoolState.RUN));
            if (existing != null && existing.state() == PoolState.RUN) {
                respecify(existing, spec);
                return new Put(existing, spec, false);
            }
            return new Put(open(name, spec), spec, true);
        } finally {
            changing.unlock();
        }
    }

    /**
     * Changes the specification of a running pool.
     *
     * @param change makes the new specification of the present one; nobody changes that meanwhile
     * @param condition as for {@link #put}
     * @throws Refused if there is no such pool, or it does not run
     */
    public Put patch(
            String name, UnaryOperator<PoolSpec> change, Consumer<Optional<Pool>> condition) {
        requireNotDraining();
        changing.lock();
        try {
            var pool = require(name);
            condition.accept(Optional.of(pool));
            pool.requireRunning();
            var spec = change.apply(pool.spec());
            overTheApi.check(spec, pool.spec());
            store.put(new StoredPool(name, spec, PoolState.RUN));
            respecify(pool, spec);
            return new Put(pool, spec, false);
        } finally {
            changing.unlock();
        }
    }

    private static void respecify(Pool pool, PoolSpec spec) {
        if (!pool.spec().equals(spec)) {
            pool.respecify(spec);
        }
    }

    public void close(String name) {
        end(name, PoolState.CLOSE);
    }

    public void terminate(String name) {
        end(name, PoolState.TERMINATE);
    }

    private void end(String name, PoolState state) {
        changing.lock();
        try {
            var pool = require(name);
            if (pool.state() == PoolState.TERMINATE) {
                return;
            }
            boolean stored = store.find(name).isPresent();
            if (stored || state == PoolState.TERMINATE) {
                store.put(new StoredPool(name, pool.spec(), state));
            }
            if (state == PoolState.CLOSE) {
                pool.close();
                return;
            }
            terminate(pool);
            if (!stored) {
                store.forget(name); // a configured one is there again when the service starts
            }
        } finally {
            changing.unlock();
        }
    }

    /** What waits for it elsewhere fails too. It is on record as terminated by now: a service that is killed here goes on with that when it starts again. */
    private void terminate(Pool pool) {
        pool.terminate();
        surroundings.backlog().drop(pool.name());
    }

    /**
     * Terminates a pool and forgets it. Its results stay.
     *
     * @param condition as for {@link #put}
     * @throws Refused if there is none, or it is {@link #DEFAULT}
     */
    public void delete(String name, Consumer<Optional<Pool>> condition) {
        if (name.equals(DEFAULT)) {
            throw new Refused(new PoolPermanent(name));
        }
        changing.lock();
        try {
            var pool = require(name);
            condition.accept(Optional.of(pool));
            store.put(new StoredPool(name, pool.spec(), PoolState.TERMINATE));
            terminate(pool);
            pools.remove(name);
            deleted.removeIf(Pool::joined);
            deleted.add(pool);
            store.forget(name);
            crew.listener().forgotten(pool);
        } finally {
            changing.unlock();
        }
    }

    /**
     * Shutdown: no more work is taken, what there is gets the longest grace of all pools to finish, then everything is killed. Runs
     * before the web server stops, so that whoever waits is answered.
     */
    @Override
    public void stop() {
        draining = true;
        running = false;
        surroundings.backlog().suspend();
        watch.stop();
        var ending = new ArrayList<>(all());
        ending.addAll(deleted); // their workers may still be on their way out
        Drain.of(ending);
        threads.shutdown();
    }

    /** A service that could not start has pools all the same. */
    @Override
    public void destroy() {
        if (!draining) {
            stop();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Stopped first. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }
}
