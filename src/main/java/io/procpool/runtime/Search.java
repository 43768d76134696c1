package io.procpool.runtime;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The search for an interpreter, which takes a process. What is found stays; what is not may be installed later.
 *
 * <p>Threads: any. {@code searching} is held also over the search: whoever comes meanwhile wants the same answer.
 */
final class Search<T> {
    private static final Duration NEWS_FOR = Duration.ofMinutes(1);

    /** The search itself. */
    interface Question<T> {
        T ask() throws StartFailed;
    }

    private final Question<T> question;
    private final ReentrantLock searching = new ReentrantLock();
    private @Nullable T found;
    private @Nullable StartFailed failure;
    private long failedNanos;

    Search(Question<T> question) {
        this.question = question;
    }

    /** Searches, unless it was found before. */
    T now() throws StartFailed {
        searching.lock();
        try {
            var known = found;
            if (known == null) {
                known = question.ask();
                found = known;
            }
            failure = null;
            return known;
        } catch (StartFailed missing) {
            failure = missing;
            failedNanos = System.nanoTime();
            throw missing;
        } finally {
            searching.unlock();
        }
    }

    /** For people who just look: the answer may be a minute old. */
    T lately() throws StartFailed {
        searching.lock();
        try {
            var missing = failure;
            if (missing != null && System.nanoTime() - failedNanos < NEWS_FOR.toNanos()) {
                throw missing;
            }
            return now();
        } finally {
            searching.unlock();
        }
    }
}
