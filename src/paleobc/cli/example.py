"""`paleobc example`: something to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from paleobc.cli.console import out
from paleobc.services.examples import write_example


def example(
    folder: Annotated[Path, typer.Argument(help="Folder to write the example into; made if need be.")],
) -> None:
    """Write the example, the present-day Earth: a recipe and its topography."""
    recipe, topography = write_example(folder)
    out.print(
        f"{recipe} and {topography} are there. Next: paleobc build {recipe} -o {folder / 'files'}",
        markup=False,
        soft_wrap=True,
    )
