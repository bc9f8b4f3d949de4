"""A list of edits that can be used on no map is refused as soon as it is uploaded, with the line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from netCDF4 import Dataset

from application import Application
from edit_worlds import REGULAR, lists_of_depths
from paleobc.errors import InputError
from paleobc.formats.edit_lists import check_edits, write_edits

YAML = """\
paleobc_edits: 1
edits:
  - {shape: {region: [0, 45]}, operation: {add: 50}}
  - {shape: {region: [0, 45]}, operation: {rise: 50}}
"""
COSIMA = "editTopo.py edits file version 1\n#\n  2  3  10.5  deep\n"
JMMP = "#### ii, jj, new depth (m) #####\n## Denmark Strait\n 2, 3, 718.0\n x, 3, 718.0\n"
JSON_LINES = '{"paleobc_edits": 1, "quantity": "height"}\n{"shape": {"region": [0, 45]}}\n'


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return Application(tmp_path_factory.mktemp("installation"))


@pytest.mark.parametrize(
    ("asset", "text", "told"),
    [
        ("relief_edits", YAML, ["list.txt line 4", "rise"]),
        ("relief_edits", YAML.replace("edits:\n", "quantity: depth\nedits:\n"), ["line 2", "depth", "height"]),
        ("relief_edits", "just words", ["list.txt"]),
        ("relief_edits", JSON_LINES, ["list.txt line 2", "operation"]),
        ("depth_edits", COSIMA, ["list.txt line 3", "deep"]),
        ("depth_edits", JMMP, ["list.txt line 4", "x"]),
        ("depth_edits", "\x00\x01\x02", ["list.txt"]),
    ],
)
def test_nonsense_is_told_before_there_is_a_map(app, asset, text, told):
    ada = app.user(f"ada {asset} {hash(text)}")
    experiment = app.experiment(ada)
    path = app.folder / "list.txt"
    path.write_text(text)
    app.give(ada, experiment, asset, path)
    assert app.work() == {f"read_{asset}": 1}
    state = app.states(experiment)[asset]
    assert state.state == "failed"
    for words in told:
        assert words in state.why
    assert state.run.is_input_fault


def test_a_list_that_says_neither_grid_nor_quantity_waits_for_its_map(app):
    ada = app.user("ada")
    experiment = app.experiment(ada)
    path = app.folder / "list.yaml"
    path.write_text(YAML.replace("rise", "add"))
    app.give(ada, experiment, "relief_edits", path)
    app.work()
    assert app.said(experiment)["relief_edits"] == "current"


@given(data=st.data(), kind=st.sampled_from(["yaml", "json", "mom6", "cosima", "jmmp"]))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_list_that_is_written_is_taken(tmp_path: Path, data, kind):
    log = data.draw(lists_of_depths(REGULAR, "height"))
    path = tmp_path / "list"
    write_edits(log, path, kind, mesh=REGULAR)
    check_edits(path, "height")


def test_a_file_for_mom6_that_points_out_of_its_own_grid_is_refused(tmp_path):
    path = tmp_path / "edits.nc"
    with Dataset(path, "w") as file:
        file.createDimension("n", 1)
        for name, value in (("iEdit", 99), ("jEdit", 3), ("zEdit", 718.0)):
            file.createVariable(name, "f8" if name == "zEdit" else "i4", ("n",))[:] = value
        for name, value in (("ni", 12), ("nj", 6)):
            file.createVariable(name, "i4", ())[...] = np.int32(value)
    with pytest.raises(InputError, match="iEdit"):
        check_edits(path, "depth")
