package io.procpool.durability;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.procpool.job.JobStore.Accepted;
import io.procpool.job.JobStore.TaskClaim;
import io.procpool.job.Ticket;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Who can stand between a service and its store. */
final class Interposers {
    private static final int EPOCHS = 2; // that a claim may be behind
    private static final Duration LATE =
            Duration.ofSeconds(2); // longer than a client needs to kill it
    private static final long WRITTEN_WITHIN = 60; // a ceiling

    private Interposers() {}

    /**
     * By {@code ERROR:3}, that is the plan of a {@link Fault}; or by the name of a mutant.
     *
     * @param home of the service
     * @param log of a fault, in the folder of the ledgers
     */
    static Interposer named(String name, Path home, FaultLog log) {
        return name.contains(":")
                ? fault(Fault.Plan.of(name), log)
                : mutant(Mutant.valueOf(name), home);
    }

    private static Interposer fault(Fault.Plan plan, FaultLog log) {
        var fault = new Fault(plan, log);
        var slow = new SlowToKeep(log.file().toAbsolutePath().getParent());
        return call -> slow.after(call, fault.called(call));
    }

    static Interposer mutant(Mutant mutant, Path home) {
        return switch (mutant) {
            case ANSWER_BEFORE_COMMIT -> Interposers::answerBeforeCommit;
            case KEY_NOT_UNIQUE -> Interposers::keyNotUnique;
            case NO_EPOCH_IN_WHERE -> Interposers::noEpoch;
            case NEIGHBOURS_ARE_CHARGED -> new ChargesNeighbours();
            case RESCUE_WITHOUT_GUARD -> call -> rescueAll(call, home);
            case SYNCHRONOUS_OFF -> new Unsynced();
        };
    }

    /** The commit comes, on another thread and a little later; nobody waits for it. */
    private static @Nullable Object answerBeforeCommit(Interposer.Call call) throws Throwable {
        if (!call.name().equals("accept")) {
            return call.proceed();
        }
        Thread.ofPlatform().daemon().name("late-commit").start(() -> commitLate(call));
        return new Accepted.Taken();
    }

    private static void commitLate(Interposer.Call call) {
        long due = System.nanoTime() + LATE.toNanos();
        while (System.nanoTime() < due) {
            LockSupport.parkNanos(LATE.toNanos());
        }
        try {
            call.proceed();
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static @Nullable Object keyNotUnique(Interposer.Call call) throws Throwable {
        return switch (call.name()) {
            case "look" -> new Accepted.Taken();
            case "accept" -> call.with(call.arguments()[0], null);
            default -> call.proceed();
        };
    }

    /** A stale claim is taken for the newest, of the job and of its task. */
    @SuppressWarnings("FutureReturnValueIgnored") // it is what the service is told
    private static @Nullable Object noEpoch(Interposer.Call call) throws Throwable {
        if (!call.name().equals("finish")) {
            return call.proceed();
        }
        boolean taken = false;
        for (int newer = 0; newer <= EPOCHS && !taken; newer++) {
            var arguments = call.arguments();
            arguments[0] = later((Ticket) arguments[0], newer);
            arguments[2] = later((TaskClaim) arguments[2], newer);
            taken =
                    ((CompletableFuture<?>) call.with(arguments))
                            .get(WRITTEN_WITHIN, SECONDS)
                            .equals(true);
        }
        return CompletableFuture.completedFuture(taken);
    }

    private static Ticket later(Ticket ticket, int newer) {
        return new Ticket(ticket.job(), ticket.epoch() + newer);
    }

    private static @Nullable TaskClaim later(@Nullable TaskClaim claim, int newer) {
        return claim == null
                ? null
                : new TaskClaim(
                        claim.number(), claim.firstItem(), claim.items(), claim.attempt() + newer);
    }

    private static @Nullable Object rescueAll(Interposer.Call call, Path home) throws Throwable {
        if (call.name().equals("rescue")) {
            reopenAll(home);
        }
        return call.proceed();
    }

    /** What the rescue does with the jobs that it finds, without its {@code WHERE}. */
    private static void reopenAll(Path home) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + SqlDump.database(home));
                var statement = connection.createStatement()) {
            statement.executeUpdate(
                    """
                    UPDATE job SET state = 'pending', started = NULL, finished = NULL, claimed = 0,
                        version = (epoch + 1) << 24
                    """);
        }
    }
}
