"""A stream of items and the stream of their values, by Stream.java: Python's http.client can't read while it sends."""

import contextlib
import json
import os
import subprocess

import load

# The part of the items that is streamed before the clock starts: the client's JVM has to compile its own code, too.
WARM_UP = 4


def command(java, port, path, func, items, chunksize, warm_up=0, *more):
    words = [port, path, func, items, chunksize, warm_up, *more]
    return [java, "-Xmx128m", os.path.join(load.HERE, "Stream.java"), *map(str, words)]


class ImapCall:
    """math.isqrt of the first `items` integers, NDJSON both ways on one connection."""

    name = "isqrt"

    def __init__(self, items, chunksize):
        self.items, self.chunksize = items, chunksize

    def measure(self, java, port, path):
        """Seconds from the first byte sent to the summary."""
        words = command(java, port, path, "math.isqrt", self.items, self.chunksize, self.items // WARM_UP)
        try:
            ran = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=150)
        except subprocess.TimeoutExpired:
            raise load.WrongAnswer(f"a stream of {self.items:,} items had not ended after 150 s") from None
        last = ran.stdout.strip().rpartition("\n")[2]
        if ran.returncode or not last:
            raise load.WrongAnswer(failure(ran.stderr))
        return json.loads(last)["seconds"]


def failure(text):
    """What the client complained of: the line with the exception."""
    lines = [line for line in text.splitlines() if line.strip()]
    with contextlib.suppress(StopIteration):
        return next(line for line in lines if "Exception" in line)
    return lines[-1] if lines else "the client said nothing"
