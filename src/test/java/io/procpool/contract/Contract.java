package io.procpool.contract;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What the parts of the suite need of the class that runs them. */
interface Contract {
    Subject subject();

    /** Two workers, for all tests of the class; they must leave it as it is. */
    ContractPool shared();

    /** A pool whose only worker was stopped (SIGSTOP) in its task, before the first test. */
    Stopped stopped();

    /** A pool of the test's own. {@code more} are members of the specification, with a comma in front. */
    ContractPool pool(int processes, String more);

    /** Skips the calling test where there is no such thing, and says why. */
    default void require(Trait trait) {
        var reason = subject().lacks().get(trait);
        assumeTrue(reason == null, () -> "not for this runtime: " + reason);
    }
}
