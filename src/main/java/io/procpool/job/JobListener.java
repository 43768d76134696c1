package io.procpool.job;

import io.procpool.problem.Problem;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hears what happens to jobs. Called on the threads of requests and of slots: it must be quick and must not throw.
 */
public interface JobListener {

    /** A job has been taken in. */
    default void submitted(Submission submission) {}

    /**
     * A submission was turned away, before or when it was submitted.
     *
     * @param pool as the client has written it: there may be none of that name
     */
    default void refused(String pool, Problem why) {}

    /**
     * The outcome of a job shows. It comes once for each that was {@link #submitted}, and maybe before that.
     *
     * @param took since it was taken in
     * @param cancelling since a client has asked for its end; null if none has
     */
    default void finished(JobRecord job, Duration took, @Nullable Duration cancelling) {}

    /** A client has asked for the end of a job that has its outcome. */
    default void cancelledTooLate(String pool) {}

    /** A client did not read its stream for so long that the stream was ended. */
    default void streamStalled(String pool) {}

    /** All of them as one. */
    static JobListener all(List<JobListener> listeners) {
        return new JobListener() {
            @Override
            public void submitted(Submission submission) {
                listeners.forEach(listener -> listener.submitted(submission));
            }

            @Override
            public void refused(String pool, Problem why) {
                listeners.forEach(listener -> listener.refused(pool, why));
            }

            @Override
            public void finished(JobRecord job, Duration took, @Nullable Duration cancelling) {
                listeners.forEach(listener -> listener.finished(job, took, cancelling));
            }

            @Override
            public void cancelledTooLate(String pool) {
                listeners.forEach(listener -> listener.cancelledTooLate(pool));
            }

            @Override
            public void streamStalled(String pool) {
                listeners.forEach(listener -> listener.streamStalled(pool));
            }
        };
    }
}
