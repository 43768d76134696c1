"""What a task leaves behind: who notices it and who does not. README says the same in words."""
import os
import unittest

from host import TASKS, Host, alive
from procpool_worker import frames

with open(os.path.join(os.path.dirname(TASKS), "traces.py"), encoding="utf-8") as _file:
    TRACES = _file.read()


class Traces(unittest.TestCase):
    def setUp(self):
        self.host = Host({"traces.py": TRACES})
        self.addCleanup(self.host.close)
        self.host.catalogue()

    def assert_recycled(self, worker):
        """It went by itself and politely."""
        self.assertIsNone(worker.peer.read())
        self.assertEqual(self.host.exit_of(worker.pid)["exitcode"], 0)


class Surroundings(Traces):
    def test_the_next_task_of_the_same_worker_sees_what_a_task_has_changed(self):
        worker = self.host.fork()
        clean = worker.value("traces.look")
        left = worker.value("traces.leave")
        self.assertEqual([name for name in clean if clean[name] == left[name]], [])
        self.assertEqual(worker.value("traces.look"), left)

    def test_no_other_worker_sees_it_neither_one_beside_it_nor_one_after_it(self):
        beside, worker = self.host.fork(), self.host.fork()
        clean = beside.value("traces.look")
        worker.value("traces.leave")
        self.assertEqual(beside.value("traces.look"), clean)
        worker.peer.send(frames.BYE)
        self.host.exit_of(worker.pid)
        self.assertEqual(self.host.fork().value("traces.look"), clean)

    def test_a_fresh_worker_a_task_gives_each_task_the_same_surroundings(self):
        seen = []
        for _ in range(5):
            worker = self.host.fork()
            seen.append(worker.value("traces.look"))
            worker.value("traces.leave")
            worker.close()
        self.assertEqual(seen, [seen[0]] * 5)

    def test_threads_of_a_thread_host_share_it_and_the_next_host_does_not(self):
        host = Host({"traces.py": TRACES}, kind="thread")
        self.addCleanup(host.close)
        host.catalogue()
        first, second = host.fork(), host.fork()
        left = first.value("traces.leave")
        self.assertEqual(second.value("traces.look"), left)

    def test_a_worker_whose_folder_is_gone_or_whose_modules_are_still_answers(self):
        worker = self.host.fork()
        worker.value("traces.lose_folder")
        self.assertIsNone(worker.value("traces.look")["folder"])
        worker.value("traces.spoil")
        self.assertEqual(worker.value("traces.value"), ["größe", 1.5])
        self.assertEqual(worker.call("traces.raises").header["message"], "ValueError: größe")
        self.assertEqual(worker.call("traces.value", 1).header["problem"], "arguments-do-not-fit")
        worker.peer.send(frames.BYE)
        self.assertEqual(self.host.exit_of(worker.pid)["exitcode"], 0)


class Descriptors(Traces):
    def test_a_task_that_leaks_them_to_the_limit_fails_and_its_worker_goes(self):
        worker = self.host.fork()
        failed = worker.call("traces.leak", 64).header
        self.assertEqual((failed["problem"], failed["exception"]["type"]), ("function-raised", "OSError"))
        self.assertIn("Too many open files", failed["message"])
        self.assert_recycled(worker)
        self.assertIsNone(self.host.fork().value("traces.opens"))

    def test_a_task_that_finds_none_fails_and_its_worker_goes(self):
        worker = self.host.fork()
        self.assertEqual(worker.value("traces.leak_quietly", 64), "fine")
        self.assertIn("Too many open files", worker.call("traces.opens").header["message"])
        self.assert_recycled(worker)

    def test_an_item_that_fails_so_counts_as_a_task_that_does(self):
        worker = self.host.fork()
        frame = worker.call("traces.items", verb="map", body=b"[0,1,2]", errors="collect")
        self.assertEqual((frame.kind, frame.body), (frames.RESULT, b"[0,null,2]"))
        self.assertEqual(frame.header["errors"][0]["index"], 1)
        self.assert_recycled(worker)

    def test_a_worker_with_descriptors_left_stays_whatever_its_task_says(self):
        worker = self.host.fork()
        self.assertIn("not really", worker.call("traces.leak_some").header["message"])
        self.assertIsNone(worker.value("traces.opens"))
        self.assertTrue(alive(worker.pid))


if __name__ == "__main__":
    unittest.main()
