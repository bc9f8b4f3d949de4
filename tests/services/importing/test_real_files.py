"""Files that the existing tool really made, of every type, come over without a word."""

from __future__ import annotations

import tarfile

from sqlalchemy import select

from old_tool import OldTool
from paleobc.store.tables import Revision

MADE = {
    "routing": "routing.nc",
    "bathy": "bathy.nc",
    "soils": "soils.nc",
    "topo_high_res": "topo_high_res.nc",
    "pft": "pft.nc",
    "heatflow": "heatflow.nc",
    "ahmcoef": "ahmcoef.nc",
}


def write_weights(path, folder):
    with tarfile.open(path, "w:gz") as tar:
        for name in ("areas.nc", "masks.nc", "grids.nc", "run.def", "rmp_tlmd_to_torc_MOSAIC.nc"):
            tar.add(folder / name, f"IGCM/{name}")
    return path


def test_an_experiment_of_real_files_comes_over_whole(reference, app, old: OldTool, bring, tmp_path):
    experiment = old.experiment(old.user("anna"), "topography_60Ma.nc", age="60")
    old.revision(experiment, "raw", reference / "inputs/topography_60Ma_1deg.nc")
    old.step(experiment, "routing", {"id": experiment, "topo_var": "topo", "orcafile": "default"})
    for file_type, name in MADE.items():
        old.revision(experiment, file_type, reference / "reference/original" / name)
    mosaic = reference / "reference/mosaic"
    old.revision(experiment, "coords", reference / "inputs/paleorca2_40Ma_grid.nc")
    old.revision(experiment, "sub_basins", mosaic / "subbasins.nc")
    old.revision(experiment, "weights", write_weights(tmp_path / "weights.tar.gz", mosaic))
    assert bring().left == []
    with app.database.reading() as session:
        assets = set(session.scalars(select(Revision.asset)))
    made = {
        "routing",
        "bathymetry",
        "soils",
        "high_resolution_relief",
        "pft",
        "geothermal_heating",
        "lateral_viscosity",
    }
    assert assets == made | {"relief", "given_ocean_grid", "drawn_subbasins", "mosaic_weights"}
