"""Who is compared. A server is started by its run-* file beside this one, with the same number of worker processes."""

import json
import os
import re
import select
import shutil
import socket
import subprocess
import sys
import time

import load
from processes import Child, Skipped

HERE = load.HERE


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A contender behind HTTP: one process tree, started when it is first needed and ended by close()."""

    apply_path = "/apply"
    map_path = None
    runtime = "python"

    def __init__(self, name, processes, folder, script, needs=None, package=None, **environment):
        self.name, self.folder, self.script = name, folder, script
        self.needs, self.package = needs, package
        self.environment = {"PROCESSES": str(processes), "PYTHON": sys.executable, **environment}
        self.port, self.child = 0, None

    def prepare(self):
        if not self.child:
            self.start()

    def start(self):
        """Seconds from nothing to the first right answer."""
        if self.needs and not shutil.which(self.needs):
            raise Skipped(f"{self.needs} is not installed (apt-get install {self.package})")
        self.port = free_port()
        started = time.perf_counter()
        self.child = Child([os.path.join(HERE, self.script)], self.folder, self.name, PORT=str(self.port), **self.environment)
        return self.first_answer(started)

    def first_answer(self, started):
        return load.first_answer(self.child, self.port, self.apply_path, started)

    def check(self):
        load.check_apply(self.port, self.apply_path)

    def applies(self, connections, seconds, check=False):
        return load.wrk(self.name, self.port, self.apply_path, connections, seconds, check)

    def map(self, call):
        return call.measure(self.port, self.map_path)

    def close(self):
        if self.child:
            self.child.stop()
            self.child = None


class HttpPool(Server):
    map_path = "/map"

    def __init__(self, processes, folder, maxtasksperchild=None):
        name = "HTTP + Pool in Python"
        super().__init__(name, processes, folder, "run-http-pool", MAXTASKSPERCHILD=str(maxtasksperchild or ""))


class Procpool(Server):
    READY = re.compile(r"Procpool \S+ on http://127\.0\.0\.1:(\d+), pool default: .*")

    apply_path = "/v1/pools/default/apply"
    map_path = "/v1/pools/default/map"

    def __init__(self, processes, folder, java, jar, **environment):
        super().__init__("procpool", processes, folder, "run-procpool", JAVA=java, JAR=jar, **environment)
        self.ready = None

    def start(self):
        # A new home each time: the first start of all unpacks the workers' code there, too.
        home = os.path.join(self.folder, f"procpool-{time.monotonic_ns()}")
        # A copy: whatever Python leaves beside its sources stays out of the tree.
        shutil.copytree(os.path.join(HERE, "functions"), os.path.join(home, "functions"))
        self.environment["FOLDER"] = home
        took = super().start()
        self.ready = self._ready_line()
        return took

    def restart(self):
        """Seconds from kill -9, on the same home, to the first right answer."""
        self.child.process.kill()
        self.child.process.wait()
        self.close()
        took = super().start()
        self.ready = self._ready_line()
        return took

    def _ready_line(self):
        """The one line on stdout. It may come a moment after the first answer, never much later."""
        out = self.child.process.stdout
        line = out.readline().decode().strip() if select.select([out], [], [], 30)[0] else ""
        found = self.READY.fullmatch(line)
        if not found or int(found[1]) != self.port:
            raise Skipped(f"its ready line was {line!r}: {self.child.said()}")
        return line

    def imap(self, call):
        return call.measure(self.environment["JAVA"], self.port, "/v1/pools/default/imap")


class Pool:
    """multiprocessing.Pool: caller and pool in one Python program, no HTTP. A fresh interpreter for each round."""

    runtime = "python"

    def __init__(self, processes, folder, method, maxtasksperchild=None):
        self.name = f"multiprocessing.Pool, {method}"
        self.processes, self.folder, self.method = processes, folder, method
        self.maxtasksperchild = maxtasksperchild or 0

    def prepare(self):
        """Nothing outlives a round."""

    def start(self):
        value, took = self._run("first")
        if int(value) != load.APPLY_VALUE:
            raise load.WrongAnswer(f"answered {value!r}")
        return took

    def check(self):
        """Every answer is compared as it comes, see pool_calls.py."""

    def applies(self, connections, seconds, check=False):
        if check:
            return None
        return json.loads(self._run("steady", self.maxtasksperchild, connections, seconds)[0])

    def map(self, call):
        return json.loads(self._run("map", call.name, call.items)[0])["seconds"]

    def imap(self, call):
        return json.loads(self._run("imap", call.name, call.items, call.chunksize)[0])["seconds"]

    def _run(self, what, *words):
        """Its first line of output, and the seconds until then. What follows, the end of the pool, is not measured."""
        words = [what, self.method, self.processes, *words]
        started = time.perf_counter()
        child = Child([sys.executable, os.path.join(HERE, "pool_calls.py"), *map(str, words)], self.folder, self.name)
        try:
            out = child.process.stdout
            line = out.readline() if select.select([out], [], [], 90)[0] else b""
            took = time.perf_counter() - started
            if not line:
                raise load.WrongAnswer(f"no answer: {child.said()}")
            return line, took
        finally:
            try:
                child.process.wait(10)
            except subprocess.TimeoutExpired:
                pass
            child.stop()

    def close(self):
        """Nothing outlives a round."""
