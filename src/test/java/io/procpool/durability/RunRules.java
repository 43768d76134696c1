package io.procpool.durability;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toCollection;

import io.procpool.durability.Dump.Listed;
import io.procpool.durability.Dump.Run;
import io.procpool.durability.Wanted.Nature;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/** Runs of tasks: as they are on record, and as the functions wrote them down. */
final class RunRules {
    private static final int KEPT = 50; // of failed ones a record keeps no more, nor of others

    private final Evidence evidence;
    private final Set<Long> killed;
    private final List<Violation> violations = new ArrayList<>();

    private RunRules(Evidence evidence) {
        this.evidence = evidence;
        this.killed = evidence.killed();
    }

    static List<Violation> check(Evidence evidence) {
        var rules = new RunRules(evidence);
        rules.noRunTwice();
        evidence.dump.listed().forEach(rules::check);
        return rules.violations;
    }

    private record Attempted(String job, int task, int attempt) {}

    private static List<Object> run(Ledger.Entry start) {
        return List.of(start.job(), start.task(), start.attempt(), start.tag());
    }

    /** Items of one chunk start in one run: only another process would be a repeat. */
    private void noRunTwice() {
        evidence.ledger
                .starts()
                .collect(
                        groupingBy(
                                start -> new Attempted(start.job(), start.task(), start.attempt()),
                                groupingBy(Ledger.Entry::pid, counting())))
                .forEach(
                        (run, pids) -> {
                            if (pids.size() > 1) {
                                add(
                                        Rule.ATTEMPTS,
                                        "%s began in each of %s".formatted(run, pids.keySet()));
                            }
                        });
        evidence.ledger
                .starts()
                .collect(groupingBy(RunRules::run, counting()))
                .forEach(
                        (run, times) -> {
                            if (times > 1) {
                                add(Rule.ATTEMPTS, "%s began %d times".formatted(run, times));
                            }
                        });
    }

    private void check(Listed job) {
        var wanted = evidence.wanted.get(job.tag());
        if (wanted == null) {
            return; // a phantom
        }
        numbered(job);
        if (wanted.value() == null) {
            begunIsOnRecord(job);
        }
        if (job.state().equals("succeeded") && evidence.startsOf(job.id()).isEmpty()) {
            add(
                    Rule.SUCCEEDED_RAN,
                    "%s (%s) succeeded and never began".formatted(job.id(), job.tag()));
        }
        if (wanted.atMostOnce()) {
            atMostOnce(job);
        }
        if (wanted.nature() != Nature.KILLER) {
            chargedOnlyForWhatItLost(job);
        }
    }

    private void numbered(Listed job) {
        if (mayLeaveOut(job)) {
            return;
        }
        job.runs().stream()
                .collect(groupingBy(Run::firstItem))
                .forEach(
                        (item, runs) -> {
                            var numbers = numbers(runs);
                            if (runs.size() != numbers.size()
                                    || numbers.first() > 1
                                    || numbers.last() - numbers.first() + 1 != numbers.size()) {
                                add(
                                        Rule.ATTEMPTS,
                                        "the runs of %s (%s) from item %d are numbered %s"
                                                .formatted(
                                                        job.id(),
                                                        job.tag(),
                                                        item,
                                                        runs.stream().map(Run::n).toList()));
                            }
                        });
    }

    private static boolean mayLeaveOut(Listed job) {
        long failed = job.runs().stream().filter(run -> run.problem() != null).count();
        return failed >= KEPT || job.runs().size() - failed >= KEPT;
    }

    private static NavigableSet<Integer> numbers(List<Run> runs) {
        return runs.stream().map(Run::n).collect(toCollection(TreeSet::new));
    }

    private void begunIsOnRecord(Listed job) {
        var onRecord = numbers(job.runs());
        evidence.startsOf(job.id()).stream()
                .filter(
                        start ->
                                job.ready()
                                        && !onRecord.contains(start.attempt())
                                        && !mayLeaveOut(job))
                .forEach(
                        start ->
                                add(
                                        Rule.ATTEMPTS,
                                        "attempt %d of %s (%s) began in %d, on record are %s"
                                                .formatted(
                                                        start.attempt(),
                                                        job.id(),
                                                        job.tag(),
                                                        start.pid(),
                                                        onRecord)));
    }

    private void atMostOnce(Listed job) {
        evidence.startsOf(job.id()).stream()
                .collect(groupingBy(Ledger.Entry::tag, counting()))
                .forEach(
                        (tag, times) -> {
                            if (times > 1) {
                                add(
                                        Rule.AT_MOST_ONCE,
                                        "%s began %d times in %s".formatted(tag, times, job.id()));
                            }
                        });
    }

    /** A lost worker needs a cause: the service was killed, or somebody killed that worker. The task's own doing it was not. */
    private void chargedOnlyForWhatItLost(Listed job) {
        job.runs().stream()
                .filter(run -> run.crashed() && !killed.contains(run.pid()))
                .forEach(
                        run ->
                                add(
                                        Rule.NEIGHBOURS,
                                        "%s (%s) is charged with the loss of worker %d (%s), which it had no part in"
                                                .formatted(
                                                        job.id(),
                                                        job.tag(),
                                                        run.pid(),
                                                        run.reason())));
    }

    private void add(Rule rule, String example) {
        violations.add(new Violation(rule, example));
    }
}
