package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** map and starmap: the values in the order of the items, or the first error. */
class MapTest {
    private static OwnPool one;
    private static OwnPool two;

    @BeforeAll
    static void open() {
        one = OwnPool.ofProcesses(1);
        two = OwnPool.ofProcesses(2);
    }

    @AfterAll
    static void close() {
        one.close();
        two.close();
    }

    private static String numbers(int count) {
        return IntStream.range(0, count)
                .mapToObj(Integer::toString)
                .collect(joining(",", "[", "]"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 100, 1_000_000})
    void values_come_in_the_order_of_the_items(int chunksize) {
        var size = chunksize == 0 ? "" : ",\"chunksize\":" + chunksize;
        var body = "{\"func\":\"api_functions.same\",\"iterable\":" + numbers(1000) + size + "}";
        assertThat(two.value("map", body)).isEqualTo(numbers(1000));
    }

    @Test
    void starmap_unpacks_each_item() {
        var body = "{\"func\":\"tasks.add\",\"iterable\":[[1,2],[3],[4,5]],\"chunksize\":%d}";
        assertThat(two.value("starmap", body.formatted(1))).isEqualTo("[3,4,9]");
        assertThat(two.value("starmap", body.formatted(3))).isEqualTo("[3,4,9]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"map", "starmap"})
    void an_empty_iterable_gives_an_empty_array(String verb) {
        var body = "{\"func\":\"tasks.fail\",\"iterable\":[ ]}";
        assertThat(two.value(verb, body)).isEqualTo("[]");
        var result = two.finished(verb, body);
        assertThat(result.get("state").asString()).isEqualTo("succeeded");
        assertThat(result.get("items").asInt()).isZero();
        assertThat(result.get("attempts").size()).isZero();
        var collected = "{\"func\":\"tasks.fail\",\"iterable\":[],\"errors\":\"collect\"}";
        assertThat(two.value(verb, collected)).isEqualTo("{\"values\":[],\"errors\":[]}");
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "5"})
    void an_item_of_starmap_that_is_no_array_does_not_fit(int chunksize) {
        var problem =
                problem(
                        two.post(
                                "starmap",
                                "{\"func\":\"tasks.add\",\"iterable\":[[1],[2],[3],4],\"chunksize\":"
                                        + chunksize
                                        + "}"),
                        422,
                        "arguments-do-not-fit");
        assertThat(problem.get("index").asInt()).isEqualTo(3);
    }

    @Test
    void an_item_with_too_many_arguments_does_not_fit() {
        var problem =
                problem(
                        two.post("starmap", "{\"func\":\"tasks.add\",\"iterable\":[[1],[1,2,3]]}"),
                        422,
                        "arguments-do-not-fit");
        assertThat(problem.get("index").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 10})
    void the_first_error_is_the_outcome_and_names_its_item(int chunksize) {
        var response =
                one.map(
                        "{\"func\":\"tasks.fail_if_odd\",\"iterable\":[0,2,4,6,8,10,11,12,14,16],\"chunksize\":"
                                + chunksize
                                + "}");
        var problem = problem(response, 422, "function-raised");
        assertThat(problem.get("index").asInt()).isEqualTo(6);
        assertThat(problem.get("exception").get("message").asString()).isEqualTo("odd: 11");
        var result =
                Service.json(
                        one.service().get("/v1/results/" + response.header("Procpool-Result")));
        assertThat(result.get("problem").get("index").asInt()).isEqualTo(6);
        var failed = result.get("attempts").get(result.get("attempts").size() - 1);
        assertThat(failed.get("problem").get("index").asInt()).isEqualTo(6);
        assertThat(failed.get("first_item").asInt()).isEqualTo(6 / chunksize * chunksize);
    }

    @Test
    void chunks_that_have_not_started_are_dropped_after_an_error() throws IOException {
        var ledger = Ledger.empty();
        var items =
                IntStream.range(0, 50)
                        .mapToObj(item -> "[" + ledger.json() + "," + item + ",2]")
                        .collect(joining(",", "[", "]"));
        problem(
                one.post(
                        "starmap",
                        "{\"func\":\"api_functions.note_and_fail_at\",\"chunksize\":1,\"iterable\":"
                                + items
                                + "}"),
                422,
                "function-raised");
        assertThat(one.value("apply", "{\"func\":\"tasks.add\",\"args\":[1]}")).isEqualTo("2");
        assertThat(ledger.lines()).containsExactly("0", "1", "2");
    }

    @Test
    void a_hundred_items_with_chunksize_ten_are_ten_tasks() {
        var result =
                two.finished(
                        "map",
                        "{\"func\":\"api_functions.same\",\"chunksize\":10,\"iterable\":"
                                + numbers(100)
                                + "}");
        assertThat(result.get("items").asInt()).isEqualTo(100);
        assertThat(result.get("done").asInt()).isEqualTo(100);
        var attempts = result.get("attempts").valueStream().toList();
        assertThat(attempts).hasSize(10);
        assertThat(attempts).allMatch(attempt -> attempt.get("items").asInt() == 10);
        assertThat(attempts.stream().map(attempt -> attempt.get("first_item").asInt()))
                .containsExactlyInAnyOrder(0, 10, 20, 30, 40, 50, 60, 70, 80, 90);
    }

    @Test
    void the_last_chunk_has_what_is_left() {
        var result =
                two.finished(
                        "map",
                        "{\"func\":\"api_functions.same\",\"chunksize\":4,\"iterable\":"
                                + numbers(10)
                                + "}");
        assertThat(result.get("attempts").valueStream().map(task -> task.get("items").asInt()))
                .containsExactlyInAnyOrder(4, 4, 2);
    }
}
