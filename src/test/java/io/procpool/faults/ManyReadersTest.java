package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.service.ServiceProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A result is read by more clients at once than there is memory for all copies. */
class ManyReadersTest {
    private static final int SIZE = 20_000_000;
    private static final int READERS = 30;
    private static final String HALVES = "\"iterable\":[" + SIZE / 2 + "," + SIZE / 2 + "]";
    private static final Duration CEILING = Duration.ofMinutes(2);
    private static final String MEMORY = "-Xmx128m";
    private static final Executor MANY = Executors.newVirtualThreadPerTaskExecutor();

    @Test
    void a_large_result_that_many_read_at_once_takes_no_memory_for_each() throws Exception {
        try (var service = ServiceProcess.startWith(MEMORY);
                var client = HttpClient.newHttpClient()) {
            var result = result(service, "apply_async", "\"args\":[" + SIZE + "]");
            assertThat(readAll(client, service.url() + result + "/value"))
                    .containsOnly(new Seen(200, SIZE + 2L));
            assertWell(service, result);
        }
    }

    /** A stream, and a value that has to be put in order. */
    @ParameterizedTest
    @CsvSource({"map_async, /stream", "imap_unordered, /value"})
    void what_has_to_be_in_memory_is_refused_to_those_for_whom_there_is_none(
            String verb, String path) throws Exception {
        try (var service = ServiceProcess.startWith(MEMORY);
                var client = HttpClient.newHttpClient()) {
            var result = result(service, verb, HALVES);
            assertWholeOrRefused(client, service.url() + result + path);
            assertWell(service, result);
        }
    }

    private static void assertWholeOrRefused(HttpClient client, String url) {
        var whole = read(client, url);
        assertThat(whole.status()).isEqualTo(200);
        assertThat(whole.bytes()).isGreaterThan(SIZE);
        var seen = readAll(client, url);
        assertThat(seen).contains(whole);
        assertThat(seen)
                .allSatisfy(one -> assertThat(one.status()).isIn(200, 503))
                .filteredOn(one -> one.status() == 200)
                .containsOnly(whole);
    }

    @Test
    void an_answer_whose_value_breaks_off_is_seen_to_be_short() throws Exception {
        try (var service = ServiceProcess.startWith(MEMORY);
                var client = HttpClient.newHttpClient()) {
            var result = result(service, "apply_async", "\"args\":[" + SIZE + "]");
            var url = service.url() + result + "/value";
            var response = client.send(request(url), BodyHandlers.ofInputStream());
            try (var body = response.body()) {
                assertThat(body.read()).isEqualTo('"');
                cutShort(service.home().resolve("values"));
                assertThatThrownBy(() -> length(body)).isInstanceOf(IOException.class);
            }
            assertThat(read(client, url).status()).as("it is known to be short").isEqualTo(500);
            assertWell(service, result);
        }
    }

    private static void cutShort(Path values) throws IOException {
        try (var files = Files.list(values)) {
            for (var file : files.toList()) {
                try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(1);
                }
            }
        }
    }

    /** The path of a finished one. */
    private static String result(ServiceProcess service, String verb, String rest)
            throws Exception {
        var body = "{\"func\":\"faults.text\"," + rest + "}";
        var accepted =
                service.posting(
                                "/v1/pools/default/" + verb,
                                body,
                                Map.of("Prefer", "respond-async"))
                        .join();
        var result = accepted.headers().firstValue("Location").orElseThrow();
        assertThat(service.get(result + "/wait?timeout=60").body()).isEqualTo("true");
        return result;
    }

    private static void assertWell(ServiceProcess service, String result) throws Exception {
        assertThat(service.log()).doesNotContain("OutOfMemoryError");
        assertThat(service.get(result).body()).contains("\"state\":\"succeeded\"");
    }

    private static List<Seen> readAll(HttpClient client, String url) {
        var readers =
                IntStream.range(0, READERS)
                        .mapToObj(_ -> CompletableFuture.supplyAsync(() -> read(client, url), MANY))
                        .toList();
        return readers.stream().map(CompletableFuture::join).toList();
    }

    /** What one client has seen: the status, and how many bytes. */
    private record Seen(int status, long bytes) {}

    private static Seen read(HttpClient client, String url) {
        try {
            var response = client.send(request(url), BodyHandlers.ofInputStream());
            try (var body = response.body()) {
                return new Seen(response.statusCode(), length(body));
            }
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    private static HttpRequest request(String url) {
        return HttpRequest.newBuilder(URI.create(url)).timeout(CEILING).build();
    }

    private static long length(InputStream body) throws IOException {
        var piece = new byte[64 << 10];
        long length = 0;
        for (int read = body.read(piece); read >= 0; read = body.read(piece)) {
            length += read;
        }
        return length;
    }
}
