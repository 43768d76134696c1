package io.procpool.durability;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.durability.Fault.Kind;
import io.procpool.durability.Fault.Plan;
import io.procpool.job.JobStore;
import io.procpool.job.JobStore.TaskClaim;
import io.procpool.job.Ticket;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults come when they should, and nobody waits for one that can't come. */
class FaultTest {
    private static final Ticket TICKET = new Ticket(new UUID(0, 1), 1);

    @TempDir private Path folder;

    private final CompletableFuture<Void> written = new CompletableFuture<>();
    private final List<String> events = new ArrayList<>();

    private Fault fault(Kind kind, String at) {
        return new Fault(new Plan(kind, at), log(), () -> events.add("halted"));
    }

    private FaultLog log() {
        return new FaultLog(folder.resolve("log"));
    }

    /** Of a store that writes when this test lets it. */
    private Interposer.Call claimTasks() throws NoSuchMethodException {
        Method method = JobStore.class.getMethod("claimTasks", Ticket.class, List.class);
        var store =
                Proxy.newProxyInstance(
                        JobStore.class.getClassLoader(),
                        new Class<?>[] {JobStore.class},
                        (_, _, _) -> written);
        var claim = new TaskClaim(0, 0, 1, 1);
        return new Interposer.Call(store, method, new Object[] {TICKET, List.of(claim)});
    }

    /** The caller may be the thread that would complete the stage: as it is here. */
    @Test
    void an_end_after_a_stage_does_not_keep_its_caller_and_comes_before_anybody_is_told()
            throws Throwable {
        var told = (CompletionStage<?>) fault(Kind.KILLED_AFTER, "1").called(claimTasks());
        assertThat(events).isEmpty();
        var after = told.thenRun(() -> events.add("told"));
        written.complete(null);
        assertThat(after).isCompleted();
        assertThat(events).containsExactly("halted", "told");
    }

    @Test
    void it_strikes_by_number_or_by_name_and_writes_down_which_it_was() throws Throwable {
        var fault = fault(Kind.KILLED_BEFORE, "2");
        fault.called(claimTasks());
        assertThat(log().struck()).isEmpty();
        fault.called(claimTasks());
        assertThat(events).containsExactly("halted");
        assertThat(log().struck()).contains("JobStore.claimTasks");
        assertThat(log().calls()).hasSize(2);

        fault(Kind.KILLED_BEFORE, "JobStore.claimTasks").called(claimTasks());
        assertThat(events).hasSize(2);
    }

    @Test
    void all_that_comes_after_an_error_fails_too() throws Throwable {
        var fault = fault(Kind.ERROR, "1");
        var first = (CompletionStage<?>) fault.called(claimTasks());
        var second = (CompletionStage<?>) fault.called(claimTasks());
        assertThat(first.toCompletableFuture()).isCompletedExceptionally();
        assertThat(second.toCompletableFuture()).isCompletedExceptionally();
    }
}
