"""Frames: what goes over every socket, byte for byte as docs/protocol.md says."""
from __future__ import annotations

import json
import socket
import struct
import threading
from typing import Any, Dict, List, NamedTuple, Optional, Union

HELLO, WELCOME, CALL, RESULT, ERROR, ASK, ANSWER, PROGRESS, CANCEL, BYE = range(1, 11)
FORK, FORKED, SIGNAL, EXITED, IMPORTING, CATALOGUE = range(32, 38)

MAX_HEADER = 1 << 20
DEFAULT_MAX_BODY = 64 << 20
MAX_CALL_ID = (1 << 64) - 1

_LENGTH = struct.Struct(">I")
_PREFIX = struct.Struct(">IBQI")  # length, kind, call id, header length
_FIXED = _PREFIX.size - _LENGTH.size  # the 13 bytes that the length counts besides header and body
_BUFFER = 1 << 16
_JOINED = 1 << 16  # up to here one copy is cheaper than a second system call

Body = Union[bytes, bytearray]


class BrokenFrame(Exception):
    """The other side does not keep to the protocol. Nothing after such a frame can be trusted: the connection ends."""


class Frame(NamedTuple):
    kind: int
    call_id: int
    header: Dict[str, Any]
    body: Body


def _refuse_constant(name: str) -> Any:
    raise ValueError(name + " is no JSON")


# Python's JSON takes NaN and Infinity unless told otherwise; no other language does.
parse_json = json.JSONDecoder(parse_constant=_refuse_constant).decode
_dump = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def header_bytes(header: Union[Dict[str, Any], List[Any]]) -> bytes:
    """A header as bytes. Texts of exceptions may hold lone surrogates, which UTF-8 cannot say: they become '?'."""
    return _dump(header).encode("utf-8", "replace") if header else b""


def encode(kind: int, call_id: int, header: bytes = b"", body: Union[Body, memoryview] = b"") -> bytes:
    return prefix(kind, call_id, header, len(body)) + header + body


def prefix(kind: int, call_id: int, header: bytes, body_length: int) -> bytes:
    if len(header) > MAX_HEADER:
        raise ValueError("a header of {:,} bytes is longer than {:,}".format(len(header), MAX_HEADER))
    return _PREFIX.pack(_FIXED + len(header) + body_length, kind, call_id, len(header))


def decode(data: Body, max_body: int = DEFAULT_MAX_BODY) -> Frame:
    """Exactly one whole frame."""
    if len(data) < _LENGTH.size:
        raise BrokenFrame("{} bytes are no frame".format(len(data)))
    length = _checked_length(_LENGTH.unpack_from(data)[0], max_body)
    if len(data) != _LENGTH.size + length:
        raise BrokenFrame("{} bytes, but the frame says {}".format(len(data), _LENGTH.size + length))
    _, kind, call_id, header_length = _PREFIX.unpack_from(data)
    body_at = _PREFIX.size + _checked_header_length(header_length, length, max_body)
    return Frame(kind, call_id, _parse_header(data[_PREFIX.size:body_at]), data[body_at:])


def _checked_length(length: int, max_body: int) -> int:
    if not _FIXED <= length <= _FIXED + MAX_HEADER + max_body:
        raise BrokenFrame("a frame of length {:,}".format(length))
    return length


def _checked_header_length(header_length: int, length: int, max_body: int) -> int:
    if header_length > MAX_HEADER or header_length > length - _FIXED:
        raise BrokenFrame("a header of {:,} bytes in a frame of length {:,}".format(header_length, length))
    if length - _FIXED - header_length > max_body:
        raise BrokenFrame("a body of {:,} bytes".format(length - _FIXED - header_length))
    return header_length


def _parse_header(data: Body) -> Dict[str, Any]:
    if not data:
        return {}
    try:
        header = parse_json(str(data, "utf-8"))
    except (ValueError, RecursionError) as error:
        raise BrokenFrame("a header that is no JSON in UTF-8: {}".format(error)) from None
    if not isinstance(header, dict):
        raise BrokenFrame("a header that is a JSON " + type(header).__name__)
    return header


