package io.procpool.pool;

import io.procpool.pool.PoolListener.Exited;
import io.procpool.runtime.ProcessMemory;
import io.procpool.runtime.Worker;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The books on a pool's workers, from their start until they are gone. Any thread may use it. */
final class Roster {
    private static final Logger LOG = LoggerFactory.getLogger(Roster.class);

    private final String pool;
    private final Crew crew;
    private final Map<Long, Member> members = new ConcurrentHashMap<>();
    private final AtomicLong enlisted = new AtomicLong();

    Roster(String pool, Crew crew) {
        this.pool = pool;
        this.crew = crew;
    }

    /** A worker has been started. */
    Member enlist(Worker worker, Generation generation) {
        var member =
                new Member(
                        enlisted.incrementAndGet(),
                        worker,
                        generation,
                        crew.clock().instant(),
                        ThreadLocalRandom.current().nextDouble());
        members.put(member.id, member);
        return member;
    }

    /**
     * A worker is gone. One that has not died of SIGKILL is not: it stays on the books until it is, and whoever had it waits
     * here, since what it holds (memory, a device, a lock) is not free either.
     */
    void discharge(Member member, ExitReason reason) {
        boolean unkillable = member.worker.isUnkillable();
        if (unkillable) {
            member.becomes(WorkerState.UNKILLABLE);
            LOG.error(
                    "unkillable: pool {} is without the place of worker {} until that has ended",
                    pool,
                    member.worker.pid());
            member.worker.awaitEnd();
            LOG.info("Worker {} of pool {} has ended at last", member.worker.pid(), pool);
        }
        members.remove(member.id);
        member.generation.gone();
        crew.listener()
                .workerExited(
                        new Exited(
                                pool,
                                member.worker.pid(),
                                unkillable ? ExitReason.UNKILLABLE : reason,
                                member.served(),
                                member.age()));
    }

    /** Lets a worker go that has no task; completes when it is gone. A terminated pool's is not asked but signalled. */
    CompletableFuture<Void> retire(Member member, ExitReason reason, Duration grace) {
        member.becomes(WorkerState.STOPPING);
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        if (reason == ExitReason.TERMINATE) {
                            member.worker.kill(0, grace);
                        } else {
                            member.worker.retire(grace);
                        }
                    } finally {
                        discharge(member, reason);
                    }
                },
                crew.threads());
    }

    /**
     * Has a worker go that nothing is wrong with: its owner lets it finish its task, and finds a replacement first.
     *
     * @param kill not so: at once
     * @return empty: there is no such worker
     */
    Optional<WorkerView> dismiss(long id, boolean kill) {
        var member = Optional.ofNullable(members.get(id));
        member.ifPresent(
                found -> {
                    if (kill) {
                        found.kill();
                    } else {
                        found.retire();
                    }
                    found.worker.poke();
                });
        return member.map(Roster::view);
    }

    /** How many there have ever been. */
    long enlisted() {
        return enlisted.get();
    }

    long count(WorkerState wanted) {
        return members.values().stream().filter(member -> member.state() == wanted).count();
    }

    /** The processes that the workers are, or are threads of. */
    Set<Long> pids() {
        return members.values().stream()
                .map(member -> member.worker.pid())
                .collect(Collectors.toSet());
    }

    void pokeAll() {
        members.values().forEach(member -> member.worker.poke());
    }

    /** By id. */
    List<WorkerView> views() {
        return members.values().stream()
                .sorted(Comparator.comparingLong(member -> member.id))
                .map(Roster::view)
                .toList();
    }

    private static WorkerView view(Member member) {
        var call = member.current();
        long pid = member.worker.pid();
        return new WorkerView(
                member.id,
                pid,
                member.generation.number(),
                member.state(),
                member.isRetired(),
                member.served(),
                member.started,
                member.age(),
                ProcessMemory.privateBytes(pid),
                call == null ? null : call.func(),
                call == null ? null : call.reference());
    }
}
