package io.procpool.durability;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.Procpool;
import io.procpool.durability.Operation.Deed;
import io.procpool.durability.Operation.Deed.Released;
import io.procpool.durability.Operation.Deed.Submitted;
import io.procpool.service.ServiceProcess;
import io.procpool.service.ServiceProcess.Launch;
import io.procpool.service.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;

/** One home, the services that live in it one after the other, their clients and ledgers: what happens to it is decided at the end, by the checker. */
final class Trial implements AutoCloseable {
    static final String PLAIN = Procpool.class.getName();
    private static final Duration LONGEST_JOB = Duration.ofSeconds(60); // a ceiling, not a measure
    private static final String NOWHERE = "http://127.0.0.1:9"; // discard: nobody listens there

    final History history = new History();
    final Caller caller = new Caller(history, this::url);

    private final Path home;
    private final Path ledgers;
    private final List<Load> loads = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable ServiceProcess service;
    private volatile String url = NOWHERE;

    private Trial(Path home) throws IOException {
        this.home = home;
        this.ledgers = Files.createTempDirectory("procpool-ledgers");
    }

    /** In a home that is somebody else's. */
    static Trial in(Path home) throws IOException {
        return new Trial(home);
    }

    private String url() {
        return url;
    }

    Path home() {
        return home;
    }

    /** A folder that outlives all services, for whatever a trial needs. */
    Path ledgers() {
        return ledgers;
    }

    ServiceProcess service() {
        if (service == null) {
            throw new IllegalStateException("there is no service");
        }
        return service;
    }

    void start() throws Exception {
        start(PLAIN, List.of());
    }

    /** Starts the next service, by this main class; makes the pool if it is the first. */
    void start(String main, List<String> options, String... settings) throws Exception {
        var all = new ArrayList<>(List.of("-Xmx256m", "-XX:+UseSerialGC"));
        all.addAll(options);
        var more = new ArrayList<>(List.of("--procpool.pools.default.processes=1"));
        more.addAll(List.of(settings));
        service =
                ServiceProcess.startAs(
                        new Launch(home, main, all, Map.of()), more.toArray(String[]::new));
        url = service.url();
        if (service.get("/v1/pools/" + Ask.POOL).statusCode() == 404) {
            pool(2);
        }
    }

    /** The same for one that may end before it is ready: whether it did not. */
    boolean tryStart(String interposer) throws Exception {
        try {
            start(
                    Interposed.class.getName(),
                    List.of("-D" + Interposed.PROPERTY + "=" + interposer));
            return true;
        } catch (AssertionError | IOException ended) {
            if (service != null) {
                over();
            }
            return false;
        }
    }

    /** Makes the pool anew. */
    void pool(int processes) throws Exception {
        var spec =
                "{\"processes\":%d,\"grace\":1,\"env\":{\"LEDGER\":\"%s\"}}"
                        .formatted(processes, ledgers);
        assertThat(service().put("/v1/pools/" + Ask.POOL, spec).statusCode()).isIn(200, 201);
    }

    /** kill -9, in the middle of whatever it does. */
    void kill() throws IOException {
        url = NOWHERE;
        service().kill();
        over();
    }

    /** SIGTERM; returns the exit status. */
    int terminate() throws Exception {
        service().terminate();
        int status = service().exitCode();
        url = NOWHERE;
        over();
        return status;
    }

    /** The service has ended, or is made to. */
    void over() throws IOException {
        url = NOWHERE;
        service().close();
        service = null;
    }

    /** Clients that go on until {@link #endLoad}, whatever becomes of services. */
    void load(int clients, long seed, boolean killWorkers) {
        for (int n = 0; n < clients; n++) {
            var load = new Load("c" + threads.size(), caller, history, seed + n, killWorkers);
            loads.add(load);
            threads.add(Thread.ofPlatform().name("load-" + n).start(load));
        }
    }

    void endLoad() throws InterruptedException {
        loads.forEach(Load::end);
        for (var thread : threads) {
            thread.join();
        }
        loads.clear();
    }

    private Stream<String> accepted() {
        return history.operations().stream()
                .filter(operation -> operation.reply() == Reply.OK)
                .flatMap(
                        operation ->
                                switch (operation.deed()) {
                                    case Submitted submit -> submit.ids().stream();
                                    case Released release -> Stream.of(release.id());
                                    case Deed.Read _, Deed.Missed _ -> Stream.empty();
                                    case Deed.Cancelled _, Deed.Forgotten _ -> Stream.empty();
                                    case Deed.WorkerKilled _ -> Stream.empty();
                                })
                .distinct();
    }

    /** Waits until so many more submissions have been granted. */
    void awaitGranted(int more) throws InterruptedException {
        long wanted = history.granted() + more;
        Waiting.until(more + " more were granted", () -> history.granted() >= wanted);
    }

    /** Waits until all that was accepted is final. */
    void settle() throws InterruptedException {
        for (var id : accepted().toList()) {
            settle(id);
        }
    }

    private void settle(String id) throws InterruptedException {
        long deadline = System.nanoTime() + LONGEST_JOB.toNanos();
        var job = seen(id);
        while (!job.get("ready").asBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "not final after %d s: %s%n%s"
                                .formatted(LONGEST_JOB.toSeconds(), job, pool()));
            }
            job = seen(id);
        }
    }

    private JsonNode seen(String id) {
        return caller.read(id, "?wait=10")
                .orElseThrow(() -> new AssertionError("nobody says what became of " + id));
    }

    private String pool() {
        return caller.get("/v1/pools/" + Ask.POOL).body();
    }

    /** Settles, and starts once more on what is stored: the end must not depend on anybody's memory. Then all is checked. */
    List<Violation> verdict() throws Exception {
        settle();
        terminate();
        start();
        return look();
    }

    /** What the checker says now. */
    List<Violation> look() throws Exception {
        settleUnknown();
        return Checker.check(evidence());
    }

    /** What nobody was told of may be there as well, and run. */
    private void settleUnknown() throws InterruptedException {
        var dump = new ApiDump(caller);
        Waiting.until(
                "nothing is on its way", () -> dump.jobs().stream().allMatch(Dump.Listed::ready));
    }

    Evidence evidence() throws Exception {
        var dump = new ApiDump(caller);
        var sql = new SqlDump(home);
        return new Evidence(
                history.operations(),
                Ledger.read(ledgers),
                new Dump(dump.jobs(), sql.jobs(), dump.metrics(), dump.quarantine()));
    }

    @Override
    public void close() throws Exception {
        try {
            endLoad();
        } finally {
            if (service != null) {
                over();
            }
            caller.close();
            FileSystemUtils.deleteRecursively(ledgers);
        }
    }
}
