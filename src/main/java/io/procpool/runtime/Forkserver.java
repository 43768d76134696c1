package io.procpool.runtime;

import io.procpool.function.Catalogue;
import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import io.procpool.wire.ProtocolViolation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Python forkserver process and its control channel. It forks the workers, holds their un-reaped pids, and therefore also
 * signals them: a pid can't become another process's in between.
 *
 * <p>Threads: one virtual thread reads the channel until it ends. Any thread may write; {@code writing} keeps frames whole and
 * is held over the write of one small frame only.
 */
final class Forkserver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Forkserver.class);
    private static final Duration END_WITHIN = Duration.ofSeconds(2);

    /** For what a forkserver that has ended has written before. */
    private static final Duration LAST_WORDS = Duration.ofMillis(250);

    /** A fork takes milliseconds: who has not answered one for so long never will. */
    private static final Duration STUCK_AFTER = Duration.ofSeconds(10);

    /** What the forkserver says once, when it is ready. */
    record Ready(Catalogue catalogue, String startMethod, List<String> warnings) {}

    private final String pool;
    private final Process process;
    private final Connection control;
    private final int tailLimit;
    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicLong requests = new AtomicLong();
    private final Map<Long, CompletableFuture<Child>> forks = new ConcurrentHashMap<>();
    private final Map<Long, Child> children = new ConcurrentHashMap<>();
    private final CompletableFuture<Ready> ready = new CompletableFuture<>();
    private final CompletableFuture<String> lost = new CompletableFuture<>();
    private volatile @Nullable String importing;
    private volatile boolean closing;
    private volatile long askedNanos; // since when a fork has not been answered; 0: none is open

    Forkserver(String pool, Process process, Connection control, int tailLimit) {
        this.pool = pool;
        this.process = process;
        this.control = control;
        this.tailLimit = tailLimit;
        Thread.ofVirtual().name("forkserver-" + pool).start(this::read);
        // A module may have forked a process at its import that holds the other end of the channel:
        // its end would never be seen.
        var _ =
                process.onExit()
                        .thenRunAsync(
                                control::close,
                                CompletableFuture.delayedExecutor(
                                        LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** Completes with the catalogue, or exceptionally when the forkserver is lost before. */
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

    /** A worker's process. Its end comes as a report, or with the end of the forkserver. */
    final class Child implements WorkerProcess {
        private final long pid;

        /** Taken while the forkserver holds the pid: it knows another process of that number from this one. */
        private final Optional<ProcessHandle> handle;

        private final CompletableFuture<Exit> exit = new CompletableFuture<>();

        Child(long pid) {
            this.pid = pid;
            this.handle = ProcessHandle.of(pid);
        }

        @Override
        public long pid() {
            return pid;
        }

        @Override
        public CompletableFuture<Exit> exit() {
            return exit;
        }

        @Override
        public void signal(int signal) {
            trySend(
                    Frame.of(
                            Kind.SIGNAL,
                            0,
                            Header.of(Map.of("pid", pid, "signal", signal, "group", true))));
        }

        @Override
        public void abandon() {
            handle.ifPresent(ProcessHandle::destroyForcibly);
            if (ProcessMemory.isThere(pid)) {
                return; // it does not die: in uninterruptible sleep, most likely. No fault of the
                // forkserver's
            }
            LOG.error(
                    "The forkserver of pool {} does not report the end of worker {}: it is ended",
                    pool,
                    pid);
            process.destroyForcibly();
        }
    }

    /** Forks a worker and waits until it has said hello on its channels. */
    Worker start(WorkerSocket.Invitation invitation, Duration timeout) throws StartFailed {
        long deadline = System.nanoTime() + timeout.toNanos();
        var child = fork(invitation.token(), deadline);
        var calls = invitation.arrival("call");
        var output = invitation.arrival("output");
        try {
            var both = CompletableFuture.allOf(calls, output);
            get(CompletableFuture.anyOf(both, child.exit), deadline);
            if (!both.isDone()) {
                throw new StartFailed("a worker " + child.exit.join() + " before it said hello");
            }
            return new Worker(child, calls.join(), output.join(), tailLimit);
        } catch (IOException | StartFailed | TimeoutException failure) {
            child.signal(WorkerProcess.SIGKILL);
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

    private Child fork(String token, long deadline) throws StartFailed {
        long request = requests.incrementAndGet();
        var answer = new CompletableFuture<Child>();
        forks.put(request, answer);
        askedNanos = askedNanos == 0 ? System.nanoTime() : askedNanos;
        try {
            if (!trySend(Frame.of(Kind.FORK, request, Header.of(Map.of("token", token))))) {
                throw new StartFailed("the forkserver is gone");
            }
            return get(answer, deadline);
        } catch (TimeoutException late) {
            var _ = answer.thenAccept(child -> child.signal(WorkerProcess.SIGKILL));
            endIfStuck();
            throw new StartFailed("the forkserver did not fork a worker in time", late);
        } finally {
            forks.remove(request);
        }
    }

    private void endIfStuck() {
        long asked = askedNanos;
        if (asked != 0 && System.nanoTime() - asked > STUCK_AFTER.toNanos()) {
            LOG.error(
                    "The forkserver of pool {} does not answer any more: it is ended, with its workers",
                    pool);
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

    private boolean trySend(Frame frame) {
        writing.lock();
        try {
            control.send(frame);
            return true;
        } catch (IOException gone) {
            return false; // the reader sees the end of the channel and tells everybody
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
            LOG.debug("The channel of the forkserver of pool {} broke", pool, failure);
        } finally {
            end(); // whatever it was: everybody who waits for this forkserver is told
        }
    }

    private void take(Frame frame) {
        askedNanos = 0;
        var header = frame.header();
        switch (Kind.of(frame.kind()).orElse(Kind.ERROR)) {
            case FORKED -> {
                var child = new Child(header.number("pid", 0));
                children.put(child.pid, child);
                var answer = forks.get(frame.callId());
                if (answer == null || !answer.complete(child)) {
                    child.signal(WorkerProcess.SIGKILL); // whoever wanted it has given up
                }
            }
            case ERROR -> {
                var answer = forks.get(frame.callId());
                if (answer != null) {
                    answer.completeExceptionally(
                            new StartFailed(header.string("message", "no worker could be forked")));
                }
            }
            case EXITED -> {
                var child = children.remove(header.number("pid", 0));
                if (child != null) {
                    child.exit.complete(
                            new Exit(
                                    header.integer("exitcode"),
                                    header.integer("signal"),
                                    header.decimal("cpu_seconds", 0),
                                    header.number("peak_rss", 0),
                                    null));
                }
            }
            case IMPORTING -> importing = header.string("module");
            case CATALOGUE ->
                    ready.complete(
                            new Ready(
                                    Catalogue.of(
                                            header.objects("modules").stream()
                                                    .map(
                                                            module ->
                                                                    new Catalogue.Module(
                                                                            module.string(
                                                                                    "name", ""),
                                                                            Set.copyOf(
                                                                                    module.strings(
                                                                                            "functions")),
                                                                            module.string("error")))
                                                    .toList()),
                                    header.string("start_method", "forkserver"),
                                    header.strings("warnings")));
            default ->
                    LOG.warn(
                            "The forkserver of pool {} sent a frame of kind {}",
                            pool,
                            frame.kind());
        }
    }

    /** The channel has ended: so does the process, if it has not, and its workers die with it. */
    private void end() {
        String how;
        try {
            if (!process.waitFor(END_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
            int status = process.exitValue();
            how =
                    status > 128
                            ? "was killed by signal " + (status - 128)
                            : "exited with status " + status;
        } catch (InterruptedException interrupted) {
            how = "ended";
        }
        var cause = "the forkserver " + how;
        control.close();
        if (!closing) {
            LOG.warn("forkserver-lost: the forkserver of pool {} {}", pool, how);
        }
        lost.complete(
                cause); // first of all: whoever hears of a lost worker must find that no other
        // comes from here
        ready.completeExceptionally(new StartFailed(cause));
        forks.values().forEach(answer -> answer.completeExceptionally(new StartFailed(cause)));
        for (var child : children.values()) {
            if (!closing) {
                // The parent-death signal has reached the worker, but not its children.
                Posix.killGroup(child.pid);
            }
            child.exit.complete(Exit.unknown(cause));
        }
        children.clear();
    }

    @Override
    public void close() {
        closing = true;
        trySend(Frame.of(Kind.BYE, 0, Header.EMPTY));
        try {
            lost.get(END_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException stuck) {
            process.destroyForcibly();
            lost.join();
        } catch (ExecutionException | InterruptedException ended) {
            process.destroyForcibly();
        }
    }
}
