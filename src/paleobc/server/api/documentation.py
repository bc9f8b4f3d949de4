"""The page that describes what programs can ask for; it needs no foreign host."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from paleobc.server.rendering import page

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def documentation(request: Request) -> Response:
    """Describe all requests, with their parameters."""
    schema = request.app.openapi()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            found = {
                "method": method.upper(),
                "path": path,
                "description": operation["description"],
                "parameters": [_parameter(one) for one in operation.get("parameters", [])],
                "bodies": _bodies(operation, schema["components"]["schemas"]),
            }
            groups.setdefault(operation["tags"][0], []).append(found)
    return page(request, "accounts/documentation.html", groups=groups)


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    """Name of a parameter, where it stands, and what it means."""
    default = parameter["schema"].get("default")
    description = parameter.get("description", "")
    return {
        "name": parameter["name"],
        "place": parameter["in"],
        "description": description if default in (None, "") else f"{description} Default: {default}.",
    }


def _bodies(operation: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """Kinds of bodies that an operation takes, with the names of their fields."""
    content = operation.get("requestBody", {}).get("content", {})
    found = []
    for kind, media in content.items():
        name = str(media["schema"].get("$ref", "")).rpartition("/")[2]
        fields = schemas[name] if name else media["schema"]
        found.append({"kind": kind, "fields": list(fields.get("properties", {}))})
    return found
