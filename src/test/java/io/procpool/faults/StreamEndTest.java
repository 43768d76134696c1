package io.procpool.faults;

import static io.procpool.faults.Streams.problem;
import static io.procpool.faults.Streams.type;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.procpool.service.Waiting;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Imaps that end before their input does: what was read is answered, the reason is said, and nothing is left. */
class StreamEndTest {
    private static final String NAP = "{\"func\":\"tasks.nap\"}";

    private static String zeros(int count) {
        return "0\n".repeat(count);
    }

    @Test
    void a_bad_line_ends_the_input_and_all_before_it_is_answered() throws Exception {
        try (var streams = new Streams(2);
                var client = streams.imap("{\"func\":\"math.isqrt\",\"chunksize\":20}")) {
            var good =
                    IntStream.rangeClosed(2, 4_999)
                            .mapToObj(line -> line + "\n")
                            .collect(Collectors.joining());
            // It sends far more than it is ready to read, as a client that is not full duplex does.
            client.send(good + "{\"a\": tru}\n" + zeros(500_000)).end();
            var answers = client.all();
            assertThat(answers).hasSize(4_998 + 1);
            for (int line = 2; line < 5_000; line++) {
                var answer = answers.get(line - 2);
                assertThat(answer.get("index").asInt()).isEqualTo(line - 2);
                assertThat(answer.get("value").asInt()).isEqualTo((int) Math.sqrt(line));
            }
            assertThat(type(problem(answers))).isEqualTo("input-refused");
            assertThat(problem(answers).get("detail").asString()).startsWith("Line 5000: ");
            assertThat(client.isClosedByService()).isTrue();
            streams.awaitNothingLeft(client.result(), "failed");
        }
    }

    @Test
    void a_cancelled_stream_answers_what_was_read_and_its_blocked_reader_ends() throws Exception {
        try (var streams = new Streams(1);
                var client = streams.imap(NAP)) {
            client.send("0\n60\n60\n60\n");
            assertThat(client.json().get("value").asInt()).isZero();
            streams.awaitItems(client, 4);
            streams.service().post(client.result() + "/cancel", "{}").then().statusCode(202);
            var answers = client.all(); // the client has not ended its body
            assertThat(answers).hasSize(4);
            for (int index = 1; index < 4; index++) {
                assertThat(answers.get(index - 1).get("index").asInt()).isEqualTo(index);
                assertThat(type(answers.get(index - 1).get("error"))).isEqualTo("cancelled");
            }
            assertThat(type(problem(answers))).isEqualTo("cancelled");
            assertThat(client.isClosedByService()).isTrue();
            streams.awaitNothingLeft(client.result(), "cancelled");
        }
    }

    @Test
    void a_terminated_pool_ends_its_streams() throws Exception {
        try (var streams = new Streams(1);
                var client = streams.imap(NAP);
                var idle = streams.imap(NAP)) {
            assertThat(idle.send("0\n").json().get("value").asInt()).isZero();
            client.send("60\n60\n");
            streams.awaitItems(client, 2);
            streams.service().post(streams.path() + "/terminate", "").then().statusCode(204);
            var answers = client.all();
            assertThat(answers).hasSize(3);
            assertThat(type(answers.get(0).get("error"))).isEqualTo("pool-terminated");
            assertThat(type(answers.get(1).get("error"))).isEqualTo("pool-terminated");
            assertThat(type(problem(answers))).isEqualTo("pool-terminated");
            // The one that had nothing in the queue hears of it too.
            assertThat(type(problem(idle.all()))).isEqualTo("pool-terminated");
            assertThat(idle.isClosedByService()).isTrue();
            streams.awaitNothingLeft(client.result(), "failed");
            streams.awaitNothingLeft(idle.result(), "failed");
        }
    }

