"""Functions that harm their worker, or try to: for the fault tests."""
import atexit
import ctypes
import itertools
import os
import resource
import signal
import struct
import sys
import threading
import time

_RESULT = 4  # the kind of frame, docs/protocol.md
_hoard = []


def append(path, text):
    """Adds a line, whole: what is shorter than PIPE_BUF is written at once."""
    with open(path, "a") as ledger:
        ledger.write("%s\n" % text)


def record(path, item=None):
    append(path, item)
    return item


def record_slowly(path, item):
    append(path, item)
    time.sleep(0.01)
    return item


def text(count):
    return "x" * count


def wait_for(path):
    """Until that file is there. Returns who has waited."""
    while not os.path.exists(path):
        time.sleep(0.005)
    return os.getpid()


def for_ever(*_):
    while True:
        time.sleep(60)


# --- ends of a worker


def crash(how):
    print("crash by " + how)
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif how == "segfault":
        ctypes.string_at(0)
    elif how == "abort":
        os.abort()
    os._exit(int(how))


def crash_if(item, bad, how):
    return crash(how) if item == bad else item


def begin_for_ever(path):
    """An initializer or a task that says who it is, and then ends by a signal only."""
    append(path, os.getpid())
    for_ever()


def die_soon():
    """For an initializer that works in a worker that does not."""
    threading.Timer(0.02, os._exit, (9,)).start()


class TwoArguments(Exception):
    """Python can't unpickle it: it is made again from args, which hold one."""

    def __init__(self, one, two):
        super().__init__("%s and %s" % (one, two))


class Unpicklable(Exception):
    def __reduce__(self):
        raise RuntimeError("not me")


def raise_two_arguments():
    raise TwoArguments("this", "that")


def raise_unpicklable():
    raise Unpicklable("as it is")


# --- frames written past the worker's own code


def _call_socket():
    """The descriptor of the call connection: the one socket that is not the output."""
    found = descriptors()
    for number, target in found.items():
        if target.startswith("socket:") and target not in (found["1"], found["2"]):
            return int(number)
    raise RuntimeError("no call socket")


def _running_call():
    return sys.modules["procpool_worker.task"].current().call_id


def _frame(kind, call_id, body):
    return struct.pack(">IBQI", 13 + len(body), kind, call_id, 0) + body


def answer_and_die(path, text):
    append(path, "run")
    os.write(_call_socket(), _frame(_RESULT, _running_call(), text.encode()))
    os.kill(os.getpid(), signal.SIGKILL)


def answer_in_part_and_die(count):
    """Only so many bytes of the result's frame, which has 19."""
    os.write(_call_socket(), _frame(_RESULT, _running_call(), b"42")[:count])
    os.kill(os.getpid(), signal.SIGKILL)


def answer_twice():
    os.write(_call_socket(), _frame(_RESULT, _running_call(), b'"first"'))
    return "second"


def answer_for_another_call():
    os.write(_call_socket(), _frame(_RESULT, _running_call() + 1, b"42"))
    for_ever()


def write_garbage(text):
    print("garbage follows")
    os.write(_call_socket(), text.encode("latin-1"))
    for_ever()


def write_garbage_after(path):
    """When that file is there, which is when this call has long been answered."""

    def write():
        wait_for(path)
        os.write(_call_socket(), b"\xff" * 64)

    threading.Thread(target=write, daemon=True).start()
    return os.getpid()


def close_descriptors():
    """As a program that makes itself a daemon does."""
    print("closing all")
    os.closerange(3, 256)
    return "closed"


# --- memory, output, descriptors


def exhaust_memory():
    """A real MemoryError: the limit is just above what the worker has."""
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (32 << 20), resource.RLIM_INFINITY))
    try:
        kept = []
        while True:
            kept.append(bytearray(1 << 20))
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def ask_for_too_much():
    return len(bytearray(1 << 62))


def keep_memory(count):
    _hoard.append(b"x" * count)
    return os.getpid()


def keep_memory_and_wait(count):
    print("holding", keep_memory(count))
    for_ever()


def flood(seconds):
    end = time.monotonic() + seconds
    piece = b"x" * 65536
    while time.monotonic() < end:
        os.write(1, piece)
    os.write(1, b"the end")
    return seconds


def close_streams():
    sys.stdout.close()
    sys.stderr.close()
    return os.getpid()


def close_output():
    os.close(1)
    os.close(2)
    return os.getpid()


def read_stdin():
    return [os.read(0, 100).decode(), sys.stdin.read()]


def speak(text):
    print(text)
    print(text, file=sys.stderr)
    return os.getpid()


def descriptors():
    """Where each open descriptor leads to."""
    found = {}
    for number in os.listdir("/proc/self/fd"):
        try:
            found[number] = os.readlink("/proc/self/fd/" + number)
        except OSError:  # the descriptor of the listing itself
            pass
    return found


def core_limit():
    return list(resource.getrlimit(resource.RLIMIT_CORE))


# --- what does not want to end


def sum_for_ever():
    """In C, without ever letting go of the interpreter's lock."""
    return sum(itertools.repeat(1))


def stop_listening():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    return os.getpid()


def be_deaf(path):
    stop_listening()
    append(path, os.getpid())
    while True:
        pass


def leak_thread():
    threading.Thread(target=for_ever).start()
    return os.getpid()


def hang_at_exit():
    atexit.register(for_ever)
    return os.getpid()


def _daemon(path):
    """A grandchild in a session of its own, deaf to SIGTERM, with our output open. Returns when its pid is written down:
    that the file is there says only that it has been opened."""
    heard, tell = os.pipe()
    if os.fork():
        os.close(tell)
        os.read(heard, 1)
        os.close(heard)
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    append(path, os.getpid())
    os.close(heard)
    os.close(tell)
    for_ever()


def leave_daemon(path, how):
    """Leaves it behind, by a return or a crash."""
    _daemon(path)
    return os.getpid() if how == "return" else crash(how)


def be_parent(path):
    """A worker and a child in its process group."""
    os.fork()
    begin_for_ever(path)


def be_family(path):
    """A worker that spins, and a daemon of its own; both are deaf."""
    _daemon(path)
    be_deaf(path)
