"""The files of a MOSAIX coupling for OASIS and LMDZ: grids, masks, areas, ocean fraction, weights, diagnostics."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import xarray as xr

from paleobc.conventions import FloatArray
from paleobc.grids.fold import OrcaLayout
from paleobc.remapping.atmosphere import AtmosphereGrid
from paleobc.remapping.conservation import harmonic_field
from paleobc.remapping.coupling import Coupling, WeightSet
from paleobc.remapping.mosaix_meshes import Mesh

#: Attributes of a weight file that hold its certificate begin so.
CERTIFICATE: Final = "certificate_"

#: SCRIP's mask in our files: 1 where a cell takes part.
_SEA: Final = {"land_value": np.int32(0), "sea_value": np.int32(1)}
_DEGREES: Final = {"lon": "degrees_east", "lat": "degrees_north"}


def ocean_name(layout: OrcaLayout) -> str:
    """
    Name of an ocean grid in the names of files: ORCA2.3 for the grid of IPSL-CM5A2, else made from its size.

    Examples
    --------
    >>> ocean_name(OrcaLayout(149, 182, "F")), ocean_name(OrcaLayout(174, 182, "F"))
    ('ORCA2.3', 'ORCA2-182-174-F')
    """
    if layout.shape == (149, 182) and layout.nperio == 6:
        return "ORCA2.3"
    return f"ORCA{360.0 / layout.period:.4g}-{layout.columns}-{layout.rows}-{layout.pivot}"


def atmosphere_name(atmosphere: AtmosphereGrid) -> str:
    """
    Name of a grid of LMDZ in the names of files.

    Examples
    --------
    >>> from paleobc.remapping.atmosphere import LMD96X95, LMD144X142
    >>> atmosphere_name(LMD96X95), atmosphere_name(LMD144X142)
    ('LMD9695', 'LMD144142')
    """
    return f"LMD{atmosphere.columns}{atmosphere.rows - 1}"


def oasis_files(coupling: Coupling, ocean: str, suffix: str = "_v2") -> dict[str, xr.Dataset]:
    """
    All files of a coupling but for the README, by name.

    Parameters
    ----------
    coupling : Coupling
    ocean : str
        Name of the ocean grid.
    suffix : str
        End of the names.
    """
    atmosphere = atmosphere_name(coupling.atmosphere)
    both, end = f"{ocean}x{atmosphere}", f"{suffix}.nc"
    files = {
        f"grids_{both}{end}": grids_file(coupling.meshes).assign_attrs(certificate_attributes(coupling.closure)),
        f"masks_{both}{end}": masks_file(coupling.meshes),
        f"areas_{both}{end}": areas_file(coupling.meshes),
        f"{atmosphere}_grid_maskFrom_{ocean}{end}": fraction_file(coupling.atmosphere, coupling.mesh("tlmd"), ocean),
    }
    for weights in coupling.sets:
        name = weights_name(weights, ocean, atmosphere) + end
        files[name] = weights_file(weights, f"{ocean} and {atmosphere}")
        if weights.name.endswith("Order"):
            files[name.replace("rmp_", "dia_", 1)] = diagnostics_file(weights)
    return files


def weights_name(weights: WeightSet, ocean: str, atmosphere: str) -> str:
    """Name of a weight file, without its end."""
    source, destination = (
        mesh.prefix[0] + (ocean if mesh.prefix.endswith("orc") else atmosphere)
        for mesh in (weights.source, weights.destination)
    )
    return f"rmp_{source}_to_{destination}_{weights.name}"


def grids_file(meshes: tuple[Mesh, ...]) -> xr.Dataset:
    """
    Content of ``grids.nc``: points and corners of every mesh.

    References
    ----------
    Craig, Valcke and Coquart (2017), doi:10.5194/gmd-10-3297-2017: OASIS3-MCT.
    """
    variables = {}
    for mesh in meshes:
        for short, points, corners in (
            ("lon", mesh.longitude, mesh.corner_longitude),
            ("lat", mesh.latitude, mesh.corner_latitude),
        ):
            kind, units = f"{short}gitudes" if short == "lon" else "latitudes", {"units": _DEGREES[short]}
            variables[f"{mesh.prefix}.{short}"] = _on_rows(mesh, points, {**units, "title": f"{mesh.title}: {kind}"})
            rows, columns = _dimensions(mesh)
            variables[f"{mesh.prefix}.cl{short[1]}"] = xr.Variable(
                (f"crn_{mesh.prefix}", rows, columns),
                np.moveaxis(corners.reshape(*mesh.shape, 4), -1, 0),
                {**units, "title": f"{mesh.title}: {kind} of the corners"},
            )
    return xr.Dataset(variables, attrs={"title": "Grids for OASIS"})


def masks_file(meshes: tuple[Mesh, ...]) -> xr.Dataset:
    """Content of ``masks.nc``: 0 where a cell takes part, 1 where it is masked or a copy."""
    values = {"land_value": np.int32(1), "sea_value": np.int32(0), "units": "1"}
    variables = {
        f"{mesh.prefix}.msk": _on_rows(mesh, (~mesh.open).astype(np.int32), {**values, "title": mesh.title})
        for mesh in meshes
    }
    return xr.Dataset(variables, attrs={"title": "Masks for OASIS: 0 taking part, 1 masked"})


def areas_file(meshes: tuple[Mesh, ...]) -> xr.Dataset:
    """Content of ``areas.nc``: areas by the models' own measure, 1 for amounts."""
    variables = {
        f"{mesh.prefix}.srf": _on_rows(
            mesh, mesh.area, {"units": "1" if mesh.prefix == "aone" else "m2", "title": f"{mesh.title}: area"}
        )
        for mesh in meshes
    }
    return xr.Dataset(variables, attrs={"title": "Areas for OASIS"})


