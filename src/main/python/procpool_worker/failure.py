"""How a call can fail: the problems of docs/protocol.md, and an exception told to somebody who cannot hold it."""
from __future__ import annotations

import os
import traceback
from types import TracebackType
from typing import Any, Dict, Optional

FUNCTION_RAISED = "function-raised"
ARGUMENTS_DO_NOT_FIT = "arguments-do-not-fit"
NOT_SERIALIZABLE = "not-serializable"
RESULT_TOO_LARGE = "result-too-large"
FUNCTION_UNKNOWN = "function-unknown"
UNKNOWN_KIND = "unknown-kind"

# In characters, of which JSON may need six bytes each: together they stay below the limit of a header.
LONGEST_TYPE = 1000
LONGEST_MESSAGE = 16_000
LONGEST_TRACEBACK = 64 * 1024
_OURS = os.path.dirname(os.path.abspath(__file__))


class Failed(Exception):
    """A call that ends in an *error*."""

    def __init__(self, problem: str, message: str, exception: Optional[Dict[str, str]] = None,
                 index: Optional[int] = None) -> None:
        super().__init__(message)
        self.problem = problem
        self.message = message[:LONGEST_MESSAGE]
        self.exception = exception
        self.index = index

    def at(self, index: int) -> "Failed":
        return Failed(self.problem, self.message, self.exception, index)

    def header(self) -> Dict[str, Any]:
        fields: Dict[str, Any] = {"problem": self.problem, "message": self.message}
        if self.exception is not None:
            fields["exception"] = self.exception
        if self.index is not None:
            fields["index"] = self.index
        return fields


def raised(error: BaseException) -> Failed:
    """What the function raised, told without trusting it: its __str__ may raise, its text may be endless."""
    name = _name(type(error))
    message = _message(error)
    summary = name + ": " + message if message else name
    try:
        text = "".join(traceback.format_exception(type(error), error, users_part(error.__traceback__)))
    except BaseException:
        text = summary
    if len(text) > LONGEST_TRACEBACK:
        text = "[…]" + text[3 - LONGEST_TRACEBACK:]  # the end says what happened
    exception = {"type": name, "message": message, "traceback": text}
    return Failed(FUNCTION_RAISED, summary, exception)


def users_part(trace: Optional[TracebackType]) -> Optional[TracebackType]:
    """Without our own frames at its head, which tell nothing to whoever wrote the function."""
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_OURS + os.sep):
        trace = trace.tb_next
    return trace


def _name(kind: type) -> str:
    try:
        module, name = kind.__module__, kind.__qualname__
        return (name if module == "builtins" else "{}.{}".format(module, name))[:LONGEST_TYPE]
    except BaseException:
        return "unknown"


def _message(error: BaseException) -> str:
    try:
        return str(error)[:LONGEST_MESSAGE]
    except BaseException as second:
        return "(its text cannot be had: __str__ raised {})".format(_name(type(second)))
