package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** A result exactly at the limit, and one byte more. F40. */
class ResultSizeTest {
    private static final int LIMIT = 1 << 20;
    private static final String TOO_LARGE = "urn:procpool:problem:result-too-large";
    private static final Service SERVICE = Service.shared("--procpool.limits.body=1MB");

    @Test
    void a_value_may_have_the_limits_bytes_and_not_one_more() throws Exception {
        try (var pool = FaultPool.in(SERVICE, 1, "")) {
            long worker = pool.awaitWorkers(1).getFirst();
            int quotes = 2;
            var fits = pool.apply("faults.text", "[" + (LIMIT - quotes) + "]");
            assertThat(fits.statusCode()).isEqualTo(200);
            assertThat(fits.body().length()).isEqualTo(LIMIT);

            var over = pool.apply("faults.text", "[" + (LIMIT - quotes + 1) + "]");
            assertThat(over.statusCode()).isEqualTo(422);
            assertThat(FaultPool.json(over).path("type").asString()).isEqualTo(TOO_LARGE);
            assertThat(FaultPool.json(over).path("limit").asInt()).isEqualTo(LIMIT);
            assertThat(pool.servingPid()).isEqualTo(worker);
        }
    }

    /** Of a map it is the length of all values together, in however many chunks they come. */
    @Test
    void the_values_of_a_map_may_have_the_limits_bytes_together() throws Exception {
        try (var pool = FaultPool.in(SERVICE, 1, "")) {
            long worker = pool.awaitWorkers(1).getFirst();
            int around = "[\"\",\"\"]".length();
            int one = (LIMIT - around) / 2;
            int other = LIMIT - around - one;
            for (var chunksize : new int[] {1, 2}) {
                var fits = map(pool, one, other, chunksize);
                assertThat(fits.statusCode()).isEqualTo(200);
                assertThat(fits.body().length()).isEqualTo(LIMIT);
                var over = map(pool, one, other + 1, chunksize);
                assertThat(over.statusCode()).isEqualTo(422);
                assertThat(FaultPool.json(over).path("type").asString()).isEqualTo(TOO_LARGE);
            }
            assertThat(pool.servingPid()).isEqualTo(worker);
        }
    }

    private static HttpResponse<String> map(FaultPool pool, int one, int other, int chunksize) {
        return pool.post(
                "/map",
                "{\"func\": \"faults.text\", \"iterable\": [%d, %d], \"chunksize\": %d}"
                        .formatted(one, other, chunksize));
    }
}
