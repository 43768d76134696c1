"""multiprocessing.Pool without HTTP, in an interpreter of its own: the caller and the pool are one program.

usage: pool_calls.py first|steady|map|imap START_METHOD PROCESSES [MAXTASKSPERCHILD CALLS_UNDER_WAY SECONDS | NAME ITEMS [CHUNKSIZE]]
Prints one line of JSON: what was measured; first prints the value itself.
"""

import collections
import json
import math
import multiprocessing
import sys
import time

ARGUMENT, VALUE = 20, 2432902008176640000
WARM_UP_SECONDS = 0.3


def one_at_a_time(pool, seconds):
    """The time of each call in µs."""
    times = []
    now = time.perf_counter_ns()
    end = now + int(seconds * 1e9)
    while now < end:
        value = pool.apply(math.factorial, (ARGUMENT,))
        after = time.perf_counter_ns()
        check(value)
        times.append((after - now) // 1000)
        now = time.perf_counter_ns()
    return times


def many_under_way(pool, count, seconds):
    """How many calls ended. One thread keeps them under way: as many threads as calls are slower here."""
    calls = collections.deque(pool.apply_async(math.factorial, (ARGUMENT,)) for _ in range(count))
    end = time.perf_counter() + seconds
    ended = 0
    while time.perf_counter() < end:
        check(calls.popleft().get(30))
        ended += 1
        calls.append(pool.apply_async(math.factorial, (ARGUMENT,)))
    return ended


def check(value):
    if value != VALUE:
        raise SystemExit(f"wrong value {value!r}")


def percentile(times, seconds, percent):
    """As wrk computes it: a call that took n times the mean stands for the n - 1 that could not be sent meanwhile."""
    mean = max(1, int(seconds * 1e6 / len(times)))
    corrected = list(times)
    for time_taken in times:
        corrected.extend(range(time_taken - mean, mean, -mean))
    corrected.sort()
    return corrected[min(len(corrected) - 1, round(percent / 100 * len(corrected) + 0.5) - 1)]


def steady(pool, count, seconds):
    if count == 1:
        one_at_a_time(pool, WARM_UP_SECONDS)
        start = time.perf_counter()
        times = one_at_a_time(pool, seconds)
        took = time.perf_counter() - start
        return {
            "requests": len(times),
            "seconds": took,
            "p50": percentile(times, took, 50),
            "p99": percentile(times, took, 99),
        }
    many_under_way(pool, count, WARM_UP_SECONDS)
    start = time.perf_counter()
    ended = many_under_way(pool, count, seconds)
    return {"requests": ended, "seconds": time.perf_counter() - start}


def mapped(pool, function, items):
    pool.map(function, range(1000))
    start = time.perf_counter()
    values = pool.map(function, range(items))
    took = time.perf_counter() - start
    if values != [function(n) for n in range(items)]:
        raise SystemExit("wrong values")
    return {"items": items, "seconds": took}


def streamed(pool, function, items, chunksize):
    pool.map(function, range(1000))
    start = time.perf_counter()
    ended = 0
    for value in pool.imap(function, range(items), chunksize):
        if value != function(ended):
            raise SystemExit(f"wrong value {value!r} at {ended}")
        ended += 1
    took = time.perf_counter() - start
    if ended != items:
        raise SystemExit(f"{ended} values of {items} items")
    return {"items": items, "seconds": took}


def main():
    what, method, processes, *rest = sys.argv[1:]
    maxtasksperchild = int(rest[0]) or None if what == "steady" else None
    with multiprocessing.get_context(method).Pool(int(processes), maxtasksperchild=maxtasksperchild) as pool:
        if what == "first":
            print(pool.apply(math.factorial, (ARGUMENT,)), flush=True)
        elif what == "steady":
            print(json.dumps(steady(pool, int(rest[1]), float(rest[2]))), flush=True)
        elif what == "imap":
            print(json.dumps(streamed(pool, getattr(math, rest[0]), int(rest[1]), int(rest[2]))), flush=True)
        else:
            print(json.dumps(mapped(pool, getattr(math, rest[0]), int(rest[1]))), flush=True)


if __name__ == "__main__":
    main()
