package io.procpool.contract;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The whole suite. Each kind of worker has a class that names it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RuntimeContract
        implements ValuesContract,
                VerbsContract,
                FailuresContract,
                EvidenceContract,
                StuckContract,
                DeathContract,
                RecyclingContract,
                PoolContract {
    private static final AtomicInteger POOLS = new AtomicInteger();

    private final Subject subject;
    private int used;
    private ContractPool shared;

    RuntimeContract(Subject subject) {
        this.subject = subject;
    }

    @BeforeAll
    void make_a_pool() {
        shared = pool(2, "");
    }

    @AfterAll
    void delete_it() {
        if (shared != null) {
            shared.close();
        }
    }

    @Override
    public final Subject subject() {
        return subject;
    }

    @Override
    public final ContractPool shared() {
        return shared;
    }

    @Override
    public final ContractPool pool(int processes, String more) {
        return new ContractPool(subject, nextName(), processes, more);
    }

    /** Of the configured ones the first is the shared one's; the others take turns. */
    private String nextName() {
        int n = used++;
        var names = subject.names();
        if (names.isEmpty()) {
            return "contract-" + POOLS.incrementAndGet();
        }
        return n == 0 ? names.getFirst() : names.get(1 + n % (names.size() - 1));
    }
}
