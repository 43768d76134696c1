"""One call: arguments in, value or failure out. Knows the verbs and nothing of sockets."""
from __future__ import annotations

from typing import Any, Callable, Dict, List, NamedTuple, Optional

from . import failure
from .catalogue import Catalogue, FunctionUnknown
from .descriptions import signature_of
from .encoding import Encoder
from .failure import ARGUMENTS_DO_NOT_FIT, FUNCTION_UNKNOWN, NOT_SERIALIZABLE, UNKNOWN_KIND, Failed
from .frames import MAX_HEADER, Body, header_bytes, parse_json

Function = Callable[..., Any]
Step = Callable[[Any], Any]
_ITEM_FAILED = b"null"


class Value(NamedTuple):
    text: bytes
    header: Dict[str, Any] = {}


class Calls:
    def __init__(self, catalogue: Catalogue, encoder: Encoder) -> None:
        self._find = catalogue.find
        self._encoder = encoder

    def run(self, header: Dict[str, Any], body: Body) -> Value:
        """Raises Failed, and nothing else but what ends the process."""
        verb = header.get("verb")
        try:
            function = self._find(header["func"])
        except (FunctionUnknown, KeyError, TypeError) as error:
            raise Failed(FUNCTION_UNKNOWN, str(error)) from None
        if verb == "apply":
            return Value(self._encoder.encode(_apply(function, body)))
        if verb == "map" or verb == "starmap":
            return self._map(function, verb == "starmap", body, header.get("errors") == "collect")
        if verb == "initialize":
            _apply(function, body)
            return Value(b"null")
        raise Failed(UNKNOWN_KIND, "unknown verb {!r}".format(verb))

    def _map(self, function: Function, star: bool, body: Body, collect: bool) -> Value:
        items = _parse(body)
        if type(items) is not list:
            raise Failed(ARGUMENTS_DO_NOT_FIT, "the items are no array")
        step = _starred(function) if star else function
        return self._collect(step, function, star, items) if collect else self._first(step, function, star, items)

    def _first(self, step: Step, function: Function, star: bool, items: List[Any]) -> Value:
        values: List[Any] = []
        append = values.append
        try:
            for item in items:
                append(step(item))
        except BaseException as error:
            failed = _told(error, function, (item,) if not star else item, {}).at(len(values))
            del error
            self._check_each(values)  # one before it may have failed too: by having no JSON form
            raise failed from None
        try:
            return Value(self._encoder.encode(values, wrapped=1))
        except Failed as failed:
            if failed.problem == NOT_SERIALIZABLE:
                self._check_each(values)
            raise

    def _check_each(self, values: List[Any]) -> None:
        for index, value in enumerate(values):
            try:
                self._encoder.encode(value)
            except Failed as failed:
                raise failed.at(index) from None

    def _collect(self, step: Step, function: Function, star: bool, items: List[Any]) -> Value:
        values: List[Any] = []
        failures: List[Failed] = []
        for index, item in enumerate(items):
            try:
                values.append(step(item))
            except BaseException as error:
                values.append(None)
                failures.append(_told(error, function, (item,) if not star else item, {}).at(index))
        try:
            text = self._encoder.encode(values, wrapped=1)
        except Failed as failed:
            if failed.problem != NOT_SERIALIZABLE:
                raise
            text = self._encode_each(values, failures)
        return self._with_failures(text, failures) if failures else Value(text)

    def _encode_each(self, values: List[Any], failures: List[Failed]) -> bytes:
        """Only when the whole did not do: the values that do are kept."""
        pieces = []
        for index, value in enumerate(values):
            try:
                pieces.append(self._encoder.encode(value))
            except Failed as failed:
                if failed.problem != NOT_SERIALIZABLE:
                    raise
                pieces.append(_ITEM_FAILED)
                failures.append(failed.at(index))
        failures.sort(key=lambda failed: failed.index or 0)
        return self._limited(b"[" + b",".join(pieces) + b"]")

    def _with_failures(self, text: bytes, failures: List[Failed]) -> Value:
        """In the header if they fit, else behind the value, without tracebacks if they do not fit there either."""
        listed = [failed.header() for failed in failures]
        errors = header_bytes(listed)
        if len(errors) < MAX_HEADER // 2:
            return Value(text, {"errors": listed})
        if len(text) + len(errors) > self._encoder.max_body:
            for entry in listed:
                entry["message"] = entry["message"][:200]
                entry.pop("exception", None)
            errors = header_bytes(listed)
        return Value(self._limited(text + errors), {"value_length": len(text)})

    def _limited(self, text: bytes) -> bytes:
        if len(text) > self._encoder.max_body:
            raise Failed(failure.RESULT_TOO_LARGE, "the result has {:,} bytes, {:,} are allowed".format(
                len(text), self._encoder.max_body))
        return text


def _apply(function: Function, body: Body) -> Any:
    parsed = _parse(body)
    args, kwds = (parsed.get("args", []), parsed.get("kwds", {})) if type(parsed) is dict else (None, None)
    if type(args) is not list or type(kwds) is not dict:
        raise Failed(ARGUMENTS_DO_NOT_FIT, "args must be an array and kwds an object")
    try:
        return function(*args, **kwds)
    except BaseException as error:  # SystemExit and KeyboardInterrupt too: a function cannot end its worker by raising
        raise _told(error, function, args, kwds) from None


def _starred(function: Function) -> Step:
    def step(item: Any) -> Any:
        if type(item) is not list:
            raise Failed(ARGUMENTS_DO_NOT_FIT, "an item of starmap must be an array of arguments")
        return function(*item)

    return step


def _parse(body: Body) -> Any:
    try:
        return parse_json(str(body, "utf-8"))
    except (ValueError, RecursionError) as error:
        raise Failed(ARGUMENTS_DO_NOT_FIT, "the arguments cannot be read: {}".format(error)) from None


def _told(error: BaseException, function: Function, args: Any, kwds: Dict[str, Any]) -> Failed:
    if isinstance(error, Failed):
        return error
    if isinstance(error, TypeError) and failure.users_part(error.__traceback__) is None:
        # No frame of the function was entered. That alone is not enough: a function written in C that dislikes a
        # value has no frame either.
        misfit = _misfit(function, args, kwds)
        if misfit is not None:
            return Failed(ARGUMENTS_DO_NOT_FIT, misfit)
    return failure.raised(error)


def _misfit(function: Function, args: Any, kwds: Dict[str, Any]) -> Optional[str]:
    try:
        signature = signature_of(function)
    except Exception:  # some functions in C do not say
        return None
    try:
        signature.bind(*args, **kwds)
        return None
    except TypeError as error:
        message = str(error)
    except Exception:
        return None
    try:
        return "{}{}: {}".format(getattr(function, "__qualname__", "the function"), signature, message)
    except Exception:  # the signature shows defaults by their __repr__, which is the user's
        return message
