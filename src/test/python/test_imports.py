"""What imports may do to a forkserver, and what the service learns of it; spawned workers."""
import os
import signal
import unittest

from host import CACHE, ENTRY, Host, alive, wait_for
from procpool_worker import frames

THREAD = '''
import threading, time
threading.Thread(target=time.sleep, args=(1000,), name="watchdog", daemon=True).start()
def pid():
    import os
    return os.getpid()
'''
FINE = "import os, sys\ndef pid(): return os.getpid()\ndef loaded(): return sorted(sys.modules)\n"


class Hosted(unittest.TestCase):
    def host(self, modules, **options):
        host = Host(modules, **options)
        self.addCleanup(host.close)
        return host


class Imports(Hosted):
    def test_each_module_is_announced_before_its_import_preload_first(self):
        host = self.host({"b.py": FINE, "a/__init__.py": "", "a/c.py": FINE}, preload=["decimal"])
        catalogue = host.catalogue()
        self.assertEqual(host.importing, ["decimal", "a", "a.c", "b", "math"])
        self.assertEqual(host.module(catalogue, "b"), {"name": "b", "functions": ["loaded", "pid"]})
        self.assertEqual(catalogue["start_method"], "forkserver")
        self.assertEqual(catalogue["warnings"], [])

    def test_an_import_that_ends_the_interpreter_is_the_last_one_announced(self):
        for end, source in (("exit", "import os; os._exit(5)"), ("kill", "import os; os.kill(os.getpid(), 9)"),
                            ("crash", "import ctypes; ctypes.string_at(0)")):
            for method in ("forkserver", "spawn"):
                with self.subTest(end + " with " + method):
                    host = self.host({"a.py": FINE, "b_ends.py": source, "c.py": FINE}, start_method=method)
                    with self.assertRaises(EOFError):
                        host.catalogue()
                    self.assertEqual(host.importing[-1], "b_ends")
                    self.assertEqual(host.process.wait(), {"exit": 5, "kill": -9, "crash": -11}[end])
            again = self.host({"a.py": FINE, "b_ends.py": source, "c.py": FINE}, skip={"b_ends": "it crashed"})
            catalogue = again.catalogue()
            self.assertEqual(again.module(catalogue, "b_ends"),
                             {"name": "b_ends", "functions": [], "error": "it crashed"})
            self.assertEqual(again.fork().value("c.pid") > 0, True)
            self.assertIn("it crashed", again.fork().call("b_ends.x").header["message"])

    def test_an_import_that_hangs_is_broken_off_and_the_rest_works(self):
        host = self.host({"hangs.py": "import time\ntime.sleep(1000)", "fine.py": FINE}, import_timeout=0.3)
        catalogue = host.catalogue()
        self.assertIn("longer than 0.3 s", host.module(catalogue, "hangs")["error"])
        self.assertIn("longer than 0.3 s", host.fork().call("hangs.f").header["message"])
        self.assertGreater(host.fork().value("fine.pid"), 0)

    def test_an_import_that_hangs_in_c_shows_as_the_last_one_announced(self):
        # sem_wait without time-out holds the GIL, as a bad extension would; PyDLL does not release it.
        source = "import ctypes\nctypes.PyDLL(None).sleep(1000)"
        host = self.host({"hangs.py": source, "z.py": FINE}, import_timeout=0.2)
        wait_for(lambda: host.control.sock.recv(1, 2) and self._announced(host) == "hangs", "the announcement")
        os.kill(host.process.pid, signal.SIGKILL)
        with self.assertRaises(EOFError):
            host.catalogue()

    def _announced(self, host):
        host.importing.append(host.control.read().header["module"])
        return host.importing[-1]

    def test_modules_that_set_signal_handlers_do_not_disturb_the_forkserver_and_workers_have_them(self):
        source = FINE + "import signal\nfor s in (signal.SIGTERM, signal.SIGCHLD, signal.SIGUSR1):\n" \
                        "  signal.signal(s, lambda s, f: hits.append(s))\nhits = []\n" \
                        "def hit():\n  os.kill(os.getpid(), signal.SIGUSR1); os.kill(os.getpid(), signal.SIGTERM)\n" \
                        "  return hits\n"
        host = self.host({"setter.py": source})
        host.catalogue()
        worker = host.fork()
        self.assertEqual(worker.value("setter.hit"), [10, 15])
        os.kill(worker.pid, 9)
        self.assertEqual(host.exit_of(worker.pid)["signal"], 9)
        os.kill(host.process.pid, signal.SIGTERM)
        self.assertEqual(host.process.wait(), 0)

    def test_a_module_that_sets_an_alarm_handler_takes_the_guard_off_itself_only(self):
        source = FINE + "import signal, time\nsignal.signal(signal.SIGALRM, lambda *_: None)\ntime.sleep(0.5)\n"
        host = self.host({"alarm.py": source, "hangs.py": "while True: pass", "z.py": FINE}, import_timeout=0.2)
        catalogue = host.catalogue()
        self.assertNotIn("error", host.module(catalogue, "alarm"))
        self.assertIn("longer", host.module(catalogue, "hangs")["error"])
        self.assertGreater(host.fork().value("z.pid"), 0)

    def test_the_alarm_handler_of_a_module_is_there_in_the_workers_whatever_is_imported_after_it(self):
        source = ("import signal, time\nrung = []\nsignal.signal(signal.SIGALRM, lambda *_: rung.append(1))\n"
                  "def ring():\n    signal.setitimer(signal.ITIMER_REAL, 0.01)\n"
                  "    while not rung: time.sleep(0.01)\n    return rung\n")
        for options in ({}, {"kind": "thread"}):
            host = self.host({"alarm.py": source, "z.py": FINE}, **options)
            host.catalogue()
            self.assertEqual(host.fork().value("alarm.ring"), [1])

    def test_it_can_be_started_by_a_line_of_python_as_well(self):
        bootstrap = "import sys; sys.path[0] = sys.argv[1]; from procpool_worker import forkserver; " \
                    "del sys.path[0]; forkserver.main()"
        for method in ("forkserver", "spawn"):
            host = self.host({"a.py": FINE}, python=("-c", bootstrap, os.path.dirname(os.path.dirname(ENTRY))),
                             start_method=method)
            host.catalogue()
            worker = host.fork()
            self.assertEqual(worker.value("a.pid"), worker.pid)

    def test_flags_of_the_interpreter_hold_for_spawned_workers(self):
        source = FINE + "def flags(): return [sys.flags.isolated, sys.flags.optimize]\n"
        host = self.host({"a.py": source}, python=("-I", "-B", "-O", ENTRY), start_method="spawn")
        host.catalogue()
        self.assertEqual(host.fork().value("a.flags"), [1, 1])

    def test_children_of_an_import_live_as_long_as_the_forkserver(self):
        source = "import subprocess\nhelper = subprocess.Popen(['sleep', '1000']).pid\n" \
                 "def helper_pid(): return helper\n"
        host = self.host({"helped.py": source})
        host.catalogue()
        worker = host.fork()
        helper = worker.value("helped.helper_pid")
        os.kill(worker.pid, 9)
        host.exit_of(worker.pid)
        host.fork().value("helped.helper_pid")
        self.assertTrue(alive(helper))
        host.control.send(frames.BYE)
        wait_for(lambda: not alive(helper), "the helper's end")

    def test_output_of_imports_is_not_doubled_by_forks(self):
        host = self.host({"loud.py": "import sys\nsys.stderr.write('once\\n')\nprint('too', end='')\n" + FINE})
        host.catalogue()
        for _ in range(3):
            worker = host.fork()
            worker.value("loud.pid")
            self.assertEqual(worker.output(), b"")
        host.control.send(frames.BYE)
        host.process.wait()
        self.assertEqual(host.log(), b"once\ntoo")

    def test_a_logger_that_a_module_sets_up_writes_to_the_output_of_each_worker(self):
        source = "import logging, sys\nlogging.basicConfig(stream=sys.stdout, format='%(message)s')\n" \
                 "def warn(text): logging.warning(text)\n"
        host = self.host({"logs.py": source})
        host.catalogue()
        for text in ("größe", "second"):
            worker = host.fork()
            for _ in range(3):
                worker.value("logs.warn", text)
            self.assertEqual(worker.output(), (3 * (text + "\n")).encode())
        self.assertEqual(host.log(), b"")

    def test_the_current_folder_is_not_on_the_path(self):
        host = self.host({"tries.py": "def f():\n  import stranger\n"})
        with open(os.path.join(host.folder, "stranger.py"), "w"):
            pass
        host.catalogue()
        self.assertEqual(host.fork().call("tries.f").header["exception"]["type"], "ModuleNotFoundError")

    def test_no_bytecode_of_functions_is_left_anywhere(self):
        host = self.host({"a.py": FINE, "p/__init__.py": ""})
        host.catalogue()
        host.fork().value("a.pid")
        self.assertEqual(sorted(os.listdir(host.functions)), ["a.py", "p"])
        self.assertFalse(os.path.exists(CACHE + host.functions))

    def test_a_catalogue_beyond_the_limit_says_what_it_leaves_out(self):
        source = "".join("def {}_{}(): pass\n".format("f" * 100, n) for n in range(12_000))
        host = self.host({"huge.py": source, "small.py": FINE}, import_timeout=60)
        catalogue = host.catalogue()
        self.assertIn("1 MiB", host.module(catalogue, "huge")["error"])
        self.assertEqual(host.module(catalogue, "small")["functions"], ["loaded", "pid"])


