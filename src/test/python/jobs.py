"""What the workers of the end-to-end tests are asked to do. Lies in the functions folder of their host."""
import ctypes, os, signal, subprocess, sys, threading, time
def pid(): return os.getpid()
def add(a, b): return a + b
def leave(code): os._exit(code)
def segfault(): ctypes.string_at(0)
def abort(): os.abort()
def spin():
    while True: pass
def stubborn():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.write(1, b"begun")
    while True: time.sleep(1)
def sleeper():
    os.write(1, b"begun")
    time.sleep(1000)
def handles():
    def leave(*_): os._exit(44)
    signal.signal(signal.SIGTERM, leave)
    os.write(1, b"begun")
    time.sleep(1000)
def family():
    """A child in our group, a child in a session of its own, and an orphan of an orphan."""
    own = subprocess.Popen(["sleep", "1000"]).pid
    away = subprocess.Popen(["sleep", "1000"], start_new_session=True).pid
    lost = int(subprocess.check_output(["sh", "-c", "(setsid sh -c 'sleep 1000; true' >/dev/null 2>&1 & echo $!)"]))
    print(own, away, lost, "end", flush=True)
    time.sleep(1000)
def descriptors():
    return sorted(int(fd) for fd in os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd/" + fd))
def links(): return {fd: os.readlink("/proc/self/fd/%d" % fd) for fd in descriptors()}
def surroundings():
    return {"sid": os.getsid(0), "ppid": os.getppid(), "argv": sys.argv, "cwd": os.getcwd(), "path": sys.path,
            "environ": dict(os.environ), "stdin": sys.stdin.read(), "core": __import__("resource").getrlimit(4),
            "umask": os.umask(0o22), "threads": threading.active_count(),
            "handlers": {s.name: "function" if callable(signal.getsignal(s)) else int(signal.getsignal(s))
                         for s in (signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGINT)},
            "blocked": len(signal.pthread_sigmask(signal.SIG_BLOCK, []))}
def prints(text): print(text); sys.stderr.write("error\n")
def surrogate(): print("a\ud800b")
def mark(name): globals()[name] = 1; return sorted(k for k in globals() if k.startswith("mark_"))
def stray():
    for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD, signal.SIGPIPE): os.kill(os.getpid(), number)
    return "here"
def square(x): return x * x
def squares(method, numbers):
    import multiprocessing
    with multiprocessing.get_context(method).Pool(2) as pool: return pool.map(square, numbers)
def forks_and_returns(): return "parent" if os.fork() else "child"
def hang_at_exit():
    threading.Thread(target=time.sleep, args=(1000,)).start()
