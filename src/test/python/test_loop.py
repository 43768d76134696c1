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

    def begin(self, func, **origin):
        self.ids += 1
        header = {"verb": "apply", "func": func, "errors": "first", **origin}
        self.sock.sendall(frames.encode(frames.CALL, self.ids, frames.header_bytes(header), b'{}'))

    def progress_of(self, func):
        """All that the call says, and its value."""
        self.begin(func)
        told = []
        while True:
            frame = self.reader.read()
            self.assertEqual(frame.call_id, self.ids)
            if frame.kind != frames.PROGRESS:
                return told, json.loads(bytes(frame.body))
            told.append(frame.header)

    def test_of_a_flood_of_progress_some_is_told_and_the_last_is_never_lost(self):
        told, seconds = self.progress_of("tasks.floods")
        self.assertEqual(told[:20], [{"done": done} for done in range(20)])
        self.assertEqual(told[-1], {"done": 99999})
        self.assertLessEqual(len(told), 20 + 20 * seconds + 2)
        self.assertEqual([frame["done"] for frame in told], sorted(frame["done"] for frame in told))

    def test_a_fork_of_a_task_says_nothing_and_knows_for_whom_it_works(self):
        self.begin("tasks.reports_in_a_fork", job="the job", task=0, attempt=2)
        frame = self.reader.read()
        self.assertEqual((frame.kind, json.loads(bytes(frame.body))), (frames.RESULT, ["the job", 0, 2]))

    def test_a_process_that_a_task_starts_can_import_the_module_and_says_nothing(self):
        told, value = self.progress_of("tasks.reports_in_a_spawned_process")
        self.assertEqual((told, value), ([], None))

    def test_a_thread_that_outlives_its_call_says_nothing_of_it(self):
        path = os.path.join(self.folder, "go")
        self.value("reports_later", path)
        open(path, "w").close()
        host.wait_for(lambda: os.path.exists(path + ".done"), "the thread")
        self.assertEqual(self.value("pid"), self.pid)  # its answer is the next frame

    def test_a_call_knows_its_job_task_and_attempt_also_in_its_threads(self):
        for attempt in (1, 2):
            self.begin("tasks.whoami", job="the job", task=7, attempt=attempt)
            self.assertEqual(json.loads(bytes(self.answer().body)), [["the job", 7, attempt]] * 2)
        self.begin("tasks.whoami")
        self.assertEqual(json.loads(bytes(self.answer().body)), [None, None])

    def test_progress_that_is_no_number_is_the_functions_error(self):
        self.assertEqual(self.value("misreports"), [
            "TypeError: done must be a number, not '1'", "ValueError: done must be finite",
            "ValueError: total must be finite", "TypeError: done must be a number, not True",
            "ValueError: done must be finite"])

    def test_progress_takes_other_kinds_of_numbers_and_cuts_notes(self):
        told, _ = self.progress_of("tasks.reports_oddly")
        self.assertEqual(told, [{"done": 0.5, "total": 3, "note": "n" * 1000}, {"done": 1, "note": "?"},
                                {"done": 1e300, "note": "5"}])

    def test_a_cancel_is_noted(self):
        self.send("tasks.cancelled", {})
        ask = self.serve_ask()
        self.sock.sendall(frames.encode(frames.CANCEL, self.ids))
        self.reply(ask, {})
        self.assertEqual(self.answer().body, b"true")


if __name__ == "__main__":
    unittest.main()
