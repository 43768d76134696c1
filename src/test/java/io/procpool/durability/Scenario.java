package io.procpool.durability;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.procpool.durability.Ask.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** A bit of everything that a store has to do, for a service that may end at any moment of it. */
final class Scenario {
    private static final Duration LONGEST = Duration.ofMinutes(2); // a ceiling
    private static final String SIDE = "side"; // a pool that is made and ended with each
    private static final int LATER = 8; // seconds: longer than it takes to end what waits

    private final Caller caller;
    private final String name;
    private final String pool;
    private final List<String> ids = new ArrayList<>();

    /**
     * @param name begins all tags
     * @param pool the specification of another pool
     */
    Scenario(Caller caller, String name, String pool) {
        this.caller = caller;
        this.name = name;
        this.pool = pool;
    }

    /** Returns when all is final, or nobody answers any more. */
    void run() throws Exception {
        var waited = CompletableFuture.supplyAsync(this::waitForTwo);
        repeat();
        var map = submit(Ask.of(Ask.map(name + "-map", 6, 2)));
        submit(Ask.of(Ask.killing(name + "-killing", 1)));
        var poison = submit(Ask.of(Ask.poison(name + "-poison")));
        var aside = submit(Ask.of(Ask.killing(name + "-aside", EndRules.CRASHES)));
        submit(Ask.of(Ask.ok(name + "-once").once()));
        submit(Ask.of(Ask.slow(name + "-cancelled", 0.2))).forEach(caller::cancel);
        submit(Ask.of(Ask.ok(name + "-later").later(LATER))).forEach(caller::cancel);
        endAPool();
        ids.addAll(waited.get(LONGEST.toNanos(), NANOSECONDS));
        if (allEnded()) {
            map.stream().filter(caller::forget).forEach(id -> caller.read(id, ""));
            poison.forEach(this::drop);
            aside.forEach(this::release);
            allEnded();
        }
    }

    /** What may be sent again, so that it is known to be taken: also by a client that was told of nothing. */
    void repeat() {
        submit(Ask.keyed(Ask.ok(name + "-ok"), name));
        submit(Ask.keyed(Ask.ok(name + "-ok"), name));
        submit(
                Ask.put(
                        UUID.nameUUIDFromBytes(name.getBytes(UTF_8)),
                        Ask.raising(name + "-raising")));
        submit(Ask.batch(calls("-batch"), name + "-batch"));
    }

    /** Whether a client has been told of a job. */
    boolean hasAccepted() {
        return !ids.isEmpty();
    }

    List<String> ids() {
        return List.copyOf(ids);
    }

    private List<Call> calls(String part) {
        return Stream.of(1, 2, 3).map(n -> Ask.ok(name + part + n)).toList();
    }

    private List<String> submit(Ask ask) {
        var submitted = caller.submit(ask).ids();
        ids.addAll(submitted);
        return submitted;
    }

    /** One has ended before it was accepted, of the other the patience ends first. */
    private List<String> waitForTwo() {
        return Stream.of(Ask.slow(name + SlowToKeep.KIND, 0.3), Ask.slow(name + "-kept", 0.4))
                .map(call -> caller.submit(Ask.waitedFor(0.05, call)).ids())
                .flatMap(List::stream)
                .toList();
    }

    /** With jobs that wait for it. */
    private void endAPool() {
        caller.put("/v1/pools/" + SIDE, pool);
        submit(Ask.in(SIDE, Ask.ok(name + "-side1").later(LATER)));
        submit(Ask.in(SIDE, Ask.ok(name + "-side2").later(LATER)));
        caller.endPool(SIDE);
    }

    private void drop(String job) {
        held(job).ifPresent(task -> caller.drop(task, job));
    }

    private void release(String job) {
        held(job)
                .map(task -> caller.release(task, name + "-aside", job))
                .filter(answer -> answer.reply() == Reply.OK)
                .ifPresent(answer -> ids.add(answer.json().get("id").asString()));
    }

    /** The quarantined task of a job. */
    private Optional<String> held(String job) {
        var answer = caller.get("/v1/quarantine?limit=1000");
        return answer.status() != 200
                ? Optional.empty()
                : answer.json()
                        .get("quarantine")
                        .valueStream()
                        .filter(task -> task.get("job").asString().equals(job))
                        .map(task -> task.get("id").asString())
                        .findFirst();
    }

    private boolean allEnded() {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        return ids.stream().distinct().allMatch(id -> hasEnded(id, deadline));
    }

    /** False: nobody answers. */
    private boolean hasEnded(String id, long deadline) {
        while (System.nanoTime() < deadline) {
            var job = caller.read(id, "?wait=10");
            if (job.isEmpty()) {
                return false;
            }
            if (job.get().get("ready").asBoolean()) {
                return true;
            }
        }
        throw new AssertionError(
                "%s of %s is not final after %d s".formatted(id, name, LONGEST.toSeconds()));
    }
}
