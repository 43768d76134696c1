"""What a running function may say to the service: ``from procpool_worker.task import progress, ask``."""
from __future__ import annotations

from typing import Any, Callable, Dict, NamedTuple, Optional, Union

from . import frames
from .connection import AskFailed, Connection

__all__ = ["Answer", "AskFailed", "ask", "cancel_requested", "progress"]


class Answer(NamedTuple):
    fields: Dict[str, Any]
    body: bytes


class Running:
    """What one worker is doing: it holds one call at a time."""

    connection: Optional[Connection] = None
    call_id: int = 0


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


def progress(done: float, total: Optional[float] = None, note: Optional[str] = None) -> None:
    """Tells how far this call is. Nothing happens where nobody listens, so functions can be used outside a worker."""
    running = current()
    connection, call_id = running.connection, running.call_id
    if connection is not None and call_id:
        fields: Dict[str, Any] = {"done": done}
        if total is not None:
            fields["total"] = total
        if note is not None:
            fields["note"] = str(note)[:1000]
        connection.send(frames.PROGRESS, call_id, frames.header_bytes(fields))


def cancel_requested() -> bool:
    """Whether the service has asked to give up this call: known only when a frame has been read meanwhile, by ask()."""
    running = current()
    return running.connection is not None and running.connection.cancelled == running.call_id != 0
