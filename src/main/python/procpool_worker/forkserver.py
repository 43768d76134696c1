"""The forkserver: imports the functions once, then forks a worker whenever the service asks for one.

One thread, the main one: the parent-death signal of a worker is bound to the thread that forked it.
"""
from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
from typing import Any, Dict, NoReturn, Set

from . import children, frames, guardian, handshake, importing, linux, signals, spawn
from .connection import Connection
from .frames import Reader, Writer, header_bytes
from .threads import ThreadHost
from .worker import Worker, exit_status

_KILLED_WITHIN = 1.5


def main() -> NoReturn:
    status = 1
    try:
        parent = os.getppid()
        # While foreign code is imported nothing but SIGKILL is sure to end us, and there are no workers to care for.
        linux.die_with_parent(signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(status)
        try:
            os.setsid()  # a Ctrl-C in the service's terminal is for the service, which ends us in its own time
        except PermissionError:
            pass  # leads a group already
        signals.ignore_stray()
        linux.become_subreaper()
        config = handshake.configuration()
        handshake.prepare_process()
        control = handshake.connect(config["socket"], config["token"], "control")
        reader, welcome = handshake.welcomed(control)
        welcome.setdefault("socket", config["socket"])
        if welcome.get("kind") == "thread":
            guardian.guard(control, ThreadHost(control, reader, welcome).run)
        Forkserver(control, reader, welcome).run()
    except BaseException as error:
        status = exit_status(error)
    finally:
        os._exit(status)


class Forkserver:
    def __init__(self, control: socket.socket, reader: Reader, welcome: Dict[str, Any]) -> None:
        self._control = control
        self._reader = reader
        self._send = Writer(control).send
        self._welcome = welcome
        self._workers: Dict[int, int] = {}  # pids that we have not reaped, with the number of their request
        self._own: Set[int] = set()  # children of an import: they may stay as long as we do
        self._pid = os.getpid()
        self._ended = False
        self._spawn = welcome.get("start_method") == "spawn"

    def run(self) -> NoReturn:
        handshake.allow_nesting(self._welcome.get("max_nesting", 500))
        # User modules leave no bytecode: it is told apart from an edit by whole seconds, and a changed file must count.
        sys.dont_write_bytecode = True
        if self._spawn:
            importing.report_from_a_child(self._welcome, self._send)
        else:
            self._catalogue, self._spawn = importing.load(self._welcome, self._send)
            self._own = set(children.pids())
        self._by_user = signals.set_by_user()
        self._wakeup, wakeup = socket.socketpair()
        self._signalled = wakeup
        self._wakeup.setblocking(False)
        wakeup.setblocking(False)
        signals.serve(wakeup.fileno(), self._end_soon)
        # From here on the end of our parent must not be our sudden death: workers and all that they started die first.
        linux.die_with_parent(signal.SIGTERM)
        gc.collect()
        gc.freeze()  # the collector would touch, and so copy, every page that the workers share
        try:
            self._reap()  # what ended before there was a handler for SIGCHLD
            self._loop()
        except BaseException as error:
            exit_status(error)
        finally:
            self._end()

    def _end_soon(self) -> None:
        self._ended = True
        # Should the loop hang (a fork hook that never returns): the alarm's default action ends us, and that ends the workers.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(2)

    def _loop(self) -> None:
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(self._wakeup, select.POLLIN)
        control = self._control.fileno()
        while not self._ended:
            ready = dict(poll.poll())
            if self._wakeup.fileno() in ready:
                self._wakeup.recv(4096)
                self._reap()
            if control in ready:
                self._take_orders()

    def _take_orders(self) -> None:
        while not self._ended:
            try:
                frame = self._reader.read()
            except (frames.BrokenFrame, OSError) as error:
                exit_status(error)
                frame = None
            if frame is None or frame.kind == frames.BYE:
                self._ended = True
            elif frame.kind == frames.FORK:
                self._start(frame)
            elif frame.kind == frames.SIGNAL:
                self._signal(frame.header)
            elif frame.kind != frames.ERROR:
                self._refuse(frame.call_id, "unknown-kind", "a forkserver does not take kind {}".format(frame.kind))
            if not self._reader.ready():
                return

    def _refuse(self, call_id: int, problem: str, message: str) -> None:
        self._send(frames.ERROR, call_id, header_bytes({"problem": problem, "message": message}))

    def _start(self, request: frames.Frame) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            token = str(request.header["token"])
            pid = spawn.start(self._welcome["socket"], token) if self._spawn else os.fork()
        except (OSError, KeyError, NotImplementedError) as error:  # EAGAIN, ENOMEM: the service tries again
            self._refuse(request.call_id, "fork-failed", "{}: {}".format(type(error).__name__, error))
            return
        if pid == 0:
            self._become_worker(token)
        self._workers[pid] = request.call_id
        self._send(frames.FORKED, request.call_id, b'{"pid":%d}' % pid)

    def _become_worker(self, token: str) -> NoReturn:
        status = 1
        try:
            os.setsid()
            signals.become_worker(self._by_user)
            linux.die_with_parent(signal.SIGKILL)
            linux.become_subreaper()
            for sock in (self._control, self._wakeup, self._signalled):
                sock.close()
            if os.getppid() != self._pid:  # it ended before the kernel knew that we want to end with it
                os._exit(status)
            handshake.send_output(self._welcome["socket"], token)
            sock = handshake.connect(self._welcome["socket"], token, "call")
            reader, welcome = handshake.welcomed(sock)
            Worker(Connection(reader, sock), self._catalogue, welcome).serve()
        except BaseException as error:
            status = exit_status(error)
        finally:
            os._exit(status)  # never back into the forkserver's loop

    def _signal(self, order: Dict[str, Any]) -> None:
        pid, number = order.get("pid"), order.get("signal")
        if type(pid) is not int or pid not in self._workers:  # reaped: the number may be somebody else's by now
            return
        if type(number) is not int:
            number = -1
        try:
            if order.get("group"):
                os.killpg(pid, number)
            else:
                os.kill(pid, number)
        except ProcessLookupError:
            if order.get("group"):  # it has not got to its setsid() yet
                os.kill(pid, number)
        except (OSError, ValueError, OverflowError) as error:
            sys.stderr.write("procpool forkserver: signal {} for {}: {}\n".format(number, pid, error))

    def _reap(self) -> None:
        """Every child that has exited. A worker is looked at first and reaped last: until then its pid, which is its
        group's too, belongs to nobody else, and the rest of the group can be killed without hitting a stranger."""
        while True:
            try:
                gone = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if gone is None:
                break
            if gone.si_pid in self._workers:
                self._kill_group(gone.si_pid)
                self._report(*os.wait4(gone.si_pid, 0))
            else:
                children.reap(gone.si_pid)
                self._own.discard(gone.si_pid)
        # What dead workers have left is our child now. Its death wakes us again, for what it leaves in turn.
        for pid in children.pids():
            if pid not in self._workers and pid not in self._own:
                children.kill(pid)

    def _report(self, pid: int, status: int, used: Any) -> None:
        del self._workers[pid]
        how = {"signal": os.WTERMSIG(status)} if os.WIFSIGNALED(status) else {"exitcode": os.WEXITSTATUS(status)}
        self._send(frames.EXITED, 0, header_bytes({
            "pid": pid, **how, "cpu_seconds": round(used.ru_utime + used.ru_stime, 6),
            "peak_rss": used.ru_maxrss * 1024}))

    def _kill_group(self, pid: int) -> None:
        try:
            os.killpg(pid, signal.SIGKILL)
        except OSError:
            pass

    def _end(self) -> NoReturn:
        try:
            self._control.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        for pid in self._workers:
            self._kill_group(pid)
            children.kill(pid)
        children.end_with_us(_KILLED_WITHIN)
        os._exit(0)
