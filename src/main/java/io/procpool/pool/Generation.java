package io.procpool.pool;

import io.procpool.function.Catalogue;
import io.procpool.function.FunctionsFolder;
import io.procpool.function.FunctionsFolder.Fingerprint;
import io.procpool.runtime.LaunchSpec;
import io.procpool.runtime.Launcher;
import io.procpool.runtime.Patience;
import io.procpool.runtime.Runtime;
import io.procpool.runtime.StartFailed;
import io.procpool.runtime.Worker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The workers of a pool that were started from the same specification and the same source files. A changed file or specification
 * begins a new generation; the old one is closed when its last worker has gone.
 *
 * <p>Threads: any. {@code opening} is held while the launcher is opened, so that all who need it wait for the one; {@code books}
 * guards the counts and is held for moments. Never both but in this order.
 */
final class Generation {
    /** A launcher that is being opened goes when it is told so; only what is unkillable takes longer. */
    private static final Duration BROKEN_OFF_WITHIN = Duration.ofSeconds(5);

    private final int number;
    private final Runtime runtime;
    private final PoolSpec spec;
    private final LaunchSpec launch;
    private final FunctionsFolder folder;
    private final ReentrantLock opening = new ReentrantLock();
    private final ReentrantLock books = new ReentrantLock();
    private final CountDownLatch opened = new CountDownLatch(1);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile @Nullable Launcher launcher;
    private volatile String fingerprint;
    private int members;
    private boolean left;

    /** @param number counts the pool's generations from 1 */
    Generation(int number, String pool, Runtime runtime, PoolSpec spec, FunctionsFolder folder) {
        this.number = number;
        this.runtime = runtime;
        this.spec = spec;
        this.launch = spec.launch(pool);
        this.folder = folder;
        this.fingerprint = fingerprintNow();
    }

    private String fingerprintNow() {
        return fingerprint(folder.fingerprint());
    }

    private String fingerprint(Fingerprint files) {
        return files.of(runtime::isSource) + runtime.fingerprint(launch);
    }

    /** Whether its workers are programs of others, whose answers have to be checked. */
    boolean foreign() {
        return runtime.foreign();
    }

    int number() {
        return number;
    }

    PoolSpec spec() {
        return spec;
    }

    /** Of the folder whose modules were imported; like no other if it changed meanwhile, as then nobody knows which were. */
    String fingerprint() {
        return fingerprint;
    }

    /** Whether these are the files that its modules were imported from. */
    boolean isOf(Fingerprint files) {
        return fingerprint(files).equals(fingerprint);
    }

    /**
     * Opens the launcher if there is none that can start workers.
     *
     * @param within for the start of a worker, if it has to start one for that
     */
    Launcher open(Duration within) throws StartFailed {
        opening.lock();
        try {
            var current = launcher;
            if (current != null && current.usable()) {
                return current;
            }
            requireWanted();
            fingerprint = fingerprintNow();
            var fresh = runtime.open(launch, new Patience(within, ended));
            if (!fingerprintNow().equals(fingerprint)) {
                fingerprint = "changed during the import";
            }
            launcher = fresh;
            opened.countDown();
            if (ended.isDone()) {
                fresh.close();
            }
            requireWanted();
            return fresh;
        } finally {
            opening.unlock();
        }
    }

    private void requireWanted() throws StartFailed {
        if (ended.isDone()) {
            throw new StartFailed("the pool was terminated");
        }
    }

    /** Starts a worker, which counts as a member from now until {@link #gone}. */
    Worker start(Duration within) throws StartFailed {
        count(1);
        try {
            return open(within).start(within);
        } catch (StartFailed | RuntimeException failure) {
            count(-1);
            throw failure;
        }
    }

    /** A member has ended. */
    void gone() {
        count(-1);
    }

    private void count(int change) {
        boolean last;
        books.lock();
        try {
            members += change;
            last = left && members == 0;
        } finally {
            books.unlock();
        }
        if (last) {
            close();
        }
    }

    /** No more workers will be started here: it is closed with its last one. */
    void leave() {
        books.lock();
        try {
            left = true;
        } finally {
            books.unlock();
        }
        count(0);
    }

    /** No more workers are wanted: what is being started here is broken off. Who serves is left alone. Does not wait. */
    void breakOff() {
        ended.complete(null);
    }

    /** Ends every worker it has left, and what is being started. */
    void close() {
        breakOff();
        awaitBrokenOff();
        var current = launcher;
        if (current != null) {
            current.close();
        }
    }

    private void awaitBrokenOff() {
        try {
            if (opening.tryLock(BROKEN_OFF_WITHIN.toNanos(), TimeUnit.NANOSECONDS)) {
                opening.unlock();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What can be called, once that is known. */
    Optional<Catalogue> catalogue() {
        return Optional.ofNullable(launcher).map(Launcher::catalogue);
    }

    /** As {@link #catalogue}, after a wait for it. */
    Optional<Catalogue> awaitCatalogue(Duration patience) {
        try {
            opened.await(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return catalogue();
    }

    Optional<Launcher> launcher() {
        return Optional.ofNullable(launcher);
    }
}
