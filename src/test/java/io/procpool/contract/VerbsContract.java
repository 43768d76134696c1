package io.procpool.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** apply, map, starmap, imap: every item once, each answer in its place, whatever the chunks. */
interface VerbsContract extends Contract {
    int ITEMS = 300;
    List<Integer> NUMBERS = IntStream.range(0, ITEMS).boxed().toList();

    private static String compact(Object list) {
        return list.toString().replace(" ", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"chunksize\":1", ",\"chunksize\":7", ",\"chunksize\":1000"})
    default void a_map_has_the_value_of_each_item_in_its_place(String chunksize) {
        var pool = shared();
        var numbers = compact(NUMBERS);
        assertThat(pool.body("map", pool.map("tasks.echo", numbers, chunksize))).isEqualTo(numbers);
        var pairs = compact(NUMBERS.stream().map(n -> List.of(n, 1)).toList());
        assertThat(pool.body("starmap", pool.map("tasks.add", pairs, chunksize)))
                .isEqualTo(compact(NUMBERS.stream().map(n -> n + 1).toList()));
    }

    @Test
    default void a_map_over_nothing_is_empty() {
        assertThat(shared().body("map", shared().map("tasks.echo", "[]", ""))).isEqualTo("[]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"imap", "imap_unordered"})
    default void an_imap_answers_each_item_and_then_the_sum(String verb) {
        for (var chunksize : List.of("", ",\"chunksize\":7")) {
            var lines = lines(verb, shared().map("tasks.echo", compact(NUMBERS), chunksize));
            assertThat(lines.getLast().toString())
                    .isEqualTo("{\"summary\":{\"items\":" + ITEMS + ",\"failed\":0}}");
            var indexes = lines.stream().limit(ITEMS).map(line -> line.path("index").asInt());
            var sorted = verb.equals("imap") ? indexes : indexes.sorted();
            assertThat(sorted).isEqualTo(NUMBERS);
            assertThat(lines.subList(0, ITEMS))
                    .allMatch(line -> line.path("value").asInt() == line.path("index").asInt());
        }
    }

    private List<JsonNode> lines(String verb, String json) {
        return shared().body(verb, json).lines().map(ContractPool::json).toList();
    }

    @Test
    default void a_failed_item_does_not_end_an_imap() {
        var lines = lines("imap", shared().map("tasks.fail_if_odd", "[0,1,2]", ""));
        assertThat(lines).hasSize(4);
        var error = lines.get(1).path("error");
        assertThat(error.path("type").asString())
                .isEqualTo(ContractPool.PROBLEM + "function-raised");
        assertThat(error.path("exception").path("message").asString()).isEqualTo("odd: 1");
        assertThat(lines.get(2).path("value").asInt()).isEqualTo(2);
        assertThat(lines.get(3).toString()).isEqualTo("{\"summary\":{\"items\":3,\"failed\":1}}");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10})
    default void a_map_fails_with_its_first_error_and_says_which_item_that_was(int chunksize) {
        var map = shared().map("tasks.fail_if_odd", "[0,2,4,5,6]", ",\"chunksize\":" + chunksize);
        var problem = shared().problem("map", map, 422, "function-raised");
        assertThat(problem.path("index").asInt()).isEqualTo(3);
        assertThat(problem.path("exception").path("message").asString()).isEqualTo("odd: 5");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10})
    default void errors_can_be_collected_beside_the_values(int chunksize) {
        var how = ",\"errors\":\"collect\",\"chunksize\":" + chunksize;
        var map = shared().map("tasks.fail_if_odd", "[0,1,2,3,\"x\",6]", how);
        var answer = ContractPool.json(shared().body("map", map));
        assertThat(answer.path("values").toString()).startsWith("[0,null,2,null,").endsWith(",6]");
        assertThat(answer.path("errors").valueStream().map(error -> error.path("index").asInt()))
                .startsWith(1, 3);
        var first = answer.path("errors").path(0).path("problem");
        assertThat(first.path("type").asString())
                .isEqualTo(ContractPool.PROBLEM + "function-raised");
        assertThat(first.path("exception").path("type").asString()).isEqualTo(subject().raised());
    }

    @Test
    default void an_item_of_starmap_that_is_no_list_does_not_fit() {
        var map = shared().map("tasks.add", "[[1,2],3]", ",\"chunksize\":2");
        var problem = shared().problem("starmap", map, 422, "arguments-do-not-fit");
        assertThat(problem.path("index").asInt()).isEqualTo(1);
    }
}
