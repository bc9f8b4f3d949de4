"""The options of a step as a form: made from their declaration, so that there is no other one."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from paleobc.services.experiments import step_named
from paleobc.steps.assets import ASSETS


def step_form(step: str) -> dict[str, Any]:
    """
    Describe the options of a step.

    Returns
    -------
    dict
        For each option its name, title, description, default, whether it may be left empty, and its JSON schema
        without references.

    Raises
    ------
    NotFoundError

    Examples
    --------
    >>> [option["name"] for option in step_form("soils")["options"]]
    ['colour', 'texture']
    """
    found = step_named(step)
    schema = found.options_model.model_json_schema()
    definitions = schema.get("$defs", {})
    default = found.options({})
    return {
        "step": found.name,
        "title": ASSETS[found.writes].title,
        "summary": found.summary,
        "writes": found.writes,
        "reads": list(found.reads),
        "may_read": list(found.may_read),
        "options": [
            _option(name, _resolved(part, definitions), default[name])
            for name, part in schema.get("properties", {}).items()
        ],
    }


def _option(name: str, schema: dict[str, Any], default: Any) -> dict[str, Any]:
    """One option; what may also be nothing is described by what else it may be."""
    description, choices = schema.pop("description", ""), schema.get("anyOf", [])
    for key in ("title", "default"):
        schema.pop(key, None)
    others = [choice for choice in choices if choice.get("type") != "null"]
    optional = len(others) < len(choices)
    if optional and len(others) == 1:
        schema = others[0]
    elif optional:
        schema = {**schema, "anyOf": others}
    return {
        "name": name,
        "title": name.replace("_", " ").capitalize(),
        "description": description,
        "default": default,
        "optional": optional,
        "schema": schema,
    }


def _resolved(part: Any, definitions: dict[str, Any]) -> Any:
    """A schema with what it refers to written out."""
    if isinstance(part, dict):
        if "$ref" in part:
            return _resolved(deepcopy(definitions[part["$ref"].rpartition("/")[2]]), definitions)
        return {key: _resolved(value, definitions) for key, value in part.items()}
    return [_resolved(item, definitions) for item in part] if isinstance(part, list) else part
