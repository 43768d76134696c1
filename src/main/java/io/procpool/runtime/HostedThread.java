package io.procpool.runtime;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A worker that is a thread of its host process. A thread can't be killed: who signals it signals the host, and the other threads go
 * with it, which is no fault of their tasks.
 */
final class HostedThread implements HostProcess.Hosted {
    private final HostProcess host;
    private final long pid;

    /** Knows another process of that number from this one. */
    private final Optional<ProcessHandle> handle;

    private final boolean sole;
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();
    private volatile boolean signalled;

    /**
     * @param pid of the process whose thread it is: the host, or a child of it
     * @param sole the only worker of its host, which ends with it: then the end that counts is that of the process
     */
    HostedThread(HostProcess host, long pid, boolean sole) {
        this.host = host;
        this.pid = pid;
        this.handle = ProcessHandle.of(pid);
        this.sole = sole;
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
    public boolean isShared() {
        return !sole;
    }

    @Override
    public void signal(int signal) {
        if (!exit.isDone()) { // else the process is the others' alone
            signalled = true;
            host.signal(signal);
        }
    }

    /** One thread in uninterruptible sleep holds up the end of all: the others need not wait for it. */
    @Override
    public void abandon() {
        host.abandon(this);
    }

    @Override
    public boolean isThere() {
        return ProcessMemory.isThere(pid) && handle.filter(ProcessHandle::isAlive).isPresent();
    }

    @Override
    public void ended(Exit reported) {
        if (!sole) {
            exit.complete(reported);
        }
    }

    @Override
    public void lostWith(Exit end, String how) {
        exit.complete(signalled || !host.signalled() ? end : Exit.collateral(how));
    }
}
