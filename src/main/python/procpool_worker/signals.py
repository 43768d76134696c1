"""What signals do to the forkserver, to its workers and to a thread host.

The forkserver ignores whatever would end it by accident. A worker behaves as any Python program, but for SIGUSR1 and
SIGUSR2, which end a program that never asked for them: a handler that does nothing takes them. (Not SIG_IGN, which the
programs that a task starts would inherit.) Handlers that user modules set while they were imported hold in the workers.
"""
from __future__ import annotations

import faulthandler
import os
import signal
from typing import Any, Callable, Dict, NoReturn

Handlers = Dict[int, Any]

_STRAY = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE,
          signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF)


def _nothing(*_: Any) -> None:
    pass


_IN_A_WORKER: Handlers = {
    **{number: signal.SIG_DFL for number in (*_STRAY, signal.SIGTERM, signal.SIGCHLD)},
    signal.SIGINT: signal.default_int_handler,
    signal.SIGPIPE: signal.SIG_IGN,  # as in every Python program: a write to a closed socket raises
    signal.SIGUSR1: _nothing,
    signal.SIGUSR2: _nothing,
}


def ignore_stray() -> None:
    """At the start of the forkserver. SIGTERM and SIGCHLD stay as they are until the imports are done."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])  # a JVM's threads block signals and hand the mask on
    for number in _STRAY:
        signal.signal(number, signal.SIG_IGN)


def set_by_user() -> Handlers:
    """Handlers that imported modules have set: to be called after the imports and before serve()."""
    found: Handlers = {}
    for number in _IN_A_WORKER:
        handler = signal.getsignal(number)
        before = signal.SIG_IGN if number in _STRAY else signal.SIG_DFL
        if handler is not None and handler != before:
            found[number] = handler
    return found


def serve(wakeup: int, on_terminate: Callable[[], None]) -> None:
    """After the imports, which may have set handlers of their own."""
    ignore_stray()
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, _nothing)  # without a handler in Python no byte reaches the wakeup fd
    signal.signal(signal.SIGTERM, lambda *_: on_terminate())


def become_thread_host(by_user: Handlers) -> None:
    """Handlers run in the main thread, which is ours: a KeyboardInterrupt would be raised in no task there."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    become_worker({signal.SIGINT: _nothing, **by_user})


def end_as(status: int) -> NoReturn:
    """Ends this process in the way in which a child of it has ended. `status` is what waitpid said of that."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        faulthandler.disable()  # it would tell of a crash of ours
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status))


def is_caught(number: int, pid: int) -> bool:
    """Whether that process has a handler for the signal; False where the system does not tell."""
    try:
        with open("/proc/{}/status".format(pid), "rb") as file:
            caught = next(line for line in file if line.startswith(b"SigCgt:"))
    except (OSError, StopIteration):
        return False
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def become_worker(by_user: Handlers) -> None:
    signal.set_wakeup_fd(-1)
    for number, handler in _IN_A_WORKER.items():
        signal.signal(number, by_user.get(number, handler))
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
