package io.procpool.durability;

import static io.procpool.durability.MadeEvidence.JOB;
import static io.procpool.durability.MadeEvidence.PID;
import static io.procpool.durability.MadeEvidence.TAG;
import static io.procpool.durability.MadeEvidence.accepted;
import static io.procpool.durability.MadeEvidence.crashes;
import static io.procpool.durability.MadeEvidence.failed;
import static io.procpool.durability.MadeEvidence.good;
import static io.procpool.durability.MadeEvidence.lost;
import static io.procpool.durability.MadeEvidence.run;
import static io.procpool.durability.MadeEvidence.value;

import io.procpool.durability.Operation.Deed;

/** Ends that are not those of the functions, what is wrongly in quarantine, and what has come back. */
final class BreachesOfEnds {
    private BreachesOfEnds() {}

    static void into(Breaches all) {
        ends(all);
        quarantine(all);
        forgotten(all);
    }

    private static MadeEvidence wanting(Wanted wanted) {
        return new MadeEvidence().submitted(wanted, JOB);
    }

    private static void ends(Breaches all) {
        all.breach(
                Rule.RIGHT_END,
                "harmless, and failed",
                () -> accepted().left(failed("protocol-error")));
        all.breach(
                Rule.RIGHT_END,
                "its pool is said to be terminated, which nobody wanted",
                () -> accepted().left(failed("pool-terminated")));
        all.breach(
                Rule.RIGHT_END,
                "another pool was terminated",
                () ->
                        accepted()
                                .did(new Deed.PoolEnded("side"), Reply.OK)
                                .left(failed("pool-terminated")));
        all.breach(
                Rule.RIGHT_END,
                "cancelled, which nobody wanted",
                () -> accepted().ended(JOB, TAG, "cancelled", null));
        all.breach(
                Rule.RIGHT_END,
                "expired, which nobody wanted",
                () -> accepted().ended(JOB, TAG, "expired", null));
        all.breach(
                Rule.RIGHT_END,
                "lost with the service, though it may run again",
                () -> accepted().left(failed("worker-lost", lost(1, "service_lost"))));
        all.breach(
                Rule.RIGHT_END,
                "at most once, and lost without a run",
                () -> wanting(Wanted.harmless(TAG).once()).left(failed("worker-lost")));
        all.breach(
                Rule.RIGHT_END,
                "quarantined for two kills from outside",
                () ->
                        accepted()
                                .did(new Deed.WorkerKilled(PID), Reply.OK)
                                .left(failed("quarantined", crashes(2))));
        all.breach(
                Rule.RIGHT_END,
                "it raises, and succeeded",
                () ->
                        wanting(Wanted.raising(TAG))
                                .began(JOB, TAG, 1, PID)
                                .ended(JOB, TAG, "succeeded", value(TAG, 1), run(1)));
        all.breach(
                Rule.RIGHT_END,
                "it raises, and failed with something else",
                () -> wanting(Wanted.raising(TAG)).left(failed("protocol-error", run(1))));
        all.breach(
                Rule.RIGHT_END,
                "a poison that failed with something else",
                () -> wanting(Wanted.poison(TAG)).left(failed("worker-lost", crashes(1))));
        all.breach(
                Rule.RIGHT_END,
                "it kills once, and was given up after that",
                () -> wanting(Wanted.killer(TAG, 1)).left(failed("worker-lost", crashes(1))));
    }

    private static void quarantine(Breaches all) {
        all.breach(
                Rule.QUARANTINE,
                "for losses of the service",
                () -> accepted().left(failed("quarantined", lost(1, "service_lost"))).held(JOB));
        all.breach(
                Rule.QUARANTINE,
                "a poison after two crashes",
                () ->
                        wanting(Wanted.poison(TAG))
                                .left(failed("quarantined", crashes(2)))
                                .held(JOB));
        all.breach(
                Rule.QUARANTINE,
                "a poison after four crashes",
                () ->
                        wanting(Wanted.poison(TAG))
                                .left(failed("quarantined", crashes(4)))
                                .held(JOB));
        all.breach(
                Rule.QUARANTINE,
                "three crashes of what kills once",
                () ->
                        wanting(Wanted.killer(TAG, 1))
                                .left(failed("quarantined", crashes(3)))
                                .held(JOB));
        all.breach(Rule.QUARANTINE, "there, and has succeeded", () -> good().held(JOB));
        all.breach(Rule.QUARANTINE, "there, and no such job is", () -> good().held("0199-b"));
        all.breach(
                Rule.QUARANTINE,
                "there twice",
                () ->
                        wanting(Wanted.poison(TAG))
                                .left(failed("quarantined", crashes(3)))
                                .held(JOB, JOB));
        all.breach(
                Rule.QUARANTINE,
                "quarantined, and not there",
                () -> wanting(Wanted.poison(TAG)).left(failed("quarantined", crashes(3))));
        all.breach(
                Rule.QUARANTINE,
                "dropped, and still there",
                () ->
                        wanting(Wanted.poison(TAG))
                                .did(new Deed.Dropped(JOB), Reply.OK)
                                .left(failed("quarantined", crashes(3)))
                                .held(JOB));
    }

    private static void forgotten(Breaches all) {
        all.breach(
                Rule.FORGOTTEN,
                "forgotten, and there",
                () -> good().did(new Deed.Forgotten(JOB), Reply.OK));
        all.breach(
                Rule.FORGOTTEN,
                "forgotten, and read after that",
                () ->
                        accepted()
                                .did(new Deed.Forgotten(JOB), Reply.OK)
                                .read(JOB, "succeeded", value(TAG, 1)));
        all.breach(
                Rule.NOTHING_LOST,
                "unknown before it was forgotten",
                () ->
                        accepted()
                                .did(new Deed.Missed(JOB), Reply.OK)
                                .did(new Deed.Forgotten(JOB), Reply.OK));
        all.breach(
                Rule.NOTHING_LOST,
                "unknown, and not even forgotten",
                () ->
                        good().did(new Deed.Forgotten(JOB), Reply.FAIL)
                                .did(new Deed.Missed(JOB), Reply.OK));
    }
}
