"""Many recipes, one after the other: each in a folder of its own, each failing alone."""

from __future__ import annotations

import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from paleobc.errors import PaleobcError, RecipeError
from paleobc.services.builds import Build, build
from paleobc.workflow.run import Listener, silent
from paleobc.yaml_lines import read_yaml, yaml_text

#: Longest name of a folder that is made from the name of an experiment [letters].
_LONGEST_NAME: Final = 60


@dataclass(frozen=True)
class Summary:
    """
    What became of one recipe.

    Parameters
    ----------
    recipe : Path
    folder : Path
        Where its files are, or would be.
    name : str
        Name of the experiment; that of the recipe's file where it could not be read.
    age : float or None
        [million years before present].
    state : {"made", "failed"}
    said : str
        Why it failed, as a sentence; empty where it did not.
    land_fraction : float or None
        Fraction of the globe's area that is land.
    closed_seas : int or None
        On the ocean grid, where there is one, else on the relief.
    strait_cells : int or None
        Cells of straits one cell wide, counted like the closed seas.
    files : int
    seconds : float
    """

    recipe: Path
    folder: Path
    name: str
    age: float | None
    state: Literal["made", "failed"]
    said: str = ""
    land_fraction: float | None = None
    closed_seas: int | None = None
    strait_cells: int | None = None
    files: int = 0
    seconds: float = 0.0


#: Makes the files of a recipe in a folder: `paleobc.services.builds.build`, or another with the same parameters.
Builder = Callable[[Path, Path], Build]


def build_many(
    recipes: Iterable[Path],
    folder: Path,
    *,
    builder: Builder | None = None,
    listener: Listener = silent,
    told: Callable[[Summary], None] | None = None,
) -> list[Summary]:
    """
    Build recipes one after the other, each into its own folder; one that fails stops no other.

    Parameters
    ----------
    recipes : iterable of Path
        One given twice is built once.
    folder : Path
        Folder of the folders, each of which is named after its experiment.
    builder : callable, optional
        Makes one: gets the recipe and its folder, gives the build.
    listener : callable
        Hears of each step's start and end.
    told : callable, optional
        Hears of each recipe that is done.

    Returns
    -------
    list of Summary
        By age, the youngest first, those without an age last.
    """
    make = builder or (lambda recipe, where: build(recipe, where, listener=listener))
    summaries = []
    for recipe, name in folder_names(recipes).items():
        summaries.append(_summary(recipe, folder / name, make))
        if told is not None:
            told(summaries[-1])
    return sorted(summaries, key=lambda each: (each.age is None, each.age or 0.0, each.name, each.folder.name))


def folder_names(recipes: Iterable[Path]) -> dict[Path, str]:
    """
    Name of a folder for each recipe: that of its experiment, with that of its file where two experiments share one.

    Parameters
    ----------
    recipes : iterable of Path

    Returns
    -------
    dict of Path to str
        Names of letters, digits, hyphens and points that differ by more than the case of their letters.
    """
    each = {recipe.absolute(): recipe for recipe in map(Path, recipes)}
    names = {recipe: safe_name(_experiment_of(recipe)[0] or recipe.stem) for recipe in each.values()}
    shared = Counter(names.values())
    taken: set[str] = set()
    for recipe, name in names.items():
        wanted = name if shared[name] == 1 else f"{name}-{safe_name(recipe.stem)}"
        number, free = 1, wanted
        while free in taken or (number > 1 and free in shared):
            number += 1
            free = f"{wanted}-{number}"
        taken.add(free)
        names[recipe] = free
    return names


def safe_name(name: str) -> str:
    """
    Name of a folder made from any text: it stays in its folder, and means the same to every system and shell.

    Examples
    --------
    >>> safe_name("Late Eocene, 38 Ma"), safe_name("../../etc"), safe_name("Éocène <script>"), safe_name("?")
    ('late-eocene-38-ma', 'etc', 'eocene-script', 'experiment')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9.]+", "-", plain).strip("-.")[:_LONGEST_NAME].strip("-.") or "experiment"


def _experiment_of(recipe: Path) -> tuple[str, float | None]:
    """Name and age in a recipe, as far as they can be read: building it says what is wrong with it."""
    try:
        data: Any = read_yaml(yaml_text(recipe, "recipe", RecipeError), recipe.name).data
        name, age = data["experiment"]["name"], data["experiment"].get("age")
    except (PaleobcError, KeyError, TypeError, AttributeError):
        return "", None
    known = isinstance(age, int | float) and not isinstance(age, bool)
    return name if isinstance(name, str) else "", float(age) if known else None


def _summary(recipe: Path, folder: Path, make: Builder) -> Summary:
    """Build one recipe, and what became of it."""
    name, age = _experiment_of(recipe)
    started = time.perf_counter()
    try:
        made = make(recipe, folder)
    except PaleobcError as error:
        said = str(error)
    except Exception as error:  # the others wait: whatever is wrong with one is told and not raised
        said = f"A fault of paleobc and not of yours, please report it: {type(error).__name__}: {error}"
    else:
        return _made(recipe, folder, made, time.perf_counter() - started)
    return Summary(recipe, folder, name or recipe.stem, age, "failed", said, seconds=time.perf_counter() - started)


def _made(recipe: Path, folder: Path, made: Build, seconds: float) -> Summary:
    """Summary of a build."""
    experiment, found = made.recipe.experiment, made.findings
    checks = found.get("ocean_checks", found["checks"])
    return Summary(
        recipe,
        folder,
        experiment.name,
        experiment.age,
        "made",
        land_fraction=found["regrid"]["land_fraction_after"],
        closed_seas=checks["closed_sea"]["places"],
        strait_cells=checks["diffusive_strait"]["cells"],
        files=len(made.files),
        seconds=seconds,
    )
