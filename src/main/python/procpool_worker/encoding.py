"""Values as JSON text, strictly: what has no JSON form is refused with the place where it stands."""
from __future__ import annotations

import inspect
import json
from array import array
from itertools import accumulate
from math import isfinite
from typing import Any, List, Optional, Tuple, Union

from .failure import NOT_SERIALIZABLE, RESULT_TOO_LARGE, Failed

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
_CONSTANTS = {None: b"null", True: b"true", False: b"false"}
_BRACKETS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")  # as signed bytes: one level down, one level up
_NO_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))
_LOOKED_AT = 200_000


class Encoder:
    def __init__(self, max_body: int, max_nesting: int) -> None:
        self.max_body = max_body
        self.max_nesting = max_nesting

    def encode(self, value: Any, wrapped: int = 0) -> bytes:
        """Raises Failed. `wrapped`: 1 for the array that only holds the values of a map, and is no level of theirs."""
        kind = type(value)
        if kind is int:
            text = int.__repr__(value).encode("ascii")
        elif value is None or kind is bool:
            return _CONSTANTS[value]
        elif kind is float and isfinite(value):
            return float.__repr__(value).encode("ascii")
        else:
            text = self._encode_any(value)
            self._check_nesting(text, self.max_nesting + wrapped)
        if len(text) > self.max_body:
            raise Failed(RESULT_TOO_LARGE, "the result has {:,} bytes, {:,} are allowed".format(
                len(text), self.max_body))
        return text

    def _encode_any(self, value: Any) -> bytes:
        try:
            return _encode(value).encode("utf-8")
        except MemoryError:
            raise Failed(RESULT_TOO_LARGE, "there is no memory for the text of the result") from None
        except BaseException as error:  # also what a user's own dict or list does when it is read
            raise Failed(NOT_SERIALIZABLE, why_not(value, error, self.max_nesting)) from None

    def _check_nesting(self, text: bytes, limit: int) -> None:
        if text.count(b"[") + text.count(b"{") > limit and _depth(text) > limit:
            raise Failed(NOT_SERIALIZABLE, _too_deep(self.max_nesting))


def _depth(text: bytes) -> int:
    """How many arrays and objects are open at the deepest place. All of it runs in C: the text may be large."""
    # Without escapes every second piece between quotation marks is a string.
    outside = b"".join(text.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])
    steps = array("b", outside.translate(_BRACKETS, _NO_BRACKETS))
    return max(accumulate(steps), default=0)


def _too_deep(limit: int) -> str:
    return "the result is nested deeper than {} levels".format(limit)


def why_not(value: Any, error: BaseException, max_nesting: int) -> str:
    """Why that value has no JSON form, and where in it the reason stands, as far as that can be found."""
    try:
        found = _find_fault(value, isinstance(error, ValueError) and "ircular" in str(error))
    except BaseException:
        found = None
    if found is not None:
        return found
    if isinstance(error, RecursionError):
        return _too_deep(max_nesting)
    return "the result has no JSON form: {}: {}".format(type(error).__name__, _text_of(error))


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:
        return "(its text cannot be had)"


def _find_fault(value: Any, circular: bool) -> Optional[str]:
    """Walks without recursion, as the value may be nested without end, and in the encoder's order."""
    # Each entry: the value, its place, and the containers it stands in as a linked list.
    todo: List[Tuple[Any, str, Any]] = [(value, "result", None)]
    for _ in range(_LOOKED_AT):
        if not todo:
            return None
        item, place, above = todo.pop()
        reason = _leaf_fault(item)
        if reason:
            return "{} {}".format(place, reason)
        if isinstance(item, (list, tuple, dict)):
            if circular and _contains_itself(item, above):
                return "{} contains itself".format(place)
            if len(place) > 2000:
                return None  # nesting is the fault
            children = _children(item, place)
            if isinstance(children, str):
                return children
            todo.extend((child, where, (id(item), above)) for child, where in reversed(children))
    return None


def _children(item: Any, place: str) -> Union[str, List[Tuple[Any, str]]]:
    if not isinstance(item, dict):
        return [(child, "{}[{}]".format(place, index)) for index, child in enumerate(item)]
    children = []
    for key, child in item.items():
        if not (key is None or isinstance(key, (str, int, float))):
            return "{} has a key that is a {}: JSON has texts as keys".format(place, _kind(key))
        reason = _leaf_fault(key)
        if reason:
            return "{} has a key that {}".format(place, reason)
        children.append((child, "{}[{}]".format(place, json.dumps(key)[:100])))
    return children


def _contains_itself(item: Any, above: Any) -> bool:
    while above is not None and above[0] != id(item):
        above = above[1]
    return above is not None


def _leaf_fault(item: Any) -> Optional[str]:
    if isinstance(item, str):
        try:
            item.encode("utf-8")
        except UnicodeEncodeError as error:
            return "has the lone surrogate {!a}, which no UTF-8 text can hold".format(item[error.start])
    elif isinstance(item, float) and not isfinite(item):
        return "is {!r}, which JSON does not have".format(float(item))
    elif inspect.iscoroutine(item):
        item.close()  # else Python complains on stderr that it was never awaited
        return "is a coroutine: async functions cannot be called; wrap yours in one that uses asyncio.run"
    elif not (item is None or isinstance(item, (str, int, float, list, tuple, dict))):
        return "is a {}, which has no JSON form".format(_kind(item))
    return None


def _kind(item: Any) -> str:
    kind = type(item)
    return kind.__qualname__ if kind.__module__ == "builtins" else kind.__module__ + "." + kind.__qualname__
