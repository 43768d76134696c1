package io.procpool.pool;

import io.procpool.runtime.ProcessMemory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** When a worker has to go though nothing is wrong with it. */
final class Recycling {
    private static final Duration NEVER = Duration.ofDays(1);

    private Recycling() {}

    /** Returns null: it may serve on */
    static @Nullable ExitReason due(Member member, Pool pool, Slot slot) {
        if (pool.state() == PoolState.TERMINATE) {
            return ExitReason.TERMINATE;
        }
        if (!pool.wants(slot)) {
            return pool.endReason();
        }
        if (member.served() > 0 && (member.isReserved() || slot.owes())) {
            return ExitReason.FRESH;
        }
        var spec = pool.spec();
        if (spec.maxtasksperchild() != null && member.served() >= spec.maxtasksperchild()) {
            return ExitReason.MAX_TASKS;
        }
        if (member.isKilled() || member.isRetired()) {
            return member.isKilled() ? ExitReason.KILLED : ExitReason.RETIRED;
        }
        if (member.generation != pool.generation()) {
            return ExitReason.ROLLOVER;
        }
        if (spec.maxAge() != null && member.age().compareTo(member.jittered(spec.maxAge())) >= 0) {
            return ExitReason.MAX_AGE;
        }
        return holdsTooMuch(member, spec) ? ExitReason.MAX_MEMORY_SOFT : null;
    }

    private static boolean holdsTooMuch(Member member, PoolSpec spec) {
        var limit = spec.maxMemoryPerChild();
        return limit != null
                && member.served() > 0
                && ProcessMemory.privateBytes(member.worker.pid()).orElse(0)
                        > member.jittered((long) limit);
    }

    static boolean isLastTask(Member member, Call call, Pool pool) {
        var limit = pool.spec().maxtasksperchild();
        return call.origin().fresh() || (limit != null && member.served() + 1 >= limit);
    }

    /** How long an idle worker can be left alone before its age is looked at. */
    static Duration untilOld(Member member, Pool pool) {
        var limit = pool.spec().maxAge();
        if (limit == null) {
            return NEVER;
        }
        var left = member.jittered(limit).minus(member.age());
        return left.isPositive() ? left : Duration.ofMillis(10);
    }
}
