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
import java.util.stream.IntStream;

/** Evidence made by hand: time goes on by one with each thing that is added. */
final class MadeEvidence {
    static final String JOB = "0199-a";
    static final String TAG = "t1";
    static final long PID = 100;

    private final List<Operation> history = new ArrayList<>();
    private final List<Ledger.Entry> entries = new ArrayList<>();
    private final List<Listed> listed = new ArrayList<>();
    private final List<Stored> stored = new ArrayList<>();
    private final List<String> held = new ArrayList<>();
    private long time;
    private Map<String, Long> metrics = Map.of();
    private boolean otherMetrics;

    /** One job that was accepted, ran once, and has its value. */
    static MadeEvidence good() {
        return accepted()
                .began(JOB, TAG, 1, PID)
                .ended(JOB, TAG, "succeeded", value(TAG, 1), run(1));
    }

    static MadeEvidence accepted() {
        return new MadeEvidence().submitted(Wanted.harmless(TAG), JOB);
    }

    static MadeEvidence keyed() {
        return new MadeEvidence()
                .submitted(Wanted.harmless(TAG), "k", "f", JOB)
                .began(JOB, TAG, 1, PID)
                .ended(JOB, TAG, "succeeded", value(TAG, 1), run(1));
    }

    static MadeEvidence seen(String... states) {
        var evidence = accepted().began(JOB, TAG, 1, PID);
        for (var state : states) {
            evidence.read(JOB, state, null);
        }
        return evidence.ended(JOB, TAG, "succeeded", value(TAG, 1), run(1));
    }

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
        stored.add(new Stored(id, state, epoch, version, true));
        return this;
    }

    /** Somebody had waited for it when it was accepted. */
    MadeEvidence storedUntracked(String id, String state, int epoch, long version) {
        stored.add(new Stored(id, state, epoch, version, false));
        return this;
    }

    MadeEvidence metrics(Map<String, Long> other) {
        metrics = other;
        otherMetrics = true;
        return this;
    }

    /** In both dumps. */
    MadeEvidence left(Listed job) {
        return listed(job).stored(job.id(), job.state(), 1, 1 << 24);
    }

    MadeEvidence held(String... jobs) {
        held.addAll(List.of(jobs));
        return this;
    }

    MadeEvidence cancelled(String id) {
        return did(new Deed.Cancelled(id, "", 0), Reply.UNKNOWN);
    }

    /** In both dumps, as the client was told and the functions wrote down. */
    MadeEvidence ended(String id, String tag, String state, String value, Run... runs) {
        return left(job(id, tag, state, value, runs));
    }

    static Listed job(String id, String tag, String state, String value, Run... runs) {
        return new Listed(id, tag, Ask.POOL, state, 1 << 24, List.of(runs), null, value, null);
    }

    /** One that failed. */
    static Listed failed(String problem, Run... runs) {
        return new Listed(
                JOB, TAG, Ask.POOL, "failed", 1 << 24, List.of(runs), problem, null, null);
    }

    /** A release of {@link #JOB}. */
    static Listed retry(String id) {
        return new Listed(id, TAG, Ask.POOL, "cancelled", 1 << 24, List.of(), null, null, JOB);
    }

    /** It was lost once, began again, and has the value of one of the two. */
    MadeEvidence ranTwice(String reason, int valueOf) {
        return began(JOB, TAG, 1, PID)
                .began(JOB, TAG, 2, PID)
                .ended(JOB, TAG, "succeeded", value(TAG, valueOf), lost(1, reason), run(2));
    }

    /** So many crashes, one after the other. */
    static Run[] crashes(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(n -> lost(n, "crash_signal"))
                .toArray(Run[]::new);
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
                        history, new Ledger(entries), new Dump(listed, stored, counted, held)));
    }
}
