package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.procpool.service.StreamClient;
import io.procpool.service.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that vanish while nobody reads from them, with the settings that a service has by default: their tasks are killed long before they would end. */
class StreamVanishTest {
    private static final String POOL = "/v1/pools/vanish";
    private static final int TASK_SECONDS = 20;

    private final Service service = Service.shared();

    @BeforeEach
    void make_a_pool() {
        service.pool("vanish", "{\"processes\":1,\"grace\":0.2}");
    }

    @AfterEach
    void delete_it() {
        service.delete(POOL);
    }

    @Test
    void one_whose_body_was_whole_is_missed() throws Exception {
        var body = "{\"func\":\"tasks.nap\",\"iterable\":[" + TASK_SECONDS + ",0]}";
        var client =
                StreamClient.post(service.url(), POOL + "/imap", "Content-Type: application/json");
        client.send(body).end();
        assertMissed(client);
    }

    @Test
    void one_is_missed_whose_window_is_full() throws Exception {
        var client = StreamClient.imap(service.url(), POOL + "/imap", "{\"func\":\"tasks.nap\"}");
        client.send((TASK_SECONDS + "\n").repeat(1_000));
        assertMissed(client);
    }

    private void assertMissed(StreamClient client) throws Exception {
        var result = client.result();
        Waiting.until(result + " runs", () -> state(result).equals("running"));
        client.close();
        Waiting.until(result + " has ended", () -> !state(result).equals("running"));
        assertThat(state(result)).isEqualTo("cancelled");
        assertThat(service.get(result).jsonPath().getInt("attempts[0].signal"))
                .as("the signal that ended the only task that was begun")
                .isPositive();
        assertThat(service.get(result).jsonPath().getList("attempts")).hasSize(1);
    }

    private String state(String result) {
        return Service.json(service.get(result)).get("state").asString();
    }
}
