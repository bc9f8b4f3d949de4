"""The page of a bundle: everything that is worth knowing of it, in one file that needs nothing else."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Final

import xarray as xr
from jinja2 import Environment, PackageLoader, StrictUndefined

from paleobc.conventions import HEIGHT, REGULAR_DIMENSIONS
from paleobc.formats.cards import RunSettings
from paleobc.formats.netcdf import read_netcdf
from paleobc.services import bundle_words as words
from paleobc.services.builds import Build
from paleobc.services.bundle_maps import Map, draw_files, draw_findings
from paleobc.services.bundle_weight_words import CARRIES, certificates, weights
from paleobc.services.files import BuiltFile, file_name
from paleobc.services.findings import ocean_problems_of, problems_of
from paleobc.services.provenance import VERSION, now
from paleobc.services.run_files import RunFiles
from paleobc.steps.assets import ASSETS, title_of

#: Size of all maps together [bytes]: in the letters of the page it is a third more, and the page stays below 8 MB.
LARGEST_MAPS: Final = 5_600_000

#: Components whose files stand under a title of their own; those of the coupler are many, and not all are read.
_COMPONENTS: Final = ("ORCHIDEE", "LMDZ", "NEMO")


def bundle_page(
    made: Build,
    settings: RunSettings,
    files: RunFiles,
    relief: xr.Dataset,
    audit: Mapping[str, Any],
    recipe: str,
) -> str:
    """
    Page of a bundle: HTML with its maps within, no script, nothing from elsewhere.

    Parameters
    ----------
    made : Build
    settings : RunSettings
    files : dict
        Files that a run reads, see `paleobc.services.run_files.run_files`.
    relief : Dataset
        The relief on the grid of the experiment, edited, on which problems are shown.
    audit : mapping
        What an audit of the folder said, as plain data.
    recipe : str
        Text of the recipe in the bundle.
    """
    experiment = made.recipe.experiment
    age = "" if experiment.age is None else f"{experiment.age:g} million years ago" if experiment.age else "today"
    groups, undrawn = _maps(made, files)
    environment = Environment(
        loader=PackageLoader("paleobc.services"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("bundle_report.html").render(
        title=experiment.name,
        lead=" · ".join(part for part in (age, experiment.author, "boundary conditions of IPSL-CM5A2") if part),
        hypothesis=experiment.hypothesis,
        glance=words.glance(made, settings, files["oasis"]),
        warnings=words.warnings(made, settings, files["oasis"], audit),
        sources=_sources(made),
        assumptions=[(source.file, source.assumptions) for source in made.sources.values() if source.assumptions],
        groups=groups,
        undrawn=undrawn,
        checks=words.checks(made.findings),
        problems=words.problems(made.findings),
        gateways=words.gateways(made.findings),
        edits=words.edits(made.findings),
        hand_edits=words.hand_edits(made.findings),
        problem_maps=_problem_maps(relief, made),
        weights_words=_weights_words(settings),
        weights=weights(made.findings, files["oasis"]),
        certificates=certificates(made.findings, files["oasis"]),
        values=words.values(settings),
        names=[
            (name, f"{card}.card", f"files/{file}") for card, parts in files.items() for name, file in parts.items()
        ],
        steps=words.steps(made),
        laws=made.laws,
        audit=words.audit(audit),
        files=[_file(file.name, file.size, file.sha256) for file in made.files],
        inputs=[
            _file(made.recipe.sources[asset].file.removeprefix("inputs/"), _size(made, asset), source.sha256)
            for asset, source in made.sources.items()
        ],
        recipe=recipe,
        version=VERSION,
        date=now(),
    )


def _sources(made: Build) -> list[tuple[str, str, str, str]]:
    """What was given, for the table of sources."""
    return [
        (title_of(asset), source.file, source.variable, words.size_in_words(_size(made, asset)))
        for asset, source in made.sources.items()
    ]


def _size(made: Build, asset: str) -> int:
    """Size of the file of a source [bytes]."""
    return made.recipe.path_of(asset).stat().st_size


def _file(name: str, size: int, checksum: str) -> dict[str, str]:
    return {"name": name, "size": words.size_in_words(size), "sha256": checksum}


def _weights_words(settings: RunSettings) -> str:
    """Whose weights the run takes, and what the table of them shows."""
    return (
        f"The run takes the weights of engine {settings.engine}. The errors compare all that a field of ones brings "
        "with what arrives of it; weights that take means carry no amounts, and keep a field of ones. What an "
        "examination of each file alone has to say follows its certificate."
    )


def _maps(made: Build, files: RunFiles) -> tuple[list[dict[str, Any]], str]:
    """Maps in groups, what the run reads first, and the names of files for which there was no room."""
    read = {file: name for parts in files.values() for name, file in parts.items()}
    order = sorted(made.files, key=lambda file: (file.name not in read, file.name.startswith("IGCM")))
    drawn = draw_files(made.folder, order, LARGEST_MAPS)
    by_name = {file.name: file for file in made.files}
    groups: dict[str, list[dict[str, str]]] = {}
    for each in drawn:
        title = _group(by_name[each.file], each.file in read)
        groups.setdefault(title, []).append(_figure(each, read.get(each.file, "")))
    left = {file.name for file in made.files if file.name.endswith(".nc")} - {each.file for each in drawn}
    return [{"title": title, "maps": maps} for title, maps in groups.items()], ", ".join(sorted(left))


def _group(file: BuiltFile, is_read: bool) -> str:
    """Title under which the map of a file stands."""
    component = ASSETS[file.asset].component
    if component in _COMPONENTS:
        return component
    return "OASIS: grids and weights of the run" if is_read else "Other files: diagnostics, and weights not in use"


def _figure(each: Map, name: str) -> dict[str, str]:
    """A map as the template needs it."""
    here = PurePosixPath(each.file).name
    known = f", in the run {name}" if name and name != here else ""
    carried = f". {CARRIES[name]}" if name in CARRIES else ""
    return _encoded(each.png, f"World map of {here}: {each.title}.", f"{here}{known}{carried}")


def _encoded(png: bytes, description: str, caption: str) -> dict[str, str]:
    """A picture within the page; its size stands at a fixed place of every PNG."""
    width, height = (str(int.from_bytes(png[start : start + 4])) for start in (16, 20))
    data = base64.b64encode(png).decode()
    return {"data": data, "width": width, "height": height, "words": description, "caption": caption}


def _problem_maps(relief: xr.Dataset, made: Build) -> list[dict[str, str]]:
    """Maps of the relief and of the ocean with a ring around each problem."""
    depth, grid, basins = (
        read_netcdf(made.folder / file_name(asset)) for asset in ("bathymetry", "ocean_grid", "subbasins")
    )
    sea = ocean_problems_of(depth, grid, basins)
    heights = relief[HEIGHT].transpose(*REGULAR_DIMENSIONS)
    return [
        _encoded(
            draw_findings(field, found, f"Problems {where}"),
            f"World map with a ring around each of {len(found)} problems {where}.",
            f"{len(found)} problems {where}, with a ring around each.",
        )
        for field, found, where in (
            (heights, problems_of(relief), "on the relief"),
            (depth["Bathymetry"], sea, "on the ocean grid"),
        )
    ]
