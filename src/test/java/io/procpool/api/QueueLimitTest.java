package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static io.procpool.api.Refusing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Waiting;
import io.restassured.response.Response;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** As many sync calls may wait as the pool's queue_limit says; a map counts one, async calls none. */
class QueueLimitTest {
    @Test
    void one_call_more_than_may_wait_is_refused() throws IOException, InterruptedException {
        try (var pool = OwnPool.of("{\"processes\":1,\"queue_limit\":2}");
                var gate = new Gate()) {
            gate.occupy(pool);
            var first = waiting(pool, 1, "map", "{\"func\":\"tasks.echo\",\"iterable\":[1,2,3]}");
            var second = waiting(pool, 2, "apply", "{\"func\":\"tasks.echo\",\"args\":[4]}");
            var refused =
                    refused(
                            pool.service(),
                            () -> pool.apply("{\"func\":\"tasks.echo\",\"args\":[5]}"),
                            503,
                            "queue-full");
            assertThat(refused.get("limit").asInt()).isEqualTo(2);
            assertThat(refused.get("pool").asString()).isEqualTo(pool.name());
            var again = pool.map("{\"func\":\"tasks.echo\",\"iterable\":[5]}");
            problem(again, 503, "queue-full");
            assertThat(Integer.parseInt(again.header("Retry-After"))).isPositive();

            var async = pool.submit("apply", "{\"func\":\"tasks.echo\",\"args\":[6]}");
            gate.open();
            assertThat(first.join().asString()).isEqualTo("[1,2,3]");
            assertThat(second.join().asString()).isEqualTo("4");
            assertThat(pool.service().await(async).get("state").asString()).isEqualTo("succeeded");
            assertThat(pool.value("apply", "{\"func\":\"tasks.echo\",\"args\":[7]}"))
                    .isEqualTo("7");
        }
    }

    @Test
    void a_waiting_call_that_is_cancelled_makes_room() throws IOException, InterruptedException {
        try (var pool = OwnPool.of("{\"processes\":1,\"queue_limit\":1}");
                var gate = new Gate()) {
            gate.occupy(pool);
            var waiting = waiting(pool, 1, "apply", "{\"func\":\"tasks.echo\",\"args\":[1]}");
            var id = Refusing.newest(pool.service()).getFirst();
            pool.service().post("/v1/results/" + id + "/cancel", "").then().statusCode(202);
            problem(waiting.join(), 422, "cancelled");
            var next = waiting(pool, 1, "apply", "{\"func\":\"tasks.echo\",\"args\":[2]}");
            gate.open();
            assertThat(next.join().asString()).isEqualTo("2");
        }
    }

    private static CompletableFuture<Response> waiting(
            OwnPool pool, int queued, String verb, String body) throws InterruptedException {
        var answer = Later.request(() -> pool.post(verb, body));
        Waiting.until(
                queued + " calls wait", () -> pool.resource().get("queued").asInt() == queued);
        return answer;
    }
}
