package io.procpool.job;

import io.procpool.job.JobStore.TaskClaim;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A journal that a test holds in its hands: it is written when the test says so, in the order in which it was asked for, as a store does it. */
final class Ledger implements Journal {
    private record Line(String text, CompletableFuture<Void> written) {}

    private final List<String> asked = new ArrayList<>();
    private final List<Line> unwritten = new ArrayList<>();
    private final Set<String> written = ConcurrentHashMap.newKeySet();
    private boolean heldBack;

    /** Nothing is written from now on but what the test {@link #write writes}. */
    synchronized Ledger heldBack() {
        heldBack = true;
        return this;
    }

    /** All that it was asked to write, written or not: {@code "claim 0#1 1#1"} are the first attempts of two tasks. */
    synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    synchronized List<String> unwritten() {
        return unwritten.stream().map(Line::text).toList();
    }

    /** The oldest line is written; what follows from that has happened when this returns. */
    void write() {
        Line line;
        synchronized (this) {
            line = unwritten.removeFirst();
        }
        complete(line);
    }

    private void complete(Line line) {
        written.add(line.text());
        line.written().complete(null);
    }

    /** Writes the oldest line if there is one. */
    boolean writeIfAny() {
        if (unwritten().isEmpty()) {
            return false;
        }
        write();
        return true;
    }

    /** Whether the claim of this run is written. */
    boolean isClaimed(Task task) {
        var run = run(task.claim());
        return written.stream()
                .filter(line -> line.startsWith("claim "))
                .anyMatch(line -> List.of(line.split(" ")).contains(run));
    }

    /** Until nothing is left to write: what follows may want more. */
    void writeAll() {
        while (!unwritten().isEmpty()) {
            write();
        }
    }

    private CompletionStage<Void> line(String text) {
        var line = new Line(text, new CompletableFuture<>());
        boolean now;
        synchronized (this) {
            asked.add(text);
            now = !heldBack;
            if (!now) {
                unwritten.add(line);
            }
        }
        if (now) {
            complete(line);
        }
        return line.written();
    }

    private static String run(TaskClaim claim) {
        return claim.number() + "#" + claim.attempt();
    }

    @Override
    public boolean writes() {
        return true;
    }

    @Override
    public CompletionStage<Void> claim(List<TaskClaim> claims) {
        return line(
                claims.stream().map(Ledger::run).collect(Collectors.joining(" ", "claim ", "")));
    }

    @Override
    public CompletionStage<Void> begun(TaskClaim task, long pid, Instant at) {
        return line("begun " + run(task));
    }

    @Override
    public CompletionStage<Void> ended(
            Task task, Task.End end, int place, @Nullable Quarantined quarantined) {
        var what =
                switch (end) {
                    case Task.End.Value(var value, _) -> value.utf8();
                    case Task.End.Broke(var problem) -> problem.getClass().getSimpleName();
                };
        return line("ended " + run(task.claim()) + " at " + place + ": " + what);
    }

    @Override
    public CompletionStage<Void> again(Task task) {
        return line("again " + run(task.claim()));
    }
}
