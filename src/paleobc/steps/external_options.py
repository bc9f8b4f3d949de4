"""The options of an external step as users choose them: typed, within limits, and never a flag of the program."""

from __future__ import annotations

import keyword
import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, create_model

from paleobc.steps.external_declaration import LinedDeclaration, OptionDeclaration
from paleobc.workflow.step import sentence_of

#: Options that the command of every step has.
_TAKEN: Final = ("files", "output", "variable", "help")
_LONGEST: Final = 200
_NUMBERS: Final[dict[str, type[int] | type[float]]] = {"int": int, "float": float}


def options_model(found: LinedDeclaration) -> type[BaseModel]:
    """
    Model of the options of a declaration.

    Raises
    ------
    InputError
        Where an option is not one, or its default not allowed; names the line.
    """
    fields: dict[str, Any] = {}
    for name, option in found.declaration.options.items():
        if name in _TAKEN or keyword.iskeyword(name) or hasattr(BaseModel, name) or name.startswith("model_"):
            raise found.refusal("an option cannot have this name; take another one.", "options", name)
        fault = _fault(option)
        if fault:
            raise found.refusal(fault, "options", name)
        fields[name] = (_annotation(option), option.default)
    config = ConfigDict(extra="forbid", allow_inf_nan=False)
    model: type[BaseModel] = create_model(f"{found.declaration.name}_options", __config__=config, **fields)
    for name, option in found.declaration.options.items():
        try:
            model.model_validate({name: option.default}, strict=True)
        except ValidationError as error:
            raise found.refusal(sentence_of(error.errors(include_url=False)[0]), "options", name, "default") from None
    return model


def word_of(value: Any) -> str:
    """
    Value of an option as a word of a command.

    Examples
    --------
    >>> word_of(True), word_of(0.1), word_of(1e-10), word_of("linear")
    ('true', '0.1', '1e-10', 'linear')
    """
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fault(option: OptionDeclaration) -> str:
    """Sentence on what is wrong with an option, other than its default; empty where nothing is."""
    given = option.model_fields_set
    if option.type not in _NUMBERS and given & {"least", "most"}:
        return "least and most are limits of a number."
    if (option.type == "choice") != bool(option.choices):
        return "choices are needed for a choice, and for nothing else."
    if option.type != "str" and "pattern" in given:
        return "a pattern is for a str."
    try:
        re.compile(option.pattern)
        create_model("pattern", text=(Annotated[str, Field(pattern=option.pattern)], ...))
    except Exception:  # the two readers of patterns raise errors of their own
        return "pattern is no regular expression that can be used here."
    return ""


def _annotation(option: OptionDeclaration) -> Any:
    """Type of an option, with its limits and its description."""
    kind: Any = bool
    if option.type in _NUMBERS:
        number = _NUMBERS[option.type]
        least, most = (None if limit is None else number(limit) for limit in (option.least, option.most))
        kind = Annotated[number, Field(ge=least, le=most)]
    elif option.type == "choice":
        kind = Literal[tuple(option.choices)]
    elif option.type == "str":
        kind = Annotated[str, Field(pattern=f"^(?:{option.pattern})$", max_length=_LONGEST), AfterValidator(_no_flag)]
    return Annotated[kind | None if option.default is None else kind, Field(description=option.description)]


def _no_flag(text: str) -> str:
    """A text that a program takes for a text: whatever pattern was declared."""
    if text.startswith("-"):
        raise ValueError("must not begin with a hyphen: the program would take it for one of its options.")
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        raise ValueError("holds a character that cannot be written.")
    return text
