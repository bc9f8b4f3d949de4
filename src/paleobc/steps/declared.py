"""The external steps that this installation declares: read once, when the program starts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from paleobc.steps.external_declaration import LinedDeclaration, declarations_in

#: Setting that names the folder; the science, which needs no settings otherwise, reads it by itself.
FOLDER: Final = "PALEOBC_STEPS_FOLDER"

_folder: Final = os.environ.get(FOLDER, "")
DECLARED: Final[tuple[LinedDeclaration, ...]] = declarations_in(Path(_folder) if _folder else None)
