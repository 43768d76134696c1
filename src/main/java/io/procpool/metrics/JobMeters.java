package io.procpool.metrics;

import io.procpool.job.JobListener;
import io.procpool.job.JobRecord;
import io.procpool.job.Submission;
import io.procpool.problem.Problem;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Writes what is told of jobs into the books of their pools. */
@Component
final class JobMeters implements JobListener {
    private final Books books;

    JobMeters(Books books) {
        this.books = books;
    }

    @Override
    public void submitted(Submission submission) {
        books.with(
                submission.pool(),
                book -> book.function(submission.func()).submitted(submission.verb()));
    }

    @Override
    public void refused(String pool, Problem why) {
        books.rejected(pool, why);
    }

    @Override
    public void finished(JobRecord job, Duration took, @Nullable Duration cancelling) {
        books.with(
                job.pool(),
                book -> {
                    book.function(job.func()).finished(job, took);
                    if (cancelling != null) {
                        book.cancelled(job, cancelling);
                    }
                });
    }

    @Override
    public void cancelledTooLate(String pool) {
        books.with(pool, PoolBook::cancelledTooLate);
    }

    @Override
    public void streamStalled(String pool) {
        books.with(pool, PoolBook::streamStalled);
    }
}
