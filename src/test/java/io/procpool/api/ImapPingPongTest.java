package io.procpool.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.procpool.service.StreamClient;
import io.procpool.service.Waiting;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both ends of an imap speak in turns: nothing waits for more than it needs. */
class ImapPingPongTest {
    private OwnPool pool;

    @BeforeEach
    void make_a_pool() {
        pool = OwnPool.ofProcesses(2);
    }

    @AfterEach
    void delete_it() {
        pool.close();
    }

    private StreamClient imap(String head) throws IOException {
        return StreamClient.imap(pool.service().url(), pool.path() + "/imap", head);
    }

    @Test
    void the_head_of_the_answer_comes_before_the_first_item() throws IOException {
        try (var client = imap("{\"func\":\"math.isqrt\"}")) {
            assertThat(client.status()).isEqualTo(200);
            var listed = Service.json(pool.service().get(client.result()));
            assertThat(listed.get("state").asString()).isEqualTo("pending");
            assertThat(listed.get("items").asInt()).isZero();
            client.end();
        }
    }

    @Test
    void each_item_is_answered_before_the_next_is_sent() throws IOException {
        try (var client = imap("{\"func\":\"math.isqrt\"}")) {
            for (int n = 0; n < 200; n++) {
                client.send(n + "\n");
                assertThat(client.line())
                        .isEqualTo("{\"index\":" + n + ",\"value\":" + (int) Math.sqrt(n) + "}");
            }
            assertThat(client.end().all()).hasSize(1);
        }
    }

    @Test
    void a_line_may_come_in_pieces() throws IOException {
        try (var client = imap("{\"func\":\"math.isqrt\"}")) {
            client.send("14").send("4").send("\n1");
            assertThat(client.line()).isEqualTo("{\"index\":0,\"value\":12}");
            client.send("69");
            assertThat(client.end().line()).isEqualTo("{\"index\":1,\"value\":13}");
        }
    }

    @Test
    void a_part_filled_chunk_goes_out_when_nothing_more_comes() throws IOException {
        try (var client = imap("{\"func\":\"math.isqrt\",\"chunksize\":1000}")) {
            for (int n = 0; n < 5; n++) {
                client.send("4\n9\n");
                assertThat(client.json().get("value").asInt()).isEqualTo(2);
                assertThat(client.json().get("value").asInt()).isEqualTo(3);
            }
            client.end();
        }
    }

    @Test
    void no_more_than_the_window_is_begun_while_the_client_does_not_read_its_first_answer()
            throws Exception {
        var ledger = Ledger.empty();
        try (var gate = new Gate();
                var client = imap("{\"func\":\"streams.note_after\"}")) {
            var lines = new StringBuilder("[" + ledger.json() + ",0," + gate.json() + "]\n");
            for (int n = 1; n < 1_000; n++) {
                lines.append("[" + ledger.json() + "," + n + "]\n");
            }
            client.send(lines.toString());
            // The first is not done, so nothing is written; the others go on up to the window.
            Waiting.until("the window is full", () -> ledger.lines().size() == 63);
            assertThat(pool.service().get(client.result()).jsonPath().getInt("items"))
                    .isEqualTo(64);
            assertThat(pool.apply("{\"func\":\"math.isqrt\",\"args\":[16]}").asString())
                    .isEqualTo("4");
            assertThat(ledger.lines()).hasSize(63);
            gate.open();
            client.end();
            assertThat(client.all()).hasSize(1_001);
            assertThat(ledger.lines()).hasSize(1_000);
        }
    }

    @Test
    void empty_lines_keep_both_ways_alive() throws Exception {
        var service =
                Service.shared(
                        "--procpool.streams.keep-alive=500ms",
                        "--procpool.streams.input-timeout=2s",
                        "--procpool.streams.write-timeout=2s",
                        "--procpool.pools.default.processes=1");
        var head = "{\"func\":\"math.isqrt\"}";
        try (var client = StreamClient.imap(service.url(), "/v1/pools/default/imap", head)) {
            // Each of ours answers one of theirs, for longer than a silent client is borne.
            for (int n = 0; n < 6; n++) {
                assertThat(client.line()).isEmpty();
                client.send("\n");
            }
            client.send("4\n").end();
            assertThat(client.json().get("value").asInt()).isEqualTo(2);
            assertThat(client.json().get("summary").get("items").asInt()).isEqualTo(1);
        }
    }
}
