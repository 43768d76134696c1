"""The worker: takes one call after the other from its connection until it is told to end.

It is a process of its own; threads.py has what is different in a thread.
"""
from __future__ import annotations

import atexit
import errno
import os
import resource
import sys
import threading
import traceback
from time import process_time
from typing import Any, Collection, Dict, NoReturn, Optional

from . import children, frames, handshake, task
from .calls import Calls
from .catalogue import Catalogue
from .connection import Connection, Ended
from .encoding import Encoder
from .failure import Failed

_KIB = 1024 if sys.platform != "darwin" else 1  # the unit of ru_maxrss


class Worker:
    _clock = staticmethod(process_time)

    def __init__(self, connection: Connection, catalogue: Catalogue, welcome: Dict[str, Any],
                 running: task.Running = task.of_process) -> None:
        max_nesting = welcome.get("max_nesting", 500)
        handshake.allow_nesting(max_nesting)
        encoder = Encoder(welcome.get("max_body", frames.DEFAULT_MAX_BODY), max_nesting)
        self._connection = running.connection = connection
        self._running = running
        self._run = Calls(catalogue, encoder).run
        # Children that were there before the first call: an import's or the initializer's, which are meant to stay.
        self._spared: Optional[Collection[int]] = None

    def serve(self) -> NoReturn:
        """As this process."""
        # A child that a function forks must not keep the connection open, and cannot speak on it by mistake.
        os.register_at_fork(after_in_child=self._connection.close)
        try:
            self.serve_calls()
        except Ended:
            os._exit(0)
        end_politely()

    def serve_calls(self) -> None:
        """Until the service says bye, or this worker is good for nothing any more. Raises Ended, and BrokenFrame."""
        next_order = self._connection.next_order
        while True:
            order = next_order()
            if order.kind == frames.BYE or not self._answer(order):
                return
            del order  # an idle worker holds no arguments

    def _answer(self, call: frames.Frame) -> bool:
        """Whether another call may follow."""
        if self._spared is None and call.header.get("verb") != "initialize":
            self._spared = frozenset(children.pids() if children.any_left() else ())
        self._running.begin(call)
        began = self._clock()
        try:
            value = self._run(call.header, call.body)
            kind, header, text = frames.RESULT, value.header, value.text
        except Failed as failed:
            kind, header, text = frames.ERROR, failed.header(), b""
        self._running.end()
        if self._connection.closed:
            os._exit(0)  # a child that the function forked has returned from it as well
        self._tidy()
        used = self._clock() - began
        peak = peak_rss()
        fit = True
        if header:  # something failed
            fit = self._is_fit()
            encoded = frames.header_bytes({**header, "cpu_seconds": round(used, 6), "peak_rss": peak})
        else:
            encoded = b'{"cpu_seconds":%.6f,"peak_rss":%d}' % (used, peak)
        self._connection.send(kind, call.call_id, encoded, text)
        return fit

    def _is_fit(self) -> bool:
        """Whether the next call will find a descriptor: what a task has leaked nobody else will close."""
        try:
            os.close(os.dup(0))
            return True
        except OSError as error:
            return error.errno not in (errno.EMFILE, errno.ENFILE)

    def _tidy(self) -> None:
        """Before the answer: the host takes what has been written until then as this call's output."""
        flush()
        if self._spared is not None and children.any_left():
            immune = children.end_all(self._spared)
            if immune:
                self._spared = frozenset(self._spared).union(immune)


def peak_rss() -> int:
    """The highest of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB


def flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # the task has closed it, or put something else in its place
            pass


def end_politely() -> NoReturn:
    """As the interpreter ends, but without tearing down modules. An exit hook may hang: then the host kills us."""
    try:
        join_threads = getattr(threading, "_shutdown", None)
        if join_threads is not None:
            join_threads()
    except BaseException:
        traceback.print_exc()
    run_exit_hooks()
    flush()
    os._exit(0)


def run_exit_hooks() -> None:
    try:
        atexit._run_exitfuncs()
    except BaseException:
        traceback.print_exc()


def exit_status(error: BaseException) -> int:
    """Says on stderr why a worker could not go on; for an exit by nobody's wish."""
    if isinstance(error, (handshake.NotWelcome, ConnectionError, frames.BrokenFrame)):
        sys.stderr.write("procpool worker: {}\n".format(error or type(error).__name__))
    else:
        traceback.print_exception(type(error), error, error.__traceback__)
    flush()
    return 1
