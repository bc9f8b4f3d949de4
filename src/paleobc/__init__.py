"""
From a palaeotopography to the boundary-condition files of a coupled climate model.

Use it from a script or a notebook::

    import paleobc

    made = paleobc.build("recipe.yaml", "files")  # the same files as `paleobc build`, bit for bit
    relief = paleobc.read_relief("topography.nc")  # any global relief; what was assumed is in .assumptions
    editor = paleobc.edit("topography.nc")  # in a notebook: the map editor; then editor.dataset, editor.edits
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

from paleobc.errors import AmbiguousVariableError, InputError, PaleobcError, RecipeError, StepError

if TYPE_CHECKING:
    from paleobc.editor.notebook import edit
    from paleobc.formats.relief import Relief, read_relief
    from paleobc.services.builds import Build, build
    from paleobc.services.examples import write_example

__version__ = version("paleobc")

__all__ = [
    "AmbiguousVariableError",
    "Build",
    "InputError",
    "PaleobcError",
    "RecipeError",
    "Relief",
    "StepError",
    "__version__",
    "build",
    "edit",
    "read_relief",
    "write_example",
]

#: Names that are imported when they are first read (PEP 562), so that the command starts without xarray and numba.
_LATE = {
    "Build": "paleobc.services.builds",
    "Relief": "paleobc.formats.relief",
    "build": "paleobc.services.builds",
    "edit": "paleobc.editor.notebook",
    "read_relief": "paleobc.formats.relief",
    "write_example": "paleobc.services.examples",
}


if not TYPE_CHECKING:  # a type checker is to refuse names that are not there

    def __getattr__(name: str) -> object:
        """Import a public name."""
        if name not in _LATE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        try:
            found = globals()[name] = getattr(import_module(_LATE[name]), name)
        except ModuleNotFoundError as missing:
            if name != "edit" or missing.name != "anywidget":
                raise
            raise ImportError("paleobc.edit needs anywidget: pip install 'paleobc[notebook]'.") from None
        return found


def __dir__() -> list[str]:
    """All names, those included that are not imported yet."""
    return sorted({*globals(), *__all__})
