"""The options of a step as fields of a form, made from its declaration, and read back from it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import ValidationError

from paleobc.workflow.step import Step, sentence_of

Kind = Literal["boolean", "choice", "number", "integer", "text", "data"]

_KINDS: Final[Mapping[str, Kind]] = {
    "boolean": "boolean",
    "number": "number",
    "integer": "integer",
    "string": "text",
}


@dataclass(frozen=True)
class Field:
    """
    A field of the form.

    Parameters
    ----------
    name, title, description : str
    kind : {"boolean", "choice", "number", "integer", "text", "data"}
        "data" is typed as JSON.
    optional : bool
        Whether none is a value.
    value : str
        What stands in it.
    default : str
        Default, in words.
    is_changed : bool
        Whether the value is not the default.
    choices : tuple of str
    least, most : float or None
    excludes_least : bool
        Whether the least value itself is not allowed.
    error : str
        What is wrong with the value.
    """

    name: str
    title: str
    description: str
    kind: Kind
    optional: bool
    value: str
    default: str
    is_changed: bool
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    excludes_least: bool = False
    error: str = ""


def fields_of(
    options: Sequence[Mapping[str, Any]],
    values: Mapping[str, Any],
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    without: Sequence[str] = (),
) -> list[Field]:
    """
    Fields of the options of a step.

    Parameters
    ----------
    options : sequence of mapping
        As `paleobc.services.step_forms.step_form` describes them.
    values : mapping
        Values in effect.
    typed : mapping of str to str, optional
        What was typed and refused, shown instead of the values.
    errors : mapping of str to str, optional
        What is wrong with it.
    without : sequence of str
        Options that have a page of their own.
    """
    return [
        _field(option, values, typed or {}, (errors or {}).get(option["name"], ""))
        for option in options
        if option["name"] not in without
    ]


def _field(option: Mapping[str, Any], values: Mapping[str, Any], typed: Mapping[str, str], error: str) -> Field:
    """Field of one option."""
    name, schema = option["name"], option["schema"]
    kind = kind_of(schema)
    value = values.get(name, option["default"])
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    return Field(
        name=name,
        title=option["title"],
        description=option["description"],
        kind=kind,
        optional=option["optional"],
        value=typed[name] if name in typed else text_of(value, kind),
        default="none" if option["default"] is None else _default_words(option["default"], kind),
        is_changed=value != option["default"],
        choices=tuple(str(choice) for choice in schema.get("enum", ())),
        least=least,
        most=schema.get("maximum", schema.get("exclusiveMaximum")),
        excludes_least="exclusiveMinimum" in schema,
        error=error,
    )


def kind_of(schema: Mapping[str, Any]) -> Kind:
    """
    Kind of field for a schema.

    Examples
    --------
    >>> kind_of({"type": "string", "enum": ["F", "T"]}), kind_of({"type": "array"})
    ('choice', 'data')
    """
    return "choice" if "enum" in schema else _KINDS.get(schema.get("type", ""), "data")


def text_of(value: Any, kind: Kind) -> str:
    """
    A value as it stands in its field.

    Examples
    --------
    >>> text_of(None, "number"), text_of(2.0, "number"), text_of(True, "boolean"), text_of([[1, 2]], "data")
    ('', '2', 'yes', '[[1, 2]]')
    """
    if value is None:
        return ""
    if kind == "boolean":
        return "yes" if value else ""
    if kind in ("number", "integer"):
        return f"{value:.12g}"
    return json.dumps(value, ensure_ascii=False) if kind == "data" else str(value)


def _default_words(value: Any, kind: Kind) -> str:
    """A default in words."""
    words = {"yes": "yes", "": "no"}[text_of(value, kind)] if kind == "boolean" else text_of(value, kind)
    return words if words else "empty"


def read_options(
    step: Step, options: Sequence[Mapping[str, Any]], typed: Mapping[str, str], kept: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """
    Options from a form, and for each that is wrong a sentence.

    Parameters
    ----------
    step : Step
        Whose declaration checks them.
    options : sequence of mapping
        As `paleobc.services.step_forms.step_form` describes them.
    typed : mapping of str to str
        What was typed; a box that is not ticked is not there.
    kept : mapping
        Options that are not in the form, and stay.
    """
    given: dict[str, Any] = dict(kept)
    errors: dict[str, str] = {}
    for option in options:
        name = option["name"]
        if name in kept:
            continue
        try:
            given[name] = _value(typed.get(name, ""), kind_of(option["schema"]), option["optional"])
        except ValueError as error:
            errors[name] = str(error)
    try:
        step.options_model.model_validate({name: value for name, value in given.items() if name not in errors})
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            name = str(fault["loc"][0]) if fault["loc"] else ""
            errors.setdefault(name, _capital(sentence_of(dict(fault))))
    default = {option["name"]: option["default"] for option in options}
    return {name: value for name, value in given.items() if value != default.get(name)}, errors


def _value(text: str, kind: Kind, optional: bool) -> Any:
    """
    Value of what was typed.

    Raises
    ------
    ValueError
        With a sentence.
    """
    if kind == "boolean":
        return text == "yes"
    if text == "" and optional:
        return None
    if kind in ("number", "integer"):
        try:
            return int(text) if kind == "integer" else float(text.replace(",", "."))
        except ValueError:
            raise ValueError("A whole number is needed." if kind == "integer" else "A number is needed.") from None
    return _data(text) if kind == "data" else text


def _data(text: str) -> Any:
    """Value of JSON; a single word need not stand in quotes."""
    if text.isidentifier() and text not in ("true", "false", "null"):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError(
            "This cannot be read; write lists in [ ], names and values in { }, and words in double quotes."
        ) from None


def _capital(sentence: str) -> str:
    """A sentence with a capital letter."""
    return sentence[:1].upper() + sentence[1:]
