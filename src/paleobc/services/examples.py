"""The example that ships: the present-day Earth."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from paleobc.errors import InputError

#: Where the example stands in the package.
FOLDER = "data/modern_earth"
_NAMES = ("recipe.yaml", "topography.nc")


def write_example(folder: Path) -> list[Path]:
    """
    Write the recipe and the topography of the present-day Earth into a folder.

    Files that are there and equal are left alone.

    Raises
    ------
    InputError
        Where a file is there and differs: it is not overwritten.
    """
    shipped = files("paleobc").joinpath(FOLDER)
    content = {folder / name: shipped.joinpath(name).read_bytes() for name in _NAMES}
    for path, data in content.items():
        if path.exists() and path.read_bytes() != data:
            raise InputError(f"{path} is there already and differs from the example; take another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, data in content.items():
            if not path.exists():
                path.write_bytes(data)
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}.") from None
    return list(content)
