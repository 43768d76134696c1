"""In a thread host: for whom a thread works, and where what it prints goes."""
from __future__ import annotations

import io
import socket
import struct
import sys
import threading
from typing import Any, List, Optional, TextIO

from . import task

_UNREAD_SECONDS = 5
_OF_THREAD = "_procpool_served"  # attribute of a Thread
_nobody = task.Running()


class Served(task.Running):
    """A serving thread, and all threads that its tasks start."""

    stdout: Optional[TextIO] = None
    stderr: Optional[TextIO] = None

    def __init__(self) -> None:
        super().__init__()
        self.sockets: List[socket.socket] = []

    def print_to(self, output: socket.socket) -> None:
        output.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", _UNREAD_SECONDS, 0))
        sink = _Sink(output)
        self.stdout, self.stderr = _text_stream(sink), _text_stream(sink)

    def is_busy(self) -> bool:
        """Whether it has a call, or has read some of one."""
        return self.call_id != 0 or (self.connection is not None and self.connection.has_read_ahead())

    def flush(self) -> None:
        for stream in (self.stdout, self.stderr):
            try:
                if stream is not None:
                    stream.flush()
            except Exception:  # the task has closed it
                pass

    def close(self) -> None:
        """After the last call. What threads of its tasks print from now on goes to the host's own log."""
        self.flush()
        self.stdout = self.stderr = None
        self.silence()

    def silence(self) -> None:
        """Only the descriptors: in a child that was forked beside other threads the locks of streams may be held."""
        self.kept = (self.stdout, self.stderr)  # or they would be closed, which takes the locks
        self.stdout = self.stderr = None
        if self.connection is not None:
            self.connection.close()
        for sock in self.sockets:
            sock.close()


class _Sink(io.RawIOBase):
    """The bytes of one output connection. Writing to it never fails, and never waits for ever: what nobody reads for
    some seconds is dropped, and so is what follows, until somebody reads again."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._flags = 0

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._sock.fileno()

    def write(self, data: Any) -> int:
        try:
            written = self._sock.send(data, self._flags)
            # The system has waited already if it took a part only.
            self._flags = 0 if written == len(data) else socket.MSG_DONTWAIT
            return written
        except BlockingIOError:
            self._flags = socket.MSG_DONTWAIT
        except OSError:  # the service is gone
            pass
        return len(data)


def _text_stream(sink: _Sink) -> TextIO:
    return io.TextIOWrapper(io.BufferedWriter(sink), "utf-8", "backslashreplace", line_buffering=True)


class _Routed:
    """Stands for sys.stdout or sys.stderr, of which a process has one: the stream of whom the thread works for."""

    def __init__(self, name: str, own: TextIO) -> None:
        self._name = name
        self._own = own

    def __getattr__(self, name: str) -> Any:
        return getattr(getattr(current(), self._name, None) or self._own, name)


def current() -> task.Running:
    served: task.Running = threading.current_thread().__dict__.get(_OF_THREAD, _nobody)
    return served


def work_for(served: Served) -> None:
    """The current thread, from now on."""
    threading.current_thread().__dict__[_OF_THREAD] = served


def begin() -> None:
    """Before the imports: a logger that is set up in one keeps the stream for good."""
    task.current = current
    sys.stdout = sys.__stdout__ = _Routed("stdout", sys.stdout)  # type: ignore[misc,assignment]
    sys.stderr = sys.__stderr__ = _Routed("stderr", sys.stderr)  # type: ignore[misc,assignment]
    start = threading.Thread.start

    def start_for_the_same(thread: threading.Thread) -> None:
        served = current()
        if served is not _nobody:
            thread.__dict__.setdefault(_OF_THREAD, served)
        start(thread)

    threading.Thread.start = start_for_the_same  # type: ignore[method-assign]
