package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.Service;
import io.procpool.service.Waiting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A pool of one test's own in the shared service. It speaks through the JDK's client: the races need many requests. Whatever is asked
 * for is answered within a ceiling, or the test is broken: a hang is what these tests are about.
 */
final class FaultPool implements AutoCloseable {
    private static final Duration CEILING = Duration.ofSeconds(60);
    private static final AtomicInteger POOLS = new AtomicInteger();
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String url;
    private final String name = "fault-" + POOLS.incrementAndGet();

    private FaultPool(Service service, String spec) {
        this.url = service.url();
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

    // --- calls

    /** An apply that waits. {@code more} is as in {@link #of}. */
    HttpResponse<String> apply(String func, String args, String more) {
        return applying(func, args, more).join();
    }

    HttpResponse<String> apply(String func, String args) {
        return apply(func, args, "");
    }

    CompletableFuture<HttpResponse<String>> applying(String func, String args, String more) {
        return CLIENT.sendAsync(
                request(path() + "/apply", "POST", BodyPublishers.ofString(call(func, args, more))),
                BodyHandlers.ofString());
    }

    /** The value of an apply that succeeds. */
    String value(String func, String args) {
        var answer = apply(func, args);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    /** The pid of a worker that has just answered. */
    long servingPid() {
        return Long.parseLong(value("tasks.pid", "[]"));
    }

    /** Whatever has happened: the next call works. */
    void requireWorks() {
        assertThat(value("tasks.add", "[1]")).isEqualTo("2");
    }

    /** Submits, and returns the path of the result. */
    String submit(String func, String args, String more) {
        return begin("apply_async", Service.once(call(func, args, more)));
    }

    String submit(String func, String args) {
        return submit(func, args, "");
    }

    /** The same for any verb. */
    String begin(String verb, String json) {
        var accepted = post("/" + verb, json);
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        return accepted.headers().firstValue("Location").orElseThrow();
    }

    /** Submits, and waits for the final resource. */
    JsonNode run(String func, String args, String more) {
        return await(submit(func, args, more));
    }

    JsonNode run(String func, String args) {
        return run(func, args, "");
    }

    /** Waits until a result is ready. */
    JsonNode await(String result) {
        var resource = json(get(result + "?wait=" + CEILING.toSeconds()));
        assertThat(resource.path("ready").asBoolean()).as("%s", resource).isTrue();
        return resource;
    }

    /** The value of a job that has succeeded, as text. */
    String valueOf(JsonNode job) {
        var answer = get(job.path("links").path("value").asString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    /** Asks for the end of a job. Returns what it is then. */
    JsonNode cancel(String result) {
        var answer = send(request(result + "/cancel", "POST", BodyPublishers.noBody()));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return json(answer);
    }

    private static String call(String func, String args, String more) {
        return "{\"func\": \"" + func + "\", \"args\": " + args + more + "}";
    }

    // --- the pool

    String path() {
        return "/v1/pools/" + name;
    }

    /** Gives it another specification. */
    HttpResponse<String> put(String spec) {
        return send(request(path(), "PUT", BodyPublishers.ofString(spec)));
    }

    /** Changes what it names of the specification. */
    void patch(String spec) {
        var request =
                HttpRequest.newBuilder(URI.create(url + path()))
                        .header("Content-Type", "application/merge-patch+json")
                        .method("PATCH", BodyPublishers.ofString(spec))
                        .build();
        var answer = send(request);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    /** To a path below the pool's. */
    HttpResponse<String> post(String below, String json) {
        return send(request(path() + below, "POST", BodyPublishers.ofString(json)));
    }

    HttpResponse<String> post(String below) {
        return send(request(path() + below, "POST", BodyPublishers.noBody()));
    }

    JsonNode state() {
        return json(get(path()));
    }

    JsonNode health() {
        return state().path("health");
    }

    /** The workers that are in one of these states. */
    List<Long> pids(String... states) {
        var wanted = List.of(states);
        return json(get(path() + "/workers"))
                .path("workers")
                .valueStream()
                .filter(worker -> wanted.contains(worker.path("state").asString()))
                .map(worker -> worker.path("pid").asLong())
                .toList();
    }

    /** Of each worker that serves, which generation it belongs to. */
    List<Integer> generations() {
        return json(get(path() + "/workers"))
                .path("workers")
                .valueStream()
                .filter(worker -> !worker.path("state").asString().equals("stopping"))
                .map(worker -> worker.path("generation").asInt())
                .toList();
    }

    /** Waits until so many workers are ready to serve or serving. One that has just died may be listed for a moment. */
    List<Long> awaitWorkers(int count) throws InterruptedException {
        var seen = new AtomicReference<List<Long>>();
        Waiting.until(
                count + " workers",
                () -> {
                    seen.set(pids("idle", "busy"));
                    return seen.get().size() == count
                            && seen.get().stream().allMatch(Processes::alive);
                });
        return seen.get();
    }

    /** Waits until that worker does not serve any more, and there is one that does. */
    void awaitReplaced(long pid) throws InterruptedException {
        Waiting.until(
                pid + " is replaced",
                () -> {
                    var serving = pids("idle", "busy");
                    return !serving.isEmpty() && !serving.contains(pid);
                });
    }

    /** How many workers have ended for that reason. */
    int exits(String reason) {
        return metric("procpool_worker_exits_total", "reason", reason);
    }

    /** How many workers are in that state, as the metrics have it. */
    int workersIn(String state) {
        return metric("procpool_workers", "state", state);
    }

    private int metric(String meter, String label, String value) {
        var wanted = meter + "{pool=\"" + name + "\"," + label + "=\"" + value + "\"}";
        return get("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith(wanted))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(wanted.length())))
                .sum();
    }

    @Override
    public void close() {
        send(request(path(), "DELETE", BodyPublishers.noBody()));
    }

    // --- requests

    HttpResponse<String> get(String path) {
        return send(request(path, "GET", BodyPublishers.noBody()));
    }

    static JsonNode json(HttpResponse<String> answer) {
        return json(answer.body());
    }

    static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    private HttpRequest request(String path, String method, BodyPublisher body) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .timeout(CEILING.multipliedBy(2))
                .method(method, body)
                .build();
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return CLIENT.send(request, BodyHandlers.ofString());
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(request + " was not answered", failure);
        }
    }

    // --- what functions write down

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
}
