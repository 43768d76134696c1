"""Which functions exist, and which never do."""
import os
import shutil
import sys
import tempfile
import textwrap
import unittest

import host  # noqa: F401  puts the package on the path
from procpool_worker import names
from procpool_worker.catalogue import Catalogue, FunctionUnknown

YOURS = """
import os
import os.path
import statistics
from os import system, getcwd
from math import factorial as fact
from functools import partial, wraps

__all__ = ["fact"]
LIMIT = 3

def hello(): return "hello"
def _hidden(): return 1
def __dunder__(): return 1

class Thing:
    def method(self): return 1
    @staticmethod
    def static(): return 1

@wraps(hello)
def wrapped(*args): return hello()

squared = lambda x: x * x
bound = partial(hello)

class Odd:
    @property
    def __module__(self): raise RuntimeError("don't look at me")
    def __call__(self): return 1
odd = Odd()
"""


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        path, modules = list(sys.path), set(sys.modules)
        self.addCleanup(lambda: [sys.modules.pop(name) for name in set(sys.modules) - modules])
        self.addCleanup(sys.path.__setitem__, slice(None), path)
        self.imported = []

    def write(self, name, source=""):
        file = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "w", encoding="utf-8") as out:
            out.write(textwrap.dedent(source))

    def catalogue(self, allow=(), skip=None, seconds=5.0, folders=None, lazy=False):
        catalogue = Catalogue(folders or [self.folder], allow, skip, lazy)
        catalogue.put_on_path()
        if not lazy:
            catalogue.load_all(self.imported.append, seconds)
        return catalogue

    def unknown(self, catalogue, *functions):
        for function in functions:
            with self.subTest(function):
                with self.assertRaises(FunctionUnknown) as refused:
                    catalogue.find(function)
        return str(refused.exception)

    def listed(self, catalogue):
        return {module["name"]: module for module in catalogue.modules()}


class AllowedFunctions(Folder):
    def test_a_star_allows_each_function_of_a_builtin_module(self):
        catalogue = self.catalogue(["math.*", "statistics.*"])
        self.assertEqual(catalogue.find("math.factorial")(20), 2432902008176640000)
        self.assertEqual(catalogue.find("statistics.mean")([1, 3]), 2)
        self.assertIn("sqrt", self.listed(catalogue)["math"]["functions"])

    def test_a_pattern_with_a_name_allows_this_name_only(self):
        catalogue = self.catalogue(["math.factorial"])
        self.assertEqual(self.listed(catalogue)["math"]["functions"], ["factorial"])
        self.unknown(catalogue, "math.sqrt")

    def test_what_is_reached_through_an_imported_module_does_not_exist(self):
        self.write("yourmodule.py", YOURS)
        self.unknown(
            self.catalogue(["math.*", "statistics.*"]),
            "os.system", "statistics.random._os.system", "statistics.random.random", "yourmodule.os.system",
            "yourmodule.os.path.join", "yourmodule.statistics.mean", "yourmodule.system", "yourmodule.getcwd",
            "math.__loader__", "math.__loader__.load_module", "math.__doc__", "yourmodule.partial", "yourmodule.wraps",
            "posix.system", "builtins.eval", "sys.exit")

    def test_names_with_empty_private_or_strange_segments_do_not_exist(self):
        self.write("yourmodule.py", YOURS)
        self.unknown(
            self.catalogue(["math.*"]),
            "", ".", "..", "math", "math.", ".math", ".factorial", "math..factorial", "math.factorial.", "math.*", "*",
            "yourmodule._hidden", "yourmodule.__dunder__", "yourmodule.__init__", "math.factorial\n", " math.factorial",
            "math.factorial.__call__", "yourmodule.LIMIT", "yourmodule.Thing.method", "yourmodule.Thing.static",
            "yourmodule/hello", "yourmodule.hello.__globals__", "mаth.factorial")

    def test_public_callables_of_a_folder_module_are_found(self):
        self.write("yourmodule.py", YOURS)
        catalogue = self.catalogue()
        self.assertEqual(self.listed(catalogue)["yourmodule"]["functions"],
                         ["Thing", "fact", "hello", "squared", "wrapped"])
        self.assertEqual(catalogue.find("yourmodule.fact")(3), 6)

    def test_a_pattern_that_is_none_is_a_warning(self):
        texts = ["*", "math", ".x", "x.", "a..b", "_a.b", "a._b", "a.*.b", "math.*x", ""]
        catalogue = self.catalogue([*texts, "math.sqrt"])
        self.assertEqual(len(catalogue.warnings), len(texts))
        self.assertEqual(list(self.listed(catalogue)), ["math"])

    def test_a_pattern_of_a_function_that_its_module_does_not_define_is_a_warning(self):
        catalogue = self.catalogue(["statistics.groupby", "math.nothing"])
        self.assertEqual(len(catalogue.warnings), 2, catalogue.warnings)
        self.unknown(catalogue, "statistics.groupby", "math.nothing")

    def test_a_module_that_does_not_exist_is_listed_with_its_error(self):
        catalogue = self.catalogue(["no_such_module.*", "java.lang.Math.*"])
        self.assertIn("ModuleNotFoundError", self.listed(catalogue)["no_such_module"]["error"])
        self.assertIn("ModuleNotFoundError", self.unknown(catalogue, "no_such_module.x"))


