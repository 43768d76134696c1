package io.procpool.durability;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A request that submits jobs of the functions in {@code ledger.py}: it can be sent as often as one likes. */
record Ask(String method, String path, String body, @Nullable String key, List<Wanted> wanted) {
    /** The pool of all of them. */
    static final String POOL = "load";

    private static final String ASYNC = "/v1/pools/" + POOL + "/%s_async";

    /** The part of a body that says what is to be run. */
    record Call(Wanted wanted, String verb, String fields) {
        private String json() {
            return "{" + fields + rest() + "}";
        }

        private String addressed() {
            return "{\"pool\":\"%s\",\"verb\":\"%s\",%s}".formatted(POOL, verb, fields + rest());
        }

        private String rest() {
            var labels = ",\"labels\":{\"tag\":\"" + wanted.tag() + "\"}";
            return wanted.atMostOnce() ? labels + ",\"delivery\":\"at_most_once\"" : labels;
        }

        Call once() {
            return new Call(wanted.once(), verb, fields);
        }

        /** Not before so many seconds have passed: it waits in the store until then. */
        Call later(int seconds) {
            return new Call(wanted, verb, fields + ",\"countdown\":" + seconds);
        }
    }

    static Call ok(String tag) {
        return apply(Wanted.harmless(tag), "ok", "");
    }

    static Call slow(String tag, double seconds) {
        return apply(Wanted.harmless(tag), "slow", "," + seconds);
    }

    /** Runs until that file is there. */
    static Call waiting(String tag, String path) {
        return apply(Wanted.harmless(tag), "wait_for", ",\"" + path + '"');
    }

    static Call raising(String tag) {
        return apply(Wanted.raising(tag), "raises", "");
    }

    static Call killing(String tag, int times) {
        return apply(Wanted.killer(tag, times), "kill_first", "," + times);
    }

    static Call poison(String tag) {
        return apply(Wanted.poison(tag), "kill_always", "");
    }

    private static Call apply(Wanted wanted, String function, String more) {
        return new Call(
                wanted,
                "apply",
                "\"func\":\"ledger.%s\",\"args\":[\"%s\"%s]"
                        .formatted(function, wanted.tag(), more));
    }

    /** Each item has a line in the ledger. */
    static Call map(String tag, int items, int chunksize) {
        var iterable =
                IntStream.range(0, items)
                        .mapToObj(item -> '"' + tag + ':' + item + '"')
                        .collect(joining(",", "[", "]"));
        return new Call(
                Wanted.map(tag, iterable),
                "map",
                "\"func\":\"ledger.item\",\"chunksize\":%d,\"iterable\":%s"
                        .formatted(chunksize, iterable));
    }

    static Ask of(Call call) {
        return keyed(call, null);
    }

    /** In another pool. */
    static Ask in(String pool, Call call) {
        return new Ask(
                "POST",
                "/v1/pools/%s/%s_async".formatted(pool, call.verb()),
                call.json(),
                null,
                List.of(call.wanted()));
    }

    /** By somebody who waits for so long: it is accepted if it takes longer. */
    static Ask waitedFor(double seconds, Call call) {
        return new Ask(
                "POST",
                "/v1/pools/%s/%s?wait=%s".formatted(POOL, call.verb(), seconds),
                call.json(),
                null,
                List.of(call.wanted()));
    }

    static Ask keyed(Call call, @Nullable String key) {
        return new Ask(
                "POST", ASYNC.formatted(call.verb()), call.json(), key, List.of(call.wanted()));
    }

    /** With an id of the client's choice. */
    static Ask put(UUID id, Call call) {
        return new Ask("PUT", "/v1/results/" + id, call.addressed(), null, List.of(call.wanted()));
    }

    static Ask batch(List<Call> calls, @Nullable String key) {
        return new Ask(
                "POST",
                "/v1/batches",
                calls.stream().map(Call::addressed).collect(joining(",", "[", "]")),
                key,
                calls.stream().map(Call::wanted).toList());
    }

    /** Whether it can be sent again without a second effect. */
    boolean repeatable() {
        return key != null || method.equals("PUT");
    }

    /** Whether the answer may be the value. */
    boolean waits() {
        return path.contains("?wait=");
    }

    String fingerprint() {
        return Text.hash(method + path + body);
    }
}
