package io.procpool.durability;

import io.procpool.job.JobStore.Accepted;
import io.procpool.job.Ticket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Who can stand between a service and its store. The mutants each take one guard out. */
final class Interposers {
    private Interposers() {}

    /** By {@code ERROR:3}, that is a {@link Fault} and the number of its call; or by the name of a mutant. */
    static Interposer named(String name) {
        var parts = name.split(":", 2);
        return parts.length == 2
                ? new Fault(Fault.Kind.valueOf(parts[0]), Integer.parseInt(parts[1]))
                : mutant(Mutant.valueOf(name));
    }

    static Interposer mutant(Mutant mutant) {
        return switch (mutant) {
            case ANSWER_BEFORE_COMMIT -> Interposers::answerBeforeCommit;
            case KEY_NOT_UNIQUE -> Interposers::keyNotUnique;
            case NO_EPOCH_IN_WHERE -> Interposers::noEpoch;
            case NEIGHBOURS_ARE_CHARGED -> new ChargesNeighbours();
        };
    }

    /** Nobody's commit is waited for. */
    private static Object answerBeforeCommit(Interposer.Call call) throws Throwable {
        if (!call.name().equals("accept")) {
            return call.proceed();
        }
        CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS)
                .execute(() -> later(call));
        return new Accepted.Taken();
    }

    private static void later(Interposer.Call call) {
        try {
            call.proceed();
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static Object keyNotUnique(Interposer.Call call) throws Throwable {
        return switch (call.name()) {
            case "look" -> new Accepted.Taken();
            case "accept" -> call.with(call.arguments()[0], null);
            default -> call.proceed();
        };
    }

    /** A stale claim is taken for the newest. */
    @SuppressWarnings("FutureReturnValueIgnored") // it is what the service is told
    private static Object noEpoch(Interposer.Call call) throws Throwable {
        if (!call.name().equals("finish")) {
            return call.proceed();
        }
        var arguments = call.arguments();
        var ticket = (Ticket) arguments[0];
        Object taken = false;
        for (int epoch = ticket.epoch(); epoch <= ticket.epoch() + 2 && !taken.equals(true); epoch++) {
            arguments[0] = new Ticket(ticket.job(), epoch);
            taken = ((CompletableFuture<?>) call.with(arguments)).join();
        }
        return CompletableFuture.completedFuture(taken);
    }
}
