"""The first act of a forkserver and of a thread host: import everything that may be called, and say what there is."""
from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Any, Callable, Dict, List, Tuple

from . import descriptions, frames, linux, signals
from .catalogue import Catalogue
from .frames import header_bytes

Send = Callable[..., None]
_TOO_LONG = "the list of its functions does not fit the catalogue, of which a header of 1 MiB is all"


def load(welcome: Dict[str, Any], send: Send) -> Tuple[Catalogue, bool]:
    """The catalogue, and whether workers must be spawned because a fork would not be safe any more."""
    catalogue = _import_all(welcome, send)
    if welcome.get("kind") == "thread":
        _send_catalogue(catalogue, "thread", catalogue.warnings, welcome, send)
        return catalogue, False
    threads = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
    warnings = list(catalogue.warnings)
    if threads:
        # A fork copies one thread only; a lock that another one held stays locked for ever in the copy.
        warnings.append("threads are running after the imports ({}): workers are spawned, not forked".format(
            ", ".join(threads)))
    _send_catalogue(catalogue, "spawn" if threads else "forkserver", warnings, welcome, send)
    return catalogue, bool(threads)


def report_from_a_child(welcome: Dict[str, Any], send: Send) -> None:
    """For `spawn`: this process must not import user modules, so a child of it does, reports, and ends.

    Should the child die of an import, we end in the same way: the host sees what it sees of a forkserver.
    """
    forkserver = os.getpid()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            linux.die_with_parent(signal.SIGKILL)
            if os.getppid() == forkserver:
                catalogue = _import_all(welcome, send)
                _send_catalogue(catalogue, "spawn", catalogue.warnings, welcome, send)
                status = 0
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    status = os.waitpid(pid, 0)[1]
    if status:
        signals.end_as(status)


def _import_all(welcome: Dict[str, Any], send: Send) -> Catalogue:
    functions = welcome.get("functions") or {}
    catalogue = Catalogue(functions.get("path") or (), functions.get("allow") or (), welcome.get("skip"))
    catalogue.put_on_path()

    def tell(module: str) -> None:
        send(frames.IMPORTING, 0, header_bytes({"module": module}))

    seconds = welcome.get("import_timeout")
    catalogue.preload(welcome.get("preload") or (), tell, seconds)
    catalogue.load_all(tell, seconds)
    return catalogue


def _send_catalogue(catalogue: Catalogue, start_method: str, warnings: List[str],
                    welcome: Dict[str, Any], send: Send) -> None:
    modules = catalogue.modules()
    header = {"modules": modules, "start_method": start_method, "warnings": warnings}
    # The largest lists give way, one after the other, and say so.
    for module in sorted(modules, key=lambda entry: len(entry["functions"]), reverse=True):
        if len(header_bytes(header)) <= frames.MAX_HEADER:
            break
        module["functions"] = []
        module["error"] = _TOO_LONG
    max_body = welcome.get("max_body", frames.DEFAULT_MAX_BODY)
    send(frames.CATALOGUE, 0, header_bytes(header), descriptions.body(catalogue.described, max_body))
