"""Functions for the tests of workers that are sent away, and of what is said about functions."""
import atexit
import time


def hang_at_exit():
    atexit.register(time.sleep, 1000)


def oddly_documented(a, b: "Sequence[int]" = (1, 2), *rest, key=None, **more):
    """Says "quoted" \\ \t\x00 é 😀 </script>.

    Second paragraph.
    """


def undocumented():
    pass


oddly_documented.__doc__ += "\ud800"
