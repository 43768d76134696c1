package io.procpool.durability;

import io.procpool.job.JobStore.Accepted;
import io.procpool.job.JobStore.TaskClaim;
import io.procpool.job.Ticket;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Who can stand between a service and its store. */
final class Interposers {
    private static final int EPOCHS = 2; // that a claim may be behind

    private Interposers() {}

    /**
     * By {@code ERROR:3}, that is a {@link Fault} and the number of its call; or by the name of a mutant.
     *
     * @param home of the service
     */
    static Interposer named(String name, Path home) {
        var parts = name.split(":", 2);
        return parts.length == 2
                ? new Fault(Fault.Kind.valueOf(parts[0]), Integer.parseInt(parts[1]))
                : mutant(Mutant.valueOf(name), home);
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

    /** Nobody waits for the commit; and as it happens the service is gone before there is one. */
    private static @Nullable Object answerBeforeCommit(Interposer.Call call) throws Throwable {
        return call.name().equals("accept") ? new Accepted.Taken() : call.proceed();
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
            taken = ((CompletableFuture<?>) call.with(arguments)).join().equals(true);
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
            endAll(home);
        }
        return call.proceed();
    }

    private static void endAll(Path home) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + SqlDump.database(home));
                var statement = connection.createStatement()) {
            statement.executeUpdate(
                    "UPDATE job SET state = 'cancelled', claimed = 0, finished = coalesce(finished, created)");
        }
    }
}
