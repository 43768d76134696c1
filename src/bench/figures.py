"""What is measured. Rounds are interleaved (A B C A B C …), so that a slow minute of the machine meets all contenders."""

import sys
import time

import load
from processes import Skipped, print_note


class Figure:
    """
    One comparison: `measure` turns a contender into {row: value}; `less` says whether smaller values are better, `compared`
    whether the ratio of two contenders means something.
    """

    def __init__(self, title, contenders, rounds, measure, less, checks=None, compared=True):
        self.title, self.contenders, self.rounds = title, contenders, rounds
        self.measure, self.less, self.checks, self.compared = measure, less, checks, compared
        self.values = {}  # row → contender's name → its rounds
        self.skipped = {}  # contender's name → why
        self.wrong = False

    def run(self, deadline):
        if time.monotonic() > deadline:
            print_note(f"{self.title}: left out, the time was over")
            return
        ready = [contender for contender in self.contenders if self._try(contender, self._prepare)]
        for number in range(1, self.rounds + 1):
            if time.monotonic() > deadline:
                print_note(f"{self.title}: {number - 1} rounds and not {self.rounds}, the time was over")
                return
            for contender in ready:
                if contender.name not in self.skipped:
                    progress(f"{self.title}, round {number} of {self.rounds}: {contender.name}")
                    self._try(contender, self._round)

    def _prepare(self, contender):
        progress(f"{self.title}: {contender.name} is checked")
        if self.checks:
            contender.prepare()
            contender.check()
            self.checks(contender)

    def _round(self, contender):
        for row, value in self.measure(contender).items():
            self.values.setdefault(row, {}).setdefault(contender.name, []).append(value)

    def _try(self, contender, step):
        try:
            step(contender)
            return True
        except Skipped as why:
            self.skipped[contender.name] = str(why)
        except load.WrongAnswer as why:
            self.skipped[contender.name] = f"WRONG: {why}"
            self.wrong = True
        except OSError as why:
            self.skipped[contender.name] = f"WRONG: {why!r}"
            self.wrong = True
        return False


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
    else:
        print(text, file=sys.stderr, flush=True)


def one_connection(contenders, rounds, seconds):
    def measure(contender):
        measured = contender.applies(1, seconds)
        return {
            "p50, µs": measured["p50"],
            "p99, µs": measured["p99"],
            "seconds / calls, µs": measured["seconds"] / measured["requests"] * 1e6,
        }

    return Figure("1. apply, 1 connection", contenders, rounds, measure, True, lambda contender: None)


def many_connections(contenders, rounds, seconds, connections=32):
    def measure(contender):
        return {"per second": rate(contender.applies(connections, seconds))}

    def checks(contender):
        contender.applies(connections, 1, check=True)

    return Figure(f"2. apply, {connections} connections", contenders, rounds, measure, False, checks)


def big_map(contenders, rounds, items):
    calls = [load.MapCall.of_integers(name, items) for name in ("math.sqrt", "math.isqrt")]

    def measure(contender):
        return {f"math.{call.name}, items per second": items / contender.map(call) for call in calls}

    return Figure(f"3. map of {items:,} integers", contenders, rounds, measure, False, lambda contender: None)


def recycling(contenders, rounds, seconds, maxtasksperchild, connections=8, thorough=True):
    def measure(contender):
        return {"tasks per second": rate(contender.applies(connections, seconds))}

    def checks(contender):
        if thorough:
            contender.applies(connections, 1, check=True)

    return Figure(f"4. maxtasksperchild {maxtasksperchild}", contenders, rounds, measure, False, checks)


def first_answer(contenders, rounds):
    def measure(contender):
        try:
            return {"seconds": contender.start()}
        finally:
            contender.close()

    # Nothing is prepared: the start is what is measured, and its answer is checked.
    return Figure("5. start to first answer", contenders, rounds, measure, True)


def rate(measured):
    return measured["requests"] / measured["seconds"]
