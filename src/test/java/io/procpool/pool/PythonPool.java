package io.procpool.pool;

import io.procpool.function.FunctionSettings;
import io.procpool.function.FunctionsFolder;
import io.procpool.payload.LimitSettings;
import io.procpool.payload.Limits;
import io.procpool.runtime.RuntimeSettings;
import io.procpool.runtime.Runtimes;
import io.procpool.service.JarOfTheTests;
import io.procpool.service.Waiting;
import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.util.unit.DataSize;

/** A pool of real Python workers, without jobs and HTTP before it. Its functions are those of {@code src/test/functions}. */
final class PythonPool implements AutoCloseable {
    private static final AtomicInteger POOLS = new AtomicInteger();
    private static final AtomicInteger BEGUN = new AtomicInteger();
    private static final FunctionSettings FUNCTIONS =
            new FunctionSettings(
                    List.of(Path.of("src/test/functions"), JarOfTheTests.folder()),
                    List.of("math.*"));

    /** An exit of a worker. */
    record Exited(ExitReason reason, int served) {}

    final Pool pool;

    /** What waits for it elsewhere. */
    final Shelf shelf = new Shelf();

    private final List<Exited> exits = new CopyOnWriteArrayList<>();
    private final AtomicInteger failedStarts = new AtomicInteger();

    /** One home and one socket for all pools of this JVM, as in a service. */
    private static final class Shared {
        static final LimitSettings LIMITS =
                new LimitSettings(DataSize.ofMegabytes(64), 500, DataSize.ofKilobytes(64), 0.25);
        static final Runtimes RUNTIMES = runtimes();

        private static Runtimes runtimes() {
            try {
                var home = Files.createTempDirectory("procpool-test");
                var context = new AnnotationConfigApplicationContext();
                context.registerBean(
                        RuntimeSettings.class, () -> new RuntimeSettings(home, "", ""));
                context.registerBean(FunctionSettings.class, () -> FUNCTIONS);
                context.registerBean(LimitSettings.class, () -> LIMITS);
                context.register(Runtimes.class);
                context.refresh();
                java.lang.Runtime.getRuntime().addShutdownHook(new Thread(context::close));
                return context.getBean(Runtimes.class);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    PythonPool(PoolSpec spec) {
        var threads =
                Executors.newCachedThreadPool(
                        Thread.ofPlatform().daemon().name("crew-", 0).factory());
        var crew =
                new Crew(
                        Shared.RUNTIMES,
                        new FunctionsFolder(FUNCTIONS.path()),
                        threads,
                        new PoolListener() {
                            @Override
                            public void workerExited(PoolListener.Exited exited) {
                                exits.add(new PythonPool.Exited(exited.reason(), exited.served()));
                            }

                            @Override
                            public void workerStartFailed(String pool) {
                                failedStarts.incrementAndGet();
                            }
                        },
                        PythonPool::notSupported,
                        shelf,
                        new Answers(Limits.DEFAULT),
                        Clock.systemUTC());
        pool = new Pool("inner-" + POOLS.incrementAndGet(), spec, crew);
        pool.staff();
    }

    /** All pools of a service with these runtimes: a default one, and what is stored. */
    static Pools pools(PoolStore store, Backlog backlog) {
        return new Pools(
                new PoolsSettings(Map.of()),
                store,
                Shared.RUNTIMES,
                FUNCTIONS,
                Shared.LIMITS,
                new Surroundings(List.of(), PythonPool::notSupported, backlog, Clock.systemUTC()));
    }

    private static Frame notSupported(String reference, Frame ask) {
        return Frame.of(Kind.ANSWER, ask.callId(), Header.of(Map.of("problem", "not-supported")));
    }

    /** A pool that is ready: all its workers are idle. */
    static PythonPool of(PoolSpec spec) throws InterruptedException {
        var pool = new PythonPool(spec);
        pool.awaitIdle(spec.processes());
        return pool;
    }

    /** The defaults but for these. */
    static PoolSpec spec(int processes, Integer maxtasksperchild, Duration grace) {
        var plain = PoolSpec.defaults("python", processes);
        return new PoolSpec(
                plain.runtime(),
                plain.kind(),
                plain.command(),
                plain.processes(),
                null,
                plain.initargs(),
                maxtasksperchild,
                null,
                null,
                null,
                plain.startMethod(),
                plain.preload(),
                plain.env(),
                plain.taskTimeout(),
                grace,
                plain.startTimeout(),
                plain.queueLimit());
    }

    static PoolSpec spec(int processes) {
        return spec(processes, null, Duration.ofSeconds(1));
    }

    Asked call(String func, String args) {
        return call(func, args, null);
    }

    Asked call(String func, String args, Duration timeout) {
        var asked = new Asked(func, args, timeout);
        pool.submit(asked);
        return asked;
    }

    /** One that must have a worker of its own. */
    Asked fresh(String func, String args) {
        var asked = new Asked(func, args, null, new Call.Origin("fresh " + func, 0, 2, true));
        pool.submit(asked);
        return asked;
    }

    /**
     * A call that never ends, and has begun in its worker. (Of one whose worker dies before it has read it nothing is lost: it is given
     * to another.)
     */
    Asked hanging(Path folder) throws InterruptedException {
        var begun = folder.resolve("begun-" + BEGUN.incrementAndGet());
        var asked = call("rooms.hang", "[\"" + begun + "\"]");
        Waiting.until("it has begun", () -> Files.exists(begun));
        return asked;
    }

    List<WorkerView> workers() {
        return pool.workers();
    }

    List<Long> pids() {
        return workers().stream().map(WorkerView::pid).toList();
    }

    List<Exited> exits() {
        return List.copyOf(exits);
    }

    int failedStarts() {
        return failedStarts.get();
    }

    void awaitIdle(int count) throws InterruptedException {
        Waiting.until(
                count + " workers are idle, and no other is there",
                () ->
                        pool.countWorkers(WorkerState.IDLE) == count
                                && pool.workers().size() == count);
    }

    void awaitExits(ExitReason... reasons) throws InterruptedException {
        Waiting.until(
                "workers have ended by " + List.of(reasons) + ", not only " + exits,
                () -> exits.stream().map(Exited::reason).toList().equals(List.of(reasons)));
    }

    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    static boolean alive(long pid) {
        return ProcessHandle.of(pid).isPresent();
    }

    @Override
    public void close() throws InterruptedException {
        pool.terminate();
        Waiting.until(pool.name() + " has ended", pool::joined);
    }
}
