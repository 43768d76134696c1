package io.procpool.runtime;

import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import io.procpool.wire.ProtocolViolation;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that starts workers when it is asked to, and its control channel: a Python forkserver, which forks them, or a thread
 * host, whose workers are threads of its own. docs/protocol.md has what is said on the channel.
 *
 * <p>Threads: one virtual thread reads the channel until it ends. Any thread may write; {@code writing} keeps frames whole and
 * is held over the write of one small frame only.
 */
final class HostProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostProcess.class);
    private static final Duration END_WITHIN = Duration.ofSeconds(2);
    private static final Duration KILL_SEEN_WITHIN = Duration.ofSeconds(5);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    /** For what a process that has ended has written before. */
    private static final Duration LAST_WORDS = Duration.ofMillis(250);

    /** To start a worker takes it milliseconds: who has not answered for so long never will. */
    private static final Duration STUCK_AFTER = Duration.ofSeconds(10);

    /** What its workers are. */
    enum Workers {
        /** Processes that it forks, whose un-reaped pids it holds: it also signals them. */
        FORKED,
        /** Threads of its own. Who has to kill one has to kill it. */
        THREADS,
        /** One thread of its own, with which it ends. */
        ITSELF
    }

    /** A worker of it. */
    interface Hosted extends WorkerProcess {
        /** It has reported the worker's end. */
        void ended(Exit exit);

        /** Whether it is still there though its host has ended. */
        default boolean isThere() {
            return false;
        }

        /**
         * It has ended itself, and the worker with it.
         *
         * @param how in words
         */
        void lostWith(Exit host, String how);
    }

    private final String name;
    private final Workers kind;
    private final Process process;
    private final Connection control;
    private final int tailLimit;
    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicLong requests = new AtomicLong();
    private final Map<Long, CompletableFuture<Hosted>> forks = new ConcurrentHashMap<>();
    private final Map<Long, Hosted> workers = new ConcurrentHashMap<>();
    private final CompletableFuture<Ready> ready = new CompletableFuture<>();
    private final CompletableFuture<String> lost = new CompletableFuture<>();
    private volatile @Nullable String importing;
    private volatile boolean closing;
    private volatile boolean signalled;
    private volatile long askedNanos; // since when a fork has not been answered; 0: none is open

    /** @param name for people: what it is, and of which pool */
    HostProcess(String name, Workers kind, Process process, Connection control, int tailLimit) {
        this.name = name;
        this.kind = kind;
        this.process = process;
        this.control = control;
        this.tailLimit = tailLimit;
        Thread.ofVirtual().name(name).start(this::read);
        // A module may have forked a process at its import that holds the other end of the channel:
        // its end would never be seen.
        var _ =
                process.onExit()
                        .thenRunAsync(
                                control::close,
                                CompletableFuture.delayedExecutor(
                                        LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS));
    }

    String name() {
        return name;
    }

    Process process() {
        return process;
    }

    /** Completes with the catalogue, or exceptionally when the process is lost before. */
    CompletableFuture<Ready> ready() {
        return ready;
    }

    /** The module whose import has begun last, if one has. */
    @Nullable String importing() {
        return importing;
    }

    /** Completes with the cause when the process and so all its workers are gone. */
    CompletableFuture<String> lost() {
        return lost;
    }

    /** Whether its end was asked for. */
    boolean closing() {
        return closing;
    }

    /** Signals it and all that its workers have started. */
    void signal(int signal) {
        signalled = true;
        if (process.isAlive() && !Posix.signalGroup(process.pid(), signal)) {
            if (signal
                    == WorkerProcess.SIGKILL) { // it leads no group: not yet, or not on this system
                process.destroyForcibly();
            } else {
                process.destroy();
            }
        }
    }

    /** SIGKILL has shown no effect: all workers but one, which is to be watched further, are told that they are lost. */
    void abandon(Hosted watched) {
        process.destroyForcibly();
        var how = "the " + name + " does not end";
        workers.values().stream()
                .filter(worker -> !worker.equals(watched))
                .forEach(worker -> worker.lostWith(Exit.unknown(how), how));
    }

    /** Whether {@link #signal} was called. */
    boolean signalled() {
        return signalled;
    }

    /** Starts a worker and waits until it has said hello on its channels. */
    Worker start(WorkerSocket.Invitation invitation, Duration timeout) throws StartFailed {
        long deadline = System.nanoTime() + timeout.toNanos();
        var worker = fork(invitation.token(), deadline);
        var calls = invitation.arrival("call");
        var output = invitation.arrival("output");
        try {
            var both = CompletableFuture.allOf(calls, output);
            get(CompletableFuture.anyOf(both, worker.exit()), deadline);
            if (!both.isDone()) {
                throw new StartFailed("a worker " + worker.exit().join() + " before it said hello");
            }
            return new Worker(worker, calls.join(), output.join(), tailLimit);
        } catch (IOException | StartFailed | TimeoutException failure) {
            worker.discard();
            var _ = calls.thenAccept(Connection::close);
            var _ = output.thenAccept(Connection::close);
            throw failure instanceof StartFailed known
                    ? known
                    : new StartFailed(
                            "a worker did not say hello within "
                                    + timeout.toMillis() / 1000.0
                                    + " s",
                            failure);
        }
    }

    private Hosted fork(String token, long deadline) throws StartFailed {
        long request = requests.incrementAndGet();
        var answer = new CompletableFuture<Hosted>();
        forks.put(request, answer);
        askedNanos = askedNanos == 0 ? System.nanoTime() : askedNanos;
        try {
            if (!trySend(Frame.of(Kind.FORK, request, Header.of(Map.of("token", token))))) {
                throw new StartFailed("the " + name + " is gone");
            }
            return get(answer, deadline);
        } catch (TimeoutException late) {
            var _ = answer.thenAccept(WorkerProcess::discard);
            endIfStuck();
            throw new StartFailed("the " + name + " did not start a worker in time", late);
        } finally {
            forks.remove(request);
        }
    }

    /** A thread host is not stuck: code in C that one of its tasks runs may hold the interpreter's lock for long. */
    private void endIfStuck() {
        long asked = askedNanos;
        if (kind != Workers.THREADS
                && asked != 0
                && System.nanoTime() - asked > STUCK_AFTER.toNanos()) {
            LOG.error("The {} does not answer any more: it is ended, with its workers", name);
            process.destroyForcibly();
        }
    }

    private static <T> T get(CompletableFuture<T> future, long deadline)
            throws StartFailed, TimeoutException {
        try {
            return future.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failure) {
            throw StartFailed.because(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StartFailed("interrupted", interrupted);
        }
    }

    /** Returns false if the channel has ended: then its reader tells everybody */
    boolean trySend(Frame frame) {
        writing.lock();
        try {
            control.send(frame);
            return true;
        } catch (IOException gone) {
            return false;
        } finally {
            writing.unlock();
        }
    }

    private void read() {
        try {
            for (var frame = control.reader().read();
                    frame != null;
                    frame = control.reader().read()) {
                take(frame);
            }
        } catch (IOException | ProtocolViolation failure) {
            LOG.debug("The channel of the {} broke", name, failure);
        } finally {
            end(); // whatever it was: everybody who waits for this process is told
        }
    }

    private void take(Frame frame) {
        askedNanos = 0;
        var header = frame.header();
        switch (Kind.of(frame.kind()).orElse(Kind.ERROR)) {
            case FORKED -> {
                long number = header.number("pid", 0);
                var worker = worker(number, header.number("process", process.pid()));
                workers.put(number, worker);
                var answer = forks.get(frame.callId());
                if (answer == null || !answer.complete(worker)) {
                    worker.discard(); // whoever wanted it has given up
                }
            }
            case ERROR -> {
                var answer = forks.get(frame.callId());
                if (answer != null) {
                    answer.completeExceptionally(
                            new StartFailed(
                                    header.string("message", "no worker could be started")));
                }
            }
            case EXITED -> {
                var worker = workers.get(header.number("pid", 0));
                if (worker != null) {
                    worker.ended(
                            new Exit(
                                    header.integer("exitcode"),
                                    header.integer("signal"),
                                    header.decimal("cpu_seconds", 0),
                                    header.number("peak_rss", 0),
                                    null));
                    workers.values().removeIf(one -> one.exit().isDone());
                }
            }
            case IMPORTING -> importing = header.string("module");
            case CATALOGUE -> ready.complete(Ready.of(frame));
            default -> LOG.warn("The {} sent a frame of kind {}", name, frame.kind());
        }
    }

    private Hosted worker(long number, long pid) {
        return switch (kind) {
            case FORKED -> new ForkedWorker(this, number);
            case THREADS -> new HostedThread(this, pid, false);
            case ITSELF -> new HostedThread(this, pid, true);
        };
    }

    /** The channel has ended: so does the process, if it has not, and its workers die with it. */
    private void end() {
        Exit exit;
        try {
            if (!process.waitFor(END_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
            exit = Exit.of(process);
            if (kind != Workers.FORKED) {
                // What its tasks have started. At once: an empty group's number may become
                // another's.
                Posix.signalGroup(process.pid(), WorkerProcess.SIGKILL);
            }
        } catch (InterruptedException interrupted) {
            exit = Exit.unknown("ended");
        }
        var how = "the " + name + " " + exit;
        control.close();
        if (!closing && kind != Workers.ITSELF) {
            LOG.warn("{}-lost: {}", kind == Workers.FORKED ? "forkserver" : "host", how);
        }
        // First of all: whoever hears of a lost worker must find that no other comes from here.
        lost.complete(how);
        ready.completeExceptionally(new StartFailed(how));
        forks.values().forEach(answer -> answer.completeExceptionally(new StartFailed(how)));
        loseAll(exit, how);
    }

    /** A process that it has started to run threads in may stay for a while yet: in uninterruptible sleep. */
    private void loseAll(Exit exit, String how) {
        while (!workers.isEmpty()) {
            workers.values()
                    .removeIf(
                            worker -> {
                                if (worker.isThere()) {
                                    return false;
                                }
                                worker.lostWith(exit, how);
                                return true;
                            });
            if (!workers.isEmpty()) {
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        trySend(Frame.of(Kind.BYE, 0, Header.EMPTY));
        if (!awaitLost(END_WITHIN)) {
            process.destroyForcibly();
            if (!awaitLost(KILL_SEEN_WITHIN)) {
                LOG.error("The {} has not ended after SIGKILL: nobody waits for it", name);
            }
        }
    }

    private boolean awaitLost(Duration patience) {
        try {
            lost.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException still) {
            return false;
        }
    }
}
