package io.procpool.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.procpool.service.Waiting;
import io.restassured.response.Response;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** A pool that one test has for itself, and that goes with it. */
final class OwnPool implements AutoCloseable {
    private static final AtomicInteger MADE = new AtomicInteger();

    private final Service service;
    private final String name = "own-" + MADE.incrementAndGet();

    private OwnPool(Service service, String spec) {
        this.service = service;
        service.put(path(), spec).then().statusCode(201);
    }

    /** In the service that most tests share. */
    static OwnPool of(String spec) {
        return of(Service.shared(), spec);
    }

    static OwnPool of(Service service, String spec) {
        return new OwnPool(service, spec);
    }

    static OwnPool ofProcesses(int processes) {
        return of("{\"processes\":" + processes + ",\"grace\":0.2}");
    }

    String name() {
        return name;
    }

    String path() {
        return "/v1/pools/" + name;
    }

    Service service() {
        return service;
    }

    Response post(String verb, String json) {
        return service.post(path() + "/" + verb, json);
    }

    Response apply(String json) {
        return post("apply", json);
    }

    Response map(String json) {
        return post("map", json);
    }

    /** The answer's body as it came, after a call that must succeed. */
    String value(String verb, String json) {
        var response = post(verb, json);
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(200);
        return response.asString();
    }

    /** Submits to {@code verb_async} for one run, unless it says otherwise; returns the path of the result. */
    String submit(String verb, String json) {
        var response = post(verb + "_async", Service.once(json));
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(202);
        return response.header("Location");
    }

    JsonNode finished(String verb, String json) {
        return service.await(submit(verb, json));
    }

    /** What GET says of it now. */
    JsonNode resource() {
        return Service.json(service.get(path()));
    }

    List<JsonNode> workers() {
        return Service.json(service.get(path() + "/workers")).get("workers").valueStream().toList();
    }

    List<Long> pids() {
        return workers().stream().map(worker -> worker.get("pid").asLong()).toList();
    }

    /** Waits until so many workers sit idle, and no others are there. */
    void awaitIdle(int count) throws InterruptedException {
        Waiting.until(
                count + " idle workers in " + name,
                () ->
                        workers().stream()
                                .map(worker -> worker.get("state").asString())
                                .toList()
                                .equals(Collections.nCopies(count, "idle")));
    }

    /** The sum of a metric's samples of this pool that have these labels. */
    double metric(String metric, String... labels) {
        return Scrape.of(service).value(metric, Scrape.labels(labels, "pool", name));
    }

    @Override
    public void close() {
        service.delete(path());
    }
}
