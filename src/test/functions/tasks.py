"""Functions that the tests of the service call."""
import ctypes
import os
import signal
import sys
import time


def add(a, b=1):
    return a + b


def echo(value=None, **named):
    return named or value


def pid(_=None):
    return os.getpid()


def nap(seconds):
    time.sleep(seconds)
    return seconds


def say(text, value=None):
    print(text)
    return value


def fail(message="no"):
    raise ValueError(message)


def fail_if_odd(n):
    if n % 2:
        raise ValueError("odd: %d" % n)
    return n


def exit_now(code):
    os._exit(code)


def leave(code):
    sys.exit(code)


def segfault():
    ctypes.string_at(0)


def kill_me(number=signal.SIGKILL):
    os.kill(os.getpid(), number)


def spin():
    while True:
        pass


def spin_deaf():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(0.01)


def append(path, text):
    """Adds a line, whole: what is shorter than PIPE_BUF is written at once."""
    with open(path, "a") as ledger:
        ledger.write(text + "\n")


def start_in(path):
    """An initializer that leaves a trace."""
    print("Starting", os.getpid())
    append(path, "init %d" % os.getpid())


def run_in(path, item=None):
    append(path, "run %d %s" % (os.getpid(), item))
    return os.getpid()


def broken_initializer(message="cannot begin"):
    raise RuntimeError(message)
