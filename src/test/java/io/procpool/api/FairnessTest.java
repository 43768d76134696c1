package io.procpool.api;

import static io.procpool.service.Waiting.until;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs take turns by task: nobody waits for a big map, only for its running chunks. */
class FairnessTest {
    private static final String MILLION =
            IntStream.range(0, 1_000_000)
                    .mapToObj(Integer::toString)
                    .collect(joining(",", "[", "]"));

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"chunksize\":1000"})
    void an_apply_is_answered_while_a_map_of_a_million_items_runs(String chunksize)
            throws InterruptedException {
        try (var pool = OwnPool.of("{\"processes\":2,\"grace\":0.2}")) {
            var service = pool.service();
            var map =
                    pool.submit(
                            "map",
                            "{\"func\":\"api_functions.work\",\"iterable\":"
                                    + MILLION
                                    + chunksize
                                    + "}");
            until("the map runs", () -> Service.json(service.get(map)).get("done").asInt() > 0);
            for (int call = 0; call < 5; call++) {
                assertThat(pool.value("apply", "{\"func\":\"tasks.add\",\"args\":[1]}"))
                        .isEqualTo("2");
            }
            var other =
                    pool.map("{\"func\":\"tasks.echo\",\"iterable\":[1,2,3,4,5],\"chunksize\":1}");
            assertThat(other.asString()).isEqualTo("[1,2,3,4,5]");

            var after = Service.json(service.get(map));
            assertThat(after.get("state").asString()).isEqualTo("running");
            assertThat(after.get("done").asInt()).isLessThan(after.get("items").asInt());
            service.post(map + "/cancel", "").then().statusCode(202);
            assertThat(service.await(map).get("state").asString()).isEqualTo("cancelled");
        }
    }

    @Test
    void a_map_of_a_million_items_comes_back_whole() {
        try (var pool = OwnPool.of("{\"processes\":2}")) {
            var values = pool.value("map", "{\"func\":\"math.sqrt\",\"iterable\":" + MILLION + "}");
            assertThat(values).startsWith("[0.0,1.0,1.41").endsWith(",999.999]".substring(8));
            var numbers = values.substring(1, values.length() - 1).split(",", -1);
            assertThat(numbers).hasSize(1_000_000);
            for (int item = 0; item < numbers.length; item += 997) {
                assertThat(Double.parseDouble(numbers[item])).isEqualTo(Math.sqrt(item));
            }
        }
    }
}
