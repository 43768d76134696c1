"""What a worker answers to each verb."""
import json
import unittest

from loop import Loop
from procpool_worker import frames


class Verbs(Loop):
    def test_apply_answers_the_value_with_what_it_cost(self):
        frame = self.call("math.factorial", 20)
        self.assertEqual((frame.kind, frame.body), (frames.RESULT, b"2432902008176640000"))
        self.assertGreaterEqual(frame.header["cpu_seconds"], 0)
        self.assertGreater(frame.header["peak_rss"], 1 << 20)

    def test_arguments_arrive_by_place_and_by_name(self):
        self.assertEqual(self.value("two", 1), [1, 2])
        self.assertEqual(self.value("two", b=5, a=4), [4, 5])
        self.assertEqual(self.value("echo", **{"größe": 1, "b c": 2}), {"größe": 1, "b c": 2})
        self.send("tasks.echo", b'{"args":[1]}')
        self.assertEqual(self.answer().body, b"1")

    def test_unicode_key_order_and_large_numbers_come_back_as_they_went(self):
        for text in ('{"b":1,"a":"日本 😀","":[1.5,-0.0,1e+300]}', '"\\u0000"', "1" * 5000, "[" + "9" * 5000 + "]"):
            self.send("tasks.echo", ('{"args":[' + text + ']}').encode())
            self.assertEqual(str(self.answer().body, "utf-8"), text)

    def test_1e400_arrives_as_infinity_and_does_not_come_back(self):
        self.send("tasks.infinite", b'{"args":[1e400]}')
        self.assertEqual(self.answer().body, b"true")
        self.send("tasks.echo", b'{"args":[1e400]}')
        self.assertEqual(self.answer().header["message"], "result is inf, which JSON does not have")

    def test_an_integer_of_5000_digits_goes_in_and_comes_out(self):
        self.assertEqual(self.value("digits", 5000), 10 ** 5000 - 1)
        self.assertEqual(self.value("length", 10 ** 5000 - 1), 5000)

    def test_map_and_starmap_answer_the_values_in_order(self):
        self.assertEqual(self.map("echo", [3, 1, 2]).body, b"[3,1,2]")
        self.assertEqual(self.map("two", [[1], [2, 3]], "starmap").body, b"[[1,2],[2,3]]")
        self.assertEqual(self.map("echo", []).body, b"[]")
        self.assertEqual(self.map("echo", [[1, 2]]).body, b"[[1,2]]")

    def test_initialize_drops_its_value(self):
        self.send("tasks.pid", {"args": [], "kwds": {}}, "initialize")
        self.assertEqual(self.answer().body, b"null")

    def test_an_initializer_that_raises_is_an_error_and_the_worker_lives(self):
        self.send("tasks.raises", {"args": ["bad database"]}, "initialize")
        self.assertEqual(self.answer().header["message"], "ValueError: bad database")
        self.assertEqual(self.value("pid"), self.pid)

    def test_an_unknown_verb_is_an_unknown_kind(self):
        self.send("tasks.pid", {}, "dance")
        self.assertEqual(self.answer().header["problem"], "unknown-kind")

    def test_a_value_of_100_kb_and_one_of_a_megabyte_come_back(self):
        for size in (100_000, (1 << 20) - 2):
            self.assertEqual(self.value("big", size), "x" * size)


class Maps(Loop):
    def test_first_stops_at_the_first_failing_item_and_names_it(self):
        frame = self.map("inverse", [1, 2, 0, "x"])
        self.assertEqual((frame.kind, frame.header["index"]), (frames.ERROR, 2))
        self.assertEqual(frame.header["exception"]["type"], "ZeroDivisionError")

    def test_first_counts_an_item_without_a_json_form_as_failing(self):
        frame = self.map("odd", [2, 4, 7, 8])
        self.assertEqual((frame.header["problem"], frame.header["index"]), ("not-serializable", 2))
        self.assertEqual(self.map("odd", [1, "x"]).header["problem"], "not-serializable")

    def test_an_item_that_raises_stop_iteration_fails_and_does_not_end_the_map(self):
        frame = self.map("stops", [1, 2, 3])
        self.assertEqual((frame.header["index"], frame.header["exception"]["type"]), (1, "StopIteration"))

    def test_collect_answers_null_in_failed_places_and_lists_the_errors(self):
        frame = self.map("inverse", [1, 0, 2, "x", 4], errors="collect")
        self.assertEqual((frame.kind, frame.body), (frames.RESULT, b"[1.0,null,0.5,null,0.25]"))
        self.assertEqual([(error["index"], error["exception"]["type"]) for error in frame.header["errors"]],
                         [(1, "ZeroDivisionError"), (3, "TypeError")])
        self.assertNotIn("errors", self.map("inverse", [1], errors="collect").header)

    def test_collect_keeps_the_values_beside_one_without_a_json_form(self):
        frame = self.map("odd", [2, 1, "x", 4, 5], errors="collect")
        self.assertEqual(frame.body, b"[2,null,null,4,null]")
        self.assertEqual([(error["index"], error["problem"]) for error in frame.header["errors"]],
                         [(1, "not-serializable"), (2, "function-raised"), (4, "not-serializable")])

    def test_a_starmap_item_that_is_no_array_or_does_not_fit_does_not_fit(self):
        frame = self.map("two", [[1], 2, [1, 2, 3], {"a": 1}], "starmap", "collect")
        self.assertEqual([(error["index"], error["problem"]) for error in frame.header["errors"]],
                         [(1, "arguments-do-not-fit"), (2, "arguments-do-not-fit"), (3, "arguments-do-not-fit")])
        self.assertEqual(self.map("two", [3], "starmap").header["index"], 0)

    def test_errors_that_do_not_fit_the_header_follow_the_value(self):
        frame = self.map("inverse", [0, 1] * 2_000, errors="collect")
        length = frame.header["value_length"]
        self.assertNotIn("errors", frame.header)
        self.assertEqual(json.loads(str(frame.body[:length], "utf-8")), [None, 1.0] * 2_000)
        errors = json.loads(str(frame.body[length:], "utf-8"))
        self.assertEqual([error["index"] for error in errors], list(range(0, 4_000, 2)))
        self.assertIn("traceback", errors[0]["exception"])


class LargeMaps(Loop):
    limits = {"max_body": 600 << 10, "max_nesting": 500}

    def test_errors_that_do_not_fit_the_body_go_without_their_tracebacks(self):
        frame = self.map("inverse", [0] * 3_000, errors="collect")
        errors = json.loads(str(frame.body[frame.header["value_length"]:], "utf-8"))
        self.assertEqual(errors[2_999], {"problem": "function-raised", "index": 2_999,
                                         "message": "ZeroDivisionError: division by zero"})
        self.assertEqual(self.map("inverse", [0] * 8_000, errors="collect").header["problem"], "result-too-large")


if __name__ == "__main__":
    unittest.main()
