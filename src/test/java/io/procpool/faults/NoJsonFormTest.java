package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A value that cannot travel is the failure of its task; the worker that had it serves on. F21. */
class NoJsonFormTest {

    @ParameterizedTest
    @CsvSource({
        "nan, not-serializable",
        "infinite, not-serializable",
        "lone surrogate, not-serializable",
        "lone surrogate as a key, not-serializable",
        "cycle, not-serializable",
        "deep, not-serializable",
        "large, result-too-large"
    })
    void a_value_without_a_json_form_fails_its_task_and_no_worker(String kind, String type)
            throws Exception {
        try (var pool = FaultPool.of(1)) {
            long worker = pool.awaitWorkers(1).getFirst();
            var wanted = "urn:procpool:problem:" + type;
            var apply = pool.apply("faults3.value", "[\"" + kind + "\"]");
            assertThat(apply.statusCode()).isEqualTo(422);
            assertThat(FaultPool.json(apply).path("type").asString()).isEqualTo(wanted);
            assertThat(pool.servingPid()).isEqualTo(worker);

            // In a map too: as its outcome, and it is told which item it was where one item is the
            // cause.
            var map =
                    pool.post(
                            "/map",
                            "{\"func\": \"faults3.value\", \"chunksize\": 1, \"iterable\": [\"%s\"]}"
                                    .formatted(kind));
            assertThat(map.statusCode()).isEqualTo(422);
            assertThat(FaultPool.json(map).path("type").asString()).isEqualTo(wanted);
            assertThat(pool.servingPid()).isEqualTo(worker);
        }
    }
}
