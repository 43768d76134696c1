"""What the threads of a thread host are asked to do. Lies in its functions folder."""
import atexit, concurrent.futures, ctypes, logging, multiprocessing.dummy, os, subprocess, sys, threading, time
from procpool import current, progress
from procpool_worker.task import ask

barrier = threading.Barrier(4)
own = threading.local()
log = logging.StreamHandler()  # keeps the sys.stderr of now
atexit.register(lambda: os.write(1, b"exit hook"))
def hang_at_exit(): atexit.register(time.sleep, 1000)
def where(): return [os.getpid(), threading.current_thread().name, threading.get_ident()]
def meet(): barrier.wait(20); return where()
def add(a, b): return a + b
def prints_many(text, lines):
    barrier.wait(20)
    for _ in range(lines):
        print(text, "a piece")
        print(text, "another", file=sys.stderr)
        sys.stdout.write(text); sys.stdout.flush()
        sys.stdout.buffer.write(b" bytes\n")
    print(text, "end", end="")
def prints_elsewhere(text):
    def in_a_thread(): print(text)
    thread = threading.Thread(target=in_a_thread)
    thread.start(); thread.join()
    with concurrent.futures.ThreadPoolExecutor() as pool: pool.submit(in_a_thread).result()
    with multiprocessing.dummy.Pool(2) as pool: pool.map(print, [text, text])
    log.emit(logging.makeLogRecord({"msg": text}))
    subprocess.run(["echo", text], stdout=sys.stdout, check=True)
def floods(size): sys.stdout.write("x" * size); return len(str(size))
def writes_to_1(text): os.write(1, text.encode())
def mess(): sys.stdout.close(); sys.stderr.close(); return "ok"
def burn(seconds):
    began = time.thread_time()
    while time.thread_time() - began < seconds: pass
def burn_together(seconds): barrier.wait(20); burn(seconds)
def idle_together(seconds): barrier.wait(20); time.sleep(seconds)
def leaves(code): sys.exit(code)
def ends(code): os._exit(code)
def segfault(): ctypes.string_at(0)
def spin():
    print("begun", flush=True)
    while True: pass
def sleeps(): print("begun", flush=True); time.sleep(1000)
def holds_the_lock():
    print("begun", flush=True)
    ctypes.PyDLL(None).sleep(1000)
def daemon():
    """In a session of its own, with another child of it that is nobody's."""
    out = subprocess.check_output(["sh", "-c", "(setsid sh -c 'sleep 1000; true' >/dev/null 2>&1 & echo $!)"])
    return [int(out), subprocess.Popen(["sleep", "1000"], start_new_session=True).pid]
def orphan_that_ends():
    return int(subprocess.check_output(["sh", "-c", "(setsid true >/dev/null 2>&1 & echo $!)"]))
def forks_and_returns(): return os.fork()
def daemonize():
    """A double fork, as a task that leaves a daemon behind does it. How the child has ended."""
    pid = os.fork()
    if pid == 0:
        import signal
        signal.alarm(30)
        try:
            if os.fork() == 0: os._exit(0)
            os._exit(os.WEXITSTATUS(os.wait()[1]))
        finally: os._exit(99)
    return os.waitpid(pid, 0)[1]
def nested_pools(numbers):
    with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as pool:
        return pool.submit(squares, "fork", numbers).result(30)
def fork_that_stays():
    pid = os.fork()
    if pid == 0:
        print("from the child", flush=True)
        time.sleep(1000)
    return pid
def squares(method, numbers):
    with multiprocessing.get_context(method).Pool(2) as pool: return pool.map(abs, numbers)
def reports(n):
    barrier.wait(20)
    progress(n, 10)
    thread = threading.Thread(target=progress, args=(n + 1, 10))
    thread.start(); thread.join()
    return ask("who", n=n).fields["n"]
def whoami():
    found = [current()]
    thread = threading.Thread(target=lambda: found.append(current()))
    barrier.wait(20)
    thread.start(); thread.join()
    return found
def initialize(name): own.name = name
def name(): return [own.name, where()[1]]
def signals():
    import signal
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
def interrupts(): import _thread; _thread.interrupt_main(); return "here"
def leak_descriptors():
    import resource
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    kept = leak_descriptors.kept = []
    while True: kept.append(os.open("/dev/null", os.O_RDONLY))
gone = threading.Event()
def prints_late(text): threading.Thread(target=lambda: (gone.wait(20), print(text, flush=True))).start()
def let_go(): gone.set()
