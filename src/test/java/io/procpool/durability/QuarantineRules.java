package io.procpool.durability;

import io.procpool.durability.Dump.Listed;
import io.procpool.durability.Operation.Deed;
import io.procpool.durability.Operation.Deed.Dropped;
import io.procpool.durability.Operation.Deed.Forgotten;
import io.procpool.durability.Operation.Deed.Released;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What has been put aside: why, and for how long. */
final class QuarantineRules {
    private final Evidence evidence;
    private final Set<Long> killed;
    private final List<Violation> violations = new ArrayList<>();

    private QuarantineRules(Evidence evidence) {
        this.evidence = evidence;
        this.killed = evidence.killed();
    }

    static List<Violation> check(Evidence evidence) {
        var rules = new QuarantineRules(evidence);
        evidence.dump.listed().stream().filter(Listed::quarantined).forEach(rules::hasItsCrashes);
        rules.heldIsQuarantined();
        rules.quarantinedIsHeld();
        return rules.violations;
    }

    /** Exactly so many: one more would be a run too many, one less is none of its business there. */
    private void hasItsCrashes(Listed job) {
        var wanted = evidence.wanted.get(job.tag());
        if (wanted == null) {
            return; // a phantom
        }
        var crashes = job.crashes();
        if (crashes.size() != EndRules.CRASHES) {
            add(
                    "%s (%s) is quarantined after %d crashes"
                            .formatted(job.id(), job.tag(), crashes.size()));
        }
        long own = crashes.stream().filter(run -> !killed.contains(run.pid())).count();
        if (own > wanted.kills()) {
            add(
                    "%s (%s) is quarantined for %d crashes, it has had a part in %d of them"
                            .formatted(job.id(), job.tag(), own, wanted.kills()));
        }
    }

    private void heldIsQuarantined() {
        var forgotten = tried(Forgotten.class);
        var seen = new HashSet<String>();
        for (var id : evidence.dump.quarantine()) {
            var job = evidence.listed.get(id);
            if (!seen.add(id)) {
                add("%s is in quarantine twice".formatted(id));
            } else if (job == null && !forgotten.contains(id)) {
                add("%s is in quarantine, and there is no such job".formatted(id));
            } else if (job != null && !job.quarantined()) {
                add("%s (%s) is in quarantine, and is %s".formatted(id, job.tag(), job.state()));
            }
        }
        letGo(reply -> reply == Reply.OK).stream()
                .filter(evidence.dump.quarantine()::contains)
                .forEach(id -> add("%s was let go, and is in quarantine".formatted(id)));
    }

    private void quarantinedIsHeld() {
        var held = new HashSet<>(evidence.dump.quarantine());
        var letGo = letGo(reply -> reply != Reply.FAIL);
        evidence.dump.listed().stream()
                .filter(Listed::quarantined)
                .filter(job -> !held.contains(job.id()) && !letGo.contains(job.id()))
                .forEach(
                        job ->
                                add(
                                        "%s (%s) is quarantined, and not in quarantine"
                                                .formatted(job.id(), job.tag())));
    }

    /** The jobs whose tasks were released or dropped, with such a reply. */
    private Set<String> letGo(Predicate<Reply> reply) {
        return evidence.history.stream()
                .filter(operation -> reply.test(operation.reply()))
                .map(Operation::deed)
                .filter(deed -> deed instanceof Released || deed instanceof Dropped)
                .map(QuarantineRules::job)
                .collect(Collectors.toSet());
    }

    private static String job(Deed deed) {
        return deed instanceof Released released ? released.job() : ((Dropped) deed).job();
    }

    private Set<String> tried(Class<Forgotten> kind) {
        return evidence.operations(kind)
                .filter(operation -> operation.reply() != Reply.FAIL)
                .map(operation -> ((Forgotten) operation.deed()).id())
                .collect(Collectors.toSet());
    }

    private void add(String example) {
        violations.add(new Violation(Rule.QUARANTINE, example));
    }
}
