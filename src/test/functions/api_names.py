"""Has no __all__: what it has merely imported cannot be called."""
import os
from json import dumps
from json import dumps as serialize

from tasks import add

number = 5
alias = serialize


def join(*parts):
    return os.path.join(*parts)


def _hidden():
    return "hidden"


class Point:
    def __init__(self, x):
        self.x = x
