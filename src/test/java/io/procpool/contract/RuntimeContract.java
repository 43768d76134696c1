package io.procpool.contract;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** The whole suite. Each kind of worker has a class that names it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class RuntimeContract
        implements ValuesContract,
                VerbsContract,
                FailuresContract,
                EvidenceContract,
                StuckContract,
                DeathContract,
                RecyclingContract,
                PoolContract {
    private static final int KEPT = 2;
    private static final AtomicInteger POOLS = new AtomicInteger();

    private final Subject subject;
    private int used;
    private ContractPool shared;
    private Stopped stopped;

    RuntimeContract(Subject subject) {
        this.subject = subject;
    }

    @BeforeAll
    void make_pools() throws Exception {
        shared = pool(2, "");
        stopped = Stopped.in(pool(1, ""));
    }

    @AfterAll
    void delete_them() {
        if (stopped != null) {
            stopped.close();
        }
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
    public final Stopped stopped() {
        return stopped;
    }

    @Override
    public final ContractPool pool(int processes, String more) {
        return new ContractPool(subject, nextName(), processes, more);
    }

    /** Of the configured ones the first two are kept by the class; the others take turns. */
    private String nextName() {
        int n = used++;
        var names = subject.names();
        if (names.isEmpty()) {
            return "contract-" + POOLS.incrementAndGet();
        }
        return names.get(n < KEPT ? n : KEPT + n % (names.size() - KEPT));
    }
}
