package io.procpool.store;

import io.procpool.job.StoreCondition;
import io.procpool.problem.Refusal;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the store is. The writer says when it is full, and when it has failed for good; any thread may ask. */
final class Condition implements StoreCondition {
    private static final Logger LOG = LoggerFactory.getLogger(Condition.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final String NO_ROOM = "The disk of the store is full.";

    private record Finding(State state, String sentence) {}

    private final String version;
    private volatile Finding finding = new Finding(State.WELL, "");
    private volatile String check = "not needed: the service before ended by itself";

    Condition(String version) {
        this.version = version;
    }

    /** How the check of the file goes, or what it has found. */
    void check(String how) {
        check = how;
    }

    void full() {
        if (finding.state() == State.WELL) {
            LOG.warn(NO_ROOM);
            finding = new Finding(State.FULL, NO_ROOM);
        }
    }

    void well() {
        if (finding.state() == State.FULL) {
            LOG.info("The disk of the store has room again.");
            finding = new Finding(State.WELL, "");
        }
    }

    /** What is damaged stays so. */
    void damaged(String how) {
        if (finding.state() != State.FAILED) {
            LOG.error("The store is damaged: {}", how);
            finding = new Finding(State.DAMAGED, "The store is damaged: " + how);
        }
    }

    void failed(Throwable cause) {
        LOG.error("The store has failed: the service ends.", cause);
        finding = new Finding(State.FAILED, "The store has failed: " + cause.getMessage());
    }

    static Refusal noRoom() {
        return new Refusal.StoreFull(NO_ROOM, RETRY_AFTER);
    }

    static Refusal gone() {
        return new Refusal.StoreFailed(RETRY_AFTER);
    }

    static Refusal beyond(long limit) {
        return new Refusal.StoreFull(
                "The store has reached its limit of " + limit + " bytes (procpool.store.max-size).",
                RETRY_AFTER);
    }

    @Override
    public State state() {
        return finding.state();
    }

    @Override
    public String sentence() {
        return finding.sentence();
    }

    @Override
    public Map<String, String> durability() {
        var facts = new TreeMap<>(Sqlite.DURABILITY);
        facts.put("sqlite", version);
        facts.put("quick_check", check);
        return facts;
    }
}
