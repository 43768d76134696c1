"""Functions that the tests of the HTTP contract call."""
import os
import signal
import sys
import time

_kept = []
_imported_in = os.getpid()
_initialized_with = None


def same(value=None):
    return value


def named(**kwds):
    return kwds


def size(text):
    return len(text)


def text_of(count):
    """A value whose JSON text has so many bytes."""
    return "x" * (count - 2)


def code_points(text):
    return [ord(character) for character in text]


def depth(value):
    deepest = 0
    while isinstance(value, list):
        deepest += 1
        value = value[0] if value else None
    return deepest


def nest(levels):
    value = []
    for _ in range(levels - 1):
        value = [value]
    return value


def odd_values(kind):
    """What has no JSON form."""
    circle = []
    circle.append(circle)
    return {
        "nan": float("nan"), "infinity": float("-inf"), "nan inside": {"a": [1, float("nan")]}, "set": {1},
        "bytes": b"x", "object": object(), "complex": 1j, "surrogate": "\ud800", "circle": circle,
        "key": {(1, 2): 3}, "function": same,
    }[kind]


def wait_for(path, value=None):
    """Until that file is there."""
    while not os.path.exists(path):
        time.sleep(0.005)
    return value


def note(path, text, value=None):
    """Adds a line, whole: what is shorter than PIPE_BUF is written at once."""
    with open(path, "a") as ledger:
        ledger.write("%s\n" % text)
    return value


def note_and_fail_at(path, item, failing):
    note(path, item)
    if item == failing:
        raise ValueError("item %d" % item)
    return item


def note_and_wait(path, item, gate):
    note(path, item)
    return wait_for(gate, item)


def be_deaf():
    """From now on this worker needs more than a SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def exit_at(item, failing):
    if item == failing:
        os._exit(7)
    return item


def spin_at(item, failing):
    while item == failing:
        pass
    return item


def burn(cpu_seconds):
    end = time.process_time() + cpu_seconds
    while time.process_time() < end:
        pass


def work(item):
    """Some tens of microseconds."""
    total = 0
    for number in range(500):
        total += number
    return item


def use_memory(megabytes):
    bytearray(b"x") * (megabytes << 20)
    return os.getpid()


def leak(megabytes):
    _kept.append(bytearray(b"x") * (megabytes << 20))
    return os.getpid()


def leak_without_end():
    while True:
        leak(4)
        time.sleep(0.01)


def flood(lines):
    """Lines of 100 bytes, then one that is the last."""
    for number in range(lines):
        print("%099d" % number)
    print("the last line")


def say_and_die(text):
    print(text)
    print("and an error", file=sys.stderr)
    os._exit(3)


def environment():
    return dict(os.environ)


def imported_here():
    return _imported_in == os.getpid()


def has_loaded(module):
    return module in sys.modules


def initialize(value):
    global _initialized_with
    _initialized_with = value


def initialized_with(_=None):
    return [_initialized_with, os.getpid()]


def initialize_when(path):
    wait_for(path)
