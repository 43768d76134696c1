"""How a process of ours starts: its line of configuration, its connections, its standard streams."""
from __future__ import annotations

import faulthandler
import json
import os
import resource
import socket
import sys
from typing import Any, Dict, TextIO, Tuple

from . import PROTOCOL_VERSIONS, frames

RUNTIME = {"runtime": "python", "runtime_version": "{}.{}.{}".format(*sys.version_info[:3])}
_LONGEST_LINE = 1 << 16


class NotWelcome(Exception):
    """The service does not want us."""


def configuration() -> Dict[str, Any]:
    """The one line on stdin. Read byte-wise from the descriptor: afterwards stdin is empty for everybody, and the token
    was never in the arguments or the environment, where every process of this user could read it."""
    line = b""
    while not line.endswith(b"\n") and len(line) < _LONGEST_LINE:
        piece = os.read(0, _LONGEST_LINE)
        if not piece:
            break
        line += piece
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    for stream in (1, 2):  # closed by whoever started us: the next open() would get that number
        try:
            os.fstat(stream)
        except OSError:
            os.dup2(null, stream)
    if null > 2:
        os.close(null)
    config: Dict[str, Any] = json.loads(line)
    return config


def prepare_process() -> None:
    """What holds for the forkserver and all that it forks, so that a fork has less to do."""
    sys.stdout = sys.__stdout__ = _text_stream(1)  # type: ignore[misc,assignment]
    sys.stderr = sys.__stderr__ = _text_stream(2)  # type: ignore[misc,assignment]
    faulthandler.enable(2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)  # JSON has no limit, and the service limits bodies
    # We have been imported, and so has `procpool`. The path is for processes that a task starts by multiprocessing: they
    # import the functions' modules anew. At its end, where it hides nothing of the user's.
    sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def _text_stream(number: int) -> TextIO:
    """A stream for that descriptor, made before the imports: a logger that is set up in one keeps the object for good.

    What is below it changes later: a log file here may be a socket in a worker. So it is made over a pipe, lest it
    remember that it can seek.
    """
    read_end, write_end = os.pipe()
    kept = os.dup(number)
    os.dup2(write_end, number)
    try:
        return open(number, "w", 1, "utf-8", "backslashreplace", closefd=False)
    finally:
        os.dup2(kept, number)
        for descriptor in (kept, read_end, write_end):
            os.close(descriptor)


def allow_nesting(levels: int) -> None:
    """The JSON code of Python up to 3.11 counts its own recursion, one a level, against the limit of 1,000. More than
    is needed would let endless recursion of a function overrun the C stack."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), levels + 400))


def connect(path: str, token: str, channel: str) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.connect(path)
    hello = {"versions": PROTOCOL_VERSIONS, "token": token, "channel": channel, "pid": os.getpid(), **RUNTIME}
    sock.sendall(frames.encode(frames.HELLO, 0, frames.header_bytes(hello)))
    return sock


def welcomed(sock: socket.socket) -> Tuple[frames.Reader, Dict[str, Any]]:
    reader = frames.Reader(sock)
    frame = reader.read()
    if frame is None or frame.kind != frames.WELCOME:
        raise NotWelcome("the connection ended" if frame is None else str(frame.header.get("message", frame)))
    if frame.header.get("version") not in PROTOCOL_VERSIONS:
        raise NotWelcome("protocol version {}".format(frame.header.get("version")))
    reader.max_body = frame.header.get("max_body", frames.DEFAULT_MAX_BODY)
    return reader, frame.header


def send_output(path: str, token: str) -> None:
    """Standard output and error go to the service from here on."""
    sock = connect(path, token, "output")
    os.dup2(sock.fileno(), 1)
    os.dup2(sock.fileno(), 2)
    sock.close()
