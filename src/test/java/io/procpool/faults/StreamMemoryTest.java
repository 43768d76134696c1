package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.ServiceProcess;
import io.procpool.service.StreamClient;
import io.procpool.service.Waiting;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A stream is longer than the memory of the service: the small version of what the bench does with ten million items. */
class StreamMemoryTest {
    /** What goes in and what comes out is each about three times the heap that the service may use. */
    private static final int ITEMS = Boolean.getBoolean("procpool.deep") ? 300_000 : 120_000;

    private static final int READERS = 12;
    private static final String FILL = "x".repeat(1_000);

    @Test
    void a_stream_of_more_than_the_heap_passes_both_ways() throws Exception {
        try (var service = ServiceProcess.startWith("-Xmx96m")) {
            var head = "{\"func\":\"streams.same\",\"chunksize\":50}";
            try (var client = StreamClient.imap(service.url(), "/v1/pools/default/imap", head)) {
                var sent = CompletableFuture.runAsync(() -> send(client));
                for (int n = 0; n < ITEMS; n++) {
                    var line = client.line();
                    if (!line.startsWith("{\"index\":" + n + ",\"value\":[" + n + ",")) {
                        throw new AssertionError("instead of item " + n + ": " + line);
                    }
                }
                assertThat(client.line())
                        .isEqualTo("{\"summary\":{\"items\":" + ITEMS + ",\"failed\":0}}");
                sent.join();
            }
        }
    }

    /** Each would let more come than there is memory for all. */
    @Test
    void many_clients_that_read_nothing_do_not_end_the_service() throws Exception {
        try (var service =
                ServiceProcess.startWith("-Xmx96m", "--procpool.streams.write-timeout=2s")) {
            var clients = new ArrayList<StreamClient>();
            try {
                var head = "{\"func\":\"streams.long_text\"}";
                for (int n = 0; n < READERS; n++) {
                    var client = StreamClient.imap(service.url(), "/v1/pools/default/imap", head);
                    clients.add(client.send("1000000\n".repeat(60)).end());
                }
                for (var client : clients) {
                    var result = client.result();
                    Waiting.until(result + " is given up", () -> isCancelled(service, result));
                }
            } finally {
                for (var client : clients) {
                    client.close();
                }
            }
            var apply =
                    service.post(
                            "/v1/pools/default/apply", "{\"func\":\"math.isqrt\",\"args\":[9]}");
            assertThat(apply.statusCode()).isEqualTo(200);
            assertThat(apply.body()).isEqualTo("3");
            assertThat(service.log()).doesNotContain("OutOfMemoryError");
        }
    }

    private static boolean isCancelled(ServiceProcess service, String result) {
        try {
            return service.get(result).body().contains("\"state\":\"cancelled\"");
        } catch (Exception gone) {
            throw new AssertionError(gone);
        }
    }

    private static void send(StreamClient client) {
        try {
            for (int n = 0; n < ITEMS; ) {
                var lines = new StringBuilder();
                for (int end = n + 100; n < end; n++) {
                    lines.append('[').append(n).append(",\"").append(FILL).append("\"]\n");
                }
                client.send(lines.toString());
            }
            client.end();
        } catch (java.io.IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }
}
