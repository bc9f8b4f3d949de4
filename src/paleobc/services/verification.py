"""Laws that the files of a build obey, looked at once more in what is about to be handed over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr

from paleobc.conventions import COASTAL_FLOW, HEIGHT, RETURN_FLOW, RIVER_FLOW
from paleobc.errors import InputError, PaleobcError
from paleobc.formats.file_sets import files_of
from paleobc.formats.hand_edit_lists import CHANGED_BY_HAND
from paleobc.formats.nemo_fields import basin_masks_of, depth_of, layout_of
from paleobc.grids.fold import owner_table
from paleobc.services.weight_report import weight_laws
from paleobc.steps.external import MADE_BY


@dataclass(frozen=True)
class Law:
    """
    A law and whether it holds.

    Parameters
    ----------
    name : str
        The law, as a sentence.
    holds : bool
    detail : str
        Figures.
    """

    name: str
    holds: bool
    detail: str


def verify_routing(routing: xr.Dataset, conditioned_relief: xr.Dataset) -> list[Law]:
    """Every land cell drains, each basin has one outlet, and the way to the sea falls along the flow."""
    land = conditioned_relief[HEIGHT].values[::-1] > 0.0
    codes = routing["trip"].values
    basins = routing["basins"].values
    count = int(np.nanmax(basins, initial=0))
    outlets = np.isin(codes, (RETURN_FLOW, COASTAL_FLOW, RIVER_FLOW))
    per_basin = np.bincount(basins[outlets].astype(np.int64), minlength=count + 1)[1:]
    distances = routing["disto"].values[land]
    drained = int(np.isfinite(distances).sum())
    return [
        Law(
            "Every land cell, and no other, has a direction and a basin",
            bool((np.isfinite(codes) == land).all() and (np.isfinite(basins) == land).all()),
            f"{int(land.sum())} land cells",
        ),
        Law("Each basin has one outlet", bool((per_basin == 1).all()), f"{count} basins"),
        Law(
            "All water reaches the sea",
            drained == int(land.sum()),
            f"{drained} of {int(land.sum())} land cells",
        ),
        Law(
            "Every step down a river has a length",
            bool((routing["riverl"].values[land] > 0.0).all()),
            f"shortest {routing['riverl'].values[land].min(initial=np.inf):.4g} m",
        ),
    ]


def verify_soils(soils: xr.Dataset, conditioned_relief: xr.Dataset) -> list[Law]:
    """Soils and routing share one land mask."""
    land = conditioned_relief[HEIGHT].values[::-1] > 0.0
    same = all(((soils[name].values > 0.0) == land).all() for name in ("soilcolor", "soiltext"))
    return [Law("Soils are given on all land, and only there", bool(same), f"{int(land.sum())} land cells")]


def verify_pft(pft: xr.Dataset) -> list[Law]:
    """Fractions add up to one on land."""
    fractions = pft["maxvegetfrac"].values[0]
    land = np.isfinite(fractions[0])
    error = float(np.abs(fractions[:, land].sum(axis=0) - 1.0).max(initial=0.0))
    return [Law("Plant functional types add up to 1 on land", error < 1e-9, f"largest deviation {error:.1e}")]


def verify_relief(relief: xr.Dataset) -> list[Law]:
    """The high-resolution relief has a height everywhere."""
    heights = relief["RELIEF"].values
    whole = bool(np.isfinite(heights).all() and heights.min() >= 0.0)
    return [
        Law(
            "The high-resolution relief is whole and nowhere negative",
            whole,
            f"highest {heights.max():.0f} m",
        )
    ]


def verify_bathymetry(bathymetry: xr.Dataset) -> list[Law]:
    """Copies of cells agree with the cells."""
    depth = depth_of(bathymetry)
    owners = owner_table(layout_of(bathymetry))[1:-1, 1:-1]
    different = int((depth != depth.ravel()[owners]).sum())
    detail = f"{different} of {depth.size} differ"
    return [Law("Overlap columns and the folded row of the bathymetry repeat its cells", different == 0, detail)]


def verify_geothermal_heating(heating: xr.Dataset, bathymetry: xr.Dataset) -> list[Law]:
    """The sea is heated everywhere, the land nowhere."""
    heat, wet = heating["heatflow"].values[0], depth_of(bathymetry) > 0.0
    same = bool(((heat > 0.0) == wet).all())
    return [Law("The sea is heated everywhere, the land nowhere", same, f"{int(wet.sum())} wet cells")]


def verify_subbasins(subbasins: xr.Dataset, bathymetry: xr.Dataset) -> list[Law]:
    """Each wet cell is in one sub-basin."""
    number = basin_masks_of(subbasins).sum(axis=0)
    wet = depth_of(bathymetry) > 0.0
    return [Law("Each wet cell is in one sub-basin", bool((number == wet).all()), f"{int(wet.sum())} wet cells")]


def verify_viscosity(viscosity: xr.Dataset) -> list[Law]:
    """Per cent are per cent."""
    values = viscosity["icof"].values
    inside = bool(((values >= 0.0) & (values <= 100.0)).all())
    return [Law("The lateral viscosity lies between 0 and 100 %", inside, f"{values.min():g} to {values.max():g}")]


def verify_mosaix_weights(weights: xr.Dataset) -> list[Law]:
    """What the certificates of the weights promise."""
    return [Law(*law) for law in weight_laws(files_of(weights))]


#: What is looked at in each asset, and which assets are needed for it.
_LAWS: Final[dict[str, tuple[Callable[..., list[Law]], tuple[str, ...]]]] = {
    "routing": (verify_routing, ("routing", "conditioned_relief")),
    "soils": (verify_soils, ("soils", "conditioned_relief")),
    "pft": (verify_pft, ("pft",)),
    "high_resolution_relief": (verify_relief, ("high_resolution_relief",)),
    "bathymetry": (verify_bathymetry, ("bathymetry",)),
    "geothermal_heating": (verify_geothermal_heating, ("geothermal_heating", "bathymetry")),
    "subbasins": (verify_subbasins, ("subbasins", "bathymetry")),
    "mosaix_weights": (verify_mosaix_weights, ("mosaix_weights",)),
    "lateral_viscosity": (verify_viscosity, ("lateral_viscosity",)),
}


def assets_to_verify(assets: Iterable[str]) -> set[str]:
    """Those of the given assets that there are laws about, and what the laws need."""
    return {needed for asset in assets if asset in _LAWS for needed in _LAWS[asset][1]}


def verify(assets: Iterable[str], datasets: Mapping[str, xr.Dataset]) -> tuple[Law, ...]:
    """
    All laws about the given assets.

    Parameters
    ----------
    assets : iterable of str
    datasets : mapping of str to Dataset
        What `assets_to_verify` names.

    Raises
    ------
    PaleobcError
        Where one does not hold: what is about to be handed over must not be used.
    InputError
        Where it does not hold after changes by hand.
    """
    laws: list[Law] = []
    for asset in assets:
        if asset in _LAWS:
            look, needed = _LAWS[asset]
            programs = [str(datasets[name].attrs[MADE_BY]) for name in needed if MADE_BY in datasets[name].attrs]
            found = _looked_at(look, [datasets[name] for name in needed], programs)
            changed = [name for name in needed if CHANGED_BY_HAND in datasets[name].attrs]
            _refuse_broken(found, changed, programs)
            laws += found
    return tuple(laws)


def _looked_at(look: Callable[..., list[Law]], datasets: list[xr.Dataset], programs: list[str]) -> list[Law]:
    """Laws about some datasets; what an external program made may be such that they cannot even be looked at."""
    try:
        return look(*datasets)
    except (ValueError, IndexError, KeyError, TypeError, InputError) as error:
        if not programs:
            raise
        raise InputError(
            f"What the external step {programs[0]}, made does not fit what it is made of ({error}). Nothing was "
            "written. Mend its program."
        ) from None


def _refuse_broken(laws: Iterable[Law], changed: list[str], programs: list[str]) -> None:
    """Refuse what breaks a law; what people changed is theirs to change again, and so is a program of theirs."""
    for law in laws:
        if law.holds:
            continue
        breaks = f"breaks a law that it must obey: {law.name} ({law.detail}). Nothing was written."
        if changed:
            raise InputError(f"What was changed by hand {breaks} Edit {' or '.join(changed)} so that it holds.")
        if programs:
            raise InputError(f"What the external step {programs[0]}, made {breaks} Mend its program.")
        raise PaleobcError(
            f"The result {breaks} This is a fault of paleobc and not of yours; please report it with the recipe and "
            "the relief."
        )
