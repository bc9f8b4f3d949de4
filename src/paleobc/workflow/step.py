"""A step: a function whose signature declares the assets it reads and the options it takes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, get_type_hints

import xarray as xr
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from paleobc.errors import StepError

StepFunction = Callable[..., xr.Dataset]

#: Kinds of work that every installation has: steps of seconds, and weights of many cells, which wait behind them.
SCIENCE: Final = "science"
WEIGHTS: Final = "weights"


@dataclass(frozen=True)
class Step:
    """
    A function that reads assets and writes one.

    Parameters
    ----------
    name : str
        Name of the function.
    writes : str
        Asset that it makes.
    reads : tuple of str
        Assets that it needs: its parameters before ``*``.
    may_read : tuple of str
        Assets that it takes where they are there: those of them whose default is None.
    version : int
        Raised whenever the same input would give another result.
    summary : str
        First line of its docstring.
    options_model : type
        Its options, the parameters after ``*``, with types, defaults, limits and descriptions.
    function : callable
    queue : str
        Kind of work: which workers take it.
    identity : str
        Checksum of what else its result depends on; empty where the version says it all, as of our own functions.
    """

    name: str
    writes: str
    reads: tuple[str, ...]
    may_read: tuple[str, ...]
    version: int
    summary: str
    options_model: type[BaseModel]
    function: StepFunction = field(repr=False)
    queue: str = SCIENCE
    identity: str = ""

    def __call__(self, *assets: xr.Dataset | None, **options: Any) -> xr.Dataset:
        """Call the function itself, as a notebook would."""
        return self.function(*assets, **options)

    def made_of(self, datasets: Mapping[str, xr.Dataset], options: Mapping[str, Any]) -> xr.Dataset:
        """Result of the step on the assets that it reads, by name, with all of its options."""
        return self(*[datasets.get(asset) for asset in (*self.reads, *self.may_read)], **options)

    def options(self, given: Mapping[str, Any], *, strict: bool = False) -> dict[str, Any]:
        """
        All options, checked and completed with the defaults, as plain data.

        Parameters
        ----------
        given : mapping
        strict : bool
            Refuse a value of another type even where it could be read as one: "1" or yes for 1. What was
            stored as plain data needs some freedom, as its keys are text; what a person wrote does not.

        Raises
        ------
        StepError
            Where an option is unknown or its value is not allowed.
        """
        try:
            return self.options_model.model_validate(dict(given), strict=strict).model_dump(mode="json")
        except ValidationError as error:
            raise StepError(f"Step {self.name}: {first_fault(error)}") from None


def first_fault(error: ValidationError) -> str:
    """The first thing that is wrong, as a sentence."""
    fault = error.errors(include_url=False)[0]
    return f"{'.'.join(str(part) for part in fault['loc'])}: {sentence_of(fault)}"


def sentence_of(fault: Mapping[str, Any]) -> str:
    """What is wrong with one value, without the checker's own jargon."""
    if fault["type"] == "extra_forbidden":
        return "there is no such key."
    if fault["type"] == "missing":
        return "this key is needed."
    message = str(fault["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    if fault["type"] in ("model_type", "dict_type"):
        message = "should be keys with their values"
    given = f" (given: {shortened(fault['input'])})" if isinstance(fault["input"], str | int | float) else ""
    return f"{message}{given}".rstrip(".") + "."


def shortened(value: object) -> str:
    """
    A value as it is shown in an error.

    Examples
    --------
    >>> shortened("a long text" * 100)
    "'a long texta long texta long texta long texta long texta..."
    """
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def step(*, writes: str, version: int = 1, queue: str = SCIENCE) -> Callable[[StepFunction], Step]:
    """
    Make a step of a function.

    Its parameters before ``*`` are the assets it reads; those after are its options, plain types with
    defaults, described by `pydantic.Field` where a type does not say enough.

    Parameters
    ----------
    writes : str
        Asset that the function makes.
    version : int
        Version of the function's result.
    queue : str
        Kind of work.

    Examples
    --------
    >>> @step(writes="doubled")
    ... def double(field: xr.Dataset, *, times: int = 2) -> xr.Dataset:
    ...     '''The field, doubled.'''
    ...     return field * times
    >>> double.reads, double.writes, double.options({})
    (('field',), 'doubled', {'times': 2})
    """

    def declare(function: StepFunction) -> Step:
        name = str(getattr(function, "__name__", ""))
        hints = get_type_hints(function, include_extras=True)
        parameters = inspect.signature(function).parameters.values()
        assets = [p for p in parameters if p.kind is not p.KEYWORD_ONLY]
        fields: dict[str, Any] = {p.name: (hints[p.name], p.default) for p in parameters if p.kind is p.KEYWORD_ONLY}
        return Step(
            name=name,
            writes=writes,
            reads=tuple(p.name for p in assets if p.default is p.empty),
            may_read=tuple(p.name for p in assets if p.default is not p.empty),
            version=version,
            summary=(inspect.getdoc(function) or "").partition("\n")[0],
            options_model=create_model(
                f"{name}_options", __config__=ConfigDict(extra="forbid", allow_inf_nan=False), **fields
            ),
            function=function,
            queue=queue,
        )

    return declare
