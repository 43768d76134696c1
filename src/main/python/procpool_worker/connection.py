"""The call connection of a worker: calls come in, answers go out, and a call may ask its host something meanwhile."""
from __future__ import annotations

import itertools
import socket
import threading
from collections import deque
from typing import Any, Deque, Dict, Optional, Set

from . import frames
from .frames import Body, Frame, Reader, Writer


class Ended(Exception):
    """The connection has ended: the host is gone or wants no more of us."""


class AskFailed(Exception):
    """The host's answer to an ask is a problem."""

    def __init__(self, problem: str, message: str) -> None:
        super().__init__("{}: {}".format(problem, message) if message else problem)
        self.problem = problem


class Connection:
    """Threads: the main thread takes the calls; any thread of a call may ask.

    Whoever waits for something and finds nobody reading reads the next frame itself and puts it where it belongs, so
    no thread of ours is needed, and a call without asks costs none. `_changed` guards all fields; it is never held
    while a frame is read or written.
    """

    def __init__(self, reader: Reader, sock: socket.socket) -> None:
        self.cancelled: Optional[int] = None  # the call that the host has asked to give up
        self.closed = False
        self._sock = sock
        self._reader = reader
        self._writer = Writer(sock)
        self.send = self._writer.send
        self._changed = threading.Condition(threading.Lock())
        self._reading = False
        self._orders: Deque[Frame] = deque()  # calls and byes that nobody has taken yet
        self._asked: Set[int] = set()
        self._answers: Dict[int, Frame] = {}
        self._ask_ids = itertools.count(1)
        self._failure: Optional[Exception] = None

    def next_order(self) -> Frame:
        """The next call or bye. Main thread only."""
        while True:
            with self._changed:
                while self._reading and not self._orders:
                    self._changed.wait()
                if self._orders:
                    return self._orders.popleft()
                self._raise_if_over()
                self._reading = True
            self._read_one()

    def ask(self, header: Dict[str, Any], body: Body) -> Frame:
        encoded = frames.header_bytes(header)
        with self._changed:
            ask_id = next(self._ask_ids)
            self._asked.add(ask_id)
        try:
            self.send(frames.ASK, ask_id, encoded, body)
            return self._answer(ask_id)
        finally:
            with self._changed:
                self._asked.discard(ask_id)
                self._answers.pop(ask_id, None)

    def _answer(self, ask_id: int) -> Frame:
        while True:
            with self._changed:
                while self._reading and ask_id not in self._answers:
                    self._changed.wait()
                if ask_id in self._answers:
                    return self._answers.pop(ask_id)
                self._raise_if_over()
                self._reading = True
            self._read_one()

    def _read_one(self) -> None:
        frame: Optional[Frame] = None
        over: Optional[Exception] = None
        try:
            frame = self._reader.read()
            if frame is None:
                over = Ended()
        except (OSError, ValueError, frames.BrokenFrame) as error:
            over = error
        finally:
            with self._changed:
                self._reading = False
                self._failure = self._failure or over
                stray = frame is not None and not self._put(frame)
                self._changed.notify_all()
        if stray and frame is not None:
            self._refuse(frame)

    def _put(self, frame: Frame) -> bool:
        if frame.kind in (frames.CALL, frames.BYE):
            self._orders.append(frame)
        elif frame.kind == frames.CANCEL:
            self.cancelled = frame.call_id
        elif frame.kind in (frames.ANSWER, frames.ERROR):
            # An error may be the answer to an ask; any other is never answered, or two sides might not stop.
            if frame.call_id in self._asked:
                self._answers[frame.call_id] = frame
        else:
            return False
        return True

    def _refuse(self, frame: Frame) -> None:
        message = "a worker does not take frames of kind {}".format(frame.kind)
        self.send(frames.ERROR, frame.call_id, frames.header_bytes({"problem": "unknown-kind", "message": message}))

    def has_read_ahead(self) -> bool:
        """Whether more than the calls that have been answered has come: a part of a frame is enough."""
        return bool(self._orders) or not self._reader.at_rest

    def _raise_if_over(self) -> None:
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        self.closed = True
        self._sock.close()
