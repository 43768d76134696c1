package io.procpool.durability;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.procpool.durability.Dump.Listed;
import io.procpool.durability.Dump.Run;
import io.procpool.durability.Dump.Stored;
import io.procpool.durability.Operation.Deed;
import io.procpool.durability.Operation.Deed.Submitted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Evidence made by hand: time goes on by one with each thing that is added. */
final class MadeEvidence {
    static final String JOB = "0199-a";
    static final String TAG = "t1";
    static final long PID = 100;

    private final List<Operation> history = new ArrayList<>();
    private final List<Ledger.Entry> entries = new ArrayList<>();
    private final List<Listed> listed = new ArrayList<>();
    private final List<Stored> stored = new ArrayList<>();
    private long time;
    private Map<String, Long> metrics = Map.of();
    private boolean otherMetrics;

    MadeEvidence did(Deed deed, Reply reply) {
        history.add(new Operation(deed, reply, ++time, ++time));
        return this;
    }

    MadeEvidence submitted(Wanted wanted, String id) {
        return submitted(wanted, null, "f", id);
    }

    MadeEvidence submitted(Wanted wanted, String key, String fingerprint, String id) {
        return did(new Submitted(List.of(wanted), key, fingerprint, List.of(id)), Reply.OK);
    }

    MadeEvidence read(String id, String state, String value) {
        return did(new Deed.Read(id, state, 0, value), Reply.OK);
    }

    MadeEvidence began(String id, String tag, int attempt, long pid) {
        entries.add(new Ledger.Entry(true, ++time, id, 0, attempt, pid, tag));
        return this;
    }

    MadeEvidence listed(Listed job) {
        listed.add(job);
        return this;
    }

    MadeEvidence stored(String id, String state, int epoch, long version) {
        stored.add(new Stored(id, state, epoch, version));
        return this;
    }

    MadeEvidence metrics(Map<String, Long> other) {
        metrics = other;
        otherMetrics = true;
        return this;
    }

    /** In both dumps, as the client was told and the functions wrote down. */
    MadeEvidence ended(String id, String tag, String state, String value, Run... runs) {
        return listed(job(id, tag, state, value, runs)).stored(id, state, 1, 1 << 24);
    }

    static Listed job(String id, String tag, String state, String value, Run... runs) {
        return new Listed(id, tag, state, List.of(runs), null, value, null);
    }

    static Run run(int n) {
        return new Run(n, 0, PID, null, null);
    }

    static Run lost(int n, String reason) {
        return new Run(n, 0, PID, "worker-lost", reason);
    }

    static String value(String tag, int attempt) {
        return "{\"tag\":\"" + tag + "\",\"attempt\":" + attempt + "}";
    }

    List<Violation> checked() {
        var counted =
                otherMetrics
                        ? metrics
                        : listed.stream().collect(groupingBy(Listed::state, counting()));
        return Checker.check(
                new Evidence(
                        history,
                        new Ledger(entries),
                        new Dump(listed, stored, counted, List.of())));
    }
}