class Reader:
    """Reads frames from one socket, blocking. One thread at a time.

    Small frames are cut out of one buffer, so that a call costs one system call to read; a body that does not fit the
    buffer is received straight into its own memory, so that no byte of it is copied twice.
    """

    def __init__(self, sock: socket.socket, max_body: int = DEFAULT_MAX_BODY) -> None:
        self.max_body = max_body
        self._receive_into = sock.recv_into
        self._buffer = bytearray(_BUFFER)
        self._view = memoryview(self._buffer)
        self._start = self._end = 0
        self.at_rest = False  # whether read() waits for the first byte of a frame

    def read(self) -> Optional[Frame]:
        """The next frame; None when the connection ended between two frames."""
        if self._start == self._end:
            self.at_rest = True
            begun = self._buffered(1)
            self.at_rest = False
            if not begun:
                return None
        if not self._buffered(_LENGTH.size):
            raise BrokenFrame("the connection ended inside a frame")
        length = _checked_length(_LENGTH.unpack_from(self._buffer, self._start)[0], self.max_body)
        if _LENGTH.size + length > _BUFFER:
            return self._read_large(length)
        if not self._buffered(_LENGTH.size + length):
            raise BrokenFrame("the connection ended inside a frame")
        start = self._start
        _, kind, call_id, header_length = _PREFIX.unpack_from(self._buffer, start)
        body_at = start + _PREFIX.size + _checked_header_length(header_length, length, self.max_body)
        self._start = end = start + _LENGTH.size + length
        header = _parse_header(self._buffer[start + _PREFIX.size:body_at])
        return Frame(kind, call_id, header, bytes(self._view[body_at:end]))

    def ready(self) -> bool:
        """Whether read() has something to say without waiting: a whole frame, or a refusal."""
        have = self._end - self._start
        return have >= _LENGTH.size and have >= _LENGTH.size + _LENGTH.unpack_from(self._buffer, self._start)[0]

    def _read_large(self, length: int) -> Frame:
        _, kind, call_id, header_length = _PREFIX.unpack(self._exactly(_PREFIX.size))
        _checked_header_length(header_length, length, self.max_body)
        header = _parse_header(self._exactly(header_length))
        return Frame(kind, call_id, header, self._exactly(length - _FIXED - header_length))

    def _exactly(self, count: int) -> bytearray:
        data = bytearray(count)
        have = min(count, self._end - self._start)
        data[:have] = self._view[self._start:self._start + have]
        self._start += have
        view = memoryview(data)
        while have < count:
            received = self._receive(view[have:])
            if not received:
                raise BrokenFrame("the connection ended inside a frame")
            have += received
        return data

    def _buffered(self, count: int) -> bool:
        """Whether `count` bytes are in the buffer, after waiting for them; False if the connection ended before."""
        while self._end - self._start < count:
            if self._start == self._end:
                self._start = self._end = 0
            elif self._start + count > _BUFFER:
                rest = self._end - self._start
                self._view[:rest] = bytes(self._view[self._start:self._end])
                self._start, self._end = 0, rest
            received = self._receive(self._view[self._end:])
            if not received:
                return False
            self._end += received
        return True

    def _receive(self, into: memoryview) -> int:
        try:
            return self._receive_into(into)
        except ConnectionResetError:  # the other side closed with bytes of ours unread: an end like any other
            return 0


class Writer:
    """Writes whole frames to one socket. Any thread: `_lock` keeps them apart, held while the socket takes one."""

    def __init__(self, sock: socket.socket) -> None:
        self._send_all = sock.sendall
        self._lock = threading.Lock()

    def send(self, kind: int, call_id: int, header: bytes = b"", body: Union[Body, memoryview] = b"") -> None:
        head = prefix(kind, call_id, header, len(body)) + header
        if len(body) <= _JOINED:
            head, body = head + body, b""
        with self._lock:
            self._send_all(head)
            if body:
                self._send_all(body)
