"""For functions that run in Procpool: how far a call is, and which attempt at it this is.

One file of the standard library only, Python 3.9 to 3.14. Elsewhere than in a Procpool worker all of it does nothing, so
that functions can be tested as they are.
"""
from __future__ import annotations

import sys
from typing import Any, NamedTuple, Optional, Union

__all__ = ["Current", "current", "progress"]

Number = Union[int, float]


class Current(NamedTuple):
    """The call that runs."""

    job: str  # the id of its result
    task: int  # which of the job's tasks it is, from 0
    attempt: int  # the how-manieth run of the task, from 1: the ones before were lost


def current() -> Optional[Current]:
    """The call that this thread works for; None outside of one."""
    running = _running()
    return running.current() if running else None


def progress(done: Number, total: Optional[Number] = None, note: Optional[str] = None) -> None:
    """Tells how far the call is: `done`, of `total` if that is known, and a word about it (1,000 characters at most).

    It costs little: of many in a row some are left out, but never the last one before the call ends.
    """
    said = {"done": _number("done", done)}
    if total is not None:
        said["total"] = _number("total", total)
    if note is not None:
        said["note"] = str(note)[:1000].encode("utf-8", "replace").decode("utf-8")
    running = _running()
    if running:
        running.progress(said)


def _number(name: str, value: Any) -> Number:
    if isinstance(value, (bool, str, bytes)):
        raise TypeError("{} must be a number, not {!r}".format(name, value))
    try:
        number = float(value)  # also of a Fraction, a Decimal, and the numbers of numpy
    except OverflowError:
        number = float("inf")
    if number - number != 0:  # infinite, or no number
        raise ValueError("{} must be finite".format(name))
    return int(value) if number.is_integer() and abs(number) < 1 << 53 else number


def _running() -> Any:
    """What the worker's side knows, without importing it: in a process that a task starts it is not there."""
    task = sys.modules.get("procpool_worker.task")
    return task.current() if task else None
