"""Whose output it is that a thread of a thread host prints."""
import os
import unittest

from host import wait_for
from test_threads import ThreadHost


class Output(ThreadHost):
    def test_what_tasks_print_at_the_same_time_is_not_mixed_and_there_before_the_answer(self):
        workers = self.fork(4)
        self.together(workers, "jobs.prints_many", "worker {}".format, 50)  # fits a socket that nobody reads
        for number, worker in enumerate(workers):
            lines = worker.output().decode().split("\n")
            mine = "worker {}".format(number)
            self.assertEqual(lines.pop(), mine + " end")
            self.assertEqual(sorted(set(lines)), sorted({mine + " a piece", mine + " another", mine + " bytes"}))
            self.assertEqual(len(lines), 150)
        self.assertEqual(self.host.log(), b"")

    def test_threads_and_loggers_and_children_with_our_stdout_print_for_their_task(self):
        first, second = self.fork(2)
        for worker, text in ((first, "one"), (second, "größe")):
            worker.value("jobs.prints_elsewhere", text)
            self.assertEqual(worker.output().decode().split(), [text] * 6)
        self.assertEqual(self.host.log(), b"")

    def test_what_goes_to_descriptor_1_is_in_the_log_of_the_host(self):
        worker = self.host.fork()
        worker.value("jobs.writes_to_1", "directly")
        self.assertEqual((self.host.log(), worker.output()), (b"directly", b""))

    def test_a_task_that_closes_its_output_harms_nobody(self):
        first, second = self.fork(2)
        self.assertEqual(first.value("jobs.mess"), "ok")
        self.assertEqual(first.value("jobs.add", 1, 2), 3)
        second.value("jobs.prints_elsewhere", "fine")
        self.assertIn(b"fine", second.output())

    def test_output_that_nobody_reads_holds_no_task_for_ever(self):
        worker = self.host.fork()
        self.assertEqual(worker.value("jobs.floods", 5_000_000), 7)
        worker.output()
        worker.value("jobs.prints_elsewhere", "again")
        self.assertIn(b"again", worker.output())
        worker.output_socket.close()
        self.assertEqual(worker.value("jobs.floods", 5_000_000), 7)

    def test_what_threads_print_that_outlive_their_worker_is_in_the_log(self):
        worker, other = self.fork(2)
        pid = worker.peer.hello.header["pid"]
        worker.value("jobs.prints_late", "late")
        worker.close()
        self.host.exit_of(worker.pid)
        other.value("jobs.let_go")
        wait_for(lambda: b"late" in self.host.log(), "the late text")
        self.assertTrue(os.path.exists("/proc/{}".format(pid)))


if __name__ == "__main__":
    unittest.main()
