package io.procpool.durability;

import io.procpool.durability.Dump.Listed;
import io.procpool.durability.Dump.Run;
import io.procpool.durability.Dump.Stored;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** What jobs have come to. The value of an apply names the attempt that it is from: so it shows whose result was taken. */
final class ValueRules {
    private static final Pattern OF_APPLY =
            Pattern.compile("\\{\"tag\":\"([^\"]*)\",\"attempt\":(\\d+)}");
    private static final int EPOCH_SHIFT = 24; // job.Ticket: versions under a claim begin there

    private final Evidence evidence;
    private final List<Violation> violations = new ArrayList<>();

    private ValueRules(Evidence evidence) {
        this.evidence = evidence;
    }

    static List<Violation> check(Evidence evidence) {
        var rules = new ValueRules(evidence);
        evidence.dump.listed().stream()
                .filter(job -> job.state().equals("succeeded"))
                .filter(job -> evidence.wanted.containsKey(job.tag()))
                .forEach(rules::check);
        evidence.dump.stored().forEach(rules::written);
        return rules.violations;
    }

    private void check(Listed job) {
        var wanted = Objects.requireNonNull(evidence.wanted.get(job.tag()));
        var value = String.valueOf(job.value());
        if (wanted.value() != null) {
            if (!value.equals(Text.kept(wanted.value()))) {
                wrong(job, Text.cut(wanted.value()));
            }
            return;
        }
        var parts = OF_APPLY.matcher(value);
        if (!parts.matches() || !parts.group(1).equals(job.tag())) {
            wrong(job, "that of " + job.tag());
            return;
        }
        int attempt = Integer.parseInt(parts.group(2));
        int highest = job.runs().stream().mapToInt(Run::n).max().orElse(0);
        if (attempt != highest) {
            violations.add(
                    new Violation(
                            Rule.HIGHEST_EPOCH,
                            "%s (%s) has the result of attempt %d, attempt %d was granted after it"
                                    .formatted(job.id(), job.tag(), attempt, highest)));
        }
    }

    private void wrong(Listed job, String wanted) {
        violations.add(
                new Violation(
                        Rule.RIGHT_VALUE,
                        "%s (%s) has the value %s, not %s"
                                .formatted(job.id(), job.tag(), job.value(), wanted)));
    }

    /** The version of a record says under which claim it was written. What was in memory at first goes on with the versions that it had there. */
    private void written(Stored job) {
        long under = Math.max(job.version() >> EPOCH_SHIFT, job.tracked() ? 0 : 1);
        if (Automaton.FINAL.contains(job.state()) && under < job.epoch()) {
            violations.add(
                    new Violation(
                            Rule.HIGHEST_EPOCH,
                            "%s was claimed %d times, and its end is from claim %d"
                                    .formatted(job.id(), job.epoch(), under)));
        }
    }
}
