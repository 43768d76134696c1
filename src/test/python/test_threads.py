"""A thread host as the service sees it: workers that are threads of one process."""
import json
import os
import signal
import unittest

from host import TASKS, Host, alive, children_of, wait_for
from procpool_worker import frames

with open(os.path.join(os.path.dirname(TASKS), "threadjobs.py"), encoding="utf-8") as _file:
    JOBS = _file.read()


class ThreadHost(unittest.TestCase):
    def setUp(self):
        self.host = Host({"jobs.py": JOBS}, kind="thread")
        self.addCleanup(self.host.close)
        self.catalogue = self.host.catalogue()

    def fork(self, count):
        return [self.host.fork() for _ in range(count)]

    def together(self, workers, func, *args):
        """All at once; the functions meet at a barrier."""
        for number, worker in enumerate(workers):
            worker.begin(func, *(arg(number) if callable(arg) else arg for arg in args))
        return [worker.answer() for worker in workers]


class Workers(ThreadHost):
    def test_calls_run_at_the_same_time_in_threads_of_one_process(self):
        self.assertEqual(self.catalogue["start_method"], "thread")
        workers = self.fork(4)
        self.assertEqual([worker.pid for worker in workers], [1, 2, 3, 4])
        found = [json.loads(frame.body) for frame in self.together(workers, "jobs.meet")]
        self.assertEqual({pid for pid, _, _ in found}, {workers[0].peer.hello.header["pid"]})
        self.assertEqual([name for _, name, _ in found], ["procpool-%d" % n for n in (1, 2, 3, 4)])
        self.assertEqual(len({ident for _, _, ident in found}), 4)

    def test_verbs_and_failures_are_those_of_any_worker(self):
        worker = self.host.fork()
        self.assertEqual(worker.value("math.factorial", 20), 2432902008176640000)
        self.assertEqual(worker.call("jobs.add", verb="starmap", body=b"[[1,2],[3,4]]").body, b"[3,7]")
        for args, problem in (((1,), "arguments-do-not-fit"), ((1, "x"), "function-raised")):
            self.assertEqual(worker.call("jobs.add", *args).header["problem"], problem)
        self.assertEqual(worker.call("os.system").header["problem"], "function-unknown")

    def test_sys_exit_is_raised_and_ends_nothing(self):
        worker = self.host.fork()
        failed = worker.call("jobs.leaves", 3).header
        self.assertEqual((failed["problem"], failed["exception"]["type"]), ("function-raised", "SystemExit"))
        self.assertEqual(worker.value("jobs.add", 1, 2), 3)

    def test_a_bye_ends_one_thread_and_leaves_the_others(self):
        first, second = self.fork(2)
        second.begin("jobs.sleeps")
        second.output(lambda text: b"begun" in text)
        first.peer.send(frames.BYE)
        exit = self.host.exit_of(first.pid)
        self.assertEqual((exit["exitcode"], first.peer.read()), (0, None))
        self.assertGreater(exit["cpu_seconds"], 0)
        self.assertGreater(exit["peak_rss"], 1 << 20)
        self.assertEqual(self.host.fork().value("jobs.add", 1, 2), 3)

    def test_the_end_of_its_connection_ends_a_thread_when_it_is_idle(self):
        first, second = self.fork(2)
        first.close()
        self.assertEqual(self.host.exit_of(first.pid)["exitcode"], 0)
        self.assertEqual(second.value("jobs.add", 1, 2), 3)

    def test_threads_that_came_and_went_leave_no_descriptor(self):
        process = "/proc/{}/".format(self.host.fork().peer.hello.header["pid"])
        before = len(os.listdir(process + "fd"))
        for _ in range(50):
            worker = self.host.fork()
            worker.value("jobs.add", 1, 2)
            worker.close()
            self.host.exit_of(worker.pid)
        self.assertEqual(len(os.listdir(process + "fd")), before)
        wait_for(lambda: len(os.listdir(process + "task")) == 2, "the end of the last thread")

    def test_a_thread_that_is_not_welcome_or_breaks_the_protocol_ends_alone(self):
        self.host.control.send(frames.FORK, 900, {"token": "bad"})
        number = self.host._next_but_exits().header["pid"]
        for channel in ("output", "call"):
            peer = self.host._accept(channel, "bad")
            self.addCleanup(peer.close)
        peer.send(frames.ERROR, 0, {"problem": "version", "message": "version 9 only"})
        self.assertEqual(self.host.exit_of(number)["exitcode"], 1)
        broken, other = self.fork(2)
        broken.peer.sock.sendall(b"\0\0\0\1garbage")
        self.assertEqual(self.host.exit_of(broken.pid)["exitcode"], 1)
        self.assertEqual(other.value("jobs.add", 1, 2), 3)

    def test_signal_frames_are_ignored_and_what_is_unknown_refused(self):
        worker = self.host.fork()
        for pid in (worker.pid, worker.peer.hello.header["pid"], self.host.process.pid):
            self.host.signal(pid, signal.SIGKILL)
        for kind, header, problem in ((frames.CALL, {}, "unknown-kind"), (77, {}, "unknown-kind"),
                                      (frames.FORK, {}, "fork-failed")):
            self.host.control.send(kind, 5, header)
            frame = self.host.control.read()
            self.assertEqual((frame.kind, frame.call_id, frame.header["problem"]), (frames.ERROR, 5, problem))
        self.assertEqual(worker.value("jobs.add", 1, 2), 3)

    def test_modules_may_start_threads_and_broken_ones_are_listed(self):
        host = Host({"watch.py": "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()\n"
                                 "def count(): return threading.active_count()",
                     "broken.py": "1 / 0"}, kind="thread")
        self.addCleanup(host.close)
        catalogue = host.catalogue()
        self.assertEqual((catalogue["start_method"], catalogue["warnings"]), ("thread", []))
        self.assertIn("ZeroDivisionError", host.module(catalogue, "broken")["error"])
        self.assertEqual(host.fork().value("watch.count"), 3)


