package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.ServiceProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A result is read by more clients at once than there is memory for all copies. */
class ManyReadersTest {
    private static final int SIZE = 20_000_000;
    private static final int READERS = 30;
    private static final Duration CEILING = Duration.ofMinutes(2);

    @Test
    void a_large_result_that_many_read_at_once_takes_no_memory_for_each() throws Exception {
        try (var service = ServiceProcess.startWith("-Xmx128m");
                var client = HttpClient.newHttpClient()) {
            var accepted =
                    service.post(
                            "/v1/pools/default/apply_async",
                            "{\"func\":\"faults.text\",\"args\":[" + SIZE + "]}");
            var result = accepted.headers().firstValue("Location").orElseThrow();
            assertThat(service.get(result + "/wait?timeout=60").statusCode()).isEqualTo(200);
            var url = service.url() + result + "/value";
            var readers =
                    IntStream.range(0, READERS)
                            .mapToObj(_ -> CompletableFuture.supplyAsync(() -> read(client, url)))
                            .toList();
            assertThat(readers)
                    .extracting(CompletableFuture::join)
                    .containsOnly(new Seen(200, SIZE + 2L));
            assertThat(service.log()).doesNotContain("OutOfMemoryError");
            assertThat(service.get(result).body()).contains("\"state\":\"succeeded\"");
        }
    }

    /** What one client has seen: the status, and how many bytes. */
    private record Seen(int status, long bytes) {}

    private static Seen read(HttpClient client, String url) {
        try {
            var request = HttpRequest.newBuilder(URI.create(url)).timeout(CEILING).build();
            var response = client.send(request, BodyHandlers.ofInputStream());
            try (var body = response.body()) {
                return new Seen(response.statusCode(), length(body));
            }
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
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
