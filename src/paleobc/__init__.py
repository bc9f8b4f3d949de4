"""
From a palaeotopography to the boundary-condition files of a coupled climate model.

Use it from a script or a notebook::

    import paleobc

    made = paleobc.build("recipe.yaml", "files")  # the same files as `paleobc build`, bit for bit
    relief = paleobc.read_relief("topography.nc")  # any global relief; what was assumed is in .assumptions
"""

from paleobc.errors import AmbiguousVariableError, InputError, PaleobcError, RecipeError, StepError
from paleobc.formats.relief import Relief, read_relief
from paleobc.services.builds import Build, build
from paleobc.services.examples import write_example
from paleobc.services.provenance import VERSION

__version__ = VERSION

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
    "read_relief",
    "write_example",
]
