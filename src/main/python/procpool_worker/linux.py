"""prctl: what Linux offers so that no process outlives its purpose. Best effort: elsewhere these do nothing."""
from __future__ import annotations

import sys

_SET_PDEATHSIG = 1
_SET_CHILD_SUBREAPER = 36

# Resolved once, before any fork: a look-up through ctypes costs more than the call.
_prctl = None
if sys.platform == "linux":
    try:
        import ctypes

        _prctl = ctypes.CDLL(None, use_errno=True).prctl
        _prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
        _prctl.restype = ctypes.c_int
    except (ImportError, OSError, AttributeError):  # an interpreter built without libffi
        _prctl = None


def die_with_parent(signal: int) -> bool:
    """The kernel sends `signal` to this process when the thread that forked it ends. Check the parent afterwards: it
    may have ended before."""
    return _prctl is not None and _prctl(_SET_PDEATHSIG, signal, 0, 0, 0) == 0


def become_subreaper() -> bool:
    """Orphans among our descendants become our children instead of init's, so that they can be found and ended."""
    return _prctl is not None and _prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