class EachForItself(ThreadHost):
    """What a process has once and every call needs for itself."""

    def test_cpu_seconds_are_those_of_the_thread(self):
        workers = self.fork(4)
        for number, worker in enumerate(workers):
            worker.begin(*("jobs.idle_together", 0.6) if number else ("jobs.burn_together", 0.3))
        busy, *idle = [worker.answer().header["cpu_seconds"] for worker in workers]
        self.assertGreaterEqual(busy, 0.3)
        self.assertLess(max(idle), 0.15)
        workers[0].peer.send(frames.BYE)
        self.assertGreaterEqual(self.host.exit_of(workers[0].pid)["cpu_seconds"], 0.3)

    def test_progress_and_asks_go_out_with_the_call_that_they_belong_to(self):
        workers = self.fork(4)
        for worker in workers[:2]:
            worker.value("jobs.add", 1, 2)  # so that their next call has another id
        for number, worker in enumerate(workers):
            worker.begin("jobs.reports", 3 * number)
        for number, worker in enumerate(workers):
            told = [worker.peer.read() for _ in range(2)]
            self.assertEqual([(frame.kind, frame.call_id) for frame in told], [(frames.PROGRESS, worker._ids)] * 2)
            self.assertEqual([frame.header["done"] for frame in told], [3 * number, 3 * number + 1])
            asked = worker.peer.read()
            self.assertEqual((asked.kind, asked.header), (frames.ASK, {"n": 3 * number, "what": "who"}))
            worker.peer.send(frames.ANSWER, asked.call_id, {"n": number})
        self.assertEqual([json.loads(worker.answer().body) for worker in workers], [0, 1, 2, 3])

    def test_each_call_knows_its_own_job_task_and_attempt(self):
        workers = self.fork(4)
        for number, worker in enumerate(workers):
            worker._ids += 1
            worker.peer.send(frames.CALL, worker._ids, {
                "verb": "apply", "func": "jobs.whoami", "job": "job-%d" % number, "task": number, "attempt": 9}, b"{}")
        for number, worker in enumerate(workers):
            self.assertEqual(json.loads(worker.answer().body), [["job-%d" % number, number, 9]] * 2)

    def test_the_initializer_runs_in_each_thread(self):
        workers = self.fork(3)
        for worker, name in zip(workers, "abc"):
            self.assertEqual(worker.call("jobs.initialize", name, verb="initialize").body, b"null")
        self.assertEqual([worker.value("jobs.name") for worker in workers],
                         [["a", "procpool-1"], ["b", "procpool-2"], ["c", "procpool-3"]])

    def test_a_task_can_neither_set_signal_handlers_nor_interrupt_the_host(self):
        worker = self.host.fork()
        self.assertEqual(worker.call("jobs.signals").header["exception"]["type"], "ValueError")
        self.assertEqual(worker.value("jobs.interrupts"), "here")
        for number in (signal.SIGINT, signal.SIGUSR1, signal.SIGPIPE, signal.SIGCHLD):
            os.kill(worker.peer.hello.header["pid"], number)
        self.assertEqual(worker.value("jobs.add", 1, 2), 3)


