"""The assets of an experiment: what users call them, and the files they become."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from paleobc.steps.declared import DECLARED
from paleobc.steps.external_declaration import LinedDeclaration
from paleobc.workflow.hand_edits import HAND_EDITS, asset_changed_by

Kind = Literal["relief", "field", "ocean grid", "edits", "own"]


@dataclass(frozen=True)
class Asset:
    """
    A kind of file of an experiment.

    Parameters
    ----------
    name : str
    title : str
        What users call it.
    holds : tuple of str
        Variables by which a file of ours is known.
    kind : {"relief", "field", "ocean grid", "edits", "own"}
        How a file is read: any global relief; any global field of whole numbers; any ORCA-like grid; any list of
        edits; a file of our own only.
    file_name : str or None
        Its name in a run of the model; None where the model does not read it.
    component : str
        Which component of the model reads it.
    is_set : bool
        Whether it becomes a set of files in a folder of that name.
    """

    name: str
    title: str
    holds: tuple[str, ...]
    kind: Kind = "own"
    file_name: str | None = None
    component: str = ""
    is_set: bool = False


_OWN: Final = {
    asset.name: asset
    for asset in (
        Asset("relief", "Relief", ("height",), kind="relief"),
        Asset("biome_map", "Biome map", ("biome",), kind="field"),
        Asset("regridded_relief", "Regridded relief", ("height",), kind="relief"),
        Asset("relief_edits", "Relief edits", ("edits",), kind="edits"),
        Asset("edited_relief", "Edited relief", ("height",), kind="relief"),
        Asset("conditioned_relief", "Conditioned relief", ("height", "filled")),
        Asset("routing", "Routing", ("trip", "basins", "topoind"), file_name="routing.nc", component="ORCHIDEE"),
        Asset("soils", "Soils", ("soilcolor", "soiltext"), file_name="soils_param.nc", component="ORCHIDEE"),
        Asset("pft", "PFT", ("maxvegetfrac",), file_name="PFTmap.nc", component="ORCHIDEE"),
        Asset("given_ocean_grid", "Ocean grid, given", ("glamt", "gphit"), kind="ocean grid"),
        Asset("ocean_grid", "Ocean grid", ("glamt",), kind="ocean grid", file_name="coordinates.nc", component="NEMO"),
        Asset("interpolated_depth", "Interpolated depth", ("Bathymetry",)),
        Asset("depth_edits", "Depth edits", ("edits",), kind="edits"),
        Asset("bathymetry", "Bathymetry", ("Bathymetry",), file_name="bathy_meter.nc", component="NEMO"),
        Asset("geothermal_heating", "Heatflow", ("heatflow",), file_name="geothermal_heating.nc", component="NEMO"),
        Asset("lateral_viscosity", "AHMcoef", ("icof",), file_name="ahmcoef.nc", component="NEMO"),
        Asset("drawn_subbasins", "Sub basins, drawn", ("atlmsk", "pacmsk", "indmsk")),
        Asset("subbasins", "Sub basins", ("atlmsk", "pacmsk", "indmsk"), file_name="subbasins.nc", component="NEMO"),
        Asset(
            "mosaic_weights", "Weights, MOSAIC", ("file_set",), file_name="IGCM", component="OASIS, LMDZ", is_set=True
        ),
        Asset(
            "mosaix_weights",
            "Weights, MOSAIX",
            ("file_set",),
            file_name="mosaix_weights",
            component="OASIS, LMDZ",
            is_set=True,
        ),
        Asset("coordinates_mask", "Coordinates mask", ("mask_T",), file_name="coordinates_mask.nc", component="you"),
        Asset("high_resolution_relief", "Topo high res", ("RELIEF",), file_name="Relief.nc", component="LMDZ"),
    )
}


def with_declared(own: Mapping[str, Asset], declared: Iterable[LinedDeclaration]) -> dict[str, Asset]:
    """
    Assets, and those new ones that external steps declare.

    Raises
    ------
    InputError
        Where one has the name, the title or the file of another.
    """
    assets = dict(own)
    for found in declared:
        new, name = found.declaration.asset, found.declaration.writes
        if new is None:
            continue
        if name in own or name == "bundle" or name.startswith(("given_", HAND_EDITS)):
            raise found.refusal(f"{name} is an asset that there is; leave asset out, or take a new name.", "asset")
        if new.set != (not new.file_name.endswith(".nc")):
            raise found.refusal(
                "the name of a file ends in .nc, and that of a set, a folder, does not.", "asset", "set"
            )
        for other in assets.values():
            if new.file_name in (other.file_name, f"{other.name}.nc") or new.title == other.title:
                raise found.refusal(f"{other.name} has this title, or a file of this name.", "asset")
        outputs = tuple(found.declaration.outputs)
        holds = ("file_set",) if new.set else outputs
        assets[name] = Asset(name, new.title, holds, file_name=new.file_name, component=new.component, is_set=new.set)
    return assets


ASSETS: Final = with_declared(_OWN, DECLARED)


def title_of(name: str) -> str:
    """
    What users call an asset, or changes by hand of one.

    Examples
    --------
    >>> title_of("pft"), title_of("hand_edits_pft"), title_of("hand_edits_pft_2")
    ('PFT', 'Changes by hand of PFT', 'Changes by hand of PFT')
    """
    asset = asset_changed_by(name)
    return ASSETS[name].title if asset is None else f"Changes by hand of {ASSETS[asset].title}"
