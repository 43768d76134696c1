package io.procpool.durability;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.durability.Ask.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** A bit of everything that a store has to do, for a service that may end at any moment of it. */
final class Scenario {
    private final Caller caller;
    private final String name;
    private final List<String> ids = new ArrayList<>();

    /** @param name begins all tags */
    Scenario(Caller caller, String name) {
        this.caller = caller;
        this.name = name;
    }

    /** Returns when all is final, or nobody answers any more. */
    void run() {
        submit(Ask.keyed(Ask.ok(name + "-ok"), name));
        submit(Ask.keyed(Ask.ok(name + "-ok"), name));
        submit(
                Ask.put(
                        UUID.nameUUIDFromBytes(name.getBytes(UTF_8)),
                        Ask.raising(name + "-raising")));
        submit(Ask.of(Ask.map(name + "-map", 6, 2)));
        submit(Ask.of(Ask.killing(name + "-killing", 1)));
        submit(Ask.of(Ask.poison(name + "-poison")));
        submit(Ask.of(Ask.ok(name + "-once").once()));
        submit(Ask.batch(calls("-batch"), name + "-batch"));
        var cancelled = submit(Ask.of(Ask.slow(name + "-cancelled", 0.2)));
        cancelled.forEach(caller::cancel);
        for (var id : ids) {
            if (!ended(id)) {
                return;
            }
        }
    }

    private List<Call> calls(String part) {
        return Stream.of(1, 2, 3).map(n -> Ask.ok(name + part + n)).toList();
    }

    private List<String> submit(Ask ask) {
        var submitted = caller.submit(ask).ids();
        ids.addAll(submitted);
        return submitted;
    }

    /** False: nobody answers. */
    private boolean ended(String id) {
        while (true) {
            var job = caller.read(id, "?wait=10");
            if (job.isEmpty()) {
                return false;
            }
            if (job.get().get("ready").asBoolean()) {
                return true;
            }
        }
    }
}
