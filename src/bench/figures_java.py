"""Figures 6 and 8: the Java runtime beside the Python one, and the replacement of workers of both."""

import http.client
import json
import re
import time
from statistics import median

import load
from figures import Figure, rate
from pools import ServicePool
from processes import print_note

# Calls between two replacements, and seconds between two calls: time enough to make the next spare.
LIFE, PAUSE = 5, 0.5


def java_apply(contenders, rounds, seconds, connections, warm_up):
    def measure(contender):
        measured = contender.applies(connections, seconds)
        return {"p50, µs": measured["p50"]} if connections == 1 else {"per second": rate(measured)}

    def checks(contender):
        # A worker JVM compiles what is called often, as the service's does.
        if isinstance(contender, ServicePool):
            contender.applies(connections, warm_up)
            contender.applies(connections, 1, check=True)

    title = f"6. Java: apply, {connections} connection{'s' if connections > 1 else ''}"
    return Figure(title, contenders, rounds, measure, connections == 1, checks)


def java_map(contenders, rounds, items, warm_up):
    calls = {runtime: load.MapCall.of_integers(name, items) for runtime, name in (("java", "java.lang.Math.sqrt"), ("python", "math.sqrt"))}

    def measure(contender):
        return {"sqrt, items per second": items / contender.map(calls[contender.runtime])}

    def checks(contender):
        for _ in range(warm_up if isinstance(contender, ServicePool) else 0):
            contender.map(calls[contender.runtime])

    return Figure(f"6. Java: map of {items:,} integers", contenders, rounds, measure, False, checks)


def java_recycling(contenders, rounds, seconds, maxtasksperchild, connections=8, thorough=True):
    def measure(contender):
        return {"tasks per second": rate(contender.applies(connections, seconds))}

    def checks(contender):
        if thorough:
            contender.applies(connections, seconds, check=True)

    return Figure(f"8. Java: maxtasksperchild {maxtasksperchild}", contenders, rounds, measure, False, checks)


def replacement(contenders, rounds, calls):
    """What a client sees that calls again and again with pauses, while its worker is replaced."""

    def measure(contender):
        start = time.perf_counter()
        contender.prepare()
        contender.check()
        fresh = time.perf_counter() - start
        try:
            after, others = paced(contender, calls)
            tell_starts(contender)
        finally:
            contender.dismiss()
        return {
            "first call of a replacement, ms": median(after) * 1e3,
            "other calls, ms": median(others) * 1e3,
            "a new pool's first answer, ms": fresh * 1e3,
        }

    return Figure(f"8. Java: one call each {PAUSE} s, maxtasksperchild {LIFE}", contenders, rounds, measure, True)


def paced(contender, calls):
    """Seconds of the calls that a new worker ran first, and of the others. The pool has run one task already."""
    after, others, pids = [], [], []
    for number in range(1, calls):
        time.sleep(PAUSE)
        took, pid = timed(contender)
        fresh = bool(pids) and pid != pids[-1]
        if fresh != (number % LIFE == 0):
            raise load.WrongAnswer(f"call {number} was run by worker {pid}, those before by {pids}: not {LIFE} tasks each")
        (after if fresh else others).append(took)
        pids.append(pid)
    return after, others


def timed(contender):
    """(seconds, pid of the worker) of one call on a connection that is open already."""
    connection = http.client.HTTPConnection("127.0.0.1", contender.service.port, timeout=60)
    try:
        connection.connect()
        start = time.perf_counter()
        connection.request("POST", contender.path + "/apply", contender.call, {"Content-Type": "application/json"})
        response = connection.getresponse()
        body = response.read()
        took = time.perf_counter() - start
    finally:
        connection.close()
    if response.status != 200 or json.loads(body) != load.APPLY_VALUE:
        raise load.WrongAnswer(f"answered {response.status} {body[:200]!r}")
    result = json.loads(contender.ask((200,), "GET", "/v1/results/" + response.headers["Procpool-Result"]))
    return took, result["attempts"][-1]["pid"]


def tell_starts(contender):
    """How the pool's workers were started: of a Java pool all but the first should have been the spare."""
    page = contender.ask((200,), "GET", "/actuator/prometheus").decode()
    found = re.findall(r'^procpool_worker_starts_total\{kind="(\w+)",pool="([^"]+)"\} (\S+)$', page, re.MULTILINE)
    pool = contender.path.rpartition("/")[2]
    starts = ", ".join(f"{float(count):.0f} {kind}" for kind, of, count in sorted(found) if of == pool and float(count))
    print_note(f"8. {contender.name}, paced: its workers were started as {starts} (docs/metrics.md has the words)")
