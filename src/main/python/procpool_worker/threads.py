"""The thread host: a process whose workers are threads, for pools of `kind: thread` (multiprocessing.dummy).

Threads: the main one takes orders on the control connection, and runs signal handlers; each worker is a thread of ours
with connections of its own. All may send on the control connection. `_served` is changed by single operations only.
`_connecting` is held while a connection is made and noted, and while a task forks: the child then knows all of them.
"""
from __future__ import annotations

import itertools
import os
import socket
import sys
import threading
from time import thread_time
from typing import Any, Dict, NoReturn, Set

from . import attribution, frames, handshake, importing, signals
from .attribution import Served
from .connection import Connection, Ended
from .frames import Reader, Writer, header_bytes
from .worker import Worker, exit_status, flush, peak_rss, run_exit_hooks

_HOOKS_WITHIN = 1.0


class ThreadHost:
    def __init__(self, control: socket.socket, reader: Reader, welcome: Dict[str, Any]) -> None:
        self._control = control
        self._reader = reader
        self._send = Writer(control).send
        self._welcome = welcome
        self._numbers = itertools.count(1)
        self._served: Set[Served] = set()
        self._connecting = threading.Lock()

    def run(self) -> None:
        handshake.allow_nesting(self._welcome.get("max_nesting", 500))
        sys.dont_write_bytecode = True
        attribution.begin()
        self._catalogue, _ = importing.load(self._welcome, self._send)
        signals.become_thread_host(signals.set_by_user())
        os.register_at_fork(before=self._connecting.acquire, after_in_parent=self._connecting.release,
                            after_in_child=self._silence)
        try:
            self._take_orders()
        except (frames.BrokenFrame, OSError) as error:
            exit_status(error)

    def _take_orders(self) -> None:
        """Until the control connection ends."""
        while True:
            frame = self._reader.read()
            if frame is None:
                return
            if frame.kind == frames.BYE:
                self._end_politely()
            elif frame.kind == frames.FORK:
                self._start(frame)
            elif frame.kind not in (frames.SIGNAL, frames.ERROR):  # a thread takes no signals
                self._refuse(frame.call_id, "unknown-kind", "a thread host does not take kind {}".format(frame.kind))

    def _refuse(self, call_id: int, problem: str, message: str) -> None:
        self._send(frames.ERROR, call_id, header_bytes({"problem": problem, "message": message}))

    def _start(self, request: frames.Frame) -> None:
        number = next(self._numbers)
        told = threading.Event()
        try:
            token = str(request.header["token"])
            threading.Thread(
                target=self._live, args=(number, token, told), name="procpool-{}".format(number), daemon=True).start()
        except (RuntimeError, MemoryError, KeyError) as error:  # the limit of threads: the service tries again
            self._refuse(request.call_id, "fork-failed", "{}: {}".format(type(error).__name__, error))
            return
        self._send(frames.FORKED, request.call_id, b'{"pid":%d,"process":%d}' % (number, os.getpid()))
        told.set()  # not before: its end must be reported after its beginning

    def _live(self, number: int, token: str, told: threading.Event) -> None:
        """The whole story of one worker."""
        told.wait()
        served = Served()
        exitcode = 0
        try:
            self._served.add(served)
            attribution.work_for(served)
            served.print_to(self._connect(served, token, "output"))
            sock = self._connect(served, token, "call")
            reader, welcome = handshake.welcomed(sock)
            _ThreadWorker(self, Connection(reader, sock), welcome, served).serve_calls()
        except Ended:
            pass
        except BaseException as error:
            exitcode = exit_status(error)
        finally:
            self._served.discard(served)
            served.close()
        self._send(frames.EXITED, 0, header_bytes({
            "pid": number, "exitcode": exitcode, "cpu_seconds": round(thread_time(), 6), "peak_rss": peak_rss()}))

    def _connect(self, served: Served, token: str, channel: str) -> socket.socket:
        with self._connecting:
            sock = handshake.connect(self._welcome["socket"], token, channel)
            served.sockets.append(sock)
        return sock

    def end_if_idle(self, but: Served) -> None:
        """For want of descriptors, which belong to all threads: while others run some may come free again, and to end
        would take their calls along."""
        if not any(served.is_busy() for served in list(self._served) if served is not but):
            os._exit(0)

    def _silence(self) -> None:
        """In a child that a task forks: it must not keep a connection open, and cannot speak on one by mistake."""
        try:
            self._control.close()
            for served in self._served:
                served.silence()
        finally:
            self._connecting.release()  # it may fork as well

    def _end_politely(self) -> NoReturn:
        # Not in this thread: a hook may hang, and one that waits for a task's thread may wait long.
        hooks = threading.Thread(target=run_exit_hooks, daemon=True)
        hooks.start()
        hooks.join(_HOOKS_WITHIN)
        flush()
        os._exit(0)


class _ThreadWorker(Worker):
    _clock = staticmethod(thread_time)

    def __init__(self, host: ThreadHost, connection: Connection, welcome: Dict[str, Any], served: Served) -> None:
        super().__init__(connection, host._catalogue, welcome, served)
        self._host = host
        self._served = served
        self._spared = ()  # which of its tasks has started a process, and for how long, this process cannot know

    def _tidy(self) -> None:
        self._served.flush()

    def _answer(self, call: frames.Frame) -> bool:
        if not super()._answer(call):
            self._host.end_if_idle(self._served)
        return True
