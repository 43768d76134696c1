"""What the workers of the tests are asked to do. Lies in the functions folder of each of them."""
import atexit, decimal, fractions, json, multiprocessing, os, resource, subprocess, sys, threading, time

def echo(*args, **kwds): return kwds if kwds else args[0] if len(args) == 1 else list(args)
def two(a, b=2): return [a, b]
def raises(text="no"): raise ValueError(text)
def deeply():
    def inner(): raise KeyError("deep")
    inner()
def chained():
    try: raises("first")
    except ValueError as e: raise OSError("second") from e
class Mine(Exception):
    class Inner(Exception): pass
def mine(): raise Mine("my own")
def inner(): raise Mine.Inner("x")
class Unprintable(Exception):
    def __str__(self): raise RuntimeError
    __repr__ = __str__
def unprintable(): raise Unprintable
def surrogate(): raise ValueError("a\ud800b")
def long_text(): raise ValueError("x" * 10_000_000 + "end")
def leaves(code=3): sys.exit(code)
def interrupts(): raise KeyboardInterrupt
def generator_exit(): raise GeneratorExit
def memory():
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, hard))
    try: return len("x" * (1 << 40))
    finally: resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
def endless(): return endless()
def nested(levels): return json.loads("[" * levels + "]" * levels)
def digits(n): return 10 ** n - 1
def length(value): return len(str(value))
def type_error_within(x): return len(3)
def calls_with_too_much(): return two(1, 2, 3)
def stops(x):
    if x == 2: raise StopIteration("two")
    return x
def inverse(x): return 1 / x
def odd(x): return {1} if x % 2 else x
def big(n): return "x" * n
def nan(): return float("nan")
def lone(): return "a\ud800"
def infinite(x): return x == float("inf")
async def later(): return 1
def prints(text): print(text, end=""); print("err", end="", file=sys.stderr)
def mess():
    os.close(1); os.close(2); sys.stdout = None; sys.stderr = 3; return "ok"
def leaves_children(n):
    return [subprocess.Popen(["sleep", "1000"]).pid for _ in range(n)]
def leaves_orphans():
    out = subprocess.check_output(["sh", "-c", "setsid sleep 1000 >/dev/null 2>&1 & echo $!"])
    return int(out)
def leaves_zombie():
    pid = os.fork()
    if not pid: os._exit(0)
    return pid
helper = []
def start_helper(*args): helper.append(subprocess.Popen(["sleep", "1000"])); return helper[0].pid
def helper_alive(): return helper[0].poll() is None
def forks_and_returns(): return os.fork() and 1
def pid(): return os.getpid()
def hooks():
    atexit.register(os.write, 1, b"hook")
    threading.Thread(target=lambda: (time.sleep(0.1), os.write(1, b"thread "))).start()
def asks(what, body, **fields):
    from procpool_worker.task import ask
    answer = ask(what, body.encode(), **fields)
    return [answer.fields, answer.body.decode()]
def ask_fails():
    from procpool_worker.task import ask, AskFailed
    try: ask("nothing")
    except AskFailed as e: return [e.problem, str(e)]
def many_ask(n):
    from procpool_worker.task import ask
    found = {}
    def one(i): found[i] = ask("n", n=i).fields["n"]
    threads = [threading.Thread(target=one, args=(i,)) for i in range(n)]
    for t in threads: t.start()
    one(n)
    for t in threads: t.join()
    return [found[i] for i in range(n + 1)]
def asks_later():
    from procpool_worker.task import ask
    threading.Thread(target=lambda: late.append(ask("late").fields["x"])).start()
late = []
def what_came_late(): return late
def reports():
    from procpool import progress
    from procpool_worker.task import cancel_requested
    progress(1); progress(2, 3, "note"); return cancel_requested()
def floods():
    from procpool import progress
    began = time.monotonic()
    for done in range(100000): progress(done)
    return time.monotonic() - began
def whoami():
    from procpool import current
    found = [current()]
    thread = threading.Thread(target=lambda: found.append(current()))
    thread.start(); thread.join()
    return found
def reports_in_a_fork():
    from procpool import current, progress
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            progress(1)
            os.write(write_end, json.dumps(current()).encode())
        finally: os._exit(0)
    os.waitpid(pid, 0)
    return json.loads(os.read(read_end, 1000))
def told_elsewhere(_):
    import procpool
    procpool.progress(1, 2, "three")
    return procpool.current()
def reports_in_a_spawned_process():
    with multiprocessing.get_context("spawn").Pool(1) as pool: return pool.apply(told_elsewhere, (1,))
def reports_later(path):
    from procpool import progress
    def report():
        while not os.path.exists(path): time.sleep(0.002)
        progress(5)
        os.rename(path, path + ".done")
    threading.Thread(target=report, daemon=True).start()
def misreports():
    from procpool import progress
    told = []
    for given in ("1",), (float("nan"),), (1, float("inf")), (True,), (10 ** 400,):
        try: progress(*given)
        except (TypeError, ValueError) as error: told.append("{}: {}".format(type(error).__name__, error))
    return told
def reports_oddly():
    from procpool import progress
    progress(fractions.Fraction(1, 2), decimal.Decimal(3), "n" * 2000)
    progress(1.0, note="\ud800")
    progress(1e300, note=5)
def cancelled():
    from procpool_worker.task import ask, cancel_requested
    ask("anything"); return cancel_requested()
