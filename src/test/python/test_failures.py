"""How calls fail, and that the worker lives on."""
import json
import unittest

from loop import Loop
from procpool_worker import frames


class Failures(Loop):
    def test_an_exception_is_told_with_type_message_and_the_functions_own_frames(self):
        header = self.problem("deeply")
        self.assertEqual((header["problem"], header["message"]), ("function-raised", "KeyError: 'deep'"))
        self.assertEqual(header["exception"]["type"], "KeyError")
        self.assertEqual(header["exception"]["message"], "'deep'")
        trace = header["exception"]["traceback"]
        self.assertIn("in deeply", trace)
        self.assertIn("in inner", trace)
        self.assertNotIn("procpool_worker", trace)
        self.assertTrue(trace.startswith("Traceback (most recent call last):"))

    def test_a_function_in_c_has_no_frames_but_a_message(self):
        header = self.problem("math.factorial", -1)
        self.assertEqual(header["exception"]["type"], "ValueError")
        self.assertNotIn("procpool_worker", header["exception"]["traceback"])

    def test_chained_exceptions_are_told(self):
        trace = self.problem("chained")["exception"]["traceback"]
        self.assertLess(trace.index("ValueError: first"), trace.index("direct cause"))
        self.assertLess(trace.index("direct cause"), trace.index("OSError: second"))

    def test_types_have_their_module_in_front(self):
        self.assertEqual(self.problem("mine")["exception"]["type"], "tasks.Mine")
        self.assertEqual(self.problem("inner")["exception"]["type"], "tasks.Mine.Inner")

    def test_system_exit_and_its_like_are_failures_and_the_worker_lives(self):
        for func, kind in (("leaves", "SystemExit"), ("interrupts", "KeyboardInterrupt"),
                           ("generator_exit", "GeneratorExit")):
            self.assertEqual(self.problem(func)["exception"]["type"], kind)
        self.assertEqual(self.value("pid"), self.pid)

    def test_a_memory_error_is_a_failure_and_the_worker_lives(self):
        self.assertEqual(self.problem("memory")["exception"]["type"], "MemoryError")
        self.assertEqual(self.value("pid"), self.pid)

    def test_endless_recursion_is_a_failure_and_the_worker_lives(self):
        self.assertEqual(self.problem("endless")["exception"]["type"], "RecursionError")
        self.assertEqual(self.value("pid"), self.pid)

    def test_an_exception_whose_text_raises_is_told_without_it(self):
        header = self.problem("unprintable")
        self.assertEqual(header["exception"]["type"], "tasks.Unprintable")
        self.assertIn("cannot be had", header["message"])

    def test_lone_surrogates_in_a_message_are_replaced(self):
        self.assertEqual(self.problem("surrogate")["exception"]["message"], "a?b")

    def test_long_texts_are_cut_and_the_end_of_the_traceback_is_kept(self):
        exception = self.problem("long_text")["exception"]
        self.assertEqual(len(exception["message"]), 16_000)
        self.assertLessEqual(len(exception["traceback"]), 65_536)
        self.assertTrue(exception["traceback"].rstrip().endswith("end"))

    def test_arguments_that_do_not_fit_are_told_apart_from_a_type_error_within(self):
        for args, kwds in (((), {}), ((1, 2, 3), {}), ((1,), {"c": 1}), ((1,), {"a": 1})):
            header = self.problem("two", *args, **kwds)
            self.assertEqual(header["problem"], "arguments-do-not-fit")
            self.assertTrue(header["message"].startswith("two(a, b=2): "), header)
        for func, args in (("type_error_within", [1]), ("calls_with_too_much", []), ("math.sqrt", ["x"])):
            self.assertEqual(self.problem(func, *args)["exception"]["type"], "TypeError")
        self.assertEqual(self.problem("math.factorial")["problem"], "arguments-do-not-fit")

    def test_bodies_that_are_not_of_the_verbs_form_do_not_fit(self):
        for verb, body in (("apply", b"[1]"), ("apply", b'{"args":{}}'), ("apply", b'{"kwds":[]}'), ("apply", b"{"),
                           ("apply", b""), ("apply", b"\xff"), ("apply", b'{"args":[NaN]}'), ("map", b"{}"),
                           ("map", b"[1"), ("starmap", b"3"), ("initialize", b"[]"), ("map", b"[" * 100_000)):
            with self.subTest(verb + repr(body[:20])):
                self.send("tasks.echo", body, verb)
                self.assertEqual(self.answer().header["problem"], "arguments-do-not-fit")

    def test_unknown_functions_are_unknown(self):
        for name in ("tasks.nothing", "tasks.os.system", "os.system", "tasks", "", "tasks._x", "math.__loader__"):
            self.send(name, {})
            self.assertEqual(self.answer().header["problem"], "function-unknown")
        self.sock.sendall(frames.encode(frames.CALL, self.ids, b'{"verb":"apply","func":["x"]}', b"{}"))
        self.assertEqual(self.answer().header["problem"], "function-unknown")

    def test_values_without_a_json_form_are_not_serializable(self):
        for func in ("nan", "lone", "later"):
            self.assertEqual(self.problem(func)["problem"], "not-serializable")
        self.assertEqual(self.problem("odd", 1)["message"], "result is a set, which has no JSON form")

    def test_500_levels_go_both_ways_and_501_do_not_come_back(self):
        value = json.loads("[" * 500 + "]" * 500)
        self.assertEqual(self.value("nested", 500), value)
        self.assertIn("deeper than 500", self.problem("nested", 501)["message"])
        self.send("tasks.length", b'{"args":[' + b"[" * 498 + b"]" * 498 + b"]}")
        self.assertEqual(self.answer().body, b"996")
        self.assertEqual(self.map("nested", [1, 500]).kind, frames.RESULT)
        self.assertEqual(self.map("nested", [1, 501]).header["index"], 1)

    def test_a_result_at_the_limit_comes_back_and_one_byte_more_does_not(self):
        self.assertEqual(self.call("big", (1 << 20) - 2).kind, frames.RESULT)
        self.assertEqual(self.problem("big", (1 << 20) - 1)["problem"], "result-too-large")
        half = (1 << 19)
        self.assertEqual(self.map("big", [half, half]).header["problem"], "result-too-large")


if __name__ == "__main__":
    unittest.main()
