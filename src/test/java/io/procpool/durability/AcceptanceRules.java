package io.procpool.durability;

import io.procpool.durability.Dump.Listed;
import io.procpool.durability.Dump.Stored;
import io.procpool.durability.Operation.Deed;
import io.procpool.durability.Operation.Deed.Submitted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What was accepted is there, once, and nothing else is. */
final class AcceptanceRules {
    private final Evidence evidence;
    private final List<Violation> violations = new ArrayList<>();

    private AcceptanceRules(Evidence evidence) {
        this.evidence = evidence;
    }

    static List<Violation> check(Evidence evidence) {
        var rules = new AcceptanceRules(evidence);
        rules.nothingIsLost();
        rules.nothingIsMissed();
        rules.nothingIsAPhantom();
        rules.nothingIsDoubled();
        return rules.violations;
    }

    private void nothingIsLost() {
        var stored = new HashSet<String>();
        evidence.dump.stored().stream().map(Stored::id).forEach(stored::add);
        var forgotten = forgotten();
        for (var id : accepted().keySet()) {
            var job = evidence.listed.get(id);
            if (forgotten.contains(id)) {
                continue;
            }
            if (job == null || !stored.contains(id)) {
                add(
                        Rule.NOTHING_LOST,
                        "%s was answered with %s, which is not in the %s"
                                .formatted(
                                        accepted().get(id),
                                        id,
                                        job == null ? "listing" : "database"));
            } else if (!job.ready()) {
                add(Rule.NOTHING_LOST, "%s (%s) is still %s".formatted(id, job.tag(), job.state()));
            }
        }
    }

    /** What each id was given for. */
    private Map<String, String> accepted() {
        var accepted = new TreeMap<String, String>();
        evidence.operations(Submitted.class)
                .filter(operation -> operation.reply() == Reply.OK)
                .map(operation -> (Submitted) operation.deed())
                .forEach(submit -> pair(submit, accepted));
        evidence.of(Deed.Released.class)
                .filter(release -> !release.id().isEmpty())
                .forEach(release -> accepted.put(release.id(), "a release of " + release.tag()));
        return accepted;
    }

    private static void pair(Submitted submit, Map<String, String> accepted) {
        for (int i = 0; i < submit.ids().size(); i++) {
            accepted.put(submit.ids().get(i), submit.wanted().get(i).tag());
        }
    }

    private Set<String> forgotten() {
        var forgotten = new HashSet<String>();
        evidence.operations(Deed.Forgotten.class)
                .filter(operation -> operation.reply() != Reply.FAIL)
                .forEach(operation -> forgotten.add(((Deed.Forgotten) operation.deed()).id()));
        return forgotten;
    }

    /** An id that a client has been given is never unknown, not even for a moment. */
    private void nothingIsMissed() {
        var forgotten = forgotten();
        evidence.of(Deed.Missed.class)
                .map(Deed.Missed::id)
                .filter(id -> !forgotten.contains(id))
                .distinct()
                .forEach(
                        id ->
                                add(
                                        Rule.NOTHING_LOST,
                                        "%s was accepted and then not found".formatted(id)));
    }

    private void nothingIsAPhantom() {
        var askedFor = new HashSet<String>();
        evidence.operations(Submitted.class)
                .filter(operation -> operation.reply() != Reply.FAIL)
                .map(operation -> (Submitted) operation.deed())
                .forEach(submit -> submit.wanted().forEach(one -> askedFor.add(one.tag())));
        evidence.dump.listed().stream()
                .filter(job -> !askedFor.contains(job.tag()))
                .forEach(
                        job ->
                                add(
                                        Rule.NO_PHANTOM,
                                        "%s is there with the tag '%s', which nobody was granted"
                                                .formatted(job.id(), job.tag())));
        evidence.dump.stored().stream()
                .filter(job -> !evidence.listed.containsKey(job.id()))
                .forEach(
                        job ->
                                add(
                                        Rule.NO_PHANTOM,
                                        "%s is in the database, and is not listed"
                                                .formatted(job.id())));
    }

    /** A tag is wanted once: more than one id for it is one too many, whether a client was told or not. A release is a job of its own. */
    private void nothingIsDoubled() {
        var ids = new TreeMap<String, Set<String>>();
        evidence.operations(Submitted.class)
                .filter(operation -> operation.reply() == Reply.OK)
                .map(operation -> (Submitted) operation.deed())
                .forEach(submit -> byTag(submit, ids));
        evidence.dump.listed().stream()
                .filter(job -> job.retryOf() == null)
                .forEach(job -> idsOf(job.tag(), ids).add(job.id()));
        ids.forEach(
                (tag, all) -> {
                    if (all.size() > 1) {
                        add(Rule.ONE_JOB, "%s was wanted once and is %s".formatted(tag, all));
                    }
                });
        listedOnce();
        oneOfEachKey();
    }

    private static void byTag(Submitted submit, Map<String, Set<String>> ids) {
        for (int i = 0; i < submit.ids().size(); i++) {
            idsOf(submit.wanted().get(i).tag(), ids).add(submit.ids().get(i));
        }
    }

    private static Set<String> idsOf(String tag, Map<String, Set<String>> ids) {
        return ids.computeIfAbsent(tag, _ -> new TreeSet<>());
    }

    private void listedOnce() {
        var seen = new HashSet<String>();
        evidence.dump.listed().stream()
                .map(Listed::id)
                .filter(id -> !seen.add(id))
                .forEach(id -> add(Rule.ONE_JOB, "%s is listed twice".formatted(id)));
    }

    /** The same key with another body is refused: of all that was granted under one key there is one fingerprint. */
    private void oneOfEachKey() {
        var fingerprints = new HashMap<String, String>();
        evidence.operations(Submitted.class)
                .filter(operation -> operation.reply() == Reply.OK)
                .map(operation -> (Submitted) operation.deed())
                .filter(submit -> submit.key() != null)
                .forEach(
                        submit -> {
                            var first =
                                    fingerprints.putIfAbsent(submit.key(), submit.fingerprint());
                            if (first != null && !first.equals(submit.fingerprint())) {
                                add(
                                        Rule.ONE_JOB,
                                        "the key %s was granted for %s and for %s"
                                                .formatted(
                                                        submit.key(), first, submit.fingerprint()));
                            }
                        });
    }

    private void add(Rule rule, String example) {
        violations.add(new Violation(rule, example));
    }
}
