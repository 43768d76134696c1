"""How workers and forkservers end, and that nothing outlives them."""
import os
import signal
import unittest

from host import Forkserver, alive, wait_for
from procpool_worker import frames


class Deaths(Forkserver):
    def exit_by(self, worker):
        exit = self.host.exit_of(worker.pid)
        self.assertGreater(exit["peak_rss"], 1 << 20)
        self.assertGreater(exit["cpu_seconds"], 0)
        self.assertNotEqual("exitcode" in exit, "signal" in exit)
        self.gone(worker.pid)
        return exit

    def test_an_exit_status_is_reported(self):
        worker = self.host.fork()
        worker.begin("jobs.leave", 7)
        self.assertEqual(self.exit_by(worker)["exitcode"], 7)
        self.assertIsNone(worker.peer.read())

    def test_a_kill_is_reported_with_its_signal_busy_or_idle(self):
        for busy in (False, True):
            worker = self.host.fork()
            if busy:
                worker.begin("jobs.spin")
            os.kill(worker.pid, signal.SIGKILL)
            self.assertEqual(self.exit_by(worker)["signal"], signal.SIGKILL)
        self.assertEqual(self.host.fork().value("jobs.add", 1, 2), 3)

    def test_a_segfault_is_reported_and_says_where_it_was(self):
        worker = self.host.fork()
        worker.begin("jobs.segfault")
        self.assertEqual(self.exit_by(worker)["signal"], signal.SIGSEGV)
        output = worker.output(lambda text: b"jobs.py" in text).decode()
        self.assertIn("Fatal Python error: Segmentation fault", output)
        self.assertIn("in segfault", output)
        self.assertEqual([name for name in os.listdir(self.host.folder) if name.startswith("core")], [])

    def test_an_abort_is_reported(self):
        worker = self.host.fork()
        worker.begin("jobs.abort")
        self.assertEqual(self.exit_by(worker)["signal"], signal.SIGABRT)

    def test_sigterm_ends_a_task_at_once_unless_it_has_a_handler(self):
        for func, status in (("jobs.spin", {"signal": 15}), ("jobs.sleeper", {"signal": 15}),
                             ("jobs.handles", {"exitcode": 44})):
            worker = self.host.fork()
            worker.begin(func)
            if func != "jobs.spin":
                worker.output(lambda text: b"begun" in text)
            self.host.signal(worker.pid, signal.SIGTERM)
            self.assertEqual({**self.exit_by(worker), **status}, self.host.exits[worker.pid])

    def test_a_task_that_ignores_sigterm_is_killed(self):
        worker = self.host.fork()
        worker.begin("jobs.stubborn")
        worker.output(lambda text: b"begun" in text)
        self.host.signal(worker.pid, signal.SIGTERM)
        self.host.signal(worker.pid, signal.SIGKILL)
        self.assertEqual(self.exit_by(worker)["signal"], 9)

    def test_a_stopped_worker_can_be_killed(self):
        worker = self.host.fork()
        self.host.signal(worker.pid, signal.SIGSTOP)
        self.host.signal(worker.pid, signal.SIGKILL)
        self.assertEqual(self.exit_by(worker)["signal"], 9)

    def test_a_worker_killed_right_after_its_fork_is_reported(self):
        for _ in range(20):
            self.host.control.send(frames.FORK, 900, {"token": "x"})
            pid = self.host._next_but_exits().header["pid"]
            self.host.signal(pid, signal.SIGKILL)
            self.assertEqual(self.host.exit_of(pid)["signal"], 9)

    def test_whatever_a_dead_worker_has_started_dies_too(self):
        for kill in (lambda worker: self.host.signal(worker.pid, signal.SIGKILL),
                     lambda worker: os.kill(worker.pid, signal.SIGKILL)):
            worker = self.host.fork()
            worker.begin("jobs.family")
            family = [int(pid) for pid in worker.output(lambda text: b"end" in text).split()[:3]]
            self.assertTrue(all(map(alive, family)))
            kill(worker)
            self.exit_by(worker)
            self.gone(*family)

    def test_signals_for_strangers_and_nonsense_are_ignored(self):
        worker = self.host.fork()
        os.kill(worker.pid, signal.SIGKILL)
        self.host.exit_of(worker.pid)
        for order in ({"pid": worker.pid, "signal": 9}, {"pid": os.getpid(), "signal": 9}, {"pid": 1, "signal": 9},
                      {"pid": self.host.process.pid, "signal": 9, "group": True}, {}, {"pid": "x", "signal": "y"},
                      {"pid": -1, "signal": 9}, {"pid": [], "signal": 9}):
            self.host.control.send(frames.SIGNAL, 0, order)
        worker = self.host.fork()
        for number in (0, 999, -1, "x", None):
            self.host.control.send(frames.SIGNAL, 0, {"pid": worker.pid, "signal": number, "group": True})
        self.assertEqual(worker.value("jobs.add", 1, 2), 3)

    def test_stray_signals_end_neither_forkserver_nor_worker(self):
        worker = self.host.fork()
        for _ in range(200):
            for number in (signal.SIGCHLD, signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE):
                os.kill(worker.pid, number)
                os.kill(self.host.process.pid, number)
            for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGALRM):
                os.kill(self.host.process.pid, number)
        self.assertEqual(worker.value("jobs.stray"), "here")
        self.assertEqual(self.host.fork().value("jobs.add", 1, 2), 3)

    def test_a_worker_ends_by_bye_and_by_the_end_of_its_connection(self):
        worker = self.host.fork()
        worker.peer.send(frames.BYE)
        self.assertEqual(self.exit_by(worker)["exitcode"], 0)
        worker = self.host.fork()
        worker.close()
        self.assertEqual(self.exit_by(worker)["exitcode"], 0)

    def test_a_thread_that_hangs_at_the_end_leaves_the_worker_to_be_killed(self):
        worker = self.host.fork()
        worker.value("jobs.hang_at_exit")
        worker.peer.send(frames.BYE)
        self.host.signal(worker.pid, signal.SIGKILL)
        self.assertEqual(self.exit_by(worker)["signal"], 9)


