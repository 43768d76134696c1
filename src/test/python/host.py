"""A small real host for the tests: it listens on a Unix socket, starts forkservers and speaks the protocol to them."""
from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from typing import Any, Callable, Dict, List, Optional, Tuple

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "main", "python")
CACHE = os.path.join(tempfile.gettempdir(), "procpool-pycache")  # no bytecode beside the sources
sys.pycache_prefix = CACHE
sys.path.insert(0, os.path.abspath(SOURCES))

from procpool_worker import frames  # noqa: E402

ENTRY = os.path.join(os.path.abspath(SOURCES), "procpool_worker", "__main__.py")
TASKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tasks.py")
CEILING = 20.0  # ten times the longest bound that is stated


def wait_for(condition: Callable[[], Any], what: str = "the condition") -> Any:
    """On a condition, never for a time."""
    deadline = time.monotonic() + CEILING
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain for " + what)
        time.sleep(0.002)


def alive(pid: int) -> bool:
    """Zombies are dead."""
    try:
        with open("/proc/{}/stat".format(pid), "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except OSError:
        return False


def children_of(pid: int) -> List[int]:
    with open("/proc/{0}/task/{0}/children".format(pid)) as file:
        return [int(child) for child in file.read().split()]


with open(os.path.join(os.path.dirname(TASKS), "jobs.py"), encoding="utf-8") as _file:
    JOBS = _file.read()


class Peer:
    """One accepted connection after its hello."""

    def __init__(self, sock: socket.socket, max_body: int) -> None:
        sock.settimeout(CEILING)
        self.sock = sock
        self.reader = frames.Reader(sock, max_body)
        self.hello = self.reader.read()

    def send(self, kind: int, call_id: int = 0, header: Optional[dict] = None, body: bytes = b"") -> None:
        data = json.dumps(header).encode() if header else b""
        self.sock.sendall(frames.encode(kind, call_id, data, body))

    def read(self) -> Optional[frames.Frame]:
        return self.reader.read()

    def close(self) -> None:
        self.sock.close()


class Worker:
    """The host's side of one worker."""

    def __init__(self, pid: int, call: Peer, output: socket.socket) -> None:
        self.pid = pid
        self.peer = call
        self.output_socket = output
        self._output = b""
        self._ids = 0

    def call(self, func: str, *args: Any, verb: str = "apply", body: Optional[bytes] = None,
             errors: str = "first", **kwds: Any) -> frames.Frame:
        self.begin(func, *args, verb=verb, body=body, errors=errors, **kwds)
        return self.answer()

    def begin(self, func: str, *args: Any, verb: str = "apply", body: Optional[bytes] = None, errors: str = "first",
              **kwds: Any) -> None:
        self._ids += 1
        if body is None:
            body = json.dumps({"args": args, "kwds": kwds}).encode()
        self.peer.send(frames.CALL, self._ids, {"verb": verb, "func": func, "errors": errors}, body)

    def answer(self) -> frames.Frame:
        frame = self.peer.read()
        assert frame is not None, "the worker ended"
        assert frame.call_id == self._ids, frame
        return frame

    def value(self, func: str, *args: Any, **kwds: Any) -> Any:
        frame = self.call(func, *args, **kwds)
        assert frame.kind == frames.RESULT, frame
        return json.loads(bytes(frame.body))

    def output(self, until: Optional[Callable[[bytes], Any]] = None) -> bytes:
        """What has been written so far; with `until`: waits for it."""
        def drain() -> bool:
            while select.select([self.output_socket], [], [], 0)[0]:
                piece = self.output_socket.recv(65536)
                if not piece:
                    return True
                self._output += piece
            return until is None or bool(until(self._output))
        wait_for(drain, "output")
        return self._output

    def close(self) -> None:
        self.peer.close()
        self.output_socket.close()


class Host:
    """A service with one pool. `modules`: file name and source of what lies in the functions folder."""

    def __init__(self, modules: Optional[Dict[str, str]] = None, allow: Tuple[str, ...] = ("math.*",),
                 python: Tuple[str, ...] = (ENTRY,), env: Optional[Dict[str, str]] = None, **welcome: Any) -> None:
        self.folder = tempfile.mkdtemp(prefix="pp")
        os.chmod(self.folder, 0o755)  # one test's forkserver becomes another user
        self.functions = os.path.join(self.folder, "functions")
        os.mkdir(self.functions)
        for name, source in (modules or {}).items():
            file = os.path.join(self.functions, name)
            os.makedirs(os.path.dirname(file), exist_ok=True)
            with open(file, "w", encoding="utf-8") as out:
                out.write(source)
        self.path = os.path.join(self.folder, "s")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(64)
        self.listener.settimeout(CEILING)
        self.welcome = {"version": 1, "pool": "test", "max_body": 64 << 20, "max_nesting": 500,
                        "functions": {"path": [self.functions], "allow": list(allow)}, "preload": [],
                        "start_method": "forkserver", "socket": self.path, "skip": {}, "import_timeout": 10,
                        **welcome}
        self.closed = False
        self.importing: List[str] = []
        self.exits: Dict[int, dict] = {}
        self._requests = 0
        self._workers: List[Worker] = []
        self._early: Dict[Tuple[str, str], Peer] = {}
        # A file, as the service has one: streams that once could seek must do as sockets in the workers.
        self._log = tempfile.TemporaryFile()
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPYCACHEPREFIX": CACHE, **(env or {})}
        self.process = subprocess.Popen([sys.executable, *python], stdin=subprocess.PIPE, env=environment,
                                        cwd=self.folder, stdout=self._log, stderr=subprocess.STDOUT)
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"socket": self.path, "token": "control-token"}).encode() + b"\n")
        self.process.stdin.close()
        self.control = self._accept("control", "control-token")
        self.control.send(frames.WELCOME, 0, self.welcome)

    def log(self) -> bytes:
        """What the forkserver and its imports have printed."""
        return os.pread(self._log.fileno(), 1 << 20, 0)

    def _accept(self, channel: str, token: str) -> Peer:
        while (channel, token) not in self._early:
            sock, _ = self.listener.accept()
            peer = Peer(sock, self.welcome["max_body"])
            assert peer.hello is not None and peer.hello.kind == frames.HELLO, peer.hello
            self._early[peer.hello.header["channel"], peer.hello.header["token"]] = peer
        return self._early.pop((channel, token))

    def catalogue(self) -> dict:
        while True:
            frame = self.control.read()
            if frame is None:
                raise EOFError("the forkserver ended while it imported " + str(self.importing[-1:]))
            if frame.kind == frames.CATALOGUE:
                self.described = json.loads(bytes(frame.body))["modules"]
                return frame.header
            assert frame.kind == frames.IMPORTING, frame
            self.importing.append(frame.header["module"])

    def module(self, catalogue: dict, name: str) -> dict:
        return next(module for module in catalogue["modules"] if module["name"] == name)

    def fork(self, **welcome: Any) -> Worker:
        self._requests += 1
        token = "token-{}".format(self._requests)
        self.control.send(frames.FORK, self._requests, {"token": token})
        frame = self._next_but_exits()
        assert frame.kind == frames.FORKED and frame.call_id == self._requests, frame
        output = self._accept("output", token)
        call = self._accept("call", token)
        process = frame.header.get("process", frame.header["pid"])  # of a thread: its host's
        assert call.hello is not None and call.hello.header["pid"] == process
        call.send(frames.WELCOME, 0, {**self.welcome, **welcome})
        worker = Worker(frame.header["pid"], call, output.sock)
        self._workers.append(worker)
        return worker

    def _next_but_exits(self) -> frames.Frame:
        while True:
            frame = self.control.read()
            assert frame is not None, "the forkserver ended: " + self.log().decode()
            if frame.kind != frames.EXITED:
                return frame
            self.exits[frame.header["pid"]] = frame.header

    def exit_of(self, pid: int) -> dict:
        while pid not in self.exits:
            frame = self.control.read()
            assert frame is not None and frame.kind == frames.EXITED, frame
            self.exits[frame.header["pid"]] = frame.header
        return self.exits[pid]

    def signal(self, pid: int, number: int, group: bool = True) -> None:
        self.control.send(frames.SIGNAL, 0, {"pid": pid, "signal": int(number), "group": group})

    def close(self) -> None:
        if self.closed:
            return
        self.closed = True
        self.control.close()
        self.listener.close()
        for one in (*self._early.values(), *self._workers):
            one.close()
        try:
            self.process.wait(CEILING)
        finally:
            if self.process.returncode is None:
                self.process.send_signal(signal.SIGKILL)
                self.process.wait()
            self._log.close()
            shutil.rmtree(self.folder, ignore_errors=True)


class Forkserver(unittest.TestCase):
    def setUp(self):
        self.host = Host({"jobs.py": JOBS})
        self.addCleanup(self.host.close)
        self.catalogue = self.host.catalogue()

    def gone(self, *pids):
        for pid in pids:
            wait_for(lambda pid=pid: not os.path.exists("/proc/{}".format(pid)), "the end of {}".format(pid))
