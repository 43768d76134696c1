"""Workers as fresh interpreters: for pools with `start_method: spawn`, and where forking would not be safe."""
from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any, Dict, NoReturn

from . import handshake, linux, signals
from .catalogue import Catalogue
from .connection import Connection
from .worker import Worker, exit_status

_ENTRY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "__main__.py")
_RESET = [signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE, signal.SIGALRM,
          signal.SIGVTALRM, signal.SIGPROF, signal.SIGTERM, signal.SIGCHLD]


def start(path: str, token: str) -> int:
    """The pid of a new worker, which leads a session of its own. posix_spawn is safe beside other threads, as os.fork
    is not, and leaves the reaping to us, as subprocess does not."""
    line = json.dumps({"socket": path, "token": token, "parent": os.getpid()}).encode() + b"\n"
    flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]  # as multiprocessing does
    read_end, write_end = os.pipe()
    try:
        os.write(write_end, line)  # fits any pipe: nobody need be reading yet
        return os.posix_spawn(
            sys.executable, [sys.executable, *flags, _ENTRY, "worker"], os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, read_end, 0)],
            setsid=True, setsigmask=[], setsigdef=_RESET)
    finally:
        os.close(read_end)
        os.close(write_end)


def main() -> NoReturn:
    """The spawned worker itself."""
    status = 1
    try:
        config = handshake.configuration()
        linux.die_with_parent(signal.SIGKILL)
        if os.getppid() != config.get("parent", os.getppid()):
            os._exit(status)
        linux.become_subreaper()
        signals.become_worker({})
        handshake.prepare_process()
        sys.dont_write_bytecode = True
        _serve(config)
    except BaseException as error:
        status = exit_status(error)
    finally:
        os._exit(status)


def _serve(config: Dict[str, Any]) -> NoReturn:
    handshake.send_output(config["socket"], config["token"])
    sock = handshake.connect(config["socket"], config["token"], "call")
    reader, welcome = handshake.welcomed(sock)
    functions = welcome.get("functions") or {}
    catalogue = Catalogue(functions.get("path") or (), functions.get("allow") or (), welcome.get("skip"), lazy=True)
    catalogue.put_on_path()
    # The start of a worker has its time limit at the host: no guard of our own.
    catalogue.preload(welcome.get("preload") or (), lambda _: None, None)
    for warning in catalogue.warnings:
        sys.stderr.write("procpool worker: {}\n".format(warning))
    Worker(Connection(reader, sock), catalogue, welcome).serve()
