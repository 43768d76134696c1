package io.procpool.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** errors: collect: every item has its value or its problem. */
class CollectTest {
    private static OwnPool pool;

    @BeforeAll
    static void open() {
        pool = OwnPool.ofProcesses(2);
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    private static JsonNode collected(String verb, String fields) {
        var response = pool.post(verb, "{\"errors\":\"collect\"," + fields + "}");
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(200);
        assertThat(response.contentType()).isEqualTo("application/json");
        return Service.json(response);
    }

    private static List<Integer> indexes(JsonNode collected) {
        return collected
                .get("errors")
                .valueStream()
                .map(error -> error.get("index").asInt())
                .toList();
    }

    private static List<String> types(JsonNode collected) {
        return collected
                .get("errors")
                .valueStream()
                .map(error -> error.get("problem").get("type").asString())
                .map(type -> type.substring(type.lastIndexOf(':') + 1))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void failed_items_are_null_and_listed_with_their_problem(int chunksize) {
        var collected =
                collected(
                        "map",
                        "\"func\":\"tasks.fail_if_odd\",\"iterable\":[0,1,2,3,4,6,7],\"chunksize\":"
                                + chunksize);
        assertThat(collected.get("values").toString()).isEqualTo("[0,null,2,null,4,6,null]");
        assertThat(indexes(collected)).containsExactlyInAnyOrder(1, 3, 6);
        assertThat(types(collected)).containsOnly("function-raised");
        collected
                .get("errors")
                .forEach(
                        error ->
                                assertThat(
                                                error.get("problem")
                                                        .get("exception")
                                                        .get("message")
                                                        .asString())
                                        .startsWith("odd: "));
    }

    @Test
    void without_a_failure_the_list_of_errors_is_empty() {
        var collected = collected("map", "\"func\":\"tasks.fail_if_odd\",\"iterable\":[0,2]");
        assertThat(collected.toString()).isEqualTo("{\"values\":[0,2],\"errors\":[]}");
    }

    @Test
    void items_that_do_not_fit_and_values_without_json_form_are_problems_of_their_items() {
        var starred = collected("starmap", "\"func\":\"tasks.add\",\"iterable\":[[1],2,[3],[]]");
        assertThat(starred.get("values").toString()).isEqualTo("[2,null,4,null]");
        assertThat(indexes(starred)).containsExactlyInAnyOrder(1, 3);
        assertThat(types(starred)).containsOnly("arguments-do-not-fit");

        var odd =
                collected(
                        "map",
                        "\"func\":\"api_functions.same\",\"chunksize\":3,\"iterable\":[1,1e400,3]");
        assertThat(odd.get("values").toString()).isEqualTo("[1,null,3]");
        assertThat(indexes(odd)).containsExactly(1);
        assertThat(types(odd)).containsExactly("not-serializable");
    }

    @Test
    void a_lost_worker_costs_the_items_of_its_chunk_and_no_others() {
        var collected =
                collected(
                        "starmap",
                        "\"func\":\"api_functions.exit_at\",\"chunksize\":2,"
                                + "\"iterable\":[[0,2],[1,2],[2,2],[3,2],[4,2],[5,2]]");
        assertThat(collected.get("values").toString()).isEqualTo("[0,1,null,null,4,5]");
        assertThat(indexes(collected)).containsExactlyInAnyOrder(2, 3);
        assertThat(types(collected)).containsOnly("worker-lost");
        assertThat(collected.get("errors").get(0).get("problem").get("exitcode").asInt())
                .isEqualTo(7);
    }

    @Test
    void a_timeout_without_chunksize_is_one_items_and_costs_no_other() {
        var collected =
                collected(
                        "starmap",
                        "\"func\":\"api_functions.spin_at\",\"timeout\":0.5,"
                                + "\"iterable\":[[0,1],[1,1],[2,1],[3,1]]");
        assertThat(collected.get("values").toString()).isEqualTo("[0,null,2,3]");
        assertThat(indexes(collected)).containsExactly(1);
        assertThat(types(collected)).containsExactly("timed-out");
    }

    @Test
    void a_job_that_collects_is_successful() {
        var result =
                pool.finished(
                        "map",
                        "{\"func\":\"tasks.fail_if_odd\",\"iterable\":[1],\"errors\":\"collect\"}");
        assertThat(result.get("state").asString()).isEqualTo("succeeded");
        var value = Service.json(pool.service().get(result.get("links").get("value").asString()));
        assertThat(value.get("values").toString()).isEqualTo("[null]");
        assertThat(indexes(value)).containsExactly(0);
    }
}
