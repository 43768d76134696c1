package io.procpool.api;

import static io.procpool.service.Waiting.until;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who waits holds a virtual thread and a connection, nothing dearer. */
class ManyPollersTest {
    private static final int CLIENTS = 1_000;

    @Test
    void a_thousand_long_polls_hold_no_platform_thread_each()
            throws IOException, InterruptedException {
        try (var pool = OwnPool.of("{\"processes\":1}");
                var gate = new Gate();
                var threads = Executors.newVirtualThreadPerTaskExecutor();
                var client =
                        HttpClient.newBuilder()
                                .version(HttpClient.Version.HTTP_1_1)
                                .executor(threads)
                                .build()) {
            var service = pool.service();
            var running = gate.occupy(pool);
            var waiting = pool.submit("apply", "{\"func\":\"tasks.add\",\"args\":[1]}");
            double busy = held(service);
            int before = platformThreads();

            var kinds =
                    new String[] {
                        running + "?wait=60",
                        waiting + "?wait=60",
                        running + "/wait?timeout=60",
                        waiting + "/value?timeout=60"
                    };
            var answers =
                    IntStream.range(0, CLIENTS)
                            .mapToObj(n -> service.url() + kinds[n % kinds.length])
                            .map(url -> HttpRequest.newBuilder(URI.create(url)).build())
                            .map(request -> client.sendAsync(request, BodyHandlers.ofString()))
                            .toList();
            until("all of them are held", () -> held(service) >= busy + CLIENTS);
            assertThat(platformThreads() - before).isLessThan(CLIENTS / 20);
            assertThat(answers).noneMatch(CompletableFuture::isDone);

            gate.open();
            var statuses =
                    answers.stream()
                            .map(CompletableFuture::join)
                            .map(HttpResponse::statusCode)
                            .collect(groupingBy(status -> status, counting()));
            assertThat(statuses).isEqualTo(Map.of(200, (long) CLIENTS));
            assertThat(answers.get(3).join().body()).isEqualTo("2");
        }
    }

    /** Virtual threads are not among them. */
    private static int platformThreads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    /** Requests that the service has not answered yet. */
    private static double held(Service service) {
        return Scrape.of(service)
                .value("http_server_requests_active_seconds_count", Map.of("method", "GET"));
    }
}
