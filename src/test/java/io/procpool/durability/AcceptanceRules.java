package io.procpool.durability;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

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

    /** An id that a client has been given is never unknown, not even for a moment: before somebody has it forgotten. */
    private void nothingIsMissed() {
        evidence.operations(Deed.Missed.class)
                .filter(missed -> !isForgottenBy(missed))
                .map(missed -> ((Deed.Missed) missed.deed()).id())
                .distinct()
                .forEach(
                        id ->
                                add(
                                        Rule.NOTHING_LOST,
                                        "%s was accepted and then not found".formatted(id)));
    }

    private boolean isForgottenBy(Operation missed) {
        var id = ((Deed.Missed) missed.deed()).id();
        return evidence.operations(Deed.Forgotten.class)
                .filter(forget -> forget.reply() != Reply.FAIL && !missed.before(forget))
                .anyMatch(forget -> ((Deed.Forgotten) forget.deed()).id().equals(id));
    }

    /** Who has waited and was answered with the value has nothing left there. */
    private static boolean mayBeThere(Operation submit) {
        return switch (submit.reply()) {
            case OK -> !((Submitted) submit.deed()).ids().isEmpty();
            case UNKNOWN -> true;
            case FAIL -> false;
        };
    }

    private void nothingIsAPhantom() {
        var askedFor = new HashSet<String>();
        evidence.operations(Submitted.class)
                .filter(AcceptanceRules::mayBeThere)
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
        releasedOnce();
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

    /** A task leaves the quarantine with its release: there is nothing left for another. */
    private void releasedOnce() {
        evidence.listed.values().stream()
                .filter(job -> job.retryOf() != null)
                .collect(groupingBy(Listed::retryOf, mapping(Listed::id, toList())))
                .forEach(
                        (released, ids) -> {
                            if (ids.size() > 1) {
                                add(Rule.ONE_JOB, "%s was released as %s".formatted(released, ids));
                            }
                        });
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
