"""`paleobc weights`: coupling weights, described."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from paleobc.cli.console import err, out, print_json
from paleobc.services.weight_maps import draw_weights
from paleobc.services.weights import describe_weights

app = typer.Typer(no_args_is_help=True, help="Describe coupling weights.")


@app.callback()
def weights() -> None:
    """Describe coupling weights."""


@app.command()
def describe(
    file: Annotated[Path, typer.Argument(help="Weights in the layout of SCRIP, OASIS, CDO, ESMF or XIOS.")],
    routing: Annotated[Path | None, typer.Option(help="routing.nc: name the outlets that runoff weights lose.")] = None,
    picture: Annotated[Path | None, typer.Option("--map", help="Draw maps of what the weights do (PNG).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Describe a weight file: sums, conservation, masked and missing links; exit code 3 where it has faults."""
    report = describe_weights(file, routing)
    if picture is not None:
        draw_weights(file, picture)
    if as_json:
        print_json(report)
    else:
        _say(report)
        if picture is not None:
            out.print(f"Map: {picture}", markup=False, soft_wrap=True)
    raise typer.Exit(3 if report["faults"] else 0)


def _say(report: dict[str, Any]) -> None:
    """What a weight file does, in lines."""
    lines = [f"{report['file']}: {report['links']} links, named as {report['convention']} does", report["meaning"]]
    for name in ("source", "destination"):
        grid = report[name]
        opened = f" of {grid['open_cells']} open" if "open_cells" in grid else ""
        lines.append(f"{name}: {grid['columns']} x {grid['rows']} cells, {grid['linked_cells']}{opened} cells linked")
    if report["row_sums"]["least"] is not None:
        least, mean, largest = (report["row_sums"][name] for name in ("least", "mean", "largest"))
        lines.append(f"sums of the weights: {least:.12g} to {largest:.12g}, mean {mean:.12g}")
        lines.append("weights: {:.6g} to {:.6g}".format(*report["weights"]))
    if "conservation" in report:
        kept = ", ".join(f"{name} {error:.1e}" for name, error in report["conservation"].items() if error is not None)
        lines.append(f"relative error of what is conserved, by the areas in the file: {kept}")
    if "extrema" in report and report["extrema"]["source"][0] is not None:
        before, after = report["extrema"]["source"], report["extrema"]["destination"]
        lines.append("smooth field: {:.6g} to {:.6g}, remapped {:.6g} to {:.6g}".format(*before, *after))
    if "rivers" in report:
        rivers = report["rivers"]
        lost = rivers["discharge_area_unserved_m2"] / rivers["discharge_area_m2"] if rivers["outlets"] else 0.0
        lines.append(
            f"river outlets: {rivers['outlets']}, not served {rivers['outlets_unserved']}: {lost:.2%} of the land"
        )
    for line in lines:
        out.print(line, markup=False, soft_wrap=True)
    for sentence in report["faults"]:
        err.print(sentence, style="yellow", markup=False, soft_wrap=True)
