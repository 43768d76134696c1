"""Functions that write down when they run, for the proof that nothing is lost or run too often.

The folder of the ledgers is LEDGER in the pool's environment. Each worker has a file of its own there; a line is on
the disk before the function goes on, so it is there whatever is killed then.
"""
import os
import signal
import time

import procpool

_files = {}
_seen = {}


def _folder():
    return os.environ["LEDGER"]


def _file():
    pid = os.getpid()
    if pid not in _files:
        path = os.path.join(_folder(), "%d.ledger" % pid)
        _files[pid] = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    return _files[pid]


def _write(what, tag):
    now = procpool.current()
    line = "%s %d %s %d %d %d %s .\n" % (
        what, time.monotonic_ns(), now.job, now.task, now.attempt, os.getpid(), tag)
    os.write(_file(), line.encode())
    os.fsync(_file())


def _value(tag):
    return {"tag": tag, "attempt": procpool.current().attempt}


def _times(tag):
    """How often it was called for this tag, this time included."""
    path = os.path.join(_folder(), tag + ".times")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, b".")
        os.fsync(descriptor)
        return os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)


def ok(tag):
    _write("start", tag)
    _write("end", tag)
    return _value(tag)


def raises(tag):
    _write("start", tag)
    raise ValueError(tag)


def slow(tag, seconds):
    _write("start", tag)
    time.sleep(seconds)
    _write("end", tag)
    return _value(tag)


def wait_for(tag, path):
    """Until that file is there."""
    _write("start", tag)
    while not os.path.exists(path):
        time.sleep(0.005)
    _write("end", tag)
    return _value(tag)


def kill_first(tag, times):
    """Kills its worker at its first calls."""
    _write("start", tag)
    if _times(tag) <= times:
        os.kill(os.getpid(), signal.SIGKILL)
    _write("end", tag)
    return _value(tag)


def kill_always(tag):
    _write("start", tag)
    print("about to kill " + tag)
    os.kill(os.getpid(), signal.SIGKILL)


def item(tag):
    """One of a map, each with a line of its own."""
    _write("start", tag)
    return tag


def cheap(number):
    """One of a large map: a line for each chunk, of which the item is the first that the worker has got of it."""
    now = procpool.current()
    chunk = (now.job, now.task, now.attempt)
    if _seen.get("chunk") != chunk:
        _seen["chunk"] = chunk
        _write("start", str(number))
    return number * 2
