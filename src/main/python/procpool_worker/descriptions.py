"""What people want to know of a function before they call it: its signature and its documentation.

All of it comes from objects of the user's, of which nothing is trusted: they may raise when they are looked at, and
their texts may be endless.
"""
from __future__ import annotations

import inspect
import reprlib
import sys
from types import ModuleType
from typing import Any, Callable, Dict, Optional

from .frames import header_bytes
from .imports import TookTooLong

if sys.version_info >= (3, 14):
    # Annotations are evaluated on demand there, and may name what exists for type checkers only.
    import annotationlib
    from functools import partial

    signature_of = partial(inspect.signature, annotation_format=annotationlib.Format.FORWARDREF)
else:
    signature_of = inspect.signature

Description = Dict[str, Any]

LONGEST_DOC = 2000
LONGEST_SIGNATURE = 500
_LONGEST_DEFAULT = 200
_READ = 4 * LONGEST_DOC  # of a text that is longer the rest is not even looked at


class _Short(reprlib.Repr):
    """Looks at the beginning of a container only."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 4
        self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = self.maxdict = self.maxdeque = 30
        self.maxarray = 30
        self.maxstring = self.maxlong = self.maxother = _LONGEST_DEFAULT

    def repr_int(self, x: int, level: int) -> str:
        return repr(x) if x.bit_length() < _LONGEST_DEFAULT else "…"  # its text costs the square of its length

    def repr_instance(self, x: Any, level: int) -> str:
        return _cut(repr(x), self.maxother)


_short = _Short().repr


class _Text:
    """Stands in a signature for a default or an annotation, and is shown as that text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def describe(module: ModuleType, functions: Dict[str, Callable[..., Any]]) -> Description:
    """As the body of the catalogue frame has it. Raises nothing but TookTooLong."""
    doc = _doc(module)
    return {
        "doc": doc and doc.partition("\n\n")[0],
        "functions": {name: {"signature": _signature(function), "doc": _doc(function)}
                      for name, function in functions.items()}}


def body(described: Dict[str, Description], max_body: int) -> bytes:
    """Of all modules. Should it be too long, the largest are left out, one after the other."""
    entries = {name: header_bytes({name: description})[1:-1] for name, description in described.items()}
    length = len(b'{"modules":{}}') - 1 + sum(len(entry) + 1 for entry in entries.values())
    for name in sorted(entries, key=lambda name: len(entries[name]), reverse=True):
        if length <= max_body:
            break
        length -= len(entries.pop(name)) + 1
    return b'{"modules":{' + b",".join(entries.values()) + b"}}"


def _unless_it_raises(look: Callable[[], Optional[str]]) -> Optional[str]:
    try:
        return look()
    except TookTooLong:
        raise
    except BaseException:  # SystemExit too
        return None


def _doc(thing: Any) -> Optional[str]:
    return _unless_it_raises(lambda: _read_doc(thing))


def _read_doc(thing: Any) -> Optional[str]:
    text = thing.__doc__
    text = inspect.cleandoc(text[:_READ]) if type(text) is str else inspect.getdoc(thing)
    return _cut(text, LONGEST_DOC) if type(text) is str and text else None


def _signature(function: Callable[..., Any]) -> Optional[str]:
    return (_unless_it_raises(lambda: _cut(str(_with_short_defaults(signature_of(function))), LONGEST_SIGNATURE))
            or _unless_it_raises(lambda: _cut(str(_without_annotations(signature_of(function))), LONGEST_SIGNATURE)))


def _with_short_defaults(signature: inspect.Signature) -> inspect.Signature:
    """Defaults are shown by their __repr__, which is the user's, and may show a list of a million numbers."""
    parameters = list(signature.parameters.values())
    if all(_is_plain(parameter.default) for parameter in parameters):
        return signature
    return signature.replace(parameters=[_with_short_default(parameter) for parameter in parameters])


def _with_short_default(parameter: inspect.Parameter) -> inspect.Parameter:
    if _is_plain(parameter.default):
        return parameter
    text = _unless_it_raises(lambda: _short(parameter.default)) or "…"
    return parameter.replace(default=_Text(_cut(text, _LONGEST_DEFAULT)))


def _without_annotations(signature: inspect.Signature) -> inspect.Signature:
    """One of them cannot be shown."""
    return inspect.Signature([_with_short_default(parameter.replace(annotation=inspect.Parameter.empty))
                              for parameter in signature.parameters.values()])


def _is_plain(default: Any) -> bool:
    kind = type(default)
    return (default is inspect.Parameter.empty or default is None or kind is bool or kind is float
            or kind is int and default.bit_length() < _LONGEST_DEFAULT or kind is str and len(default) < _LONGEST_DEFAULT)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest - 1] + "…"
