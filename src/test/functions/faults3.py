"""Functions for the fault tests: what a task does to its host and to whoever comes after it."""
import locale
import os
import resource
import signal
import sys
import tempfile
import threading
import time

_kept = []


def look_at(path):
    os.stat(path)


def look_from_a_thread(path):
    """The task is done, its process can't end."""
    threading.Thread(target=os.stat, args=(path,), daemon=True).start()
    return os.getpid()


def parent():
    return os.getppid()


def _append(path, text):
    with open(path, "a") as ledger:
        ledger.write("%s\n" % text)


def nap_between(seconds, path):
    """Says when it begins, and when it is about to end."""
    _append(path, "begun")
    time.sleep(seconds)
    _append(path, "done")
    return seconds


# --- families


def keep_daemon(path):
    """A daemon in a session of its own, which writes its pid down, and then a task without end."""
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _append(path, os.getpid())
        _sleep_for_ever()
    _sleep_for_ever()


def _sleep_for_ever():
    while True:
        time.sleep(60)


def bomb(path, most):
    """Processes that fork for as long as there are tokens, each a little later, every third in a session of its own and all deaf to
    SIGTERM: whoever ends them has to do it while they multiply. It is bounded: `most` processes and no more."""
    tokens, supply = os.pipe()
    os.write(supply, b"x" * most)
    os.close(supply)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    generation = 0
    while os.read(tokens, 1):
        time.sleep(0.02)
        if os.fork() == 0:
            generation += 1
            if generation % 3 == 0:
                os.setsid()
            _append(path, os.getpid())
    _sleep_for_ever()


# --- what is used up


def leak_descriptors():
    """Until there are no more: the error of the system is the task's."""
    while True:
        _kept.append(os.open("/dev/null", os.O_RDONLY))


def scratch():
    return tempfile.gettempdir()


def fill_scratch(count):
    with tempfile.NamedTemporaryFile(buffering=0) as file:
        for _ in range(count >> 16):
            file.write(b"x" * (1 << 16))
    return count


# --- what a process has besides its functions


def _umask():
    now = os.umask(0)
    os.umask(now)
    return now


def _set_zone():
    os.environ["TZ"] = "XYZ-5"
    time.tzset()


def _lower_limit():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft - 1, hard))


_SURROUNDINGS = {  # how it is, and how a task changes it
    "working folder": (os.getcwd, lambda: os.chdir("/usr")),
    "environment": (lambda: os.environ.get("LEFT"), lambda: os.environ.update(LEFT="here")),
    "umask": (_umask, lambda: os.umask(0o077)),
    "time zone": (lambda: time.tzname[0], _set_zone),
    "locale": (lambda: locale.setlocale(locale.LC_CTYPE), lambda: locale.setlocale(locale.LC_CTYPE, "POSIX")),
    "modules": (lambda: "left" in sys.modules, lambda: sys.modules.update(left=sys)),
    "path": (lambda: "/left" in sys.path, lambda: sys.path.append("/left")),
    "module variable": (lambda: len(_kept), lambda: _kept.append("left")),
    "daemon thread": (
        lambda: any(thread.name == "left" for thread in threading.enumerate()),
        lambda: threading.Thread(target=_sleep_for_ever, name="left", daemon=True).start()),
    "signal handler": (
        lambda: str(signal.getsignal(signal.SIGUSR2)) == str(_sleep_for_ever),
        lambda: signal.signal(signal.SIGUSR2, _sleep_for_ever)),
    "limit": (lambda: resource.getrlimit(resource.RLIMIT_NOFILE), _lower_limit),
}


def surroundings(kind):
    return _SURROUNDINGS[kind][0]()


def change(kind):
    _SURROUNDINGS[kind][1]()
    return os.getpid()


# --- values


def value(kind):
    """What has no JSON form, or too large a one."""
    circle = []
    circle.append(circle)
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return {
        "nan": float("nan"), "infinite": [float("inf")], "lone surrogate": {"a": "\ud800"},
        "lone surrogate as a key": {"\udfff": 1}, "cycle": circle, "deep": deep, "large": "x" * (65 << 20),
    }[kind]