class Spawned(Hosted):
    def test_a_thread_at_import_is_a_warning_and_workers_are_spawned(self):
        host = self.host({"threaded.py": THREAD})
        catalogue = host.catalogue()
        self.assertEqual(catalogue["start_method"], "spawn")
        self.assertIn("watchdog", catalogue["warnings"][0])
        worker = host.fork()
        self.assertEqual(worker.value("threaded.pid"), worker.pid)

    def test_a_spawned_worker_does_all_that_a_forked_one_does(self):
        host = self.host({"fine.py": FINE, "bad.py": "def (", "never.py": FINE}, start_method="spawn",
                         preload=["decimal", "no_such_module"])
        catalogue = host.catalogue()
        self.assertEqual(catalogue["start_method"], "spawn")
        self.assertEqual(host.module(catalogue, "fine")["functions"], ["loaded", "pid"])
        self.assertIn("SyntaxError", host.module(catalogue, "bad")["error"])
        worker = host.fork()
        self.assertEqual(worker.value("fine.pid"), worker.pid)
        self.assertEqual(worker.value("math.factorial", 20), 2432902008176640000)
        loaded = worker.value("fine.loaded")
        self.assertIn("decimal", loaded)
        self.assertNotIn("never", loaded)
        self.assertEqual(worker.call("fine.os.system", "true").header["problem"], "function-unknown")
        self.assertIn("SyntaxError", worker.call("bad.x").header["message"])
        self.assertIn(b"preload of no_such_module failed", worker.output())
        self.assertEqual(sorted(os.listdir("/proc/{}/fd".format(worker.pid))), ["0", "1", "2", "3"])
        self.assertEqual(os.getsid(worker.pid), worker.pid)
        for file in ("cmdline", "environ"):
            with open("/proc/{}/{}".format(worker.pid, file), "rb") as content:
                self.assertNotIn(b"token", content.read())

    def test_the_forkserver_of_a_spawn_pool_imports_nothing_itself(self):
        source = FINE + "open(__file__ + '.' + str(os.getpid()), 'w').close()\n"
        host = self.host({"traces.py": source}, start_method="spawn")
        host.catalogue()
        pid = host.fork().value("traces.pid")
        importers = {int(name.rpartition(".")[2]) for name in os.listdir(host.functions) if "py." in name}
        self.assertEqual(len(importers), 2)
        self.assertIn(pid, importers)
        self.assertNotIn(host.process.pid, importers)

    def test_deaths_and_leftovers_of_spawned_workers_are_dealt_with(self):
        source = "import os, subprocess, time\ndef family():\n" \
                 "  print(subprocess.Popen(['sleep', '1000'], start_new_session=True).pid, 'end', flush=True)\n" \
                 "  time.sleep(1000)\ndef leave(code): os._exit(code)\n"
        host = self.host({"family.py": source}, start_method="spawn")
        host.catalogue()
        worker = host.fork()
        worker.begin("family.leave", 7)
        self.assertEqual(host.exit_of(worker.pid)["exitcode"], 7)
        worker = host.fork()
        worker.begin("family.family")
        child = int(worker.output(lambda text: b"end" in text).split()[0])
        host.signal(worker.pid, signal.SIGKILL)
        self.assertEqual(host.exit_of(worker.pid)["signal"], 9)
        wait_for(lambda: not alive(child), "the child's end")
        last = host.fork()
        host.control.close()
        wait_for(lambda: not alive(last.pid), "the last worker's end")
        self.assertEqual(host.process.wait(), 0)

    def test_children_that_the_import_of_a_spawn_pool_leaves_are_ended(self):
        source = FINE + "import subprocess\nchild = subprocess.Popen(['sleep', '1000'], start_new_session=True).pid\n" \
                        "open(__file__ + '.child', 'w').write(str(child))\n"
        host = self.host({"leaver.py": source}, start_method="spawn")
        host.catalogue()
        with open(os.path.join(host.functions, "leaver.py.child")) as file:
            child = int(file.read())
        wait_for(lambda: not alive(child), "the child's end")


if __name__ == "__main__":
    unittest.main()