class End(Forkserver):
    def busy(self):
        """A worker of each sort that is hard to end, and all pids that must not outlive the forkserver."""
        stubborn, spinning, idle, family = (self.host.fork() for _ in range(4))
        stubborn.begin("jobs.stubborn")
        stubborn.output(lambda text: b"begun" in text)
        spinning.begin("jobs.spin")
        family.begin("jobs.family")
        pids = [int(pid) for pid in family.output(lambda text: b"end" in text).split()[:3]]
        return pids + [worker.pid for worker in (stubborn, spinning, idle, family)] + [self.host.process.pid]

    def assert_ended(self, pids, status=0):
        wait_for(lambda: not any(map(alive, pids)), "the end of all")
        self.assertEqual(self.host.process.wait(), status)

    def test_the_end_of_the_control_connection_ends_everything(self):
        pids = self.busy()
        self.host.control.close()
        self.assert_ended(pids)

    def test_bye_ends_everything(self):
        pids = self.busy()
        self.host.control.send(frames.BYE)
        self.assert_ended(pids)

    def test_sigterm_ends_everything(self):
        pids = self.busy()
        os.kill(self.host.process.pid, signal.SIGTERM)
        self.assert_ended(pids)

    def test_a_broken_frame_ends_everything(self):
        pids = self.busy()
        self.host.control.sock.sendall(b"\0\0\0\0")
        self.assert_ended(pids)

    def test_kill_of_the_forkserver_ends_its_workers(self):
        workers = [self.host.fork() for _ in range(3)]
        workers[0].begin("jobs.spin")
        workers[1].begin("jobs.stubborn")
        os.kill(self.host.process.pid, signal.SIGKILL)
        self.assert_ended([worker.pid for worker in workers], -9)

    def test_a_service_that_does_not_read_and_goes_does_not_hold_it(self):
        self.host.fork()
        unknown = frames.encode(77, 1, b"{}")
        self.host.control.sock.setblocking(False)
        with self.assertRaises(BlockingIOError):  # both directions are full
            while True:
                self.host.control.sock.send(unknown)
        self.host.control.close()
        self.assert_ended([self.host.process.pid])


if __name__ == "__main__":
    unittest.main()
