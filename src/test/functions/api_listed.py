"""Lists in __all__ what it offers, own or not."""
import os
from json import dumps, loads

__all__ = ["dumps", "path", "_secret", "missing"]

path = os.path


def _secret():
    return "secret"


def unlisted():
    return loads("1")
