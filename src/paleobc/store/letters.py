"""Text compared and sorted alike by every database, whatever the language of the machine it runs on."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

#: Name of the function of ours in SQLite, whose own one knows the letters of English alone.
LOWER: Final = "paleobc_lower"


class small_letters(GenericFunction[str]):  # noqa: N801  (a function of the database)
    """Text in small letters, those of all languages, sorted by the numbers of its characters."""

    type = String()
    inherit_cache = True


class by_character(GenericFunction[str]):  # noqa: N801  (a function of the database)
    """Text sorted by the numbers of its characters."""

    type = String()
    inherit_cache = True


@compiles(small_letters, "sqlite")
def _small_in_sqlite(element: small_letters, compiler: SQLCompiler, **how: Any) -> str:
    return f"{LOWER}({compiler.process(_only(element), **how)})"


@compiles(small_letters, "postgresql")
def _small_in_postgresql(element: small_letters, compiler: SQLCompiler, **how: Any) -> str:
    return f'(lower({compiler.process(_only(element), **how)} COLLATE "und-x-icu") COLLATE "C")'


@compiles(by_character, "sqlite")
def _by_character_in_sqlite(element: by_character, compiler: SQLCompiler, **how: Any) -> str:
    return compiler.process(_only(element), **how)


@compiles(by_character, "postgresql")
def _by_character_in_postgresql(element: by_character, compiler: SQLCompiler, **how: Any) -> str:
    return f'({compiler.process(_only(element), **how)} COLLATE "C")'


def _only(element: GenericFunction[str]) -> ColumnElement[str]:
    """What a function is asked about."""
    (argument,) = element.clauses
    return argument
