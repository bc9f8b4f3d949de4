"""YAML text to plain data, with the line of every key: hostile text is refused before it can grow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from paleobc.errors import RecipeError

_LARGEST_TEXT = 1_000_000
_DEEPEST = 30

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class LinedData:
    """
    Plain data and where each part of it stands.

    Parameters
    ----------
    data : object
        Mappings, lists and scalars.
    lines : dict of path to int
        Line, from 1, of the value at each path of keys and indices.
    """

    data: Any
    lines: dict[Path, int] = field(repr=False)

    def line_of(self, path: Path) -> int:
        """Line of the value at a path, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(text: str, name: str) -> LinedData:
    r"""
    Plain data of a YAML text.

    Parameters
    ----------
    text : str
    name : str
        What the text is called, for the errors.

    Raises
    ------
    RecipeError
        Where the text is no YAML, too large or too deep, uses anchors, or gives a key twice.

    Examples
    --------
    >>> read_yaml("a: 1\nb: {c: [2, 3]}", "text").line_of(("b", "c", 1))
    2
    """
    if len(text) > _LARGEST_TEXT:
        raise RecipeError(f"{name} is {len(text)} characters long; {_LARGEST_TEXT} is the limit.")
    loader = yaml.SafeLoader(text)
    lines: dict[Path, int] = {}
    try:
        node = loader.get_single_node() if _is_plain(text, name) else None
        data = None if node is None else _data_of(loader, node, (), lines, name)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise RecipeError(f"{name}{where}: this is not YAML: {getattr(error, 'problem', None) or error}.") from None
    except ValueError as error:
        raise RecipeError(f"{name}: a value cannot be read: {error}.") from None
    finally:
        loader.dispose()
    return LinedData(data, lines)


def _is_plain(text: str, name: str) -> bool:
    """Whether the text holds anything; refuses anchors, which can make a short text grow without end."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise RecipeError(f"{name} line {line}: anchors and aliases (& and *) are not allowed; write it out.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise RecipeError(f"{name} line {line}: this is nested more than {_DEEPEST} deep.")
    return True


def _data_of(loader: yaml.SafeLoader, node: yaml.Node, path: Path, lines: dict[Path, int], name: str) -> Any:
    """Data of a node; notes the line of each of its parts."""
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_data_of(loader, item, (*path, index), lines, name) for index, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return loader.construct_object(node, deep=True)
    result: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise RecipeError(f"{name} line {line}: a key must be a word or a number.")
        key = loader.construct_object(key_node)
        if key in result:
            raise RecipeError(f"{name} line {line}: {key!r} is given twice.")
        result[key] = _data_of(loader, value_node, (*path, key), lines, name)
        lines[(*path, key)] = line
    return result
