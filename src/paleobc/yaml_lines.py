"""YAML text to plain data, with the line of every key: hostile text is refused before it can grow."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import yaml

from paleobc.errors import InputError, RecipeError

# Texts written by hand are a few thousand characters long; reading takes about ten seconds for a million.
LARGEST_TEXT = 200_000
_DEEPEST = 30

# A number as 1e-10 is text in the version of YAML that the reader follows, and a number in every later one.
_POWER_OF_TEN = re.compile(r"[-+]?[0-9]{1,20}[eE][-+]?[0-9]{1,3}")
_LONGEST_NUMBER = 100

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


def yaml_text(path: FilePath, what: str = "recipe", refusal: type[InputError] = RecipeError, hint: str = "") -> str:
    """
    Text of a YAML file, of which no more is read than can be used.

    Parameters
    ----------
    path : Path
    what : str
        What the text is, for the errors.
    refusal : type of InputError
        Error that is raised.
    hint : str
        What to do where there is no such file, for the end of the sentence.

    Raises
    ------
    refusal
        Where it cannot be read.
    """
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(LARGEST_TEXT + 1)  # a wrong file may be endless
    except FileNotFoundError:
        raise refusal(f"There is no {what} {path}{hint}.") from None
    except UnicodeDecodeError:
        raise refusal(f"{path.name} is not text; a {what} is a YAML file.") from None
    except OSError as error:
        raise refusal(f"{path} cannot be read: {error.strerror}.") from None


def read_yaml(text: str, name: str, what: str = "recipe", refusal: type[InputError] = RecipeError) -> LinedData:
    r"""
    Plain data of a YAML text.

    Parameters
    ----------
    text : str
    name : str
        What the text is called, for the errors.
    what : str
        What the text is, for the errors.
    refusal : type of InputError
        Error that is raised.

    Raises
    ------
    RecipeError, or the error asked for
        Where the text is no YAML, too large or too deep, uses anchors, or gives a key twice.

    Examples
    --------
    >>> read_yaml("a: 1\nb: {c: [2, 3]}", "text").line_of(("b", "c", 1))
    2
    """
    try:
        return _read(text, name, what)
    except InputError as error:
        raise refusal(str(error)) from None


def _read(text: str, name: str, what: str) -> LinedData:
    """Plain data of a YAML text; refuses it by an InputError."""
    if len(text) > LARGEST_TEXT:
        raise InputError(f"{name} is longer than {LARGEST_TEXT} characters, the limit of a {what}.")
    lines: dict[Path, int] = {}
    try:
        _refuse_what_grows(text, name, what)
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        data = None if node is None else _data_of(loader, node, (), lines, name)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise InputError(f"{name} line {line}: this is not YAML: {error.reason}.") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise InputError(f"{name}{where}: this is not YAML: {error.problem}.") from None
    return LinedData(data, lines)


def _refuse_what_grows(text: str, name: str, what: str) -> None:
    """Refuse anchors, which make a short text grow without end, tags, deep nesting and a second document."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        where = f"{name} line {event.start_mark.line + 1 if event.start_mark else 1}"
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise InputError(f"{where}: anchors and aliases (& and *) are not allowed; write it out.")
        if getattr(event, "tag", None):
            raise InputError(f"{where}: tags (!) are not allowed; write the plain value.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise InputError(f"{where}: this is nested more than {_DEEPEST} deep.")
        documents += isinstance(event, yaml.DocumentStartEvent)
        if documents > 1:
            raise InputError(f"{where}: a second document begins here (---); write one {what} in a file.")


def _data_of(loader: yaml.SafeLoader, node: yaml.Node, path: Path, lines: dict[Path, int], name: str) -> Any:
    """Data of a node; notes the line of each of its parts."""
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_data_of(loader, item, (*path, index), lines, name) for index, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return _scalar(loader, node, name)
    result: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise InputError(f"{name} line {line}: a key must be a word or a number.")
        key = _scalar(loader, key_node, name)
        if key in result:
            raise InputError(f"{name} line {line}: {key!r} is given twice.")
        result[key] = _data_of(loader, value_node, (*path, key), lines, name)
        lines[(*path, key)] = line
    return result


def _scalar(loader: yaml.SafeLoader, node: yaml.Node, name: str) -> Any:
    """Value of a word or a number."""
    line = node.start_mark.line + 1
    if node.tag != "tag:yaml.org,2002:str" and len(node.value) > _LONGEST_NUMBER:
        raise InputError(f"{name} line {line}: this number is longer than {_LONGEST_NUMBER} characters.")
    plain = isinstance(node, yaml.ScalarNode) and node.style is None
    if plain and node.tag == "tag:yaml.org,2002:str" and _POWER_OF_TEN.fullmatch(node.value):
        return float(node.value)
    try:
        value = loader.construct_object(node)
    except ValueError as error:  # a date such as 2020-13-45
        raise InputError(f"{name} line {line}: {node.value!r} cannot be read: {error}.") from None
    if isinstance(value, str) and any(is_control(letter) for letter in value):
        raise InputError(f"{name} line {line}: this text holds a character that cannot be written.")
    return value


def is_control(letter: str) -> bool:
    """Whether a letter is none: a control character, or half a pair of UTF-16."""
    return (ord(letter) < 32 and letter not in "\t\n\r") or letter == "\x7f" or "\ud800" <= letter <= "\udfff"