class Forks(ThreadHost):
    def test_a_child_that_returns_from_the_function_says_nothing(self):
        worker, other = self.fork(2)
        child = worker.value("jobs.forks_and_returns")
        wait_for(lambda: not alive(child), "the end of the child")
        self.assertEqual([worker.value("jobs.add", 1, 2), other.value("jobs.add", 3, 4)], [3, 7])
        self.assertEqual(worker.output() + self.host.log(), b"")

    def test_a_child_holds_no_connection(self):
        worker, other = self.fork(2)
        child = worker.value("jobs.fork_that_stays")
        wait_for(lambda: b"from the child" in self.host.log(), "what the child prints, in the host's log")
        folder = "/proc/{}/fd/".format(child)
        open_ones = {os.readlink(folder + number) for number in os.listdir(folder)}
        self.assertEqual([name for name in open_ones if name.startswith("socket")], [])
        for one in (worker, other):
            one.peer.send(frames.BYE)
            self.assertIsNone(one.peer.read())

    def test_a_child_holds_no_connection_of_a_thread_that_is_just_starting(self):
        worker = self.host.fork()
        self.host.control.send(frames.FORK, 901, {"token": "young"})
        self.assertEqual(self.host._next_but_exits().kind, frames.FORKED)
        output, call = self.host._accept("output", "young"), self.host._accept("call", "young")
        self.addCleanup(output.close)
        self.addCleanup(call.close)
        worker.value("jobs.fork_that_stays")  # while that one waits for its welcome
        call.send(frames.ERROR, 0, {"problem": "version", "message": "version 9 only"})
        self.assertIsNone(call.read())

    def test_a_task_may_use_multiprocessing_itself(self):
        worker = self.host.fork()
        for method in ("fork", "spawn"):
            self.assertEqual(worker.value("jobs.squares", method, [-1, 2]), [1, 2])

    def test_a_child_may_fork_as_well(self):
        worker, other = self.fork(2)
        for _ in range(3):
            self.assertEqual(worker.value("jobs.daemonize"), 0)
        self.assertEqual(other.value("jobs.nested_pools", [-1, 2]), [1, 2])

    def test_orphans_that_have_ended_are_reaped(self):
        orphan = self.host.fork().value("jobs.orphan_that_ends")
        wait_for(lambda: not os.path.exists("/proc/{}".format(orphan)), "the orphan's end")
        self.assertEqual(len(children_of(self.host.process.pid)), 1)


if __name__ == "__main__":
    unittest.main()
