"""Edits as a Python script: what it makes of a file is what the library makes of it, whatever its texts say."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from edit_worlds import REGULAR, logs, tripolar
from ocean_worlds import LAYOUTS
from paleobc.errors import InputError
from paleobc.formats.edit_list_json import json_lines
from paleobc.formats.edit_lists import read_edits, write_edits
from paleobc.formats.edit_script import edit_script
from paleobc.formats.edited_field import read_surface, write_surface
from paleobc.formats.nemo_fields import bathymetry_file, ocean_grid_file
from paleobc.formats.netcdf import write_netcdf
from paleobc.topography.edits import edit as edit_module
from paleobc.topography.edits import shapes as shapes_module
from paleobc.topography.edits.apply import apply_edit
from paleobc.topography.edits.edit import Add, CloseSea, CopyFrom, Edit, OpenStrait, Result, Set, Smooth
from paleobc.topography.edits.log import EditLog, GridDescription, base_checksum, grid_description
from paleobc.topography.edits.shapes import Box, CellList, Combined, Line, Polygon, Region
from paleobc.topography.surface import Surface

EXAMPLES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

#: Texts that would break out of quotes, comments, docstrings or formats.
BREAKING = (
    "'''\n\"\"\"\nimport os; os.abort()  # {0.__class__} %s \\",
    "\\",
    "\\'",
    '"""',
    "\r\n\x85\u2028raise SystemExit(9)",
    "{edit!r}",
    "\x00\x1b[2J\u202e",
    "é\U0001f30d",
)

INTENTS = (
    Edit(Polygon(((-40.0, -30.0), (60.0, -30.0), (60.0, 40.0), (-40.0, 40.0))), Add(-700.5), "land", reason="lower"),
    Edit(Line(((-100.0, 0.0), (100.0, 20.0)), 300.0), OpenStrait(800.0)),
    Edit(Combined("difference", Box(170.0, -90.0, -150.0, 90.0), Region((175.0, 0.0))), Smooth(3)),
    Edit(Box(0.0, -80.0, 30.0, -40.0), CloseSea()),
)


