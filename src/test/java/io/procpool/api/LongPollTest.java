package io.procpool.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.restassured.response.Response;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Long polls: with If-None-Match until the resource is another, else until it is ready. */
class LongPollTest {
    private static OwnPool pool;
    private static Service service;

    @BeforeAll
    static void open() {
        pool = OwnPool.ofProcesses(1);
        service = pool.service();
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    private static Response poll(String result, String etag, String wait) {
        return service.request().header("If-None-Match", etag).get(result + "?wait=" + wait);
    }

    private static CompletableFuture<Response> polling(String result, String etag) {
        return Later.request(() -> poll(result, etag, "60"));
    }

    @Test
    void what_has_not_changed_is_304_at_the_end_and_what_has_is_200()
            throws IOException, InterruptedException {
        try (var gate = new Gate()) {
            var result = gate.occupy(pool);
            var etag = service.get(result).header("ETag");
            for (var wait : new String[] {"0", "0.1"}) {
                var same = poll(result, etag, wait);
                assertThat(same.statusCode()).isEqualTo(304);
                assertThat(same.header("ETag")).isEqualTo(etag);
                assertThat(same.asString()).isEmpty();
            }
            assertThat(poll(result, "W/" + etag, "0").statusCode()).isEqualTo(304);
            assertThat(poll(result, "\"x\", " + etag, "0").statusCode()).isEqualTo(304);
            assertThat(poll(result, "\"other\"", "60").statusCode()).isEqualTo(200);

            var polling = polling(result, etag);
            gate.open();
            var changed = polling.join();
            assertThat(changed.statusCode()).isEqualTo(200);
            assertThat(changed.header("ETag")).isNotEqualTo(etag);
            assertThat(Service.json(changed).get("ready").asBoolean()).isTrue();
        }
    }

    @Test
    void a_final_resource_never_changes_and_nobody_waits_for_it() {
        var result = pool.submit("apply", "{\"func\":\"tasks.pid\"}");
        service.await(result);
        var first = service.get(result);
        var again = service.get(result + "?wait=60");
        assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
        assertThat(again.asString()).isEqualTo(first.asString());
        assertThat(poll(result, first.header("ETag"), "60").statusCode()).isEqualTo(304);
    }

    @Test
    void the_begin_is_a_change() throws IOException, InterruptedException {
        try (var gate = new Gate();
                var next = new Gate()) {
            gate.occupy(pool);
            var result = pool.submit("apply", next.call());
            var etag = service.get(result).header("ETag");
            var polling = polling(result, etag);
            gate.open();
            assertThat(Service.json(polling.join()).get("state").asString()).isEqualTo("running");
        }
    }

    @Test
    void the_progress_of_a_map_is_a_change() throws IOException {
        try (var first = new Gate();
                var second = new Gate();
                var third = new Gate()) {
            var result =
                    pool.submit(
                            "map",
                            "{\"func\":\"api_functions.wait_for\",\"chunksize\":1,\"iterable\":["
                                    + first.json()
                                    + ","
                                    + second.json()
                                    + ","
                                    + third.json()
                                    + "]}");
            var seen = service.get(result);
            int done = 0;
            for (var gate : new Gate[] {first, second, third}) {
                gate.open();
                done++;
                while (Service.json(seen).get("done").asInt() < done) {
                    var etag = seen.header("ETag");
                    seen = poll(result, etag, "60");
                    assertThat(seen.statusCode()).isEqualTo(200);
                    assertThat(seen.header("ETag")).isNotEqualTo(etag);
                }
                assertThat(Service.json(seen).get("done").asInt()).isEqualTo(done);
            }
            var last = service.await(result);
            assertThat(last.get("state").asString()).isEqualTo("succeeded");
        }
    }

    @Test
    void who_follows_the_changes_comes_to_the_end() {
        for (int job = 0; job < 30; job++) {
            var accepted =
                    pool.post(
                            "map_async",
                            "{\"func\":\"tasks.nap\",\"chunksize\":1,\"iterable\":[0.001,0.001,0.001]}");
            var result = accepted.header("Location");
            var seen = accepted;
            while (!Service.json(seen).get("ready").asBoolean()) {
                seen = poll(result, seen.header("ETag"), "60");
                assertThat(seen.statusCode()).isEqualTo(200);
            }
            var end = service.get(result);
            assertThat(end.header("ETag")).isEqualTo(seen.header("ETag"));
            assertThat(end.asString()).isEqualTo(seen.asString());
        }
    }

    @Test
    void the_wish_to_wait_may_come_as_a_preference() throws IOException, InterruptedException {
        try (var gate = new Gate()) {
            var result = gate.occupy(pool);
            var polling =
                    Later.request(() -> service.request().header("Prefer", "wait=60").get(result));
            gate.open();
            var answer = polling.join();
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.header("Preference-Applied")).isEqualTo("wait=60");
            assertThat(Service.json(answer).get("ready").asBoolean()).isTrue();
        }
    }

    @Test
    void without_a_wish_the_answer_comes_at_once() throws IOException, InterruptedException {
        try (var gate = new Gate()) {
            var answer = service.get(gate.occupy(pool));
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.header("Preference-Applied")).isNull();
            assertThat(Service.json(answer).get("ready").asBoolean()).isFalse();
        }
    }
}
