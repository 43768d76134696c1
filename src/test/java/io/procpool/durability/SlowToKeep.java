package io.procpool.durability;

import io.procpool.job.JobStore.Entry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The store takes long to accept what somebody has waited for: so long that it has ended meanwhile, and the acceptance is withdrawn. By itself that happens once in a thousand
 * times. Only those with a tag of that kind are concerned.
 *
 * @param ledgers where functions write down that they have ended
 */
record SlowToKeep(Path ledgers) {
    /** How their tags end. */
    static final String KIND = "-late";

    private static final Duration LONGEST = Duration.ofSeconds(20); // a ceiling
    private static final Duration WAY_BACK =
            Duration.ofMillis(100); // from a function's end to its job's
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    /** The store's answer, when it is too late. */
    @Nullable Object after(Interposer.Call call, @Nullable Object answer) {
        if (call.fullName().equals("JobStore.accept")
                && call.arguments()[0] instanceof List<?> entries
                && entries.getFirst() instanceof Entry entry
                && !entry.tracked()) {
            var tag = entry.record().labels().getOrDefault("tag", "");
            if (tag.endsWith(KIND)) {
                awaitEnd(tag);
            }
        }
        return answer;
    }

    private void awaitEnd(String tag) {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (!hasEnded(tag) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
        LockSupport.parkNanos(WAY_BACK.toNanos());
    }

    private boolean hasEnded(String tag) {
        return Ledger.read(ledgers).entries().stream()
                .anyMatch(entry -> !entry.start() && entry.tag().equals(tag));
    }
}