def fraction_file(atmosphere: AtmosphereGrid, mesh: Mesh, ocean: str) -> xr.Dataset:
    """
    Content of ``o2a.nc``, the fraction of sea in each cell of the atmosphere, of which LMDZ makes its land mask.

    Parameters
    ----------
    atmosphere : AtmosphereGrid
    mesh : Mesh
        Its cells with their fractions of sea.
    ocean : str
        Name of the ocean grid.
    """
    edges = {"lat": atmosphere.latitude_edges, "lon": atmosphere.longitude_edges}
    points = {"lat": atmosphere.latitudes, "lon": atmosphere.longitudes}
    fraction: dict[str, Any] = {
        "units": "1",
        "long_name": "Fraction of the cell that is sea",
        "valid_min": 0.0,
        "valid_max": 1.0,
    }
    half = (mesh.fraction >= 0.5).astype(np.int32)
    fields: dict[str, tuple[np.ndarray[Any, Any], dict[str, Any]]] = {
        "OceMask": (mesh.fraction, fraction),
        "OceFrac": (mesh.fraction, fraction),
        "ocemask": (half, {"units": "1", "long_name": "1 where at least half of the cell is sea"}),
        "mask": (1 - half, {"units": "1", "long_name": "1 where more than half of the cell is land"}),
        "aire": (mesh.area, {"units": "m2", "long_name": "Area of the cell"}),
    }
    variables = {
        name: xr.Variable(("lat", "lon"), field.reshape(atmosphere.shape), attributes)
        for name, (field, attributes) in fields.items()
    }
    for axis, values in points.items():
        name = {"lat": "latitude", "lon": "longitude"}[axis]
        attributes = {"units": _DEGREES[axis], "standard_name": name, "long_name": name, "bounds": f"bounds_{axis}"}
        variables[axis] = xr.Variable(axis, values, attributes)
        both = np.stack([edges[axis][:-1], edges[axis][1:]], axis=1)
        variables[f"bounds_{axis}"] = xr.Variable((axis, "bnds"), both, {"units": _DEGREES[axis]})
    return xr.Dataset(variables, attrs={"title": f"Fraction of sea of {ocean} on the grid of the atmosphere"})


def weights_file(weights: WeightSet, grids: str) -> xr.Dataset:
    """
    Content of a weight file in the layout of SCRIP, with its certificate.

    Parameters
    ----------
    weights : WeightSet
    grids : str
        The two grids, in words.

    References
    ----------
    Jones (1999), doi:10.1175/1520-0493(1999)127<2204:FASOCR>2.0.CO;2.
    """
    variables = {**_scrip_grid("src", weights.source), **_scrip_grid("dst", weights.destination)}
    links = weights.weights
    variables["src_address"] = xr.Variable("num_links", (links.source + 1).astype(np.int32))
    variables["dst_address"] = xr.Variable("num_links", (links.destination + 1).astype(np.int32))
    variables["remap_matrix"] = xr.Variable(("num_links", "num_wgts"), links.weight[:, None])
    attributes = {
        "title": f"{weights.name.replace('_', ' ')}: weights between {grids}",
        "normalization": weights.normalization,
        "map_method": "Conservative remapping",
        "conventions": "SCRIP",
        "source_grid": "curvilinear",
        "dest_grid": "curvilinear",
        "method": "MOSAIX",
        **certificate_attributes(weights.certificate),
    }
    return xr.Dataset(variables, attrs=attributes)


