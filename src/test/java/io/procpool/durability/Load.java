package io.procpool.durability;

import io.procpool.service.Processes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * One client, on one thread, that does this and that for as long as it is let, by a seed. It waits for the oldest of its jobs when it has many, so that the service keeps up, and
 * sends again what may be sent again until it knows.
 */
final class Load implements Runnable {
    private static final int OPEN = 30;
    private static final int PACE_MILLIS = 2; // it is not a benchmark
    private static final int ALONE_MILLIS = 100; // the next service needs the processors to start

    private final String name;
    private final Caller caller;
    private final History history;
    private final Random random;
    private final boolean killsWorkers;
    private final Deque<String> open = new ArrayDeque<>();
    private final List<String> known = new ArrayList<>();
    private final Set<String> unkeyed = new HashSet<>(); // nobody will ask for these again
    private final Deque<Ask> unanswered = new ArrayDeque<>();
    private volatile boolean ended;
    private int tags;

    Load(String name, Caller caller, History history, long seed, boolean killsWorkers) {
        this.name = name;
        this.caller = caller;
        this.history = history;
        this.random = new Random(seed);
        this.killsWorkers = killsWorkers;
    }

    void end() {
        ended = true;
    }

    @Override
    public void run() {
        while (!ended) {
            step();
            pause(caller.isAlone() ? ALONE_MILLIS : PACE_MILLIS);
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void step() {
        if (open.size() >= OPEN) {
            awaitOldest();
            return;
        }
        if (!unanswered.isEmpty() && random.nextInt(3) == 0) {
            submit(unanswered.remove());
            return;
        }
        int choice = random.nextInt(100);
        if (choice < 60) {
            submit(ask(choice));
        } else if (choice < 85) {
            look();
        } else if (choice < 94) {
            cancel();
        } else if (choice < 96) {
            killAWorker();
        } else {
            awaitOldest();
        }
    }

    private Ask ask(int choice) {
        if (choice < 10) {
            return Ask.keyed(call(), name + "-key-" + tags);
        }
        if (choice < 16) {
            return Ask.put(randomId(), call());
        }
        if (choice < 20) {
            var calls = IntStream.rangeClosed(0, random.nextInt(8)).mapToObj(_ -> call()).toList();
            return Ask.batch(calls, random.nextBoolean() ? name + "-batch-" + tags : null);
        }
        return Ask.of(call());
    }

    /** Of version 4, by the seed. */
    private UUID randomId() {
        return new UUID(
                (random.nextLong() & ~0xF000L) | 0x4000L,
                (random.nextLong() & ~(3L << 62)) | (1L << 63));
    }

    private Ask.Call call() {
        var tag = name + "-" + tags++;
        return switch (random.nextInt(24)) {
            case 0, 1 -> Ask.raising(tag);
            case 2, 3 -> Ask.killing(tag, 1 + random.nextInt(2));
            case 4 -> Ask.poison(tag);
            case 5, 6 -> Ask.slow(tag, 0.05);
            case 7, 8 -> Ask.map(tag, 1 + random.nextInt(30), 4);
            case 9, 10 -> Ask.ok(tag).once();
            case 11 -> Ask.slow(tag, 0.02).once();
            default -> Ask.ok(tag);
        };
    }

    private void submit(Ask ask) {
        var ids = caller.submit(ask).ids();
        if (ids.isEmpty()) {
            if (ask.repeatable()) {
                unanswered.add(ask);
            }
            return;
        }
        open.addAll(ids);
        known.addAll(ids);
        if (!ask.repeatable()) {
            unkeyed.addAll(ids);
        }
        if (ask.repeatable() && random.nextInt(8) == 0) {
            unanswered.add(ask); // once more, although it is known
        }
    }

    private void look() {
        if (!known.isEmpty()) {
            caller.read(any(), "");
        }
    }

    private void cancel() {
        if (!open.isEmpty()) {
            caller.cancel(random.nextBoolean() ? open.peekLast() : any());
        }
    }

    private String any() {
        return known.get(random.nextInt(known.size()));
    }

    private void awaitOldest() {
        var id = open.poll();
        if (id == null) {
            return;
        }
        var job = caller.read(id, "?wait=1");
        if (job.isEmpty()) {
            open.addLast(id); // nobody there
        } else if (job.get().get("ready").asBoolean()
                && unkeyed.contains(id)
                && random.nextInt(8) == 0) {
            forget(id);
        }
    }

    /** And looks whether it is. */
    private void forget(String id) {
        known.remove(id);
        unkeyed.remove(id);
        if (caller.forget(id)) {
            caller.read(id, "");
        }
    }

    private void killAWorker() {
        if (!killsWorkers) {
            return;
        }
        var workers = caller.workers();
        if (!workers.isEmpty()) {
            long pid = workers.get(random.nextInt(workers.size()));
            history.add(new Operation.Deed.WorkerKilled(pid), Reply.OK, System.nanoTime());
            Processes.kill(pid);
        }
    }
}
