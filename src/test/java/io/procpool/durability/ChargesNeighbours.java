package io.procpool.durability;

import io.procpool.job.Attempt;
import io.procpool.job.JobRecord;
import io.procpool.job.Ticket;
import io.procpool.problem.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Writes a crash that belongs to one job into the record of others too. */
final class ChargesNeighbours implements Interposer {
    private record Crash(UUID job, Attempt attempt) {}

    private final AtomicReference<Optional<Crash>> crash = new AtomicReference<>(Optional.empty());

    @Override
    @SuppressWarnings("unchecked")
    public @Nullable Object called(Call call) throws Throwable {
        if (call.name().equals("again")) {
            var ticket = (Ticket) call.arguments()[0];
            var attempts = (List<Attempt>) call.arguments()[2];
            crash.set(Optional.of(new Crash(ticket.job(), attempts.getLast())));
        }
        if (!call.name().equals("finish")) {
            return call.proceed();
        }
        var others = call.arguments();
        others[1] = charged((JobRecord) others[1]);
        return call.with(others);
    }

    private JobRecord charged(JobRecord record) {
        return crash.get()
                .filter(other -> !other.job().equals(record.id()) && record.successful())
                .map(other -> with(record, other.attempt()))
                .orElse(record);
    }

    private static JobRecord with(JobRecord record, Attempt crash) {
        var attempts = new ArrayList<>(record.attempts());
        attempts.add(
                new Attempt(
                        attempts.size() + 1,
                        crash.firstItem(),
                        crash.items(),
                        crash.pid(),
                        crash.generation(),
                        crash.started(),
                        crash.finished(),
                        crash.exitcode(),
                        crash.signal(),
                        crash.cpuSeconds(),
                        crash.peakRss(),
                        crash.outputTail(),
                        crash.outputTruncated(),
                        new Failure.WorkerLost("crash_signal", null, crash.signal(), "")));
        return record.with(attempts);
    }
}
