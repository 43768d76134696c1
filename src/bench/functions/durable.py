"""Of src/bench/durable: writes down when it begins, and dies of its first run if it is told to wait."""

import os
import time


def begin(path, seconds):
    """Appends its pid and the time. The first run waits to be killed."""
    first = not os.path.exists(path)
    with open(path, "a", encoding="ascii") as ledger:
        ledger.write(f"{os.getpid()} {time.clock_gettime(time.CLOCK_MONOTONIC):.6f}\n")
    if first:
        time.sleep(seconds)
    return True
