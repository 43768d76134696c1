package io.procpool.durability;

import io.procpool.durability.Operation.Deed;
import io.procpool.durability.Operation.Deed.Submitted;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client that writes down what it does and what it is told. It never gives up on a service that is not there, it only says so. Any thread may use it. */
final class Caller implements AutoCloseable {
    static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final History history;
    private final Supplier<String> url;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private volatile boolean alone;
    private volatile boolean deaf;
    private final AtomicInteger deafened = new AtomicInteger();

    /** @param url where the service is at the moment */
    Caller(History history, Supplier<String> url) {
        this.history = history;
        this.url = url;
    }

    /** What came back: nothing if the connection broke. */
    record Answer(Reply reply, Optional<HttpResponse<String>> response) {
        int status() {
            return response.map(HttpResponse::statusCode).orElse(0);
        }

        String body() {
            return response.map(HttpResponse::body).orElse("");
        }

        JsonNode json() {
            return JSON.readTree(body());
        }

        /** That of its ETag; 0: it has none. */
        long version() {
            return response.flatMap(found -> found.headers().firstValue("ETag"))
                    .map(tag -> Long.parseLong(tag.replace("\"", "").replace("W/", "")))
                    .orElse(0L);
        }
    }

    Answer get(String path) {
        return send(HttpRequest.newBuilder(at(path)).GET());
    }

    Answer post(String path, String body) {
        return send(HttpRequest.newBuilder(at(path)).POST(BodyPublishers.ofString(body)));
    }

    Answer put(String path, String body) {
        return send(HttpRequest.newBuilder(at(path)).PUT(BodyPublishers.ofString(body)));
    }

    private Answer delete(String path) {
        return send(HttpRequest.newBuilder(at(path)).DELETE());
    }

    private URI at(String path) {
        return URI.create(url.get() + path);
    }

    private Answer send(HttpRequest.Builder request) {
        int before = deafened.get();
        request.timeout(PATIENCE).header("Content-Type", "application/json");
        try {
            var response = client.send(request.build(), BodyHandlers.ofString());
            if (deaf || deafened.get() != before) {
                return new Answer(Reply.UNKNOWN, Optional.empty());
            }
            alone = false;
            return new Answer(reply(response.statusCode()), Optional.of(response));
        } catch (ConnectException nobodyThere) {
            alone = true;
            return new Answer(Reply.FAIL, Optional.empty());
        } catch (IOException broken) {
            return new Answer(Reply.UNKNOWN, Optional.empty());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new Answer(Reply.UNKNOWN, Optional.empty());
        }
    }

    /** From now on no answer comes through, whoever sends it, until {@link #hear}; nor one that is on its way. */
    void deafen() {
        deafened.incrementAndGet();
        deaf = true;
    }

    void hear() {
        deafened.incrementAndGet(); // what was asked before is not answered any more
        deaf = false;
    }

    /** Whether there was no service when it was last asked. */
    boolean isAlone() {
        return alone;
    }

    private static Reply reply(int status) {
        return status < 400 ? Reply.OK : status < 500 ? Reply.FAIL : Reply.UNKNOWN;
    }

    /** Submits. The answer's ids are in the history. */
    Submitted submit(Ask ask) {
        long invoked = System.nanoTime();
        var answer = sent(ask);
        if (answer.reply() != Reply.OK || (ask.waits() && answer.status() == 200)) {
            var nothing = Receipts.of(ask, List.of());
            history.add(nothing, answer.reply(), invoked);
            return nothing;
        }
        var granted = Receipts.granted(ask, answer.json());
        if (granted.ids().size() < ask.wanted().size()) {
            history.add(Receipts.refused(ask, answer.json()), Reply.FAIL, invoked);
        }
        history.add(granted, Reply.OK, invoked);
        return granted;
    }

    private Answer sent(Ask ask) {
        var request =
                HttpRequest.newBuilder(at(ask.path()))
                        .method(ask.method(), BodyPublishers.ofString(ask.body()));
        if (ask.key() != null) {
            request.header("Idempotency-Key", ask.key());
        }
        return send(request);
    }

    /** Looks at a job, and at its value if it has one. Empty: nobody has said. */
    Optional<JsonNode> read(String id, String query) {
        long invoked = System.nanoTime();
        var answer = get("/v1/results/" + id + query);
        if (answer.status() == 404 || answer.status() == 410) {
            history.add(new Deed.Missed(id), Reply.OK, invoked);
        }
        if (answer.status() != 200) {
            return Optional.empty();
        }
        var job = answer.json();
        var state = job.get("state").asString();
        history.add(new Deed.Read(id, state, answer.version(), null), Reply.OK, invoked);
        if (state.equals("succeeded")) {
            readValue(id);
        }
        return Optional.of(job);
    }

    private void readValue(String id) {
        long invoked = System.nanoTime();
        var answer = get("/v1/results/" + id + "/value");
        if (answer.status() == 200) {
            var value = Text.kept(answer.body());
            history.add(new Deed.Read(id, "succeeded", 0, value), Reply.OK, invoked);
        } else if (answer.reply() == Reply.FAIL && answer.status() != 0) {
            history.add(new Deed.Missed(id), Reply.OK, invoked); // its value was not found
        }
    }

    void cancel(String id) {
        long invoked = System.nanoTime();
        var answer = post("/v1/results/" + id + "/cancel", "");
        var state = answer.reply() == Reply.OK ? answer.json().get("state").asString() : "";
        history.add(new Deed.Cancelled(id, state, answer.version()), answer.reply(), invoked);
        if (answer.status() == 404) {
            history.add(new Deed.Missed(id), Reply.OK, invoked);
        }
    }

    /** Forgets a final job. Whether it has, as far as is known. */
    boolean forget(String id) {
        long invoked = System.nanoTime();
        var answer = delete("/v1/results/" + id);
        history.add(new Deed.Forgotten(id), answer.reply(), invoked);
        if (answer.status() == 404) {
            history.add(new Deed.Missed(id), Reply.OK, invoked);
        }
        return answer.reply() == Reply.OK;
    }

    /** Has a quarantined task of that job run again. */
    Answer release(String quarantined, String tag, String job) {
        long invoked = System.nanoTime();
        var answer = post("/v1/quarantine/" + quarantined + "/release", "");
        var id = answer.reply() == Reply.OK ? answer.json().get("id").asString() : "";
        history.add(new Deed.Released(tag, job, id), answer.reply(), invoked);
        return answer;
    }

    /** Drops a quarantined task of that job. */
    void drop(String quarantined, String job) {
        long invoked = System.nanoTime();
        var answer = delete("/v1/quarantine/" + quarantined);
        history.add(new Deed.Dropped(job), answer.reply(), invoked);
    }

    /** Terminates and deletes a pool. */
    Answer endPool(String pool) {
        long invoked = System.nanoTime();
        var answer = delete("/v1/pools/" + pool);
        history.add(new Deed.PoolEnded(pool), answer.reply(), invoked);
        return answer;
    }

    /** The worker processes of the pool. */
    List<Long> workers() {
        var answer = get("/v1/pools/" + Ask.POOL + "/workers");
        return answer.status() == 200
                ? answer.json().findValues("pid").stream().map(JsonNode::asLong).toList()
                : List.of();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
