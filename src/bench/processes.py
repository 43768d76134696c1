"""Processes of this run: each leads a session of its own, and all of them are ended, whatever happens."""

import contextlib
import os
import signal
import subprocess
import time


class Skipped(Exception):
    """A contender can't be measured here; says why."""


def stat(pid):
    """(parent, start time) of a process; the start time tells it from a later one of the same pid. None if it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    # A zombie runs no more; its parent reaps it.
    return None if fields[0] == "Z" else (int(fields[1]), int(fields[19]))


def descendants(pid):
    """pid → start time of the living processes below this one. Empty where there is no /proc."""
    children = {}
    for name in os.listdir("/proc") if os.path.isdir("/proc") else []:
        if name.isdigit() and (known := stat(name)):
            children.setdefault(known[0], []).append((int(name), known[1]))
    found, waiting = {}, [pid]
    while waiting:
        for child, started in children.get(waiting.pop(), []):
            found[child] = started
            waiting.append(child)
    return found


class Child:
    running = []  # what stop_all() has to end, wherever a signal has broken into

    def __init__(self, command, folder, name, stdin=subprocess.DEVNULL, **environment):
        self.name = name
        self.log = os.path.join(folder, name.replace(" ", "-") + ".log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
                start_new_session=True,
            )
        Child.running.append(self)

    def alive(self):
        return self.process.poll() is None

    def said(self, lines=8):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-lines:]).strip()

    def stop(self, patience=15):
        """SIGTERM, then SIGKILL; what it started and left behind is killed too, and said."""
        below = descendants(self.process.pid)
        # Again each 2 s: uwsgi answers before it heeds signals, and one that is sent meanwhile is lost.
        for _ in range(0, patience, 2):
            if self.alive():
                self.process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(2)
        if self.alive():
            print_note(f"{self.name} was still there {patience} s after SIGTERM")
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        if self.process.stdin:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        self._end(below)
        Child.running.remove(self)

    def _end(self, below):
        # Procpool's workers lead sessions of their own and end by themselves within 2 s.
        end = time.monotonic() + 3
        while (left := self._left(below)) and time.monotonic() < end:
            time.sleep(0.02)
        if left:
            print_note(f"{self.name} left {len(left)} processes behind 3 s after its end; they were killed")
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    @staticmethod
    def _left(below):
        return [pid for pid, started in below.items() if (known := stat(pid)) and known[1] == started]


def stop_all():
    # The last one first: a service would wait for what its client still asks of it.
    for child in reversed(Child.running[:]):
        child.stop()


notes = []


def print_note(text):
    """What the reader of the table must know besides it; compare prints it below the table too."""
    if text not in notes:
        notes.append(text)
