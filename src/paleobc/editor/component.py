"""The component of the editor as browsers get it: all of its modules as the text of one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Final

#: Where the modules lie; the module that mounts the editor, and its style, are in it.
FOLDER: Final = Path(__file__).parent / "component"
ENTRY: Final = "editor.js"
STYLE: Final = "editor.css"
#: Module that puts the editor into a page of a server.
PAGE: Final = "page.js"
#: Name under which all modules of the page are served as one.
WHOLE: Final = "whole.js"

_NAMES: Final = r"\{[^{}]*\}"
_FROM: Final = r'\s*from\s*"(?P<{0}>[^"\n]+)";?'
_IMPORT: Final = re.compile(
    rf"^import\s+(?P<what>{_NAMES}|\*\s*as\s+[\w$]+)" + _FROM.format("file") + r'|^import\s+"(?P<bare>[^"\n]+)";?',
    re.MULTILINE,
)
_EXPORTED: Final = re.compile(
    r"^export\s+(?P<kind>(?:async\s+)?function\s*\*?|class|const)\s+(?P<name>[\w$]+)", re.MULTILINE
)
_EXPORT_LIST: Final = re.compile(rf"^export\s+(?P<names>{_NAMES})(?:{_FROM.format('file')}|;?)", re.MULTILINE)
_OTHER: Final = re.compile(
    r"^(?:import|export)\b.*|(?:\bawait|\breturn|[=(,:?>])\s*import\s*\(.*|\bimport\.meta\b.*", re.MULTILINE
)
_COMMENT: Final = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class _Module:
    """A module: its text without imports and exports, what it imports, and what it exports under which names."""

    imports: tuple[tuple[str, str], ...]
    body: str
    exports: tuple[tuple[str, str], ...]


def style() -> str:
    """Style of the editor."""
    return (FOLDER / STYLE).read_text(encoding="utf-8")


def one_module(entry: str = ENTRY, folder: Path = FOLDER) -> str:
    """
    All modules as the text of one, which exports what the entry exports.

    Each module becomes a function of its own, called once, so that their names do not meet. It needs no other file and
    no address, and runs where pages may load neither: in the outputs of notebooks. Live bindings (``export let``),
    default exports and imports at run time are not known here, and refused.

    Raises
    ------
    ValueError
        Where a module says something that is not known here.
    """
    found = _ordered(entry, folder)
    numbers = {name: number for number, name in enumerate(found)}
    parts = []
    for name, module in found.items():
        imported = "".join(f"const {what} = $module{numbers[file]};\n" for file, what in module.imports)
        given = ", ".join(f"{outer}: {inner}" if outer != inner else inner for outer, inner in module.exports)
        parts.append(
            f"// {name}\nconst $module{numbers[name]} = (() => {{\n{imported}{module.body}\n"
            f"return Object.freeze({{ {given} }});\n}})();\n"
        )
    last = found[entry].exports
    names = ", ".join(outer for outer, _ in last)
    given = f"export const {{ {names} }} = $module{numbers[entry]};\n" if last else ""
    return "".join([*parts, given])


def whole() -> str:
    """All modules of the page as the text of one; made again where a file has changed."""
    return _whole(max(path.stat().st_mtime_ns for path in FOLDER.rglob("*.js")))


@lru_cache(maxsize=1)
def _whole(_changed: int) -> str:
    """All modules of the page as the text of one, kept while no file changes."""
    return one_module(PAGE)


def _ordered(entry: str, folder: Path) -> dict[str, _Module]:
    """Modules that one needs by their names, each after those that it imports."""
    found: dict[str, _Module] = {}
    open_ones: list[str] = []

    def visit(name: str) -> None:
        if name in found:
            return
        if name in open_ones:
            raise ValueError(f"{' -> '.join([*open_ones, name])}: modules that import each other have no order.")
        open_ones.append(name)
        module = _parsed(name, (folder / name).read_text(encoding="utf-8"))
        for file, _ in module.imports:
            visit(file)
        open_ones.pop()
        found[name] = module

    visit(entry)
    return found


def _parsed(name: str, text: str) -> _Module:
    r"""
    Take a module apart; statements of imports and exports begin a line, as everywhere in this component.

    Examples
    --------
    >>> module = _parsed("a/b.js", 'import { x as y } from "../c.js";\nexport function f() { return y; }\n')
    >>> module.imports, module.exports
    ((('c.js', '{ x: y }'),), (('f', 'f'),))
    """
    imports, exports = [], []
    for found in _IMPORT.finditer(text):
        file = _beside(name, found["file"] or found["bare"])
        what = found["what"] or "{}"
        imports.append((file, what.split()[-1] if what.startswith("*") else f"{{ {_destructured(what)} }}"))
    body = _IMPORT.sub("", text)
    for number, found in enumerate(_EXPORT_LIST.finditer(body)):
        pairs = [(inner, outer) for inner, outer in _pairs(found["names"])]
        if found["file"]:  # what is passed on gets names of its own, which no name of the module can be
            imports.append(
                (
                    _beside(name, found["file"]),
                    f"{{ {', '.join(f'{inner}: $passed{number}_{inner}' for inner, _ in pairs)} }}",
                )
            )
            pairs = [(f"$passed{number}_{inner}", outer) for inner, outer in pairs]
        exports += [(outer, inner) for inner, outer in pairs]
    body = _EXPORT_LIST.sub("", body)
    exports += [(found["name"], found["name"]) for found in _EXPORTED.finditer(body)]
    body = _EXPORTED.sub(lambda found: f"{found['kind']} {found['name']}", body)
    if other := _OTHER.search(_COMMENT.sub("", body)):
        raise ValueError(f"{name}: {other[0].strip()[:80]!r} cannot be put into one module.")
    return _Module(tuple(imports), body.strip("\n"), tuple(exports))


def _pairs(names: str) -> Iterator[tuple[str, str]]:
    """Names in braces: what stands before ``as``, and what behind it."""
    for part in names.strip("{}").split(","):
        words = part.split()
        if words:
            yield words[0], words[-1]


def _destructured(names: str) -> str:
    """Imported names as those of a destructuring assignment."""
    return ", ".join(inner if inner == outer else f"{inner}: {outer}" for inner, outer in _pairs(names))


def _beside(name: str, file: str) -> str:
    """Name in the folder of a file that a module names."""
    found = normpath(str(PurePosixPath(name).parent / file))
    if not file.startswith(".") or found.startswith("../"):
        raise ValueError(f"{name}: {file} is no module of the component.")
    return found
