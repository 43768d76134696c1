"""Functions for pools whose workers are threads of one process."""
import ctypes
import os
import threading
import time

_meetings = {}
_lock = threading.Lock()
_local = threading.local()


def meet(name, count):
    """Returns once `count` calls with this name are running at the same time in this process."""
    with _lock:
        meeting = _meetings.setdefault(name, threading.Barrier(count))
    meeting.wait(60)
    return os.getpid()


def wait_for(path, ledger=None):
    """Until there is such a file. Writes down that it has begun."""
    if ledger:
        with open(ledger, "a") as file:
            file.write("%d\n" % os.getpid())
    while not os.path.exists(path):
        time.sleep(0.005)
    return os.getpid()


def set_up(value):
    """An initializer: each thread has its own."""
    _local.value = [value, threading.get_ident()]


def mine():
    return [_local.value[0], _local.value[1] == threading.get_ident()]


def say_slowly(word, times, name, count):
    """Prints its word again and again, while others print theirs."""
    meet(name, count)
    for _ in range(times):
        print(word, end="")
        time.sleep(0)
    return word


def end_all(status):
    os._exit(status)


def hold_the_interpreter(ledger, seconds):
    """Lets no other thread of this process run: a call in C that keeps the interpreter's lock."""
    with open(ledger, "a") as file:
        file.write("%d\n" % os.getpid())
    ctypes.PyDLL(None).usleep(int(seconds * 1e6))
    return seconds
