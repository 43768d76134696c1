package io.procpool.durability;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.durability.Fault.Kind;
import io.procpool.durability.Fault.Plan;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Rounds of a {@link Scenario} on one home, each with a fault of its own, and what has come of them. */
final class FaultRounds {
    private static final Plan NEVER = new Plan(Kind.ERROR, "0");

    private final Trial trial;
    private final List<Scenario> scenarios = new ArrayList<>();
    private final Map<Kind, Set<String>> struck = new EnumMap<>(Kind.class);

    FaultRounds(Trial trial) {
        this.trial = trial;
        for (var kind : Kind.values()) {
            struck.put(kind, new TreeSet<>());
        }
    }

    /** All calls that change something, of a round in which nothing goes wrong. */
    List<String> withoutFault() throws Exception {
        var log = log();
        assertThat(round(NEVER, log)).isEmpty();
        return log.calls();
    }

    /** Whether the fault came to pass. */
    boolean strikes(Plan fault) throws Exception {
        var log = log();
        var call = round(fault, log);
        call.ifPresent(name -> struck.get(fault.kind()).add(name));
        return call.isPresent();
    }

    /** The calls that were struck in that way. */
    Set<String> struck(Kind kind) {
        return struck.get(kind);
    }

    private FaultLog log() {
        return new FaultLog(trial.ledgers().resolve("fault-" + scenarios.size() + ".log"));
    }

    /** Which call was struck. */
    private Optional<String> round(Plan fault, FaultLog log) throws Exception {
        var scenario = new Scenario(trial.caller, "s" + scenarios.size(), trial.specification(1));
        var ended = trial.start(fault, log);
        if (ended.isEmpty()) {
            repeatUnanswered();
            scenario.run();
            end(fault, log);
        } else if (log.struck().isEmpty()) {
            throw new AssertionError("could not start, by no doing of " + fault, ended.get());
        }
        scenarios.add(scenario);
        return log.struck();
    }

    /** Clients of earlier rounds that were told of nothing ask again. */
    void repeatUnanswered() {
        scenarios.stream().filter(scenario -> !scenario.hasAccepted()).forEach(Scenario::repeat);
    }

    /** By its fault, if that came to pass. */
    private void end(Plan fault, FaultLog log) throws Exception {
        if (log.struck().isEmpty()) {
            trial.kill();
            return;
        }
        assertThat(trial.service().exitCode()).as("how " + fault + " ends").isEqualTo(Fault.GONE);
        trial.over();
    }

    /** Each round has had jobs that a client was told of, and the checker has seen what became of them. */
    void assertChecked(Evidence evidence) {
        var seen = new HashSet<>(evidence.listed.keySet());
        evidence.of(Operation.Deed.Forgotten.class).map(deed -> deed.id()).forEach(seen::add);
        assertThat(scenarios)
                .allSatisfy(
                        scenario ->
                                assertThat(scenario.ids()).isNotEmpty().allMatch(seen::contains));
    }
}
