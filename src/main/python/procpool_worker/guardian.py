"""The process above a thread host, which sees to it that the host ends when it must, whatever its threads do.

A thread that holds the interpreter's lock (a regular expression, a library in C) keeps every other thread of its
process from running, the one that would hear of the end too. So this process hears of it, runs no code of others, and
kills. It is the one that the service has started: it ends in the way in which the host has ended, and before that it
kills what the host's tasks have left, also after a crash.

SIGTERM is the host's own affair, as it is that of any process: it comes to the whole group, so the host ends by it or
does what a handler of the user's says, until the service sends SIGKILL.
"""
from __future__ import annotations

import os
import select
import signal
import socket
import sys
import time
from typing import Callable, NoReturn, Optional

from . import children, linux, signals
from .worker import exit_status

_HOST_ENDS_WITHIN = 1.2  # by itself, after the end of the control connection: a bye before it lets exit hooks run
_KILLED_WITHIN = 0.5
_HUNG_UP = getattr(select, "POLLRDHUP", select.POLLHUP)


def guard(control: socket.socket, host: Callable[[], None]) -> NoReturn:
    """Runs `host` in a child, which has the control connection for itself: here only its end is awaited."""
    guardian = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid != 0:
        _Guardian(control, pid).watch()
    status = 1
    try:
        linux.die_with_parent(signal.SIGKILL)
        if os.getppid() == guardian:
            host()
            status = 0
    except BaseException as error:
        status = exit_status(error)
    finally:
        os._exit(status)


class _Guardian:
    def __init__(self, control: socket.socket, pid: int) -> None:
        self._pid = pid
        self._terminated = False
        self._deadline: Optional[float] = None
        self._wakeup, self._signalled = socket.socketpair()
        self._wakeup.setblocking(False)
        self._signalled.setblocking(False)
        self._control = control

    def watch(self) -> NoReturn:
        signals.serve(self._signalled.fileno(), self._terminate)
        linux.die_with_parent(signal.SIGTERM)  # so far it was SIGKILL: there was nothing to care for
        poll = select.poll()
        poll.register(self._control, _HUNG_UP)
        poll.register(self._wakeup, select.POLLIN)
        ended = self._reap()  # what ended before there was a handler for SIGCHLD
        while ended is None and not self._is_late():
            if self._terminated:
                self._terminated = False
                self._hand_on(signal.SIGTERM)
            ready = dict(poll.poll(None if self._deadline is None else 20))
            if self._control.fileno() in ready:
                poll.unregister(self._control)
                self._deadline = time.monotonic() + _HOST_ENDS_WITHIN
            if self._wakeup.fileno() in ready:
                self._wakeup.recv(4096)
            ended = self._reap()
        children.end_with_us(_KILLED_WITHIN)
        if ended is None:
            os._exit(0)
        signals.end_as(ended)

    def _terminate(self) -> None:
        self._terminated = True

    def _hand_on(self, number: int) -> None:
        """A signal that may have come to this process only, or to the host as well: a handler must not run twice."""
        if not signals.is_caught(number, self._pid):
            os.kill(self._pid, number)

    def _is_late(self) -> bool:
        return self._deadline is not None and time.monotonic() > self._deadline

    def _reap(self) -> Optional[int]:
        """How the host has ended, if it has. What else has ended are orphans of its tasks."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return None
            if pid == self._pid:
                return status
            if pid == 0:
                return None
