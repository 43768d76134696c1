"""Values as JSON text: what is refused, and where in a value the reason stands."""
import asyncio
import collections
import enum
import json
import sys
import unittest
import warnings

import host  # noqa: F401  puts the package on the path
from procpool_worker import handshake
from procpool_worker.encoding import Encoder
from procpool_worker.failure import Failed

handshake.allow_nesting(500)
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)
ENCODER = Encoder(1000, 500)


def nested(levels, opening="[", closing="]"):
    return json.loads(opening * levels + closing * levels) if opening == "[" else _objects(levels)


def _objects(levels):
    value = 1
    for _ in range(levels):
        value = {"a": value}
    return value


class Numbered(enum.IntEnum):
    ONE = 1


class Encoding(unittest.TestCase):
    def refused(self, value, problem="not-serializable", encoder=ENCODER):
        with self.assertRaises(Failed) as failed:
            encoder.encode(value)
        self.assertEqual(failed.exception.problem, problem)
        return failed.exception.message

    def test_values_are_written_compactly_and_unescaped(self):
        point = collections.namedtuple("point", "x y")
        for value, text in [
                (None, "null"), (True, "true"), (False, "false"), (0, "0"), (-1, "-1"), (1, "1"), (1.0, "1.0"),
                (1e300, "1e+300"), (-0.0, "-0.0"), ("", '""'), ("größe 日本 😀", '"größe 日本 😀"'),
                ('"\\\n\0\u2028', '"\\"\\\\\\n\\u0000\u2028"'), ([1, "a", None], '[1,"a",null]'), ((1, 2), "[1,2]"),
                ({"b": 1, "a": [True]}, '{"b":1,"a":[true]}'), ({1: 2, None: 3, 1.5: 5, False: 6},
                                                               '{"1":2,"null":3,"1.5":5,"false":6}'),
                (point(1, 2), "[1,2]"), (Numbered.ONE, "1"), ([], "[]"), ({}, "{}"), (2 ** 64, str(2 ** 64))]:
            with self.subTest(text):
                self.assertEqual(ENCODER.encode(value), text.encode())

    def test_an_integer_of_5000_digits_is_written_whole(self):
        value = 10 ** 5000 - 1
        encoder = Encoder(100_000, 500)
        self.assertEqual(encoder.encode(value), b"9" * 5000)
        self.assertEqual(encoder.encode([value]), b"[" + b"9" * 5000 + b"]")

    def test_what_json_does_not_have_is_named_with_its_place(self):
        for value, message in [
                (float("nan"), "result is nan"), (float("inf"), "result is inf"),
                ([1, {"a": float("-inf")}], "result[1][\"a\"] is -inf"),
                ({1, 2}, "result is a set"), ([[], [b"x"]], "result[1][0] is a bytes"),
                (object(), "result is a object"),
                ({"a": {(1, 2): 3}}, "result[\"a\"] has a key that is a tuple"),
                ("a\ud800", "result has the lone surrogate"), ({"\udfff": 1}, "result has a key that has the lone"),
                ([sys], "result[0] is a module"), ({float("nan"): 1}, "result has a key that is nan"),
                (iter([]), "result is a list_iterator"), (collections.Counter, "result is a type"),
                (collections.deque(), "result is a collections.deque")]:
            with self.subTest(message):
                self.assertTrue(self.refused(value).startswith(message), self.refused(value))

    def test_a_value_that_contains_itself_is_refused(self):
        value = [1]
        value.append({"again": value})
        self.assertEqual(self.refused(value), 'result[1]["again"] contains itself')

    def test_the_same_value_twice_is_no_cycle(self):
        part = [1]
        self.assertEqual(ENCODER.encode([part, part]), b"[[1],[1]]")

    def test_500_levels_are_written_and_501_are_not(self):
        encoder = Encoder(100_000, 500)
        for kind in "[{":
            self.assertEqual(len(json.loads(encoder.encode(nested(500, kind)))), 1)
            self.assertIn("deeper than 500", self.refused(nested(501, kind), encoder=encoder))
        self.assertIn("deeper than 500", self.refused([[], [], nested(500)], encoder=encoder))
        self.assertIn("deeper than 500", self.refused(nested(900), encoder=encoder))

    def test_endless_nesting_is_refused_and_ends_nothing(self):
        value = []
        for _ in range(100_000):
            value = [value]
        self.assertIn("deeper than 500", self.refused(value, encoder=Encoder(1 << 30, 500)))

    def test_many_brackets_are_not_many_levels(self):
        encoder = Encoder(100_000, 3)
        for value in ([[]] * 1000, "[" * 1000, ["[[[[[\"[[[[", "\\", "\\\"[", {"{{{{": "\\[\\"}], [[{}]] * 500):
            self.assertEqual(json.loads(encoder.encode(value)), value)
        self.refused([["\\\"["] * 1000, [[[]]], "\\"], encoder=encoder)

    def test_a_text_at_the_limit_is_written_and_one_byte_more_is_not(self):
        self.assertEqual(len(ENCODER.encode("x" * 998)), 1000)
        self.assertIn("1,001 bytes", self.refused("x" * 999, "result-too-large"))
        self.assertEqual(len(ENCODER.encode("ä" * 499)), 1000)
        self.refused("ä" * 500, "result-too-large")
        self.refused(10 ** 1000, "result-too-large")

    def test_a_coroutine_is_refused_with_advice_and_without_a_warning(self):
        async def later():
            await asyncio.sleep(0)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.assertIn("async functions", self.refused(later()))

    def test_objects_that_raise_when_they_are_read_are_refused(self):
        class Hostile(dict):
            def __bool__(self):
                raise KeyboardInterrupt

            def __len__(self):
                return 1

            def items(self):
                raise SystemExit("no")
        self.assertIn("no", self.refused(Hostile(a=1)))

        class Mute(dict):
            def items(self):
                raise MuteError

        class MuteError(Exception):
            def __str__(self):
                raise MuteError
        self.assertIn("MuteError", self.refused(Mute(a=1)))

    def test_memory_errors_are_a_result_that_is_too_large(self):
        class Endless(dict):
            def items(self):
                raise MemoryError
        self.refused(Endless(a=1), "result-too-large")


if __name__ == "__main__":
    unittest.main()
