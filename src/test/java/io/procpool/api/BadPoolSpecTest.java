package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static io.procpool.service.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A specification that can't be kept is refused by the name of its field, and changes nothing. */
class BadPoolSpecTest {
    private static final String PATH = "/v1/pools/never-made";

    private final Service service = Service.shared();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"runtime\":\"perl\"",
                "\"runtime\":\"\"",
                "\"runtime\":1",
                "\"processes\":0",
                "\"processes\":-1",
                "\"processes\":1025",
                "\"processes\":1.5",
                "\"processes\":\"4\"",
                "\"processes\":true",
                "\"initializer\":5",
                "\"initializer\":[]",
                "\"initargs\":{}",
                "\"initargs\":\"x\"",
                "\"initargs\":1",
                "\"maxtasksperchild\":0",
                "\"maxtasksperchild\":-3",
                "\"maxtasksperchild\":\"3\"",
                "\"maxtasksperchild\":2147483648",
                "\"max_memory_per_child\":0",
                "\"max_memory_per_child\":-1",
                "\"max_memory_per_child\":1.5",
                "\"max_memory_per_child\":\"1GB\"",
                "\"max_age\":0",
                "\"max_age\":-1",
                "\"max_age\":\"1h\"",
                "\"idle_timeout\":0",
                "\"idle_timeout\":-0.5",
                "\"idle_timeout\":[]",
                "\"start_method\":\"fork\"",
                "\"start_method\":\"\"",
                "\"start_method\":1",
                "\"preload\":\"json\"",
                "\"preload\":[1]",
                "\"preload\":[\"no module\"]",
                "\"preload\":[\"\"]",
                "\"preload\":{}",
                "\"preload\":[\"os\"]",
                "\"preload\":[\"tasks.os\"]",
                "\"env\":{\"PYTHONPATH\":\"/tmp\"}",
                "\"env\":{\"LD_PRELOAD\":\"/tmp/x.so\"}",
                "\"env\":{\"PATH\":\"/tmp\"}",
                "\"env\":[]",
                "\"env\":{\"A\":1}",
                "\"env\":{\"A\":null}",
                "\"env\":{\"1A\":\"x\"}",
                "\"env\":{\"A=B\":\"x\"}",
                "\"env\":{\"\":\"x\"}",
                "\"env\":{\"A\":\"x\\u0000y\"}",
                "\"task_timeout\":0",
                "\"task_timeout\":-1",
                "\"task_timeout\":\"60\"",
                "\"grace\":-1",
                "\"grace\":\"5\"",
                "\"grace\":1e400",
                "\"start_timeout\":0",
                "\"start_timeout\":-1",
                "\"start_timeout\":false",
                "\"queue_limit\":0",
                "\"queue_limit\":-1",
                "\"queue_limit\":1.5",
                "\"max_tasks_per_child\":3",
                "\"name\":\"x\"",
                "\"state\":\"RUN\""
            })
    void a_wrong_field_is_named(String field) {
        var name = field.substring(1, field.indexOf('"', 1));
        var problem = problem(service.put(PATH, "{" + field + "}"), 400, "bad-request");
        assertThat(problem.get("detail").asString()).contains(name);
        problem(service.get(PATH), 404, "pool-unknown");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{",
                "{\"processes\":1,\"processes\":2}",
                "{\"env\":{\"A\":\"1\",\"A\":\"2\"}}"
            })
    void what_is_no_json_object_is_refused(String body) {
        problem(service.put(PATH, body), 400, "bad-request");
        problem(service.get(PATH), 404, "pool-unknown");
    }

    @Test
    void a_running_pool_stays_as_it_is() {
        try (var pool = OwnPool.of("{\"processes\":1}")) {
            var before = service.get(pool.path()).header("ETag");
            problem(service.put(pool.path(), "{\"processes\":0}"), 400, "bad-request");
            assertThat(service.get(pool.path()).header("ETag")).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tasks.none", "os.system", "nonsense", ""})
    void an_initializer_that_can_not_be_called_leaves_the_pool_degraded(String initializer)
            throws InterruptedException {
        try (var pool =
                OwnPool.of(
                        "{\"processes\":1,\"start_timeout\":0.2,\"initializer\":\""
                                + initializer
                                + "\"}")) {
            until(
                    "the pool is degraded",
                    () ->
                            pool.resource()
                                    .get("health")
                                    .get("status")
                                    .asString()
                                    .equals("degraded"));
            assertThat(pool.resource().get("health").get("cause").asString())
                    .contains("initializer", "function-unknown");
            var answer = pool.apply("{\"func\":\"tasks.pid\"}");
            var problem = problem(answer, 503, "pool-degraded");
            assertThat(problem.get("cause").asString()).contains("initializer");
            assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
        }
    }
}
