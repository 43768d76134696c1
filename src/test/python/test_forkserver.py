"""The forkserver as the service sees it: a real process and real forks."""
import os
import shutil
import signal
import subprocess
import sys
import unittest

from host import Forkserver, Host, JOBS, SOURCES, children_of, wait_for
from procpool_worker import frames


class Workers(Forkserver):
    def test_fifty_workers_each_run_calls(self):
        workers = [self.host.fork() for _ in range(50)]
        self.assertEqual(len({worker.value("jobs.pid") for worker in workers} | {0}), 51)
        for worker in workers:
            self.assertEqual(worker.value("jobs.pid"), worker.pid)
            self.assertEqual(worker.value("math.factorial", 20), 2432902008176640000)

    def test_a_worker_has_its_standard_descriptors_and_its_call_socket_and_nothing_else(self):
        for _ in range(3):
            worker = self.host.fork()
            links = worker.value("jobs.links")
            self.assertEqual(list(links), ["0", "1", "2", "3"])
            self.assertEqual(links["0"], "/dev/null")
            self.assertEqual(links["1"], links["2"])
            self.assertRegex(links["1"] + links["3"], r"^socket:\[\d+\]socket:\[\d+\]$")

    def test_a_worker_starts_clean(self):
        worker = self.host.fork()
        found = worker.value("jobs.surroundings")
        self.assertEqual(found["sid"], worker.pid)
        self.assertEqual(found["ppid"], self.host.process.pid)
        self.assertEqual(found["stdin"], "")
        self.assertEqual(found["core"], [0, 0])
        self.assertEqual(found["blocked"], 0)
        self.assertEqual(found["threads"], 1)
        self.assertEqual(set(found["environ"]) - {"PATH", "PYTHONPYCACHEPREFIX", "LC_CTYPE", "PWD"}, set())
        self.assertEqual(found["path"][0], self.host.functions)
        # Ours comes last, where it hides nothing: processes that a task starts find the module `procpool` there.
        self.assertEqual(os.path.realpath(found["path"][-1]), os.path.realpath(SOURCES))
        self.assertFalse([entry for entry in found["path"][1:-1] if not entry or "procpool" in entry or
                          entry.startswith(self.host.folder) or entry.endswith("src/main/python")])
        self.assertEqual(found["handlers"], {"SIGTERM": signal.SIG_DFL, "SIGHUP": signal.SIG_DFL,
                                             "SIGPIPE": signal.SIG_IGN, "SIGINT": "function"})

    def test_the_token_is_neither_in_arguments_nor_environment(self):
        for pid in (self.host.process.pid, self.host.fork().pid):
            for file in ("cmdline", "environ"):
                with open("/proc/{}/{}".format(pid, file), "rb") as content:
                    self.assertNotIn(b"token", content.read())

    def test_what_one_worker_changes_no_other_sees(self):
        first = self.host.fork()
        self.assertEqual(first.value("jobs.mark", "mark_first"), ["mark_first"])
        self.assertEqual(self.host.fork().value("jobs.mark", "mark_second"), ["mark_second"])

    def test_hello_says_who_speaks(self):
        version = "{}.{}.{}".format(*sys.version_info[:3])
        for hello in (self.host.control.hello.header, self.host.fork().peer.hello.header):
            self.assertEqual((hello["versions"], hello["runtime"], hello["runtime_version"]), ([1], "python", version))

    def test_output_of_a_call_is_there_when_it_has_answered(self):
        worker = self.host.fork()
        worker.value("jobs.prints", "größe")
        self.assertEqual(worker.output(), "größe\nerror\n".encode())
        worker.value("jobs.surrogate")
        self.assertTrue(worker.output().endswith(b"a\\ud800b\n"))

    def test_a_worker_that_is_not_welcome_ends(self):
        self.host.control.send(frames.FORK, 900, {"token": "bad"})
        pid = self.host._next_but_exits().header["pid"]
        output, call = self.host._accept("output", "bad"), self.host._accept("call", "bad")
        self.addCleanup(output.close)
        self.addCleanup(call.close)
        call.send(frames.ERROR, 0, {"problem": "version", "message": "version 9 only"})
        self.assertEqual(self.host.exit_of(pid)["exitcode"], 1)

    def test_a_task_may_use_multiprocessing_itself(self):
        worker = self.host.fork()
        for method in ("fork", "spawn", "forkserver"):
            self.assertEqual(worker.value("jobs.squares", method, [1, 2, 3]), [1, 4, 9])
            self.assertEqual(children_of(worker.pid), [])

    def test_a_child_that_returns_from_the_function_says_nothing(self):
        worker = self.host.fork()
        self.assertEqual(worker.value("jobs.forks_and_returns"), "parent")
        self.assertEqual(worker.value("jobs.pid"), worker.pid)
        self.assertEqual(worker.output(), b"")

    def test_unknown_kinds_are_refused_and_a_fork_without_a_token_fails(self):
        for kind, header, problem in ((frames.CALL, {}, "unknown-kind"), (77, {}, "unknown-kind"),
                                      (frames.FORK, {}, "fork-failed")):
            self.host.control.send(kind, 5, header)
            frame = self.host.control.read()
            self.assertEqual((frame.kind, frame.call_id, frame.header["problem"]), (frames.ERROR, 5, problem))
        self.assertEqual(self.host.fork().value("jobs.add", 1, 2), 3)


class Endurance(Forkserver):
    def limit_processes(self, pid, limit):
        somebody = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}
        subprocess.run(["prlimit", "--pid", str(pid), "--nproc=" + limit], check=True, cwd="/", **somebody)

    def test_200_workers_leave_no_zombie_and_no_descriptor_behind(self):
        forkserver = "/proc/{}/".format(self.host.process.pid)
        self.host.fork().close()
        before = wait_for(lambda: not children_of(self.host.process.pid) and os.listdir(forkserver + "fd"))
        for turn in range(200):
            worker = self.host.fork()
            self.assertEqual(worker.value("jobs.add", turn, 1), turn + 1)
            if turn % 2:
                self.host.signal(worker.pid, signal.SIGKILL)
            worker.close()
        for pid in list(self.host.exits):
            self.host.exit_of(pid)
        wait_for(lambda: not children_of(self.host.process.pid), "the last child")
        self.assertEqual(sorted(os.listdir(forkserver + "fd")), sorted(before))
        self.assertEqual(len(os.listdir(forkserver + "task")), 1)

    @unittest.skipUnless(shutil.which("prlimit"), "no prlimit to limit another process with")
    def test_a_fork_that_the_system_refuses_is_an_error_and_the_next_one_works(self):
        # No limit of processes holds root, so this forkserver becomes somebody else, and so does who limits it.
        become = "if os.getuid() == 0:\n    os.setresgid(*[65534] * 3)\n    os.setresuid(*[65534] * 3)\n"
        host = Host({"jobs.py": JOBS + become})
        self.addCleanup(host.close)
        os.chmod(host.path, 0o777)
        host.catalogue()
        self.limit_processes(host.process.pid, "0:")
        host.control.send(frames.FORK, 70, {"token": "none"})
        frame = host.control.read()
        self.limit_processes(host.process.pid, "1000:")
        self.assertEqual((frame.kind, frame.call_id, frame.header["problem"]), (frames.ERROR, 70, "fork-failed"))
        self.assertEqual(host.fork().value("jobs.add", 1, 2), 3)


if __name__ == "__main__":
    unittest.main()
