"""Options of a command made from the declaration of a step."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from paleobc.errors import RecipeError, StepError
from paleobc.workflow.step import Step
from paleobc.yaml_lines import read_yaml


def with_options_of(
    step: Step, command: Callable[..., None], own: Mapping[str, tuple[Any, Any]], help_text: str
) -> None:
    """
    Give a command its own parameters and, after them, one for each option of a step.

    Parameters
    ----------
    step : Step
    command : callable
        Takes its own parameters, and the options of the step as text, all by name; changed in place.
    own : mapping of str to (annotation, default)
        Parameters of the command itself.
    help_text : str
    """
    parameters = {
        name: inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
        for name, (annotation, default) in own.items()
    }
    for name, field in step.options_model.model_fields.items():
        annotation = Annotated[str | None, typer.Option(flag_of(name), help=field.description)]
        parameters[name] = inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=None)
    command.__dict__["__signature__"] = inspect.Signature(list(parameters.values()))
    command.__annotations__ = {name: parameter.annotation for name, parameter in parameters.items()}
    command.__doc__ = help_text


def flag_of(option: str) -> str:
    """Name of an option on the command line."""
    return f"--{option.replace('_', '-')}"


def values_of(given: Mapping[str, str | None]) -> dict[str, Any]:
    """
    Values of the options that were given, written as in a recipe.

    Raises
    ------
    StepError
        Where one cannot be read.
    """
    try:
        return {name: read_yaml(text, flag_of(name)).data for name, text in given.items() if text is not None}
    except RecipeError as error:
        raise StepError(str(error)) from None
