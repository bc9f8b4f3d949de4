"""`paleobc grid`: ocean grids, made and described."""

from __future__ import annotations

from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any

import typer

from paleobc.cli.console import err, out, print_json
from paleobc.cli.step_options import values_of, with_options_of
from paleobc.services.grids import COORDINATES, PICTURE, REPORT, describe_file, make_grid
from paleobc.steps.ocean import ocean_grid

app = typer.Typer(no_args_is_help=True, help="Make and describe ocean grids.")

_Relief = Annotated[Path | None, typer.Option(help="Relief the grid is for: its sea, and where poles may stand.")]
_Variable = Annotated[str | None, typer.Option(help="Variable of the relief, where in doubt.")]
_Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


def _make(
    output: Path, relief: Path | None = None, variable: str | None = None, as_json: bool = False, **given: str | None
) -> None:
    report = make_grid(output, relief, values_of(given), variable)
    if as_json:
        print_json(report)
        return
    _say(report)
    out.print(f"{COORDINATES}, {REPORT} and {PICTURE} are in {output}.", markup=False, soft_wrap=True)


with_options_of(
    ocean_grid,
    _make,
    {
        "output": (
            Annotated[Path, typer.Option("--output", "-o", help="Folder for the grid; made if need be.")],
            Parameter.empty,
        ),
        "relief": (_Relief, None),
        "variable": (_Variable, None),
        "as_json": (_Json, False),
    },
    "Make an ocean grid of the ORCA family, with its poles on land.",
)
app.command("make")(_make)


@app.command()
def describe(
    file: Annotated[Path, typer.Argument(help="coordinates.nc, domain_cfg.nc, mesh_mask.nc, or CF with bounds.")],
    relief: _Relief = None,
    variable: _Variable = None,
    picture: Annotated[Path | None, typer.Option("--map", help="Draw maps of the cells (PNG).")] = None,
    as_json: _Json = False,
) -> None:
    """Describe the ocean grid of a file: fold, poles, size and shape of its cells."""
    report = describe_file(file, relief, variable, picture)
    if as_json:
        print_json(report)
        return
    _say(report)
    if picture is not None:
        out.print(f"Maps: {picture}", markup=False, soft_wrap=True)


def _say(report: dict[str, Any]) -> None:
    """Figures of a grid, for people."""
    halo = [
        word
        for word, there in (("overlap columns", report["overlap_columns"]), ("folded row", report["folded_row"]))
        if there
    ]
    nperio = f", nperio {report['nperio']:g}" if report["nperio"] else ""
    out.print(
        f"{report['columns']} x {report['rows']} cells ({report['unique_cells']} unique), "
        f"fold on {report['pivot']} points{nperio}; {' and '.join(halo) or 'no halo'}; "
        f"southern edge {-report['southernmost_latitude']:.2f}S",
        markup=False,
    )
    for pole in report["poles"]:
        distance = pole.get("distance_to_sea_km")
        out.print(f"pole at {pole['place']}" + (f", {distance:.0f} km from the sea" if distance is not None else ""))
    for key, words, unit in (
        ("cell_size_km", "size of the cells", " km"),
        ("anisotropy", "longer over shorter side", ""),
        ("deviation_from_right_angles", "deviation from 90 degrees", " degrees"),
    ):
        if report[key]:
            low, middle, high = (report[key][name] for name in ("least", "median", "largest"))
            out.print(f"{words}: {low:.3g} to {high:.3g}{unit}, median {middle:.3g}{unit} (over {report['over']})")
    for sentence in report["warnings"]:
        err.print(sentence, style="yellow", markup=False)
