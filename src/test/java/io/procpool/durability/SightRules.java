package io.procpool.durability;

import static java.util.Comparator.comparingLong;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;

import io.procpool.durability.Operation.Deed;
import io.procpool.durability.Operation.Deed.Read;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What clients saw of a job, one sight after another; the dump is the last of them. */
final class SightRules {
    private final Evidence evidence;
    private final Automaton automaton;
    private final List<Violation> violations = new ArrayList<>();

    private SightRules(Evidence evidence, Automaton automaton) {
        this.evidence = evidence;
        this.automaton = automaton;
    }

    static List<Violation> check(Evidence evidence, Automaton automaton) {
        var rules = new SightRules(evidence, automaton);
        Stream.concat(rules.sights(), rules.last())
                .collect(groupingBy(sight -> sight.read().id()))
                .values()
                .forEach(rules::check);
        rules.whatIsCancelledDoesNotBegin();
        return rules.violations;
    }

    private record Sight(Read read, long invoked, long returned) {}

    private Stream<Sight> sights() {
        return evidence.history.stream()
                .filter(operation -> operation.reply() == Reply.OK)
                .flatMap(SightRules::sight);
    }

    private static Stream<Sight> sight(Operation operation) {
        return switch (operation.deed()) {
            case Read read -> Stream.of(at(read, operation));
            case Deed.Cancelled(var id, var state, var version) ->
                    Stream.of(at(new Read(id, state, version, null), operation));
            case Deed.Submitted _, Deed.Released _, Deed.Missed _ -> Stream.empty();
            case Deed.Forgotten _, Deed.WorkerKilled _ -> Stream.empty();
            case Deed.Dropped _, Deed.PoolEnded _ -> Stream.empty();
        };
    }

    private static Sight at(Read read, Operation operation) {
        return new Sight(read, operation.invoked(), operation.returned());
    }

    private Stream<Sight> last() {
        return evidence.dump.listed().stream()
                .map(job -> new Read(job.id(), job.state(), job.version(), job.value()))
                .map(read -> new Sight(read, Long.MAX_VALUE, Long.MAX_VALUE));
    }

    /**
     * Of all sights that were over when one began, the one that is furthest in the states is what it must follow. They are taken by the end of each, so that of those over before
     * a begin all are known.
     */
    private void check(List<Sight> ofOneJob) {
        var byBegin = ofOneJob.stream().sorted(comparingLong(Sight::invoked)).toList();
        var byEnd = ofOneJob.stream().sorted(comparingLong(Sight::returned)).toList();
        int over = 0;
        var known = new Known();
        for (var sight : byBegin) {
            while (over < byEnd.size() && byEnd.get(over).returned() < sight.invoked()) {
                known.add(byEnd.get(over++).read());
            }
            known.compare(sight.read());
        }
        sameValues(ofOneJob);
        oneStateOfEachVersion(ofOneJob);
    }

    /** A version is a state: whoever asks with it again is told that nothing has changed. */
    private void oneStateOfEachVersion(List<Sight> ofOneJob) {
        ofOneJob.stream()
                .map(Sight::read)
                .filter(read -> read.version() != 0)
                .collect(
                        groupingBy(Read::version, mapping(Read::state, toCollection(TreeSet::new))))
                .forEach(
                        (version, states) -> {
                            if (states.size() > 1) {
                                add(
                                        Rule.LEGAL_STATES,
                                        "version %d of %s was seen as each of %s"
                                                .formatted(
                                                        version,
                                                        ofOneJob.getFirst().read().id(),
                                                        states));
                            }
                        });
    }

    /** Values are the same whatever the order in which they were read. */
    private void sameValues(List<Sight> ofOneJob) {
        var values =
                ofOneJob.stream()
                        .map(sight -> sight.read().value())
                        .filter(Objects::nonNull)
                        .distinct()
                        .toList();
        if (values.size() > 1) {
            add(
                    Rule.ONE_RESULT,
                    "the value of %s was read as %s and as %s"
                            .formatted(
                                    ofOneJob.getFirst().read().id(),
                                    Text.cut(values.get(0)),
                                    Text.cut(values.get(1))));
        }
    }

    /** What all sights so far have shown. */
    private final class Known {
        private String state = "pending";
        private long version;

        void add(Read read) {
            if (automaton.allows(state, read.state())) {
                state = read.state();
            }
            version = Math.max(version, read.version());
        }

        void compare(Read read) {
            if (!automaton.allows(state, read.state())) {
                add(read.id(), read.state());
            }
            if (read.version() != 0 && read.version() < version) {
                SightRules.this.add(
                        Rule.LEGAL_STATES,
                        "%s was seen as version %d and then as version %d"
                                .formatted(read.id(), version, read.version()));
            }
        }

        private void add(String id, String later) {
            var rule =
                    Automaton.FINAL.contains(state) && Automaton.FINAL.contains(later)
                            ? Rule.ONE_RESULT
                            : Rule.LEGAL_STATES;
            SightRules.this.add(
                    rule, "%s was seen as %s and then as %s".formatted(id, state, later));
        }
    }

    private void whatIsCancelledDoesNotBegin() {
        sights().filter(sight -> sight.read().state().equals("cancelled"))
                .forEach(
                        sight ->
                                evidence.startsOf(sight.read().id()).stream()
                                        .filter(start -> start.at() > sight.returned())
                                        .forEach(
                                                start ->
                                                        add(
                                                                Rule.CANCELLED,
                                                                "%s was seen cancelled, and then its attempt %d began in %d"
                                                                        .formatted(
                                                                                start.job(),
                                                                                start.attempt(),
                                                                                start.pid()))));
    }

    private void add(Rule rule, String example) {
        violations.add(new Violation(rule, example));
    }
}
