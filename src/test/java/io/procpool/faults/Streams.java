package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.job.Audience;
import io.procpool.payload.InFlight;
import io.procpool.service.Service;
import io.procpool.service.StreamClient;
import io.procpool.service.Waiting;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** A pool for imaps that end otherwise than they should, in a service whose patience is cut short. */
final class Streams implements AutoCloseable {
    private static final AtomicInteger POOLS = new AtomicInteger();

    private final Service service =
            Service.shared(
                    "--procpool.streams.keep-alive=500ms",
                    "--procpool.streams.input-timeout=2s",
                    "--procpool.streams.write-timeout=2s",
                    "--procpool.pools.default.processes=1");
    private final String name = "streams-" + POOLS.incrementAndGet();

    Streams(int processes) {
        this(processes, "");
    }

    /** @param more members of the specification, with a comma in front */
    Streams(int processes, String more) {
        service.pool(name, "{\"processes\":" + processes + ",\"grace\":0.2" + more + "}");
    }

    Service service() {
        return service;
    }

    String path() {
        return "/v1/pools/" + name;
    }

    StreamClient imap(String head) throws IOException {
        return StreamClient.imap(service.url(), path() + "/imap", head);
    }

    JsonNode result(StreamClient client) throws IOException {
        return Service.json(service.get(client.result()));
    }

    /** Waits until so many items of the job are read. */
    void awaitItems(StreamClient client, int items) throws Exception {
        var path = client.result();
        Waiting.until(
                items + " items are read",
                () -> Service.json(service.get(path)).get("items").asInt() >= items);
    }

    /** Waits until a task of the job runs. */
    void awaitRunning(StreamClient client) throws Exception {
        var path = client.result();
        Waiting.until(
                path + " runs",
                () -> Service.json(service.get(path)).get("state").asString().equals("running"));
    }

    /** Nothing of any stream is left: no request, no task, no memory; the job has its outcome. */
    void awaitNothingLeft(String result, String state) throws InterruptedException {
        Waiting.until(
                "no stream is open",
                () -> service.bean(Audience.class).count(Audience.Kind.NDJSON) == 0);
        Waiting.until(
                result + " has an outcome",
                () -> Service.json(service.get(result)).get("ready").asBoolean());
        assertThat(Service.json(service.get(result)).get("state").asString()).isEqualTo(state);
        Waiting.until(
                "no worker is busy",
                () ->
                        Service.json(service.get(path() + "/workers"))
                                .path("workers")
                                .valueStream()
                                .map(worker -> worker.get("state").asString())
                                .noneMatch(what -> what.equals("busy") || what.equals("stopping")));
        Waiting.until("no memory is held", () -> service.bean(InFlight.class).held() == 0);
    }

    /** How many streams of the pool were given up because nobody read them. */
    void awaitStalled(int count) throws InterruptedException {
        var sample =
                Pattern.compile(
                        "procpool_streams_stalled_total\\{[^}]*pool=\""
                                + name
                                + "\"[^}]*} "
                                + count);
        Waiting.until(
                count + " stalled",
                () -> sample.matcher(service.get("/actuator/prometheus").asString()).find());
    }

    static String type(JsonNode problem) {
        return problem.get("type").asString().replace("urn:procpool:problem:", "");
    }

    /** The problem of the summary, which must be the last line. */
    static JsonNode problem(java.util.List<JsonNode> answers) {
        return answers.getLast().get("summary").get("problem");
    }

    @Override
    public void close() {
        service.delete(path());
    }
}
