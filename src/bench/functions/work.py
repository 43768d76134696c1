"""Functions of figure 9: one keeps a core busy, one only waits."""

import time


def squares(n):
    """The sum of the first n squares, in a loop of Python that holds the GIL."""
    total = 0
    for i in range(n):
        total += i * i
    return total


def nap(seconds):
    """Waits without the GIL, and gives back how long it was told to."""
    time.sleep(seconds)
    return seconds
