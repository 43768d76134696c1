"""Entry point: ``python3 <folder>/procpool_worker/__main__.py [worker]``; one line of JSON on stdin configures it.

Run as a file and not with -m: neither our folder nor the current one may be first on sys.path, or a user's module could be
shadowed by one of ours and ours by a file that happens to lie in the current folder.
"""
import sys

# Under another name it is a task's multiprocessing that imports us again, in a process with a path of its own.
if __name__ == "__main__":
    # A script's own folder comes first on sys.path, unless the interpreter was told not to put it there.
    if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
        del sys.path[0]
    sys.path.insert(0, __file__.rpartition("/")[0].rpartition("/")[0])
    from procpool_worker import forkserver, spawn

    del sys.path[0]
    if sys.argv[1:] == ["worker"]:
        spawn.main()
    else:
        forkserver.main()