def certificate_attributes(certificate: Mapping[str, Any]) -> dict[str, Any]:
    """
    Attributes that hold a certificate: numbers as such, all else as JSON.

    Examples
    --------
    >>> certificate_attributes({"links": 2, "unlinked_source": [7]})
    {'certificate_links': np.int32(2), 'certificate_unlinked_source': '[7]'}
    """
    return {f"{CERTIFICATE}{name}": _attribute(value) for name, value in certificate.items()}


def _attribute(value: Any) -> Any:
    if isinstance(value, float):
        return value
    return np.int32(value) if isinstance(value, int) else json.dumps(value)


def certificate_of(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """
    Certificate that the attributes of a weight file of ours hold; empty where they hold none.

    Examples
    --------
    >>> certificate_of(certificate_attributes({"links": 2, "row_sum_least": 0.5, "unlinked_source": [7]}))
    {'links': 2, 'row_sum_least': 0.5, 'unlinked_source': [7]}
    """
    return {
        name.removeprefix(CERTIFICATE): json.loads(value) if isinstance(value, str) else np.asarray(value).item()
        for name, value in attributes.items()
        if name.startswith(CERTIFICATE)
    }


def diagnostics_file(weights: WeightSet) -> xr.Dataset:
    """
    Content of a ``dia_`` file: what becomes of ones and of a smooth field, on the destination's grid.

    Parameters
    ----------
    weights : WeightSet
    """
    source, mesh, links = weights.source, weights.destination, weights.weights
    linked = links.linked_destinations()
    there = harmonic_field(mesh.longitude, mesh.latitude)
    arrived = links.apply(harmonic_field(source.longitude, source.latitude))
    fields: dict[str, tuple[np.ndarray[Any, Any], str]] = {
        "row_sum": (links.row_sums(), "Sum of the weights"),
        "neighbours": (links.links_of_destinations().astype(np.int32), "Number of links"),
        "remapped": (np.where(linked, arrived, 0.0), "Smooth test field, remapped"),
        "error": (np.where(linked, arrived - there, 0.0), "Smooth test field, remapped, minus its value at the point"),
    }
    places = {"nav_lon": (mesh.longitude, "lon"), "nav_lat": (mesh.latitude, "lat")}
    variables = {
        name: xr.Variable(("y", "x"), values.reshape(mesh.shape), {"units": "1", "long_name": words})
        for name, (values, words) in fields.items()
    }
    for name, (values, axis) in places.items():
        variables[name] = xr.Variable(("y", "x"), values.reshape(mesh.shape), {"units": _DEGREES[axis]})
    title = f"{weights.name.replace('_', ' ')}: what the weights do; 0 where no link ends"
    return xr.Dataset(variables, attrs={"title": title})


def _scrip_grid(side: str, mesh: Mesh) -> dict[str, xr.Variable]:
    """Variables that describe a grid in the layout of SCRIP."""
    size, corners = f"{side}_grid_size", (f"{side}_grid_size", f"{side}_grid_corners")
    rows, columns = mesh.shape
    made = {f"{side}_grid_dims": xr.Variable(f"{side}_grid_rank", np.array([columns, rows], dtype=np.int32))}
    for axis, points, edges in (
        ("lat", mesh.latitude, mesh.corner_latitude),
        ("lon", mesh.longitude, mesh.corner_longitude),
    ):
        made[f"{side}_grid_center_{axis}"] = xr.Variable(size, points, {"units": "degrees"})
        made[f"{side}_grid_corner_{axis}"] = xr.Variable(corners, edges, {"units": "degrees"})
    made[f"{side}_grid_imask"] = xr.Variable(size, mesh.open.astype(np.int32), {"units": "unitless", **_SEA})
    made[f"{side}_grid_area"] = xr.Variable(size, mesh.area, {"units": "m2"})
    made[f"{side}_grid_frac"] = xr.Variable(size, mesh.fraction, {"units": "unitless"})
    return made


def _dimensions(mesh: Mesh) -> tuple[str, str]:
    return f"y_{mesh.prefix}", f"x_{mesh.prefix}"


def _on_rows(mesh: Mesh, values: FloatArray | np.ndarray[Any, Any], attributes: Mapping[str, Any]) -> xr.Variable:
    """A field of a mesh on its rows and columns."""
    return xr.Variable(_dimensions(mesh), values.reshape(mesh.shape), dict(attributes))
