"""What the catalogue tells of functions, however odd they are."""
import json
import types
import unittest

import host
from procpool_worker import descriptions

SOURCE = '''"""What a shop does.

Not told: the second paragraph.
"""
import enum
def price(item: str, *, amount: int = 1, tax=0.19, note: "str | None" = None) -> float:
    """The price.

    With tax.
    """
def bare(): pass
class Thing:
    "A thing."
    def __init__(self, size): pass
class Color(enum.Enum): RED = 1
async def later(seconds): "Later."
def wide(numbers=list(range(1000000)), text="x" * 100000, more=["x" * 1000] * 100): pass
def digits(number=10 ** 1000000): pass
def names(a="ä", b="\\ud800"): pass
names.__doc__ = "\\ud800"
'''
ODD = '''
class Fails:
    def __repr__(self): raise RuntimeError
class Exits:
    def __repr__(self): raise SystemExit
class NoText:
    def __repr__(self): return 3
def default_fails(a, b=Fails(), *, c=NoText()): "Works."
def default_exits(a=Exits()): "Works."
def annotation_fails(a: Fails(), /, b: int = 2) -> NoText(): "Works."
class DocFails(type):
    @property
    def __doc__(self): raise RuntimeError
    @__doc__.setter
    def __doc__(self, text): pass
class Documented(metaclass=DocFails): pass
def long_doc(): pass
long_doc.__doc__ = "x" * 10_000_000
def doc_is_none(): pass
doc_is_none.__doc__ = {}
def signature_is_none(): pass
signature_is_none.__signature__ = 3
class Callable:
    __module__ = __name__
    __doc__ = property(lambda self: 1 / 0)
    def __call__(self, x): return x
    def __getattr__(self, name): raise RuntimeError(name)
instance = Callable()
'''


class Described(unittest.TestCase):
    def described(self, **modules):
        started = host.Host({name + ".py": source for name, source in modules.items()})
        self.addCleanup(started.close)
        self.names = {module["name"]: module["functions"] for module in started.catalogue()["modules"]}
        return started.described

    def test_functions_in_c_and_in_python_are_told_with_signature_and_doc(self):
        told = self.described(shop=SOURCE)
        self.assertEqual(told["math"]["functions"]["sqrt"],
                         {"signature": "(x, /)", "doc": "Return the square root of x."})
        shop = told["shop"]
        self.assertEqual(shop["doc"], "What a shop does.")
        self.assertEqual(shop["functions"]["price"], {
            "signature": "(item: str, *, amount: int = 1, tax=0.19, note: 'str | None' = None) -> float",
            "doc": "The price.\n\nWith tax."})
        self.assertEqual(shop["functions"]["bare"], {"signature": "()", "doc": None})
        self.assertEqual(shop["functions"]["Thing"], {"signature": "(size)", "doc": "A thing."})
        self.assertEqual(shop["functions"]["later"], {"signature": "(seconds)", "doc": "Later."})
        self.assertEqual({name: sorted(module["functions"]) for name, module in told.items()}, self.names)

    def test_a_function_that_does_not_say_has_no_signature(self):
        started = host.Host(allow=("builtins.max",))
        self.addCleanup(started.close)
        started.catalogue()
        self.assertIsNone(started.described["builtins"]["functions"]["max"]["signature"])

    def test_texts_that_are_too_long_are_cut(self):
        functions = self.described(shop=SOURCE, odd=ODD)
        wide = functions["shop"]["functions"]["wide"]["signature"]
        self.assertEqual(len(wide), descriptions.LONGEST_SIGNATURE)
        self.assertTrue(wide.startswith("(numbers=[0, 1, 2, ") and wide.endswith("…"))
        self.assertEqual(functions["shop"]["functions"]["digits"]["signature"], "(number=…)")
        doc = functions["odd"]["functions"]["long_doc"]["doc"]
        self.assertEqual(doc, "x" * (descriptions.LONGEST_DOC - 1) + "…")

    def test_objects_that_do_not_let_themselves_be_looked_at_harm_nobody(self):
        odd = self.described(odd=ODD)["odd"]["functions"]
        self.assertEqual(odd["default_fails"]["signature"], "(a, b=…, *, c=…)")
        self.assertEqual(odd["default_exits"]["signature"], "(a=…)")
        self.assertEqual(odd["annotation_fails"]["signature"], "(a, /, b=2)")
        for name in ("default_fails", "default_exits", "annotation_fails"):
            self.assertEqual(odd[name]["doc"], "Works.")
        for name in ("Documented", "doc_is_none", "instance"):
            self.assertIn(name, odd)
        self.assertIsNone(odd["Documented"]["doc"])
        self.assertIsNone(odd["signature_is_none"]["signature"])

    def test_a_text_that_no_utf_8_can_hold_is_told_as_far_as_it_can(self):
        names = self.described(shop=SOURCE)["shop"]["functions"]["names"]
        self.assertEqual(names, {"signature": "(a='ä', b='\\ud800')", "doc": "?"})

    def test_a_description_that_hangs_is_given_up_and_the_rest_is_there(self):
        hangs = "class H:\n    def __repr__(self):\n        while True: pass\ndef f(a=H()): pass\n"
        started = host.Host({"hangs.py": hangs, "light.py": "def f(): pass"}, import_timeout=1,
                            allow=())
        self.addCleanup(started.close)
        catalogue = started.catalogue()
        self.assertEqual(catalogue["warnings"], ["to describe hangs took longer than 1 s"])
        self.assertNotIn("hangs", started.described)
        self.assertIn("light", started.described)
        self.assertIsNone(started.fork().value("hangs.f"))

    def test_spawning_and_thread_hosts_tell_the_same(self):
        told = self.described(shop=SOURCE)
        for options in ({"start_method": "spawn"}, {"kind": "thread"}):
            started = host.Host({"shop.py": SOURCE}, **options)
            self.addCleanup(started.close)
            started.catalogue()
            self.assertEqual(started.described, told)


class Size(unittest.TestCase):
    def module(self, functions):
        module = types.ModuleType("m", "Doc.")
        return descriptions.describe(module, {"f%d" % n: (lambda a, b=1: 0) for n in range(functions)})

    def test_the_largest_modules_give_way_when_the_body_would_be_too_long(self):
        described = {"large": self.module(1000), "middle": self.module(100), "small": self.module(1)}
        whole = descriptions.body(described, 1 << 20)
        self.assertEqual(list(json.loads(whole)["modules"]), ["large", "middle", "small"])
        for limit, left in ((len(whole), ["large", "middle", "small"]), (len(whole) - 1, ["middle", "small"]),
                            (200, ["small"]), (20, [])):
            body = descriptions.body(described, limit)
            self.assertLessEqual(len(body), limit)
            self.assertEqual(list(json.loads(body)["modules"]), left)

    def test_the_frame_keeps_to_max_body(self):
        started = host.Host({"large.py": "".join("def f%d(a): 'x'\n" % n for n in range(500))}, max_body=6000,
                            allow=("math.sqrt",))
        self.addCleanup(started.close)
        catalogue = started.catalogue()
        self.assertEqual(len(started.module(catalogue, "large")["functions"]), 500)
        self.assertEqual(list(started.described), ["math"])


if __name__ == "__main__":
    unittest.main()
