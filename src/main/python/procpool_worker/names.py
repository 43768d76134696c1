"""Names: what an allow pattern means, and which modules a functions folder holds. Nothing is imported here."""
from __future__ import annotations

import os
from typing import Dict, Iterable, List, NamedTuple, Optional, Set, Tuple


class Pattern(NamedTuple):
    """`module.name` or `module.*`."""

    module: str
    name: str

    def allows(self, name: str) -> bool:
        return self.name in ("*", name)


class FolderModule(NamedTuple):
    name: str
    folder: str
    file: str


OURS = ("procpool", "procpool_worker")


def public(segment: str) -> bool:
    return segment.isidentifier() and not segment.startswith("_")


def split(name: str) -> Optional[Tuple[str, str]]:
    """A function's name as its module and its own name; None if no function can be called so."""
    module, dot, last = name.rpartition(".")
    return (module, last) if dot and all(map(public, name.split("."))) else None


def parse_patterns(texts: Iterable[str]) -> Tuple[List[Pattern], List[str]]:
    """The patterns, and a warning for each text that is none."""
    patterns, warnings = [], []
    for text in texts:
        module, dot, last = text.rpartition(".")
        if module.partition(".")[0] in OURS:
            warnings.append("{!r} of the allow list is for functions to use, not to be called: ignored".format(text))
        elif dot and (last == "*" or public(last)) and all(map(public, module.split("."))):
            patterns.append(Pattern(module, last))
        else:
            warnings.append("{!r} of the allow list is neither module.name nor module.*: ignored".format(text))
    return patterns, warnings


def folder_modules(folders: Iterable[str]) -> Dict[str, FolderModule]:
    """Every module below the folders by its name, in the order in which they are to be imported: packages before what
    is in them. Of two with one name the first folder's wins, as on sys.path."""
    found: Dict[str, FolderModule] = {}
    for folder in folders:
        folder = os.path.abspath(folder)
        _search(folder, folder, "", found, {os.path.realpath(folder)})
    return dict(sorted(found.items()))


def _search(root: str, folder: str, package: str, found: Dict[str, FolderModule], above: Set[str]) -> None:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:  # a folder that is missing is an empty one
        return
    for entry in entries:
        stem = entry.name[:-3] if entry.name.endswith(".py") else entry.name
        if entry.name == "__init__.py" and package and entry.is_file():
            found.setdefault(package, FolderModule(package, root, entry.path))
        elif not public(stem):
            continue
        elif entry.is_dir():
            real = os.path.realpath(entry.path)
            if real not in above and stem == entry.name:  # links may lead in a circle
                _search(root, entry.path, _join(package, stem), found, above | {real})
        elif stem != entry.name and entry.is_file():
            name = _join(package, stem)
            # Beside a package of the same name Python never looks at this file.
            if not os.path.isfile(os.path.join(folder, stem, "__init__.py")):
                found.setdefault(name, FolderModule(name, root, entry.path))


def _join(package: str, segment: str) -> str:
    return package + "." + segment if package else segment
