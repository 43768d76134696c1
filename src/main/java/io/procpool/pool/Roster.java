package io.procpool.pool;

import io.procpool.runtime.ProcessMemory;
import io.procpool.runtime.Worker;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** The books on a pool's workers, from their start until they are gone. Any thread may use it. */
final class Roster {
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

    /** A worker is gone. */
    void discharge(Member member, ExitReason reason) {
        members.remove(member.id);
        member.generation.gone();
        crew.listener().workerExited(pool, reason, member.served(), member.age());
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

    /** How many there have ever been. */
    long enlisted() {
        return enlisted.get();
    }

    long count(WorkerState wanted) {
        return members.values().stream().filter(member -> member.state() == wanted).count();
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
                member.state(),
                member.served(),
                member.started,
                member.age(),
                ProcessMemory.privateBytes(pid),
                call == null ? null : call.func(),
                call == null ? null : call.reference());
    }
}
