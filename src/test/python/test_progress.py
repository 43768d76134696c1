"""What a function says of how far it is: the last word is said, whoever speaks meanwhile."""
import unittest
from unittest import mock

import host  # puts the package on the path
from procpool_worker import frames, task

assert host


class Line:
    """What a connection would send."""

    closed = False

    def __init__(self):
        self.said = []

    def send(self, kind, call_id, header):
        assert kind == frames.PROGRESS
        self.said.append((call_id, bytes(header)))


class Progress(unittest.TestCase):
    def setUp(self):
        self.running = task.Running()
        self.running.connection = self.line = Line()
        self.running.begin(frames.Frame(frames.CALL, 7, {}, b""))

    def last(self):
        return self.line.said[-1]

    def test_what_another_thread_says_while_one_speaks_is_not_lost(self):
        later = [{"done": 2}]

        def meanwhile():
            if later:
                self.running.progress(later.pop())
            return self.running._looked

        with mock.patch.object(task, "monotonic", meanwhile):
            self.running.progress({"done": 1})
        self.assertEqual(self.last(), (7, frames.header_bytes({"done": 2})))

    def test_what_was_said_too_fast_is_said_at_the_end_and_nothing_older(self):
        with mock.patch.object(task, "monotonic", lambda: self.running._looked):
            for done in range(100):
                self.running.progress({"done": done})
            self.assertEqual(len(self.line.said), 20)
            self.running.end()
        self.assertEqual(len(self.line.said), 21)
        self.assertEqual(self.last(), (7, frames.header_bytes({"done": 99})))
        self.running.progress({"done": 100})
        self.assertEqual(len(self.line.said), 21, "nothing follows the answer")


if __name__ == "__main__":
    unittest.main()