def run(script: Path, *arguments: Path) -> subprocess.CompletedProcess[str]:
    """Run a script with nothing but the library."""
    command = [sys.executable, "-W", "error", str(script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=dict(os.environ))


def carried_out(surface: Surface, intents: tuple[Edit, ...]) -> EditLog:
    """Log of edits carried out on a surface."""
    base = base_checksum(surface.values)
    edits = tuple(apply_edit(edit, surface) for edit in intents)
    return EditLog(surface.quantity, grid_description(surface.mesh), base, edits)


def test_a_script_makes_of_a_relief_what_the_library_makes_of_it(write_relief, tmp_path):
    field, script = write_relief(), tmp_path / "edits.py"
    surface, dataset = read_surface(field, "height")
    texts = tuple(Edit(CellList(((number, 0),)), Set(-0.1), reason=text) for number, text in enumerate(BREAKING))
    log = carried_out(surface, INTENTS + texts)
    write_surface(surface, dataset, tmp_path / "direct.nc")
    write_edits(log, script, "python")
    said = run(script, field, tmp_path / "edited.nc")
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")
    assert (tmp_path / "edited.nc").read_bytes() == (tmp_path / "direct.nc").read_bytes()


def test_a_script_makes_of_a_bathymetry_what_the_library_makes_of_it(tmp_path):
    grid = LAYOUTS["182 x 149"]()
    depth = np.where(np.random.default_rng(2).random(grid.layout.shape) < 0.4, 0.0, 3000.0)
    field, places = tmp_path / "bathy_meter.nc", tmp_path / "coordinates.nc"
    write_netcdf(bathymetry_file(tripolar().spread(depth), grid), field, file_format="NETCDF3_64BIT")
    write_netcdf(ocean_grid_file(grid), places, file_format="NETCDF3_64BIT")
    surface, dataset = read_surface(field, "depth", places)
    log = carried_out(surface, INTENTS[:2])
    assert log.grid == grid_description(tripolar())
    write_surface(surface, dataset, tmp_path / "direct.nc")
    write_edits(log, tmp_path / "edits.py", "python")
    said = run(tmp_path / "edits.py", field, tmp_path / "edited.nc", places)
    assert (said.returncode, said.stderr) == (0, "")
    assert (tmp_path / "edited.nc").read_bytes() == (tmp_path / "direct.nc").read_bytes()
    assert (tmp_path / "edited.nc").read_bytes() != field.read_bytes()


def test_a_script_refuses_another_grid_and_writes_nothing(write_relief, tmp_path):
    log = EditLog("height", grid_description(REGULAR), "0" * 64, INTENTS)
    write_edits(log, tmp_path / "edits.py", "python")
    said = run(tmp_path / "edits.py", write_relief(), tmp_path / "edited.nc")
    assert said.returncode == 1
    assert said.stderr == "The edits were made on another grid than that of the field.\n"
    assert not (tmp_path / "edited.nc").exists()


@EXAMPLES
@given(log=logs)
def test_a_script_holds_the_intents_of_the_log_and_its_texts_only_as_literals(log):
    log = EditLog("height", log.grid, log.base, tuple(e for e in log.edits if not isinstance(e.operation, CopyFrom)))
    script = edit_script(log)
    assert script.isascii()
    tree = ast.parse(script)
    assert [type(node) for node in tree.body[-8:]] == [ast.Assign] * 6 + [ast.FunctionDef, ast.If]
    (assigned,) = (node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "EDITS")
    called = {node.func.id for node in ast.walk(assigned) if isinstance(node, ast.Call)}
    names = {node.id for node in ast.walk(assigned) if isinstance(node, ast.Name)}
    known = {**vars(edit_module), **vars(shapes_module)}
    assert called == names <= set(known)
    edits = eval(compile(ast.Expression(assigned), "script", "eval"), known)  # noqa: S307 - looked at above
    intents = tuple(replace(edit, result=None) for edit in log.edits)
    assert list(json_lines(replace(log, edits=tuple(edits)))) == list(json_lines(replace(log, edits=intents)))


def test_what_was_copied_from_a_revision_is_set_in_the_script():
    result = Result(np.array([13, 20], np.int32), np.zeros(2), np.array([5.5, -6.5]))
    copied = Edit(Box(0.0, 0.0, 9.0, 9.0), CopyFrom("other"), "sea", "why", result=result)
    log = EditLog("height", grid_description(REGULAR), "", (copied,))
    script = edit_script(log)
    assert "shape=CellList(cells=((1, 1), (1, 8)))" in script
    assert "operation=Set(value=(5.5, -6.5))" in script
    assert "reason='why'" in script
    with pytest.raises(InputError, match="Edit 1 copies from another revision"):
        edit_script(replace(log, edits=(replace(copied, result=None),)))


def test_fields_without_a_file_of_their_own_have_no_script():
    with pytest.raises(InputError, match="depth on a regular grid"):
        edit_script(EditLog("depth", GridDescription("regular", 6, 12), "", ()))


def test_a_script_is_no_list(tmp_path):
    write_edits(EditLog("height", grid_description(REGULAR), "", ()), tmp_path / "edits.py", "python")
    with pytest.raises(InputError, match="is a script that carries edits out"):
        read_edits(tmp_path / "edits.py")


def test_a_file_without_a_bathymetry_is_refused(write_relief):
    with pytest.raises(InputError, match="has no variable 'Bathymetry' to be edited"):
        read_surface(write_relief(), "depth")


def test_a_bathymetry_without_values_on_land_keeps_its_gaps_where_it_is_not_edited(tmp_path):
    grid = LAYOUTS["182 x 149"]()
    depth = tripolar().spread(np.where(np.random.default_rng(4).random(grid.layout.shape) < 0.4, 0.0, 3000.0))
    dataset = bathymetry_file(depth, grid)
    dataset["Bathymetry"].attrs = {"missing_value": 0.0}
    write_netcdf(dataset, tmp_path / "bathy.nc", file_format="NETCDF3_64BIT")
    surface, source = read_surface(tmp_path / "bathy.nc", "depth")
    assert np.array_equal(surface.field, depth)
    apply_edit(Edit(CellList(((70, 60), (80, 90))), Set(500.0)), surface)
    write_surface(surface, source, tmp_path / "edited.nc")
    edited = read_surface(tmp_path / "edited.nc", "depth")[0]
    assert np.array_equal(edited.values, surface.values)


def test_a_relief_in_kilometres_is_converted_and_written_anew(write_relief, world, tmp_path):
    surface, source = read_surface(write_relief(world() / 1000.0, attributes={"units": "km"}), "height")
    assert surface.values.min() < -2000.0
    write_surface(surface, source, tmp_path / "edited.nc")
    assert np.array_equal(read_surface(tmp_path / "edited.nc", "height")[0].values, surface.values)
