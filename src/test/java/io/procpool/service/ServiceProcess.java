package io.procpool.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.Procpool;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.springframework.util.FileSystemUtils;

/**
 * A service in a process of its own, for tests that kill it or count what it holds. {@link #close} kills it and whatever it has
 * left, also when it should have left nothing.
 */
public final class ServiceProcess implements AutoCloseable {
    private static final Pattern READY =
            Pattern.compile("Procpool .* on (http://127\\.0\\.0\\.1:\\d+), .*");
    private static final long CEILING_SECONDS = 60;
    private static final Duration LONGEST_CALL = Duration.ofMinutes(10);

    private final boolean ownHome;
    private final Process process;
    private final Path home;
    private final Path log;
    private final String url;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private ServiceProcess(Launch launch, boolean ownHome, String... settings) throws Exception {
        this.ownHome = ownHome;
        home = launch.home();
        log = Files.createTempFile("procpool-service", ".log");
        var builder = new ProcessBuilder(launch.command(settings)).redirectError(log.toFile());
        builder.environment().putAll(launch.environment());
        process = builder.start();
        url = awaitReady();
    }

    /**
     * How a service is started.
     *
     * @param main the class whose main method starts it
     * @param options of its JVM
     */
    public record Launch(
            Path home, String main, List<String> options, Map<String, String> environment) {
        private List<String> command(String... settings) {
            var command = new ArrayList<String>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("-XX:TieredStopAtLevel=1"); // it starts faster
            command.addAll(options);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
            command.add("--server.port=0");
            command.add("--procpool.home=" + home);
            command.add(
                    "--procpool.functions.path=" + Path.of("src/test/functions").toAbsolutePath());
            command.addAll(List.of(settings));
            return command;
        }
    }

    /** Returns when it has said that it is ready. Later settings win over earlier ones. */
    public static ServiceProcess start(String... settings) throws Exception {
        return startWith("-Xmx256m", settings);
    }

    /** The same with another limit of the heap, as the JVM's option has it. */
    public static ServiceProcess startWith(String heap, String... settings) throws Exception {
        return new ServiceProcess(launch(heap, Map.of()), true, settings);
    }

    /** The same with these variables in its environment. */
    public static ServiceProcess startIn(Map<String, String> environment, String... settings)
            throws Exception {
        return new ServiceProcess(launch("-Xmx256m", environment), true, settings);
    }

    /** The same in a home that outlives it: the next one can be started there. */
    public static ServiceProcess startOn(Path home, String... settings) throws Exception {
        return startAs(
                new Launch(home, Procpool.class.getName(), List.of("-Xmx256m"), Map.of()),
                settings);
    }

    /** The same in any way. The home outlives it. */
    public static ServiceProcess startAs(Launch launch, String... settings) throws Exception {
        return new ServiceProcess(launch, false, settings);
    }

    private static Launch launch(String heap, Map<String, String> environment) throws IOException {
        return new Launch(
                Files.createTempDirectory("procpool-service"),
                Procpool.class.getName(),
                List.of(heap),
                environment);
    }

    /** Its home directory. */
    public Path home() {
        return home;
    }

    public String url() {
        return url;
    }

    private String awaitReady() throws Exception {
        var line = CompletableFuture.supplyAsync(this::firstLine);
        try {
            var ready = READY.matcher(line.get(CEILING_SECONDS, TimeUnit.SECONDS));
            if (ready.matches()) {
                return ready.group(1);
            }
            throw new AssertionError("the service said '" + line.join() + "':\n" + log());
        } catch (Exception | AssertionError failure) {
            close();
            throw failure;
        }
    }

    private String firstLine() {
        try {
            return String.valueOf(new BufferedReader(process.inputReader(UTF_8)).readLine());
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    public long pid() {
        return process.pid();
    }

    /** What it has written to its log. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    public HttpResponse<String> get(String path) throws Exception {
        return client.send(to(path).GET().build(), BodyHandlers.ofString());
    }

    public HttpResponse<String> post(String path, String json) throws Exception {
        return posting(path, json).get(CEILING_SECONDS, TimeUnit.SECONDS);
    }

    /** The same without a wait for the answer. */
    public CompletableFuture<HttpResponse<String>> posting(String path, String json) {
        return posting(path, json, Map.of());
    }

    /** The same with headers. */
    public CompletableFuture<HttpResponse<String>> posting(
            String path, String json, Map<String, String> headers) {
        var request = to(path).timeout(LONGEST_CALL).POST(BodyPublishers.ofString(json));
        headers.forEach(request::header);
        return client.sendAsync(request.build(), BodyHandlers.ofString());
    }

    public HttpResponse<String> put(String path, String json) throws Exception {
        return client.send(
                to(path).PUT(BodyPublishers.ofString(json)).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(CEILING_SECONDS))
                .header("Content-Type", "application/json");
    }

    /** kill -9. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** SIGTERM, as a supervisor sends it. Does not wait. */
    public void terminate() {
        process.destroy();
    }

    /** Whether it is gone by itself. */
    public boolean ended() {
        return !process.isAlive();
    }

    /** Its exit status, when it has ended. */
    public int exitCode() throws InterruptedException {
        if (!process.waitFor(CEILING_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the service has not ended after " + CEILING_SECONDS + " s");
        }
        return process.exitValue();
    }

    /** The living forkservers and workers of this service, whoever is their parent by now: they run from its home. */
    public List<Long> workers() {
        return Processes.running(home.toString()).stream()
                .filter(pid -> pid != process.pid())
                .toList();
    }

    @Override
    public void close() throws IOException {
        kill();
        client.close(); // when there is nobody left to wait for
        workers().forEach(Processes::kill);
        if (ownHome) {
            FileSystemUtils.deleteRecursively(home);
        }
        Files.deleteIfExists(log);
    }
}
