"""Functions for the tests of the inner rooms."""
import os
import signal
import threading
import time

import procpool

_never = threading.Event()


def pid(_=None):
    return os.getpid()


def slow(seconds, value=None):
    _call_process("slow")  # whoever wants to know that it has begun reads it there
    time.sleep(seconds)
    _call_process("python3")
    return value


def _call_process(name):
    with open("/proc/self/comm", "w") as comm:
        comm.write(name)


def leave_a_thread():
    """What ends a process waits for its threads, and this one does not end."""
    threading.Thread(target=_never.wait, daemon=False).start()
    return os.getpid()


def note(path, item=None):
    """Adds a line, whole, and says who did."""
    with open(path, "a") as ledger:
        ledger.write("%d %s\n" % (os.getpid(), item))
    return os.getpid()


def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.005)
    return os.getpid()


def hang(path):
    """For ever, and whoever reads the file knows that it has begun."""
    note(path)
    while True:
        time.sleep(60)


def no_start():
    raise RuntimeError("no start")


_hoard = []


def hoard(size):
    """Private memory that this worker keeps."""
    _hoard.append(b"x" * size)
    return os.getpid()


def whoami():
    """The call that runs: its job, its task, its attempt."""
    return procpool.current()


def tell(*said):
    for args in said:
        procpool.progress(*args)


def tell_and_hang(path):
    procpool.progress(1, 2, "halfway")
    hang(path)


def tell_later(path):
    """From a thread that outlives the call."""
    def wait_and_tell():
        wait_for(path)
        procpool.progress(99)

    threading.Thread(target=wait_and_tell, daemon=True).start()


def leave(code):
    os._exit(code)


def die(number):
    os.kill(os.getpid(), number)
    signal.pause()


def hoard_and_hang(size, path):
    hoard(size)
    hang(path)


def thread():
    return threading.current_thread().name


def stop(path):
    note(path)
    os.kill(os.getpid(), signal.SIGSTOP)


def babble():
    """What is no frame, on every socket that this process has."""
    for number in os.listdir("/proc/self/fd"):
        try:
            if os.readlink("/proc/self/fd/" + number).startswith("socket:") and int(number) > 2:
                os.write(int(number), b"\0" * 64)
        except OSError:
            pass
    time.sleep(600)
