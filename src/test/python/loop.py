"""A worker's loop in a process of its own, forked from the test, over a socket pair."""
import json
import os
import shutil
import socket
import sys
import tempfile
import unittest

import host
from procpool_worker import frames, handshake, linux
from procpool_worker.catalogue import Catalogue
from procpool_worker.connection import Connection
from procpool_worker.worker import Worker

if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)  # the tests read what workers write


class Loop(unittest.TestCase):
    limits = {"max_body": 1 << 20, "max_nesting": 500}

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copy(host.TASKS, self.folder)
        near, far = socket.socketpair()
        self.output, output = os.pipe()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                near.close()
                os.setsid()
                os.dup2(output, 1)
                os.dup2(output, 2)
                os.close(output)
                os.close(self.output)
                sys.stdout = sys.__stdout__
                handshake.prepare_process()
                linux.become_subreaper()
                catalogue = Catalogue([self.folder], ["math.*"])
                catalogue.put_on_path()
                catalogue.load_all(lambda _: None, None)
                Worker(Connection(frames.Reader(far), far), catalogue, self.limits).serve()
            finally:
                os._exit(99)
        far.close()
        os.close(output)
        self.addCleanup(self.end)
        near.settimeout(host.CEILING)
        self.sock = near
        self.reader = frames.Reader(near)
        self.ids = 2 ** 63
        self.over = None

    def end(self):
        self.sock.close()
        os.close(self.output)
        if self.over is None:
            self.status()

    def status(self):
        def ended():
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.over = status
            return pid
        host.wait_for(ended, "the end of the worker")
        return self.over

    def send(self, func, body, verb="apply", errors="first"):
        self.ids += 1
        header = json.dumps({"verb": verb, "func": func, "errors": errors}).encode()
        self.sock.sendall(frames.encode(frames.CALL, self.ids, header,
                                        body if isinstance(body, bytes) else json.dumps(body).encode()))

    def answer(self):
        frame = self.reader.read()
        self.assertIsNotNone(frame, "the worker ended")
        self.assertEqual(frame.call_id, self.ids)
        return frame

    def call(self, func, *args, **kwds):
        self.send("tasks." + func if "." not in func else func, {"args": args, "kwds": kwds})
        return self.answer()

    def value(self, func, *args, **kwds):
        frame = self.call(func, *args, **kwds)
        self.assertEqual(frame.kind, frames.RESULT, frame)
        return json.loads(str(frame.body, "utf-8"))

    def problem(self, func, *args, **kwds):
        frame = self.call(func, *args, **kwds)
        self.assertEqual(frame.kind, frames.ERROR, frame)
        self.assertEqual(frame.body, b"")
        return frame.header

    def map(self, func, items, verb="map", errors="first"):
        self.send("tasks." + func, items, verb, errors)
        return self.answer()
