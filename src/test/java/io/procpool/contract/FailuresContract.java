package io.procpool.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong in a call and harms no worker: each under its type, and the worker serves on. */
interface FailuresContract extends Contract {
    @Test
    default void an_exception_is_told_with_its_type_its_message_and_where_it_was_raised() {
        var problem = shared().problem("tasks.fail", "[\"grüße\\n😀\"]", "function-raised");
        var exception = problem.path("exception");
        assertThat(exception.path("type").asString()).isEqualTo(subject().raised());
        assertThat(exception.path("message").asString()).isEqualTo("grüße\n😀");
        assertThat(exception.path("traceback").asString())
                .contains(subject().source(), "grüße")
                .doesNotContain("procpool_worker", "io.procpool");
        shared().requireWorks();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[1,2,3,4]"})
    default void too_few_or_too_many_arguments_do_not_fit(String args) {
        if (args.length() > 2) {
            require(Trait.NAMED_ARGUMENTS); // who has no list of parameters takes any more
        }
        shared().problem("tasks.add", args, "arguments-do-not-fit");
        shared().requireWorks();
    }

    @Test
    default void an_argument_of_a_name_that_there_is_not_does_not_fit() {
        var call = shared().call("tasks.add", "[1]", ",\"kwds\":{\"zzz\":2}");
        shared().problem("apply", call, 422, "arguments-do-not-fit");
        shared().requireWorks();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nan",
                "infinity",
                "nan inside",
                "object",
                "surrogate",
                "circle",
                "function"
            })
    default void a_value_without_a_json_form_is_not_serializable(String kind) {
        var args = "[\"" + kind + "\"]";
        shared().problem("api_functions.odd_values", args, "not-serializable");
        var map = shared().map("api_functions.odd_values", args, ",\"chunksize\":1");
        var problem = shared().problem("map", map, 422, "not-serializable");
        assertThat(problem.path("index").asInt(-1)).isZero();
        shared().requireWorks();
    }

    @Test
    default void a_value_may_have_the_limits_bytes_and_not_one_more() {
        var fits = shared().value("api_functions.text_of", "[" + Subject.BODY + "]");
        assertThat(fits).hasSize(Subject.BODY);
        var one = "[" + (Subject.BODY + 1) + "]";
        var problem = shared().problem("api_functions.text_of", one, "result-too-large");
        assertThat(problem.path("limit").asInt()).isEqualTo(Subject.BODY);
        var half = Subject.BODY / 2;
        var map = shared().map("api_functions.text_of", "[" + half + "," + half + "]", "");
        shared().problem("map", map, 422, "result-too-large");
        shared().requireWorks();
    }

    /** Of another runtime, of a module that functions use, of every object, private ones, and none at all. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tasks.nosuch",
                "nosuch.add",
                "functions.Tasks.nosuch",
                "functions.Unlisted.secret",
                "functions.Hidden.secret",
                "functions.Files.pid",
                "functions.Child.inherited",
                "functions.Shapes._underscored",
                "functions.Shapes.ofAnObject",
                "functions.Shapes.hidden",
                "java.lang.Runtime.exec",
                "java.lang.Runtime.getRuntime",
                "java.lang.System.exit",
                "java.lang.ProcessBuilder.start",
                "os.system",
                "tasks.os.system",
                "faults._daemon",
                "tasks.__builtins__",
                "tasks.constructor",
                "tasks.toString",
                "tasks.__proto__",
                "fs.readFileSync",
                "functions.Tasks.class",
                "functions.Tasks.getClass",
                "Tasks.add",
                "add",
                ".add",
                "tasks."
            })
    default void what_is_no_function_cannot_be_called(String name) {
        var call = "{\"func\":\"" + name + "\",\"args\":[]}";
        var answer = shared().post("apply", call);
        assertThat(answer.statusCode()).as(answer.asString()).isIn(400, 404);
        var type = Service.json(answer).path("type").asString();
        assertThat(type)
                .isIn(
                        ContractPool.PROBLEM + "function-unknown",
                        ContractPool.PROBLEM + "bad-request");
    }
}