    @Test
    void a_closed_pool_stays_until_its_streams_have_ended() throws Exception {
        try (var streams = new Streams(1);
                var client = streams.imap(NAP)) {
            assertThat(client.send("0\n").json().get("value").asInt()).isZero();
            streams.service().post(streams.path() + "/close", "").then().statusCode(204);
            streams.service().post(streams.path() + "/join?timeout=0.2", "").then().statusCode(202);
            assertThat(client.send("0\n").json().get("value").asInt()).isZero();
            try (var late = streams.imap(NAP)) {
                assertThat(late.status()).isEqualTo(409);
            }
            assertThat(client.end().all()).hasSize(1);
            streams.service().post(streams.path() + "/join?timeout=60", "").then().statusCode(204);
        }
    }

    @Test
    void a_client_that_vanishes_takes_its_tasks_with_it() throws Exception {
        try (var streams = new Streams(2)) {
            var client = streams.imap(NAP);
            client.send("60\n60\n60\n");
            streams.awaitRunning(client);
            var result = client.result();
            client.close();
            streams.awaitNothingLeft(result, "cancelled");
        }
    }

    @Test
    void a_client_that_vanishes_while_the_window_is_full_is_missed_too() throws Exception {
        try (var streams = new Streams(1)) {
            var client = streams.imap(NAP);
            client.send("60\n".repeat(1_000)); // nothing is read and nothing written any more
            streams.awaitItems(client, 64);
            var result = client.result();
            client.close();
            streams.awaitNothingLeft(result, "cancelled");
        }
    }

    @Test
    void a_client_that_breaks_off_its_body_is_gone() throws Exception {
        try (var streams = new Streams(1);
                var client = streams.imap(NAP)) {
            client.send("60\n");
            streams.awaitRunning(client);
            client.halfClose();
            var answers = client.all();
            assertThat(type(problem(answers))).isEqualTo("cancelled");
            streams.awaitNothingLeft(client.result(), "cancelled");
        }
    }

    @Test
    void a_producer_that_stalls_ends_the_input() throws Exception {
        try (var streams = new Streams(1);
                var client = streams.imap("{\"func\":\"math.isqrt\"}")) {
            client.send("4\n9");
            assertThat(client.json().get("value").asInt()).isEqualTo(2);
            var answers = client.all();
            assertThat(answers).hasSize(1); // half a line is no item
            assertThat(type(problem(answers))).isEqualTo("input-stalled");
            assertThat(problem(answers).get("timeout").asInt()).isEqualTo(2);
            assertThat(client.isClosedByService()).isTrue();
            streams.awaitNothingLeft(client.result(), "failed");
        }
    }

    @Test
    void a_reader_that_stalls_is_given_up_and_counted() throws Exception {
        try (var streams = new Streams(1)) {
            var head = "{\"func\":\"streams.long_text\"}";
            try (var client = streams.imap(head)) {
                var result = client.result();
                client.send("1000000\n".repeat(60)); // and reads nothing of it
                Waiting.until(
                        "it is given up",
                        () -> Service.json(streams.service().get(result)).get("ready").asBoolean());
                streams.awaitNothingLeft(result, "cancelled");
                streams.awaitStalled(1);
            }
        }
    }

    @Test
    void a_pool_that_can_start_no_worker_ends_the_stream() throws Exception {
        var spec = ",\"start_timeout\":1,\"initializer\":\"tasks.broken_initializer\"";
        try (var streams = new Streams(1, spec);
                var client = streams.imap(NAP)) {
            client.send("0\n");
            var answers = client.all();
            assertThat(answers).hasSize(2);
            assertThat(type(answers.getFirst().get("error"))).isEqualTo("cancelled");
            assertThat(type(problem(answers))).isEqualTo("pool-degraded");
            streams.awaitNothingLeft(client.result(), "cancelled");
        }
    }

    @Test
    void a_stream_that_has_not_begun_in_time_expires() throws Exception {
        try (var streams = new Streams(1);
                var client = streams.imap("{\"func\":\"tasks.nap\",\"expires_in\":0.3}")) {
            assertThat(type(problem(client.all()))).isEqualTo("expired");
            streams.awaitNothingLeft(client.result(), "expired");
        }
    }
}
