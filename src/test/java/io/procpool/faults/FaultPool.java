package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.procpool.service.Waiting;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A pool of one test's own in the shared service. */
final class FaultPool implements AutoCloseable {
    private static final AtomicInteger POOLS = new AtomicInteger();

    /** Beside the service's own fixture, which is comfortable and ten times as slow: the races need many requests. */
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Service service;
    private final String name = "fault-" + POOLS.incrementAndGet();

    private FaultPool(Service service, String spec) {
        this.service = service;
        service.pool(name, spec);
    }

    static FaultPool of(int processes) {
        return of(processes, "");
    }

    /** @param more members of the specification, with a comma in front */
    static FaultPool of(int processes, String more) {
        return in(Service.shared(), processes, more);
    }

    static FaultPool in(Service service, int processes, String more) {
        return new FaultPool(service, "{\"processes\": " + processes + more + "}");
    }

    String name() {
        return name;
    }

    String path() {
        return "/v1/pools/" + name;
    }

    /** An apply that waits. {@code more} is as in {@link #of}. */
    Response apply(String func, String args, String more) {
        return service.post(path() + "/apply", body(func, args, more));
    }

    Response apply(String func, String args) {
        return apply(func, args, "");
    }

    /** The same from another thread. */
    CompletableFuture<Response> applying(String func, String args) {
        return CompletableFuture.supplyAsync(() -> apply(func, args), Thread::startVirtualThread);
    }

    /** Submits, and returns the path of the result. */
    String submit(String func, String args, String more) {
        var accepted = post(path() + "/apply_async", body(func, args, more));
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        return accepted.headers().firstValue("Location").orElseThrow();
    }

    String submit(String func, String args) {
        return submit(func, args, "");
    }

    /** Submits, and waits for the final resource. */
    JsonNode run(String func, String args, String more) {
        return service.await(submit(func, args, more));
    }

    JsonNode run(String func, String args) {
        return run(func, args, "");
    }

    /** Waits until a result is ready. */
    JsonNode await(String result) {
        while (true) {
            var resource = json(get(result + "?wait=30"));
            if (resource.path("ready").asBoolean()) {
                return resource;
            }
        }
    }

    /** Asks for the end of a job. Returns what it is then. */
    JsonNode cancel(String result) {
        var answer = post(result + "/cancel", "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return json(answer);
    }

    JsonNode json(String path) {
        return json(get(path));
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JSON.readTree(answer.body());
    }

    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(URI.create(service.url() + path)).build());
    }

    private HttpResponse<String> post(String path, String json) {
        return send(
                HttpRequest.newBuilder(URI.create(service.url() + path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json))
                        .build());
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return CLIENT.send(request, BodyHandlers.ofString());
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    private static String body(String func, String args, String more) {
        return "{\"func\": \"" + func + "\", \"args\": " + args + more + "}";
    }

    JsonNode state() {
        return json(path());
    }

    JsonNode health() {
        return state().path("health");
    }

    /** The workers that are in one of these states. */
    List<Long> pids(String... states) {
        var wanted = List.of(states);
        return json(path() + "/workers")
                .path("workers")
                .valueStream()
                .filter(worker -> wanted.contains(worker.path("state").asString()))
                .map(worker -> worker.path("pid").asLong())
                .toList();
    }

    /** Waits until so many workers are ready to serve or serving. */
    List<Long> awaitWorkers(int count) throws InterruptedException {
        Waiting.until(count + " workers", () -> pids("idle", "busy").size() == count);
        return pids("idle", "busy");
    }

    /** How many workers have ended for that reason. */
    int exits(String reason) {
        var wanted = "procpool_worker_exits_total{pool=\"" + name + "\",reason=\"" + reason + "\"}";
        return get("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith(wanted))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(wanted.length())))
                .sum();
    }

    /** The lines that functions have added to a file. */
    static List<String> lines(Path ledger) {
        try {
            return Files.exists(ledger) ? Files.readAllLines(ledger) : List.of();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    /** Waits until functions have written so many pids. */
    static List<Long> awaitPids(Path ledger, int count) throws InterruptedException {
        Waiting.until(count + " lines in " + ledger, () -> lines(ledger).size() >= count);
        return lines(ledger).stream().map(Long::valueOf).toList();
    }

    @Override
    public void close() {
        service.delete(path());
    }
}
