"""Functions that the tests of imap call with one item each."""
import os
import time


def note(pair):
    """Adds the item to a ledger, whole, and returns it."""
    path, item = pair
    with open(path, "a") as ledger:
        ledger.write("%s\n" % item)
    return item


def odd_fails(n):
    if n % 2:
        raise ValueError("odd: %d" % n)
    return n


def wait_for(path):
    """Returns that path when there is such a file; what is no path at once."""
    while isinstance(path, str) and not os.path.exists(path):
        time.sleep(0.005)
    return path


def exit_at(n):
    if n < 0:
        os._exit(3)
    return n


def long_text(count):
    return "x" * count


def in_lines(value):
    return {"a": [value, "\n"]}


def note_after(call):
    """Adds an item to a ledger when a file is there, if one is named."""
    path, item, *gate = call
    for name in gate:
        wait_for(name)
    return note([path, item])


def wait_and_fail(path):
    """Fails for a path, when there is such a file."""
    if isinstance(wait_for(path), str):
        raise ValueError("not a number")
    return path


def same(value):
    return value
