"""What a running function may say to the service. Functions use the module `procpool`, which asks here."""
from __future__ import annotations

import threading
from collections import deque
from time import monotonic
from typing import Any, Callable, Deque, Dict, NamedTuple, Optional, Union

from procpool import Current

from . import frames
from .connection import AskFailed, Connection

__all__ = ["Answer", "AskFailed", "ask", "cancel_requested"]

_FRAMES_A_SECOND = 20


class Answer(NamedTuple):
    fields: Dict[str, Any]
    body: bytes


class Running:
    """What one worker is doing: it holds one call at a time.

    Threads: any thread of a call tells its progress. `_telling` guards what is said and the end of saying it: no frame
    of a call follows its answer.
    """

    connection: Optional[Connection] = None
    call_id: int = 0
    _header: Dict[str, Any] = {}  # of the call
    def __init__(self) -> None:
        self._telling = threading.Lock()
        self._unsaid: Deque[Dict[str, Any]] = deque(maxlen=1)  # the last word; appended and taken out in one step each
        self._allowed = float(_FRAMES_A_SECOND)
        self._looked = monotonic()

    def begin(self, call: frames.Frame) -> None:
        self._header = call.header
        self._unsaid.clear()
        self.call_id = call.call_id

    def end(self) -> None:
        """Before the answer. Says what has been held back."""
        if self._is_child():
            return
        with self._telling:
            self._send()
            self.call_id = 0
            self._header = {}

    def current(self) -> Optional[Current]:
        header = self._header
        job = header.get("job")
        return None if job is None else Current(str(job), int(header.get("task", 0)), int(header.get("attempt", 1)))

    def progress(self, said: Dict[str, Any]) -> None:
        if self._is_child():
            return
        self._unsaid.append(said)
        # Held by another thread, or by what a signal handler has interrupted? Whoever lets go of it looks again.
        while self._unsaid and self._telling.acquire(False):
            try:
                if not self._tell():
                    return
            finally:
                self._telling.release()

    def _tell(self) -> bool:
        """Returns whether all is said that there was."""
        if self.call_id == 0:
            self._unsaid.clear()
            return True
        # So many at once and so many a second from then on. Without a timer, which would take a thread: of an endless
        # series the last before a silence is kept back until the next, or the end.
        now = monotonic()
        self._allowed = min(_FRAMES_A_SECOND, self._allowed + (now - self._looked) * _FRAMES_A_SECOND)
        self._looked = now
        if self._allowed < 1:
            return False
        self._allowed -= 1
        self._send()
        return True

    def _send(self) -> None:
        try:
            said = self._unsaid.pop()
            if self.connection is not None:
                self.connection.send(frames.PROGRESS, self.call_id, frames.header_bytes(said))
        except IndexError:  # all is said
            pass
        except OSError:  # the service is gone: who takes the next call finds that
            pass

    def _is_child(self) -> bool:
        """Forked by a task: it can't speak, and whoever held the lock is not here to let go of it."""
        return self.connection is None or self.connection.closed


of_process = Running()
# Whose call the code runs for that asks: in a process there is one worker, in a thread host one a thread.
current: Callable[[], Running] = lambda: of_process


def ask(what: str, body: Union[bytes, bytearray] = b"", **fields: Any) -> Answer:
    """Asks the service and waits for its answer. Raises AskFailed if the answer is a problem."""
    connection = current().connection
    if connection is None:
        raise RuntimeError("ask() works in a Procpool worker only")
    frame = connection.ask({**fields, "what": what}, body)
    if frame.kind == frames.ERROR or "problem" in frame.header:
        raise AskFailed(str(frame.header.get("problem")), str(frame.header.get("message", "")))
    return Answer(frame.header, bytes(frame.body))


def cancel_requested() -> bool:
    """Whether the service has asked to give up this call: known only when a frame has been read meanwhile, by ask()."""
    running = current()
    return running.connection is not None and running.connection.cancelled == running.call_id != 0
