package io.procpool.durability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;

/** Decides whether what clients saw, what functions wrote down and what is there in the end agree with the guarantees. */
final class Checker {
    private Checker() {}

    /** Pure. Empty: it is as it must be. */
    static List<Violation> check(Evidence evidence) {
        return Stream.of(
                        AcceptanceRules.check(evidence),
                        SightRules.check(evidence, published()),
                        RunRules.check(evidence),
                        EndRules.check(evidence),
                        QuarantineRules.check(evidence),
                        ForgottenRules.check(evidence),
                        ValueRules.check(evidence),
                        BookRules.check(evidence))
                .flatMap(List::stream)
                .toList();
    }

    private static Automaton published() {
        try {
            return Automaton.published();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
