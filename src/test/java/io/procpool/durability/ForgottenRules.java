package io.procpool.durability;

import io.procpool.durability.Operation.Deed.Forgotten;
import io.procpool.durability.Operation.Deed.Read;
import java.util.ArrayList;
import java.util.List;

/** What somebody has had forgotten does not come back. */
final class ForgottenRules {
    private ForgottenRules() {}

    static List<Violation> check(Evidence evidence) {
        var violations = new ArrayList<Violation>();
        evidence.operations(Forgotten.class)
                .filter(operation -> operation.reply() == Reply.OK)
                .forEach(forget -> check(evidence, forget, violations));
        return violations;
    }

    private static void check(Evidence evidence, Operation forget, List<Violation> violations) {
        var id = ((Forgotten) forget.deed()).id();
        if (evidence.listed.containsKey(id)) {
            violations.add(new Violation(Rule.FORGOTTEN, id + " was forgotten, and is listed"));
        }
        if (evidence.dump.stored().stream().anyMatch(job -> job.id().equals(id))) {
            violations.add(new Violation(Rule.FORGOTTEN, id + " was forgotten, and is stored"));
        }
        evidence.operations(Read.class)
                .filter(forget::before)
                .filter(read -> ((Read) read.deed()).id().equals(id))
                .findFirst()
                .ifPresent(
                        read ->
                                violations.add(
                                        new Violation(
                                                Rule.FORGOTTEN,
                                                id + " was forgotten, and read: " + read.deed())));
    }
}
