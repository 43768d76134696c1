"""Which functions exist: the allow list of design §8.

A function can be called only by the name of the module that holds it: a folder module, or the module part of an allow
pattern. Names are looked up in a dict of what was found there; no attribute is ever walked by a name from outside, so
`yourmodule.os.system` or `math.__loader__` are not refused but simply do not exist.
"""
from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import Any, Callable, Dict, Iterable, List, Optional, Set

from . import imports, names
from .descriptions import Description, describe


class FunctionUnknown(Exception):
    pass


class Catalogue:
    """`lazy`: a module is imported when one of its functions is first asked for (spawned workers)."""

    def __init__(self, path: Iterable[str], allow: Iterable[str], skip: Optional[Dict[str, str]] = None,
                 lazy: bool = False) -> None:
        self._folders = [os.path.abspath(folder) for folder in path]
        self._folder_modules = names.folder_modules(self._folders)
        self._patterns, self.warnings = names.parse_patterns(allow)
        self._skip = skip or {}
        self._lazy = lazy
        self._functions: Dict[str, Callable[..., Any]] = {}
        self._of_module: Dict[str, List[str]] = {}
        self._errors: Dict[str, str] = {}
        self.described: Dict[str, Description] = {}  # what people want to know of each module; not if lazy

    def put_on_path(self) -> None:
        """User modules find each other, as beside a script; before everything else, as a script's folder."""
        sys.path[:0] = [folder for folder in self._folders if folder not in sys.path]

    def preload(self, modules: Iterable[str], before_each: Callable[[str], None], seconds: Optional[float]) -> None:
        for name in modules:
            if not self._skipped(name):
                before_each(name)
            loaded = self._skipped(name) or imports.load(name, seconds)
            if isinstance(loaded, str):
                self.warnings.append("preload of {} failed: {}".format(name, loaded))

    def load_all(self, before_each: Callable[[str], None], seconds: Optional[float]) -> None:
        for name in self._modules():
            if not self._skipped(name):
                before_each(name)
            self._load(name, seconds)

    def find(self, name: str) -> Callable[..., Any]:
        function = self._functions.get(name)
        if function is None:
            function = self._find_slowly(name)
        return function

    def modules(self) -> List[Dict[str, Any]]:
        """As the catalogue frame lists them."""
        return [{"name": name, "functions": self._of_module.get(name, []),
                 **({"error": self._errors[name]} if name in self._errors else {})} for name in self._modules()]

    def _modules(self) -> List[str]:
        """The modules that are allowed, exactly these."""
        return list(dict.fromkeys([*self._folder_modules, *(pattern.module for pattern in self._patterns)]))

    def _find_slowly(self, name: str) -> Callable[..., Any]:
        parts = names.split(name)
        module = parts[0] if parts else None
        if module not in self._folder_modules and not any(
                pattern.module == module and parts and pattern.allows(parts[1]) for pattern in self._patterns):
            raise FunctionUnknown("there is no function {!r}, or it is not allowed".format(name))
        assert module is not None
        if self._lazy and module not in self._of_module and module not in self._errors:
            self._load(module, None)
            if name in self._functions:
                return self._functions[name]
        if module in self._errors:
            raise FunctionUnknown("module {} cannot be used: {}".format(module, self._errors[module]))
        raise FunctionUnknown("module {} has no function {!r}".format(module, name))

    def _load(self, name: str, seconds: Optional[float]) -> None:
        loaded: Any = self._skipped(name)
        if loaded is None and name in self._folder_modules:
            loaded = imports.load_from_folder(self._folder_modules[name], seconds)
        elif loaded is None:
            loaded = imports.load(name, seconds)
        if isinstance(loaded, str):
            self._errors[name] = loaded
            return
        allowed = [function for function in _functions_of(loaded, name) if self._is_allowed(name, function)]
        self._of_module[name] = sorted(allowed)
        for function in allowed:
            self._functions[name + "." + function] = getattr(loaded, function)
        if not self._lazy:
            self._describe(name, loaded, seconds)
        for pattern in self._patterns:
            if pattern.module == name and pattern.name not in ("*", *allowed):
                self.warnings.append("{}.{} of the allow list is no function that {} defines".format(
                    name, pattern.name, name))

    def _describe(self, name: str, module: ModuleType, seconds: Optional[float]) -> None:
        """Now, while the host knows which module it is whose objects we look at: that may run code of theirs."""
        functions = {function: self._functions[name + "." + function] for function in self._of_module[name]}
        try:
            self.described[name] = imports.within(seconds, lambda: describe(module, functions))
        except imports.TookTooLong:
            self.warnings.append("to describe {} took longer than {:g} s".format(name, seconds or 0))

    def _is_allowed(self, module: str, function: str) -> bool:
        return module in self._folder_modules or any(
            pattern.module == module and pattern.allows(function) for pattern in self._patterns)

    def _skipped(self, name: str) -> Optional[str]:
        """To import a part of a package is to import the package."""
        parts = name.split(".")
        for count in range(1, len(parts) + 1):
            reason = self._skip.get(".".join(parts[:count]))
            if reason is not None:
                return reason
        return None


def _functions_of(module: ModuleType, name: str) -> Set[str]:
    """The public callables that the module defines or lists in `__all__`, not those that it has merely imported."""
    found = {key for key, value in list(vars(module).items()) if _defined_in(value, name)}
    listed = getattr(module, "__all__", ())
    if isinstance(listed, (list, tuple, set, frozenset)):
        found.update(key for key in listed if isinstance(key, str) and _is_callable(module, key))
    return set(filter(names.public, found))


def _defined_in(value: Any, module: str) -> bool:
    try:
        return callable(value) and value.__module__ == module
    except Exception:  # an object of the user's that does not even let itself be looked at
        return False


def _is_callable(module: ModuleType, key: str) -> bool:
    try:
        return callable(getattr(module, key))
    except Exception:
        return False
