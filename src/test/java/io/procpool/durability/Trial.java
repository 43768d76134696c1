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
import java.util.Optional;
import java.util.stream.Collectors;
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
    private final List<Dark> dark = new ArrayList<>();
    private final List<Load> loads = new ArrayList<>();
    private final Clients clients = new Clients();
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

    /** The same with a guard taken out. */
    void start(Mutant mutant) throws Exception {
        start(Interposed.class.getName(), List.of(interposer(mutant.name())));
    }

    /** The same for one that has a fault, and may end of it before it is ready: why it did. */
    Optional<Throwable> start(Fault.Plan fault, FaultLog log) throws Exception {
        try {
            start(
                    Interposed.class.getName(),
                    List.of(
                            interposer(fault.toString()),
                            "-D" + Interposed.LOG + "=" + log.file()));
            return Optional.empty();
        } catch (AssertionError | IOException ended) {
            if (service != null) {
                over();
            }
            return Optional.of(ended);
        }
    }

    private static String interposer(String name) {
        return "-D" + Interposed.PROPERTY + "=" + name;
    }

    /** Makes the pool anew. */
    void pool(int processes) throws Exception {
        var answer = service().put("/v1/pools/" + Ask.POOL, specification(processes));
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
    }

    /** Of a pool whose functions know where the ledgers are. */
    String specification(int processes) {
        return "{\"processes\":%d,\"grace\":1,\"env\":{\"LEDGER\":\"%s\"}}"
                .formatted(processes, ledgers);
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
    void load(int many, long seed, boolean killWorkers) {
        for (int n = 0; n < many; n++) {
            var load = new Load("c" + clients.started(), caller, history, seed + n, killWorkers);
            loads.add(load);
            clients.start(load);
        }
    }

    /** @throws AssertionError if a client has broken: then there was less load than there seemed to be */
    void endLoad() throws InterruptedException {
        loads.forEach(Load::end);
        loads.clear();
        clients.join();
    }

    /** What has been accepted, and may be there. */
    private Stream<String> accepted() {
        var forgotten =
                history.operations().stream()
                        .filter(operation -> operation.reply() != Reply.FAIL)
                        .map(Operation::deed)
                        .flatMap(
                                deed ->
                                        deed instanceof Deed.Forgotten(var id)
                                                ? Stream.of(id)
                                                : Stream.empty())
                        .collect(Collectors.toSet());
        return granted().filter(id -> !forgotten.contains(id));
    }

    private Stream<String> granted() {
        return history.operations().stream()
                .filter(operation -> operation.reply() == Reply.OK)
                .flatMap(
                        operation ->
                                switch (operation.deed()) {
                                    case Submitted submit -> submit.ids().stream();
                                    case Released release -> Stream.of(release.id());
                                    case Deed.Read _, Deed.Missed _ -> Stream.empty();
                                    case Deed.Cancelled _, Deed.Forgotten _ -> Stream.empty();
                                    case Deed.WorkerKilled _, Deed.Dropped _ -> Stream.empty();
                                    case Deed.PoolEnded _ -> Stream.empty();
                                })
                .distinct();
    }

    /** Waits until so many more submissions have been granted. */
    void awaitGranted(int more) throws InterruptedException {
        long wanted = history.granted() + more;
        Waiting.until(
                more + " more were granted",
                () -> {
                    clients.requireWhole();
                    return history.granted() >= wanted;
                });
    }

    /** The power was off then: what workers did meanwhile did not happen. */
    void nothingRan(long from, long until) {
        dark.add(new Dark(from, until));
    }

    private record Dark(long from, long until) {}

    private Ledger ledger() {
        var ledger = Ledger.read(ledgers);
        for (var one : dark) {
            ledger = ledger.without(one.from(), one.until());
        }
        return ledger;
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
                .orElseThrow(
                        () ->
                                new AssertionError(
                                        "nobody says what became of %s, of which is known %s"
                                                .formatted(id, deeds(id))));
    }

    private List<Operation> deeds(String id) {
        return history.operations().stream()
                .filter(operation -> operation.deed().toString().contains(id))
                .toList();
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
                ledger(),
                new Dump(dump.jobs(), sql.jobs(), dump.metrics(), dump.quarantine()));
    }

    @Override
    public void close() throws Exception {
        try (caller) {
            endLoad();
        } finally {
            endService();
        }
    }

    private void endService() throws IOException {
        try {
            if (service != null) {
                over();
            }
        } finally {
            FileSystemUtils.deleteRecursively(ledgers);
        }
    }
}
