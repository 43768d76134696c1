"""Requests: wrk for load, http.client for single ones. Every answer that counts is checked."""

import http.client
import json
import math
import os
import shutil
import subprocess
import time

from processes import Skipped, print_note

HERE = os.path.dirname(os.path.abspath(__file__))
APPLY_VALUE = 2432902008176640000
FACTORIAL = '{"func":"math.factorial","args":[20]}'
# The same value from Java, which has no factorial: half of it times 2.
MULTIPLY = '{"func":"java.lang.Math.multiplyExact","args":[1216451004088320000,2]}'


class WrongAnswer(Exception):
    pass


def request(port, method, path, body=None, timeout=60):
    """(status, body) on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def check_apply(port, path, call=FACTORIAL):
    status, body = request(port, "POST", path, call)
    if status != 200 or json.loads(body) != APPLY_VALUE:
        raise WrongAnswer(f"answered {status} {body[:200]!r}")


def first_answer(child, port, path, started, patience=90):
    """Seconds from `started` to the first right answer. 503 means not yet."""
    end = started + patience
    last = "nothing"
    while time.perf_counter() < end:
        if not child.alive():
            raise Skipped(f"ended with exit code {child.process.returncode}: {child.said()}")
        try:
            status, body = request(port, "POST", path, FACTORIAL, timeout=10)
            answered = time.perf_counter()
            if status == 200 and json.loads(body) == APPLY_VALUE:
                return answered - started
            last = f"{status} {body[:200]!r}"
            if status != 503:
                raise WrongAnswer(f"answered {last}")
        except (OSError, http.client.HTTPException) as error:
            last = repr(error)
        time.sleep(0.005)
    raise Skipped(f"no answer in {patience} s, the last was {last}: {child.said()}")


def wrk(name, port, path, connections, seconds, check=False, call=FACTORIAL):
    """What apply.lua prints. Anything but right answers is a note below the table."""
    if not shutil.which("wrk"):
        raise Skipped("wrk is not installed (apt-get install wrk)")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s"]
    command += ["-s", os.path.join(HERE, "apply.lua"), f"http://127.0.0.1:{port}{path}"]
    ran = subprocess.run(
        command + (["--", "check"] if check else []),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds + 30,
        env={**os.environ, "BODY": call},
    )
    lines = ran.stdout.strip().splitlines()
    if ran.returncode or not lines or not lines[-1].startswith("{"):
        raise Skipped(f"wrk exited with {ran.returncode}: {ran.stdout.strip()[-300:]}")
    measured = json.loads(lines[-1])
    for kind, count in measured["errors"].items():
        if count:
            kind = "answers above 399" if kind == "status" else f"{kind} errors"
            print_note(f"wrk with {name} at {connections} connections on {path}: {count} {kind} of {measured['requests']} requests")
    if measured["wrong"]:
        print_note(f"{name} at {connections} connections: {measured['wrong']} wrong answers, one was {measured['sample']}")
    return measured


class MapCall:
    """A map, encoded once: what the client's JSON costs is not the server's."""

    def __init__(self, func, iterable, expected, **more):
        self.name, self.items = func.rpartition(".")[2], len(iterable)
        self.body = json.dumps({"func": func, "iterable": iterable, **more}, separators=(",", ":")).encode()
        self.expected = expected

    @classmethod
    def of_integers(cls, func, items):
        """The first `items` integers, by a function that the math module has too."""
        function = getattr(math, func.rpartition(".")[2])
        return cls(func, list(range(items)), [function(n) for n in range(items)])

    def measure(self, port, path):
        """Seconds from the first byte sent to the last one received."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        try:
            connection.connect()
            start = time.perf_counter()
            connection.request("POST", path, self.body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            body = response.read()
            took = time.perf_counter() - start
        finally:
            connection.close()
        if response.status != 200 or json.loads(body) != self.expected:
            raise WrongAnswer(f"answered {response.status} {body[:200]!r} to a map of {self.items} items")
        return took
