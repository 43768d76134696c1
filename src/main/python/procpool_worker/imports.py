"""Imports of modules that others wrote: anything may happen in them."""
from __future__ import annotations

import importlib
import os
import signal
import sys
import traceback
from types import ModuleType
from typing import Any, Callable, Optional, TypeVar, Union

from .names import OURS, FolderModule

_LONGEST = 4000
T = TypeVar("T")


class TookTooLong(BaseException):
    """Raised into an import. Not an Exception, so that `except Exception` of the module does not swallow it."""


def load(name: str, seconds: Optional[float]) -> Union[ModuleType, str]:
    """The module, or why there is none. `seconds`: how long it may take, None for ever; only in the main thread.

    What the guard cannot end (a hang in C, os._exit, a crash) ends this process: the host sees which module it was.
    """
    try:
        return within(seconds, lambda: _import(name))
    except TookTooLong:
        return "the import took longer than {:g} s".format(seconds or 0)


def within(seconds: Optional[float], action: Callable[[], T]) -> T:
    """Runs code of others, for so long at most: then it raises TookTooLong."""
    if not seconds:
        return action()
    before = signal.getsignal(signal.SIGALRM)
    try:
        _arm(seconds)
        return action()
    finally:
        _disarm(before)


def _import(name: str) -> Union[ModuleType, str]:
    try:
        loaded = importlib.import_module(name)
    except TookTooLong:
        raise
    except BaseException as error:  # sys.exit and KeyboardInterrupt too: a module cannot end us by raising
        return cause(error)
    # A module may put anything in its place in sys.modules.
    return loaded if isinstance(loaded, ModuleType) else "{} is no module but a {}".format(name, type(loaded).__name__)


def load_from_folder(module: FolderModule, seconds: Optional[float]) -> Union[ModuleType, str]:
    """As load(), but it must really be that file: another module of that name may have been there first."""
    hidden = _hidden(module)
    if hidden:
        return hidden
    loaded = load(module.name, seconds)
    if isinstance(loaded, ModuleType) and not _is_file(loaded, module.file):
        return _hidden_by(module.name, loaded)
    return loaded


def _hidden(module: FolderModule) -> Optional[str]:
    """Before the import: a package's parts could not even be found when another module has the package's name."""
    top = module.name.partition(".")[0]
    loaded = sys.modules.get(top)
    if loaded is None:
        return _hidden_by(top, loaded) if top in sys.builtin_module_names else None
    places = [getattr(loaded, "__file__", None) or "", *getattr(loaded, "__path__", ())]
    inside = os.path.join(module.folder, "")
    return None if any(place.startswith(inside) for place in places) else _hidden_by(top, loaded)


def _is_file(loaded: ModuleType, file: str) -> bool:
    found = getattr(loaded, "__file__", None) or ""
    try:
        return found == file or os.path.samefile(found, file)
    except OSError:
        return False


def _hidden_by(name: str, loaded: Optional[ModuleType]) -> str:
    top = name.partition(".")[0]
    if top in OURS:
        return "hidden by Procpool's own " + top + ": a module of another name can be called"
    # Python 3.9 cannot list its standard library; there a module's place tells.
    standard = getattr(sys, "stdlib_module_names", None) or sys.builtin_module_names
    file = getattr(loaded, "__file__", None)
    if top in standard or (file or "").startswith(os.path.dirname(os.__file__)):
        return "hidden by the standard library's " + top + ": a module of another name can be called"
    return "hidden by {}".format(file or getattr(loaded, "__path__", top))


def _arm(seconds: float) -> None:
    signal.signal(signal.SIGALRM, _ring)
    # Again each second: a bare `except:` in the module may have caught the first.
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)


def _ring(*_: Any) -> None:
    raise TookTooLong()


def _disarm(before: Any) -> None:
    while True:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
            if signal.getsignal(signal.SIGALRM) is _ring:  # else the module has set its own, for its functions
                signal.signal(signal.SIGALRM, before)  # which may be an earlier module's
            return
        except TookTooLong:  # it rang just now
            pass


def cause(error: BaseException) -> str:
    """`SyntaxError: invalid syntax (shop.py, line 3)`: one line that says what is wrong and where."""
    try:
        text = "".join(traceback.format_exception_only(type(error), error)).strip().rpartition("\n")[2]
        if isinstance(error, SyntaxError):
            text = "{}: {}".format(type(error).__name__, error)  # says the place itself
        else:
            frames = [frame for frame in traceback.extract_tb(error.__traceback__)
                      if not frame.filename.startswith("<") and not _ours(frame.filename)
                      and os.sep + "importlib" + os.sep not in frame.filename]
            if frames:
                text += " ({}, line {})".format(os.path.basename(frames[-1].filename), frames[-1].lineno)
    except Exception:  # its __str__ raises
        text = type(error).__name__
    return text[:_LONGEST]


def _ours(file: str) -> bool:
    return os.path.dirname(file) == os.path.dirname(__file__)
