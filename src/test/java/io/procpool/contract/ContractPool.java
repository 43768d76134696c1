package io.procpool.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.Service;
import io.procpool.service.Waiting;
import io.restassured.response.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A pool of one kind of worker. Functions go by the names that they have in Python. */
final class ContractPool implements AutoCloseable {
    static final String PROBLEM = "urn:procpool:problem:";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Service service = Subject.service();
    private final Subject subject;
    private final String name;

    /** @param more members of the specification, with a comma in front */
    ContractPool(Subject subject, String name, int processes, String more) {
        this.subject = subject;
        this.name = name;
        if (!subject.names().isEmpty()) {
            terminate(); // the one that is configured, or that the test before has left
        }
        var spec = "{" + subject.spec() + ",\"processes\":" + processes;
        var grace = more.contains("\"grace\"") ? "" : ",\"grace\":0.2";
        var answer = service.put(path(), spec + grace + more + "}");
        assertThat(answer.statusCode()).as(answer.asString()).isIn(200, 201);
    }

    Service service() {
        return service;
    }

    String path() {
        return "/v1/pools/" + name;
    }

    // --- calls

    Response post(String verb, String json) {
        return service.post(path() + "/" + verb, json);
    }

    String call(String func, String args, String more) {
        return "{\"func\":\""
                + subject.functions().apply(func)
                + "\",\"args\":"
                + args
                + more
                + "}";
    }

    String map(String func, String iterable, String more) {
        return "{\"func\":\"%s\",\"iterable\":%s%s}"
                .formatted(subject.functions().apply(func), iterable, more);
    }

    /** The body as it came, after a request that must succeed. */
    String body(String verb, String json) {
        var answer = post(verb, json);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return answer.asString();
    }

    String value(String func, String args) {
        return body("apply", call(func, args, ""));
    }

    /** The problem of a request that must fail by it. */
    JsonNode problem(String verb, String json, int status, String type) {
        var answer = post(verb, json);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        assertThat(answer.contentType()).startsWith("application/problem+json");
        var problem = Service.json(answer);
        assertThat(problem.path("type").asString())
                .as(problem.toString())
                .isEqualTo(PROBLEM + type);
        return problem;
    }

    JsonNode problem(String func, String args, String type) {
        return problem("apply", call(func, args, ""), 422, type);
    }

    String submit(String verb, String json) {
        var accepted = post(verb + "_async", Service.once(json));
        assertThat(accepted.statusCode()).as(accepted.asString()).isEqualTo(202);
        return accepted.header("Location");
    }

    String submit(String func, Path path) {
        return submit("apply", call(func, "[\"" + path + "\"]", ""));
    }

    /** Submits a task that never ends, and waits until it has begun: a call that was not read may run elsewhere. */
    String begin(Path ledger) throws InterruptedException {
        int before = lines(ledger);
        var result = submit("faults.begin_for_ever", ledger);
        Waiting.until("it has begun", () -> lines(ledger) > before);
        return result;
    }

    private static int lines(Path ledger) {
        try {
            return Files.exists(ledger) ? Files.readAllLines(ledger).size() : 0;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    JsonNode run(String func, String args, String more) {
        return await(submit("apply", call(func, args, more)));
    }

    /** The final resource of a job. Whoever hangs is not waited for. */
    JsonNode await(String result) {
        var job = Service.json(service.get(result + "?wait=60"));
        assertThat(job.path("ready").asBoolean()).as("%s has an end", job).isTrue();
        return job;
    }

    /** Ends a job, and waits for its outcome, which must be that it was cancelled. */
    JsonNode cancelled(String result) {
        service.post(result + "/cancel", "").then().statusCode(202);
        var job = await(result);
        assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("cancelled");
        return job;
    }

    CompletableFuture<Response> applying(String func, String args) {
        return CompletableFuture.supplyAsync(() -> post("apply", call(func, args, "")));
    }

    void requireWorks() {
        assertThat(value("tasks.add", "[1]")).isEqualTo("2");
    }

    long servingPid() {
        return Long.parseLong(value("tasks.pid", "[]"));
    }

    // --- the pool

    JsonNode state() {
        return Service.json(service.get(path()));
    }

    void patch(String json) {
        var patched =
                service.request()
                        .contentType("application/merge-patch+json; charset=UTF-8")
                        .body(json)
                        .patch(path());
        assertThat(patched.statusCode()).as(patched.asString()).isEqualTo(200);
    }

    List<JsonNode> workers(String... states) {
        var wanted = List.of(states);
        return Service.json(service.get(path() + "/workers"))
                .path("workers")
                .valueStream()
                .filter(worker -> wanted.contains(worker.path("state").asString()))
                .toList();
    }

    List<Long> pids(String... states) {
        return workers(states).stream().map(worker -> worker.path("pid").asLong()).toList();
    }

    /** Waits until so many workers, and no more, are ready to serve or serving. */
    List<Long> awaitWorkers(int count) throws InterruptedException {
        var seen = new AtomicReference<List<Long>>();
        Waiting.until(
                count + " workers in " + name,
                () -> {
                    seen.set(pids("idle", "busy"));
                    return seen.get().size() == count
                            && seen.get().stream().allMatch(Processes::alive);
                });
        return seen.get();
    }

    void awaitBusy(int count) throws InterruptedException {
        Waiting.until(count + " calls run", () -> pids("busy").size() == count);
    }

    /** Waits until none of these serves, and somebody else does. */
    void awaitReplaced(List<Long> gone) throws InterruptedException {
        Waiting.until(
                gone + " are replaced",
                () -> {
                    var serving = pids("idle", "busy");
                    return !serving.isEmpty() && serving.stream().noneMatch(gone::contains);
                });
    }

    void terminate() {
        service.post(path() + "/terminate", "").then().statusCode(204);
        service.post(path() + "/join?timeout=60", "").then().statusCode(204);
    }

    /** How many workers have ended for that reason. */
    int exits(String reason) {
        return metric("procpool_worker_exits_total", "reason=\"" + reason + "\"");
    }

    int metric(String meter, String label) {
        return service.get("/actuator/prometheus")
                .asString()
                .lines()
                .filter(line -> line.startsWith(meter + "{"))
                .filter(line -> line.contains("pool=\"" + name + "\"") && line.contains(label))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(line.indexOf('}') + 1)))
                .sum();
    }

    static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    @Override
    public void close() {
        if (subject.names().isEmpty()) {
            service.delete(path());
        } else {
            terminate();
        }
    }
}
