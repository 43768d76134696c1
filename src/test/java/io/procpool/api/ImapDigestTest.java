package io.procpool.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.procpool.service.StreamClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import tools.jackson.databind.json.JsonMapper;

/** The main job on real input, as a stream both ways: the digests of every file of this JDK. */
class ImapDigestTest {
    @Test
    @EnabledIf("io.procpool.api.DigestTest#hasSha512sum")
    void they_equal_what_sha512sum_computes() throws Exception {
        try (var found = Files.walk(Path.of(System.getProperty("java.home")))) {
            var files =
                    found.filter(Files::isRegularFile)
                            .filter(Files::isReadable)
                            .map(Path::toString)
                            .toList();
            var head = "{\"func\":\"api_digest.compute_digest\",\"chunksize\":20}";
            var path = "/v1/pools/default/imap_unordered";
            var digests = new HashMap<String, String>();
            try (var client = StreamClient.imap(Service.shared().url(), path, head)) {
                var sent =
                        CompletableFuture.runAsync(
                                () -> {
                                    try {
                                        for (var file : files) {
                                            client.send(
                                                    JsonMapper.shared().writeValueAsString(file)
                                                            + "\n");
                                        }
                                        client.end();
                                    } catch (IOException failure) {
                                        throw new java.io.UncheckedIOException(failure);
                                    }
                                });
                for (var answer = client.json(); answer != null; answer = client.json()) {
                    if (answer.has("index")) {
                        var file = files.get(answer.get("index").asInt());
                        assertThat(digests.put(file, answer.get("value").asString())).isNull();
                    } else {
                        assertThat(answer.get("summary").toString())
                                .isEqualTo("{\"items\":" + files.size() + ",\"failed\":0}");
                    }
                }
                sent.join();
            }
            assertThat(digests).isEqualTo(DigestTest.sha512sums(files));
        }
    }
}
