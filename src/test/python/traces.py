"""What a task may leave behind in its worker. Lies in the functions folder of its host."""
import locale, os, resource, signal, sys, threading, time
goes_on = threading.Event()
def look():
    mask = os.umask(0o22)
    os.umask(mask)
    try: folder = os.getcwd()
    except OSError: folder = None
    return {"folder": folder, "umask": mask, "variable": os.environ.get("LEFT_BEHIND"), "zone": time.tzname[0],
            "locale": locale.setlocale(locale.LC_ALL), "module": "left_behind" in sys.modules,
            "path": "/left/behind" in sys.path, "threads": threading.active_count(), "attribute": hasattr(os, "left"),
            "recursion": sys.getrecursionlimit(), "files": resource.getrlimit(resource.RLIMIT_FSIZE)[0],
            "handler": callable(signal.getsignal(signal.SIGUSR1)) and signal.getsignal(signal.SIGUSR1).__name__}
def leave():
    os.chdir("/")
    os.umask(0o77)
    os.environ["LEFT_BEHIND"] = "yes"
    os.environ["TZ"] = "XYZ-3"
    time.tzset()
    locale.setlocale(locale.LC_ALL, "C")
    sys.modules["left_behind"] = sys
    sys.path.append("/left/behind")
    os.left = 1
    sys.setrecursionlimit(5000)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGUSR1, leave_handler)
    threading.Thread(target=goes_on.wait, daemon=True).start()
    return look()
def leave_handler(*_): pass
def lose_folder():
    os.mkdir("gone"); os.chdir("gone"); os.rmdir("../gone")
def spoil():
    """What the worker itself might need."""
    sys.path.clear(); sys.modules.pop("json"); sys.modules.pop("inspect")
    os.environ.clear(); locale.setlocale(locale.LC_ALL, "C"); sys.stdout = sys.stderr = None
    import builtins; builtins.print = None
def raises(): raise ValueError("größe")
def value(): return ["größe", 1.5]
def leak(limit):
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    kept = leak.kept = []
    while True: kept.append(os.open("/dev/null", os.O_RDONLY))
def leak_quietly(limit):
    try: leak(limit)
    except OSError: return "fine"
def leak_some(): leak.kept = [os.open("/dev/null", os.O_RDONLY) for _ in range(100)]; raise OSError(24, "not really")
def opens(): return open("/dev/null").close()
def items(n): return leak(64) if n == 1 else n