class FolderModules(Folder):
    def test_modules_and_packages_are_found_recursively(self):
        self.write("shop/__init__.py", "def open(): return 'open'")
        self.write("shop/orders/__init__.py")
        self.write("shop/orders/new.py", "from .. import open\ndef place(): return open()")
        self.write("loose/part.py", "def part(): return 1")
        self.write("_private.py", "raise SystemExit")
        self.write("_private/x.py", "raise SystemExit")
        self.write("shop/_private.py", "raise SystemExit")
        self.write("not-a-name.py", "raise SystemExit")
        self.write("__pycache__/x.py", "raise SystemExit")
        self.write(".venv/x.py", "raise SystemExit")
        self.write("text.txt", "raise SystemExit")
        catalogue = self.catalogue()
        self.assertEqual(self.imported, ["loose.part", "shop", "shop.orders", "shop.orders.new"])
        self.assertEqual(catalogue.find("shop.orders.new.place")(), "open")
        self.unknown(catalogue, "shop.orders.new.open", "shop.orders.place", "shop._private.x")

    def test_folder_modules_import_each_other(self):
        self.write("one.py", "import two\ndef f(): return two.g()")
        self.write("two.py", "def g(): return 2")
        self.assertEqual(self.catalogue().find("one.f")(), 2)

    def test_a_missing_folder_is_an_empty_one(self):
        self.assertEqual(self.catalogue(folders=[self.folder + "/nowhere"]).modules(), [])

    def test_links_in_a_circle_end(self):
        self.write("a/b.py", "def f(): return 1")
        os.symlink(self.folder, os.path.join(self.folder, "a", "again"))
        self.assertEqual(self.catalogue().find("a.b.f")(), 1)

    def test_broken_modules_are_kept_with_their_cause_and_the_rest_works(self):
        self.write("syntax.py", "x = 1\ndef f(:\n")
        self.write("missing.py", "\nimport no_such_thing\n")
        self.write("raises.py", "1 / 0")
        self.write("leaves.py", "import sys\nsys.exit(3)")
        self.write("interrupts.py", "raise KeyboardInterrupt")
        self.write("weird.py", "class E(Exception):\n  def __str__(self): raise ValueError\nraise E")
        self.write("good.py", "def f(): return 1")
        catalogue = self.catalogue()
        errors = {name: module["error"] for name, module in self.listed(catalogue).items() if "error" in module}
        self.assertRegex(errors.pop("syntax"), r"^SyntaxError: .*\(syntax\.py, line 2\)$")
        self.assertRegex(errors.pop("missing"), r"^ModuleNotFoundError: .*no_such_thing.* \(missing\.py, line 2\)$")
        self.assertRegex(errors.pop("raises"), r"^ZeroDivisionError: division by zero \(raises\.py, line 1\)$")
        self.assertRegex(errors.pop("leaves"), r"^SystemExit: 3 \(leaves\.py, line 2\)$")
        self.assertIn("KeyboardInterrupt", errors.pop("interrupts"))
        self.assertIn("E", errors.pop("weird"))
        self.assertEqual(errors, {})
        self.assertEqual(catalogue.find("good.f")(), 1)
        self.assertIn("division by zero", self.unknown(catalogue, "raises.f"))

    def test_an_import_that_hangs_is_broken_off(self):
        self.write("hangs.py", "while True: pass")
        self.write("sleeps.py", "import time\ntry: time.sleep(1000)\nexcept Exception: pass")
        self.write("catches.py", "import time\ntry: time.sleep(1000)\nexcept: pass\ntime.sleep(1000)")
        self.write("quick.py", "def f(): return 1")
        catalogue = self.catalogue(seconds=0.2)
        for name in ("hangs", "sleeps", "catches"):
            self.assertIn("longer than 0.2 s", self.listed(catalogue)[name]["error"])
        self.assertEqual(catalogue.find("quick.f")(), 1)

    def test_the_module_for_functions_is_none_of_them_and_hides_one_of_the_same_name(self):
        import procpool
        self.write("procpool.py", "def progress(): return 'not ours'")
        self.write("user.py", "import procpool\nfrom procpool import progress\ndef f(): return procpool.__file__")
        for lazy in False, True:
            with self.subTest(lazy=lazy):
                catalogue = self.catalogue(["procpool.*", "procpool.progress", "procpool_worker.task.*"], lazy=lazy)
                self.assertEqual(catalogue.find("user.f")(), procpool.__file__)
                self.assertIn("hidden by Procpool's own procpool", self.unknown(
                    catalogue, "procpool.progress", "procpool.current"))
                self.unknown(catalogue, "user.progress", "procpool_worker.task.ask", "procpool.Current", "user.procpool.progress")
                self.assertEqual(catalogue.warnings, [
                    "{!r} of the allow list is for functions to use, not to be called: ignored".format(name)
                    for name in ("procpool.*", "procpool.progress", "procpool_worker.task.*")])

    def test_the_module_for_functions_cannot_be_called_by_the_allow_list(self):
        catalogue = self.catalogue(["procpool.*"])
        self.assertEqual(catalogue.modules(), [])
        self.unknown(catalogue, "procpool.progress", "procpool.current")

    def test_a_module_that_hides_behind_the_standard_library_is_an_error_not_a_surprise(self):
        self.write("json.py", "def dumps(x): return 'mine'")
        self.write("math.py", "def sqrt(x): return 'mine'")
        self.write("email/mine.py", "def f(): return 1")
        import email  # noqa: F401
        catalogue = self.catalogue()
        for name in ("json", "math", "email.mine"):
            self.assertIn("hidden by the standard library's " + name.partition(".")[0],
                          self.listed(catalogue)[name]["error"])
        self.unknown(catalogue, "json.dumps", "math.sqrt", "email.mine.f")

    def test_a_module_of_the_standard_library_that_nobody_has_imported_is_the_users(self):
        sys.modules.pop("this", None)
        self.write("this.py", "def f(): return 'mine'")
        self.assertEqual(self.catalogue().find("this.f")(), "mine")

    def test_of_two_folders_the_first_has_the_name(self):
        second = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, second)
        for folder, text in ((self.folder, "first"), (second, "second")):
            with open(os.path.join(folder, "twin.py"), "w") as out:
                out.write("def f(): return {!r}".format(text))
        self.assertEqual(self.catalogue(folders=[self.folder, second]).find("twin.f")(), "first")

    def test_skipped_modules_are_not_imported_nor_is_what_is_in_them(self):
        self.write("bad/__init__.py", "raise SystemExit")
        self.write("bad/part.py", "raise SystemExit")
        catalogue = self.catalogue(skip={"bad": "it ended the interpreter"})
        self.assertEqual(self.imported, [])
        self.assertEqual({module["error"] for module in catalogue.modules()}, {"it ended the interpreter"})

    def test_a_module_that_puts_something_else_in_its_place_is_an_error(self):
        self.write("strange.py", "import sys\nsys.modules[__name__] = 3")
        self.assertIn("no module", self.listed(self.catalogue())["strange"]["error"])

    def test_a_lazy_catalogue_imports_what_is_asked_for_under_the_same_rules(self):
        self.write("yourmodule.py", YOURS)
        self.write("never.py", "raise SystemExit")
        catalogue = self.catalogue(["math.sqrt"], lazy=True)
        self.assertNotIn("yourmodule", sys.modules)
        self.assertEqual(catalogue.find("yourmodule.hello")(), "hello")
        self.assertEqual(catalogue.find("math.sqrt")(4), 2)
        self.unknown(catalogue, "math.factorial", "os.system", "yourmodule.os.system", "yourmodule._hidden", "xml.x.y")
        self.assertIn("SystemExit", self.unknown(catalogue, "never.f"))

    def test_preload_errors_are_warnings(self):
        catalogue = Catalogue([], [])
        catalogue.preload(["decimal", "no_such_module"], self.imported.append, 5)
        self.assertEqual(self.imported, ["decimal", "no_such_module"])
        self.assertEqual(len(catalogue.warnings), 1)
        self.assertIn("no_such_module", catalogue.warnings[0])


class Names(unittest.TestCase):
    def test_a_file_beside_a_package_of_its_name_is_no_module(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "a"))
            for file in ("a.py", "a/__init__.py"):
                open(os.path.join(folder, file), "w").close()
            self.assertTrue(names.folder_modules([folder])["a"].file.endswith("__init__.py"))


if __name__ == "__main__":
    unittest.main()
