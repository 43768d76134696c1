package io.procpool.durability;

import io.procpool.durability.Dump.Listed;
import io.procpool.durability.Dump.Run;
import io.procpool.durability.Operation.Deed;
import io.procpool.durability.Operation.Deed.Cancelled;
import io.procpool.durability.Operation.Deed.PoolEnded;
import io.procpool.durability.Wanted.Nature;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A job ends as its function does, unless somebody wanted it otherwise. */
final class EndRules {
    /** So many crashes are the end of a task. */
    static final int CRASHES = 3;

    private final Evidence evidence;
    private final Set<String> cancelled;
    private final Set<String> endedPools;
    private final List<Violation> violations = new ArrayList<>();

    private EndRules(Evidence evidence) {
        this.evidence = evidence;
        cancelled = attempted(Cancelled.class, Cancelled::id);
        endedPools = attempted(PoolEnded.class, PoolEnded::pool);
    }

    /** What somebody has tried, whatever the reply was: a cancel that was refused once may be one that had been heard before. */
    private <T extends Deed> Set<String> attempted(Class<T> kind, Function<T, String> of) {
        var all = new HashSet<String>();
        evidence.of(kind).map(of).forEach(all::add);
        return all;
    }

    static List<Violation> check(Evidence evidence) {
        var rules = new EndRules(evidence);
        evidence.dump.listed().stream().filter(Listed::ready).forEach(rules::check);
        return rules.violations;
    }

    private void check(Listed job) {
        var wanted = evidence.wanted.get(job.tag());
        if (wanted != null && !isRight(job, wanted) && !isExcused(job, wanted)) {
            violations.add(
                    new Violation(
                            Rule.RIGHT_END,
                            "%s (%s), which is %s, ended as %s with %s after %s"
                                    .formatted(
                                            job.id(),
                                            job.tag(),
                                            wanted.nature(),
                                            job.state(),
                                            job.problem(),
                                            job.runs())));
        }
    }

    private static boolean isRight(Listed job, Wanted wanted) {
        boolean crashedOut = job.crashes().size() >= CRASHES;
        if (wanted.nature() == Nature.KILLER && (wanted.isPoison() || crashedOut)) {
            return job.failed("quarantined");
        }
        return wanted.nature() == Nature.RAISING
                ? job.failed("function-raised")
                : job.state().equals("succeeded");
    }

    private boolean isExcused(Listed job, Wanted wanted) {
        return switch (job.state()) {
            case "cancelled" -> cancelled.contains(job.id());
            case "failed" ->
                    (job.failed("pool-terminated") && endedPools.contains(job.pool()))
                            || (job.failed("worker-lost")
                                    && wanted.atMostOnce()
                                    && job.runs().stream().anyMatch(Run::lost))
                            || (job.failed("quarantined") && killedFromOutside(job) >= CRASHES);
            default -> false;
        };
    }

    private long killedFromOutside(Listed job) {
        var killed = evidence.killed();
        return job.crashes().stream().filter(run -> killed.contains(run.pid())).count();
    }
}
