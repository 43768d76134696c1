"""How a thread host ends, and that nothing outlives it."""
import fcntl
import os
import select
import signal
import struct
import termios
import unittest

from host import Host, alive, wait_for
from procpool_worker import frames
from test_threads import JOBS, ThreadHost


def unread(sock):
    """Bytes (with the system's own) that the other side has not taken yet."""
    return struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, bytes(4)))[0]


class Ends(ThreadHost):
    def busy(self, *functions):
        """Threads that run these and one that is idle; the pids that must not outlive the host, its own first."""
        pids = [self.host.process.pid]
        worker = self.host.fork()
        pids += [worker.peer.hello.header["pid"], *worker.value("jobs.daemon")]
        for func in functions:
            worker = self.host.fork()
            worker.begin(func)
            worker.output(lambda text: b"begun" in text)
        self.assertTrue(all(map(alive, pids)))
        return pids

    def assert_ended(self, pids, status=0):
        wait_for(lambda: not any(map(alive, pids)), "the end of all")
        self.assertEqual(self.host.process.wait(), status)

    def silent(self, worker):
        """Whether it does not answer: it needs the interpreter for that, if only for a moment."""
        worker.begin("jobs.add", 1, 2)
        if select.select([worker.peer.sock], [], [], 0.3)[0]:
            worker.answer()
            return False
        return True

    def test_the_end_of_the_control_connection_ends_everything(self):
        pids = self.busy("jobs.sleeps", "jobs.spin")
        self.host.control.close()
        self.assert_ended(pids)

    def test_a_thread_that_never_lets_go_of_the_interpreter_changes_nothing(self):
        for end, status in ((lambda: self.host.control.close(), 0),
                            (lambda: os.kill(self.host.process.pid, signal.SIGTERM), -signal.SIGTERM)):
            other = self.host.fork()
            pids = self.busy("jobs.holds_the_lock")
            while not self.silent(other):
                pass
            end()
            self.assert_ended(pids, status)
            self.host.close()
            self.setUp()

    def test_sigterm_for_its_group_ends_everything(self):
        pids = self.busy("jobs.sleeps", "jobs.spin")
        os.killpg(self.host.process.pid, signal.SIGTERM)
        self.assert_ended(pids, -signal.SIGTERM)

    def test_sigterm_for_the_process_above_alone_ends_everything(self):
        pids = self.busy("jobs.sleeps", "jobs.spin")
        os.kill(self.host.process.pid, signal.SIGTERM)
        self.assert_ended(pids, -signal.SIGTERM)

    def with_own_handler(self, does):
        """A host with a module that handles SIGTERM, and the pids of its two processes."""
        source = ("import os, signal, threading, time\nseen = threading.Event()\n"
                  "def handler(*_):\n    os.write(1, b'[SIGTERM]'); {}\n"
                  "signal.signal(signal.SIGTERM, handler)\n"
                  "def add_after_it(a, b): return seen.wait(20) and a + b\n".format(does))
        self.host.close()
        self.host = Host({"jobs.py": JOBS, "own.py": source}, kind="thread")
        self.addCleanup(self.host.close)
        self.host.catalogue()
        return [self.host.process.pid, self.host.fork().peer.hello.header["pid"]]

    def test_a_handler_of_sigterm_has_the_time_that_the_service_gives_it(self):
        pids = self.with_own_handler("seen.set()")
        worker = self.host.fork()
        worker.begin("own.add_after_it", 1, 2)
        os.killpg(pids[0], signal.SIGTERM)
        self.assertEqual(worker.answer().body, b"3")
        self.assertEqual(worker.value("jobs.add", 3, 4), 7)  # it waits for the SIGKILL
        self.assertEqual(self.host.log().count(b"[SIGTERM]"), 1)
        os.killpg(pids[0], signal.SIGKILL)
        self.assert_ended(pids, -signal.SIGKILL)

    def test_who_exits_in_its_handler_ends_with_that_status(self):
        pids = self.with_own_handler("os._exit(6)")
        os.killpg(pids[0], signal.SIGTERM)
        self.assert_ended(pids, 6)

    def test_a_host_that_does_not_end_by_sigterm_ends_with_the_service(self):
        for does in ("pass", "time.sleep(1000)"):
            with self.subTest(does):
                pids = self.with_own_handler(does)
                os.killpg(pids[0], signal.SIGTERM)
                wait_for(lambda: b"[SIGTERM]" in self.host.log(), "the handler")
                self.host.control.close()
                self.assert_ended(pids)

    def test_bye_runs_exit_hooks_and_ends_everything(self):
        pids = self.busy("jobs.sleeps", "jobs.spin")
        self.host.control.send(frames.BYE)
        self.assert_ended(pids)
        self.assertIn(b"exit hook", self.host.log())

    def test_an_exit_hook_that_hangs_holds_nobody(self):
        self.host.fork().value("jobs.hang_at_exit")
        pids = self.busy()
        self.host.control.send(frames.BYE)
        self.assert_ended(pids)

    def test_bye_and_the_end_at_once_still_run_exit_hooks(self):
        pids = self.busy()
        self.host.control.send(frames.BYE)
        self.host.control.close()
        self.assert_ended(pids)
        self.assertIn(b"exit hook", self.host.log())

    def test_a_broken_frame_ends_everything(self):
        pids = self.busy("jobs.sleeps")
        self.host.control.sock.sendall(b"\0\0\0\0")
        self.assert_ended(pids)

    def test_a_kill_of_the_process_that_the_service_started_ends_the_threads(self):
        process = self.busy("jobs.sleeps", "jobs.spin")[1]
        os.kill(self.host.process.pid, signal.SIGKILL)
        self.assert_ended([process], -9)

    def test_it_ends_as_its_task_has_ended_it_and_takes_what_tasks_have_left(self):
        for func, args, status in (("jobs.ends", (7,), 7), ("jobs.ends", (0,), 0), ("jobs.segfault", (), -11)):
            with self.subTest(func, status=status):
                pids = self.busy("jobs.sleeps")
                self.host.fork().begin(func, *args)
                self.assert_ended(pids, status)
                self.host.close()
                self.setUp()

    def test_a_kill_of_the_threads_process_is_told_by_the_same_signal(self):
        pids = self.busy("jobs.spin")
        os.kill(pids[1], signal.SIGKILL)
        self.assert_ended(pids, -9)

    def test_an_import_that_ends_the_interpreter_is_the_last_one_announced(self):
        for source, status in (("import os; os._exit(5)", 5), ("import ctypes; ctypes.string_at(0)", -11)):
            host = Host({"b_ends.py": source, "c.py": JOBS}, kind="thread")
            self.addCleanup(host.close)
            with self.assertRaises(EOFError):
                host.catalogue()
            self.assertEqual((host.importing[-1], host.process.wait()), ("b_ends", status))

    def test_it_ends_when_a_task_has_left_no_descriptor_unless_another_runs(self):
        first, second = self.fork(2)
        second.begin("jobs.sleeps")
        second.output(lambda text: b"begun" in text)
        self.assertIn("Too many open files", first.call("jobs.leak_descriptors").header["message"])
        self.assertEqual(first.value("jobs.add", 1, 2), 3)
        second.close()
        self.host.close()
        self.setUp()
        first = self.host.fork()
        self.assertIn("Too many open files", first.call("jobs.leak_descriptors").header["message"])
        self.assert_ended([self.host.process.pid])

    def test_a_call_of_which_a_part_has_been_read_counts_as_running(self):
        first, second = self.fork(2)
        call = frames.encode(frames.CALL, 1, b'{"verb":"apply","func":"jobs.add"}', b'{"args":[1,2]}')
        second.peer.sock.sendall(call[:3])
        wait_for(lambda: unread(second.peer.sock) == 0, "the first bytes being read")
        self.assertIn("Too many open files", first.call("jobs.leak_descriptors").header["message"])
        self.assertEqual(first.value("jobs.add", 3, 4), 7)
        second.peer.sock.sendall(call[3:])
        self.assertEqual(second.peer.read().body, b"3")


if __name__ == "__main__":
    unittest.main()
