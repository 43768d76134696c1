"""How a worker ends, what it cleans up after a call, and what a call may say meanwhile."""
import json
import os
import signal
import unittest

import host
from loop import Loop
from procpool_worker import frames


class Ends(Loop):
    def test_the_end_of_the_connection_ends_the_worker(self):
        self.value("pid")
        self.sock.close()
        self.assertEqual(self.status(), 0)

    def test_bye_joins_threads_runs_exit_hooks_and_exits_with_0(self):
        self.value("hooks")
        self.sock.sendall(frames.encode(frames.BYE, 0))
        self.assertIsNone(self.reader.read())
        self.assertEqual(self.status(), 0)
        self.assertEqual(os.read(self.output, 100), b"thread hook")

    def test_a_broken_frame_ends_the_worker(self):
        self.sock.sendall(b"\0\0\0\1garbage")
        self.assertIsNone(self.reader.read())
        self.assertNotEqual(self.status(), 0)

    def test_frames_that_are_not_for_a_worker_are_refused_and_it_goes_on(self):
        for kind in (frames.HELLO, frames.RESULT, frames.FORK, 200):
            self.sock.sendall(frames.encode(kind, 77))
            frame = self.reader.read()
            self.assertEqual((frame.kind, frame.call_id, frame.header["problem"]), (frames.ERROR, 77, "unknown-kind"))
        self.assertEqual(self.value("pid"), self.pid)

    def test_an_error_or_answer_that_nobody_waits_for_is_dropped(self):
        for kind in (frames.ERROR, frames.ANSWER, frames.CANCEL):
            self.sock.sendall(frames.encode(kind, 5, b'{"problem":"unknown-kind"}'))
        self.assertEqual(self.value("pid"), self.pid)


class Leftovers(Loop):
    def test_output_is_written_before_the_answer(self):
        self.value("prints", "größe")
        self.assertEqual(os.read(self.output, 100), "größeerr".encode())

    def test_a_task_that_closes_its_output_harms_nobody(self):
        self.assertEqual(self.value("mess"), "ok")
        self.assertEqual(self.value("pid"), self.pid)

    def test_children_that_a_call_leaves_are_dead_when_it_answers(self):
        self.value("pid")
        pids = self.value("leaves_children", 5)
        self.assertEqual([pid for pid in pids if os.path.exists("/proc/{}".format(pid))], [])

    def test_orphans_in_sessions_of_their_own_are_dead_too(self):
        pid = self.value("leaves_orphans")
        self.assertFalse(os.path.exists("/proc/{}".format(pid)))

    def test_zombies_are_reaped(self):
        pid = self.value("leaves_zombie")
        self.assertFalse(os.path.exists("/proc/{}".format(pid)))

    def test_children_of_the_initializer_are_spared(self):
        self.send("tasks.start_helper", {"args": []}, "initialize")
        self.answer()
        pids = self.value("leaves_children", 2)
        self.assertEqual([pid for pid in pids if os.path.exists("/proc/{}".format(pid))], [])
        self.assertTrue(self.value("helper_alive"))
        for helper in host.children_of(self.pid):
            os.kill(helper, signal.SIGKILL)

    def test_a_child_that_returns_from_the_function_does_not_answer(self):
        self.assertEqual(self.value("forks_and_returns"), 1)
        self.assertEqual(self.value("pid"), self.pid)


class Asking(Loop):
    def serve_ask(self, frame=None):
        frame = frame or self.reader.read()
        self.assertEqual(frame.kind, frames.ASK)
        return frame

    def reply(self, frame, header, body=b"", kind=frames.ANSWER):
        self.sock.sendall(frames.encode(kind, frame.call_id, json.dumps(header).encode(), body))

    def test_an_ask_is_answered_within_the_call(self):
        self.send("tasks.asks", {"args": ["lock", "größe"], "kwds": {"name": "x"}})
        ask = self.serve_ask()
        self.assertEqual((ask.call_id, ask.header, ask.body), (1, {"what": "lock", "name": "x"}, "größe".encode()))
        self.reply(ask, {"token": 7}, b"body")
        self.assertEqual(json.loads(self.answer().body), [{"token": 7}, "body"])

    def test_a_problem_in_an_answer_is_raised(self):
        for kind in (frames.ANSWER, frames.ERROR):
            self.send("tasks.ask_fails", {})
            self.reply(self.serve_ask(), {"problem": "not-supported", "message": "no"}, kind=kind)
            self.assertEqual(json.loads(self.answer().body), ["not-supported", "not-supported: no"])

    def test_many_threads_ask_at_once_and_each_gets_its_own_answer(self):
        self.send("tasks.many_ask", {"args": [20]})
        asks = [self.serve_ask() for _ in range(21)]
        for ask in reversed(asks):
            self.reply(ask, {"n": ask.header["n"]})
        self.assertEqual(json.loads(self.answer().body), list(range(21)))

    def test_a_thread_may_ask_beyond_its_call(self):
        self.send("tasks.asks_later", {})
        first, second = self.reader.read(), self.reader.read()
        ask = first if first.kind == frames.ASK else second
        self.assertEqual({first.kind, second.kind}, {frames.ASK, frames.RESULT})
        self.assertEqual(self.value("pid"), self.pid)
        self.reply(ask, {"x": 9})
        host.wait_for(lambda: self.value("what_came_late") == [9], "the late answer")

    def test_progress_is_told_with_the_calls_id(self):
        self.send("tasks.reports", {})
        frames_read = [self.reader.read() for _ in range(3)]
        self.assertEqual([(frame.kind, frame.call_id) for frame in frames_read],
                         [(frames.PROGRESS, self.ids)] * 2 + [(frames.RESULT, self.ids)])
        self.assertEqual(frames_read[1].header, {"done": 2, "total": 3, "note": "note"})
        self.assertEqual(frames_read[2].body, b"false")

    def test_a_cancel_is_noted(self):
        self.send("tasks.cancelled", {})
        ask = self.serve_ask()
        self.sock.sendall(frames.encode(frames.CANCEL, self.ids))
        self.reply(ask, {})
        self.assertEqual(self.answer().body, b"true")


if __name__ == "__main__":
    unittest.main()
