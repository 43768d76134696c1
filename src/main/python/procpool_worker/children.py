"""Child processes of this process: which there are, and how those that nobody wants are ended.

Only direct children are ever signalled: until we reap them their pids cannot be given to anybody else. Their own
children come to us when they die, since we are a subreaper, and are ended in the next round.
"""
from __future__ import annotations

import os
import signal
import time
from typing import Collection, List, Optional, Set

_PAUSE = 0.0005


def any_left() -> bool:
    """Whether there is any child at all, alive or not. One system call: this is asked after every call."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return True
    except ChildProcessError:
        return False


def pids() -> List[int]:
    """Our children, zombies included."""
    found: List[int] = []
    try:
        for thread in os.listdir("/proc/self/task"):
            with open("/proc/self/task/" + thread + "/children", "rb") as file:
                found += map(int, file.read().split())
        return found
    except OSError:  # a thread that has just ended, or a kernel without CONFIG_PROC_CHILDREN
        return _pids_by_scan()


def _pids_by_scan() -> List[int]:
    me = os.getpid()
    found: List[int] = []
    try:
        entries = os.listdir("/proc")
    except OSError:
        return found
    for entry in entries:
        if entry.isdigit():
            try:
                with open("/proc/" + entry + "/stat", "rb") as file:
                    # The name in parentheses may hold anything, parentheses and blanks too.
                    if int(file.read().rpartition(b")")[2].split()[1]) == me:
                        found.append(int(entry))
            except (OSError, ValueError, IndexError):
                pass  # it has ended meanwhile
    return found


def kill(pid: int) -> bool:
    """False if we may not, as with a program that runs as another user."""
    try:
        os.kill(pid, signal.SIGKILL)
        return True
    except ProcessLookupError:
        return True
    except PermissionError:
        return False


def reap(pid: int) -> bool:
    """Whether that child is gone for good."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def end_with_us(within: float) -> None:
    """All of them, before this process ends. What dies leaves us its own children, at any moment."""
    deadline = time.monotonic() + within
    while any_left() and time.monotonic() < deadline:
        end_all(within=max(0.0, deadline - time.monotonic()))


def end_all(spared: Collection[int] = (), within: float = 2.0) -> Optional[Set[int]]:
    """Kills every child but the spared, and what they leave, and theirs, until nothing is left.

    Returns the pids that could not be ended within that time: a child in an uninterruptible sleep, or not ours to kill.
    """
    deadline = time.monotonic() + within
    immune: Set[int] = set()
    while True:
        left = [pid for pid in pids() if pid not in spared and pid not in immune]
        if not left:
            return immune or None
        for pid in left:
            if not kill(pid):
                immune.add(pid)
        while left:
            left = [pid for pid in left if pid not in immune and not reap(pid)]
            if left and time.monotonic() > deadline:
                return immune.union(left)
            if left:
                time.sleep(_PAUSE)
        if time.monotonic() > deadline:
            return immune or None
