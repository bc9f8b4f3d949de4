"""Lists of cells and depths as the tools of ocean models keep them: MOM6, COSIMA and JMMP."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from netCDF4 import Dataset

from edit_worlds import REGULAR, lists_of_depths, tripolar, with_result
from paleobc.errors import InputError
from paleobc.formats import edit_list_depths, edit_list_text
from paleobc.formats.edit_lists import read_edits, write_edits
from paleobc.grids.mesh import Mesh
from paleobc.topography.edits.apply import apply_edit
from paleobc.topography.edits.edit import Edit, Set, Smooth
from paleobc.topography.edits.limits import LONGEST_TEXT
from paleobc.topography.edits.log import EditLog, grid_description
from paleobc.topography.edits.shapes import Box, CellList
from paleobc.topography.surface import NEW_LAND, Quantity, Surface

EXAMPLES = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
KINDS = ("mom6", "cosima", "jmmp")
WORLDS = {"height": lambda: REGULAR, "depth": tripolar}

# As in JMMP's own lists: comments, blanks before the numbers, ranges, a comment at the end.
JMMP = """\
#### ii, jj, new depth (m) #####
## Denmark Strait
## copy standard bathy
 2, 3, 718.0
  3, 3, 718.0
! Gibraltar
 0-1, 2-3, 284
11, 5, 0.0
#
"""

# As editTopo.py writes it.
COSIMA = """\
editTopo.py edits file version 1
#
# This file can be used as an argument for editTopo.py --apply
#
# created: Mon Jun  1 10:00:00 2020
# by: someone
# via: ./editTopo.py --output new.nc topog.nc
#
#  i  j  old    new
   2  3  10.5   718.0
   3  3  0.0    718.0   # at the sill
# Gibraltar
  11  5  -1e+20   .5e2
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "edits"


def edited(log: EditLog, mesh: Mesh) -> np.ndarray:
    """Field that a log makes of one that it had nowhere so."""
    surface = Surface.of(np.full(mesh.shape, 7777.0), mesh, log.quantity)
    for edit in log.edits:
        apply_edit(edit, surface)
    return surface.values


def given_cells(log: EditLog) -> list[tuple[tuple[tuple[int, int], ...], object, str]]:
    return [(edit.shape.cells, edit.operation.value, edit.reason) for edit in log.edits]


def write_mom6(path: Path, ni: object = 12, nj: object = 6, leave_out: str = "", **lists: object) -> Path:
    """A list for MOM6 as its users write it."""
    lists = {"iEdit": [2, 3], "jEdit": [3, 3], "zEdit": [718.0, 280.0], **lists}
    with Dataset(path, "w", format="NETCDF4") as file:
        file.createDimension("nEdits", None)
        for name, value in (("ni", ni), ("nj", nj)):
            if name != leave_out:
                file.createVariable(name, np.asarray(value).dtype, ())[...] = value
        for name, values in lists.items():
            if name != leave_out:
                variable = file.createVariable(name, np.asarray(values).dtype, ("nEdits",))
                variable[: len(values)] = values
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("quantity", WORLDS)
@EXAMPLES
@given(data=st.data())
def test_cells_and_values_survive(kind, quantity: Quantity, path, data):
    mesh = WORLDS[quantity]()
    log = data.draw(lists_of_depths(mesh, quantity))
    write_edits(log, path, kind, mesh=mesh)
    read = read_edits(path, mesh=mesh, quantity=quantity)
    assert (read.quantity, read.grid, read.base) == (quantity, log.grid, "")
    assert edited(read, mesh).tobytes() == edited(log, mesh).tobytes()
    if kind != "mom6" and quantity == "height":
        assert {edit.reason for edit in read.edits} == {edit.reason for edit in log.edits}


@pytest.mark.parametrize("kind", KINDS)
def test_copies_are_listed_for_tools_that_know_no_fold(kind, path):
    mesh = tripolar()
    positions, starts = mesh.copies
    cell = int(np.argmax(np.diff(starts)))
    log = EditLog("depth", grid_description(mesh), "", (Edit(CellList((divmod(cell, mesh.shape[1]),)), Set(123.0)),))
    write_edits(log, path, kind, mesh=mesh)
    field = np.zeros(mesh.unique.size)
    if kind == "mom6":
        with Dataset(path) as file:
            field[file["jEdit"][:] * mesh.shape[1] + file["iEdit"][:]] = file["zEdit"][:]
    else:
        data = [line.replace(",", " ").split() for line in path.read_text().splitlines()[1:] if line[0] != "#"]
        field[[int(parts[1]) * mesh.shape[1] + int(parts[0]) for parts in data]] = [float(parts[-1]) for parts in data]
    expected = np.zeros(mesh.unique.size)
    expected[[cell, *positions[starts[cell] : starts[cell + 1]]]] = 123.0
    assert starts[cell + 1] - starts[cell] >= 1
    assert (field == expected).all()


def test_an_index_in_the_halo_means_the_cell_it_is_a_copy_of(path):
    mesh = tripolar()
    for row, column in ((20, 0), (20, 181), (148, 33)):
        path.write_text(f"{column}, {row}, 55.5\n")
        (edit,) = read_edits(path, mesh=mesh, quantity="depth").edits
        assert edit.shape.cells == (divmod(int(mesh.original[row, column]), 182),)
        assert mesh.unique[edit.shape.cells[0]]


def test_a_list_of_jmmp_counts_from_0_and_its_comments_are_the_reasons(path):
    path.write_text(JMMP)
    log = read_edits(path, mesh=REGULAR, quantity="depth")
    assert given_cells(log) == [
        (((3, 2), (3, 3)), 718.0, "Denmark Strait copy standard bathy"),
        (((2, 0), (2, 1), (3, 0), (3, 1), (5, 11)), (284.0, 284.0, 284.0, 284.0, 0.0), "Gibraltar"),
    ]


def test_a_list_of_cosima_counts_from_0_and_its_old_values_are_not_looked_at(path):
    path.write_text(COSIMA)
    log = read_edits(path, mesh=REGULAR, quantity="depth")
    assert given_cells(log) == [
        (((3, 2),), 718.0, ""),
        (((3, 3),), 718.0, "at the sill"),
        (((5, 11),), 50.0, "Gibraltar"),
    ]


def test_a_list_for_mom6_counts_from_0_and_its_sign_does_not_matter(path):
    write_mom6(path, zEdit=[-718.0, 280.0])
    log = read_edits(path, mesh=REGULAR, quantity="depth")
    assert given_cells(log) == [(((3, 2), (3, 3)), (718.0, 280.0), "")]


def test_single_precision_and_a_list_of_no_edits_are_read(path):
    write_mom6(path, zEdit=np.array([0.1, 280.0], dtype=np.float32))
    (edit,) = read_edits(path, mesh=REGULAR, quantity="depth").edits
    assert edit.operation.value[0] == float(np.float32(0.1))
    write_mom6(path, iEdit=np.empty(0, int), jEdit=np.empty(0, int), zEdit=np.empty(0))
    assert read_edits(path, mesh=REGULAR, quantity="depth").edits == ()


def test_what_is_written_for_mom6_is_what_mom6_reads(path):
    log = EditLog("height", grid_description(REGULAR), "", (Edit(CellList(((3, 2),)), Set(-718.5)),))
    write_edits(log, path, "mom6", mesh=REGULAR)
    assert path.read_bytes().startswith(b"CDF\x02")
    with Dataset(path) as file:
        assert (int(file["ni"][...]), int(file["nj"][...])) == (12, 6)
        assert file["ni"].dimensions == ()
        assert [(file[name].dimensions, file[name][:].tolist()) for name in ("iEdit", "jEdit", "zEdit")] == [
            (("nEdits",), [2]),
            (("nEdits",), [3]),
            (("nEdits",), [718.5]),
        ]
        assert file["iEdit"].dtype == file["jEdit"].dtype == file["ni"].dtype == np.int32


def test_mom6_gets_the_last_depth_of_each_cell_once(path):
    cells = CellList(((3, 2), (1, 1)))
    edits = (Edit(cells, Set(0.0)), Edit(CellList(((3, 2),)), Set(60.0)))
    write_edits(EditLog("depth", grid_description(REGULAR), "", edits), path, "mom6", mesh=REGULAR)
    with Dataset(path) as file:
        assert list(zip(file["iEdit"][:], file["jEdit"][:], file["zEdit"][:], strict=True)) == [(1, 1, 0), (2, 3, 60)]


@pytest.mark.parametrize(
    ("quantity", "value"),
    [("depth", {50.0: 50.0, 0.0: 0.0, -30.0: 0.0}), ("height", {50.0: -50.0, 0.0: NEW_LAND, -30.0: 30.0})],
)
def test_depth_above_0_is_sea_and_all_else_land(path, quantity, value):
    for depth, expected in value.items():
        path.write_text(f"1, 2, {depth}\n")
        (edit,) = read_edits(path, mesh=REGULAR, quantity=quantity).edits
        assert edit.operation.value == expected


def test_height_is_written_as_depth_and_land_as_0(path):
    edits = (Edit(CellList(((0, 1), (0, 2))), Set((-40.25, 900.0)), reason="one\ntwo"),)
    write_edits(EditLog("height", grid_description(REGULAR), "", edits), path, "jmmp", mesh=REGULAR)
    assert path.read_text() == "#### ii, jj, new depth (m) #####\n## one\n## two\n   1,    0, 40.25\n   2,    0, 0.0\n"


def test_sea_of_height_0_cannot_be_told_from_land_and_is_refused(path):
    edits = (Edit(CellList(((0, 1),)), Set(0.0)),)
    with pytest.raises(InputError, match="Edit 1 leaves the cell at row 0, column 1 at height 0"):
        write_edits(EditLog("height", grid_description(REGULAR), "", edits), path, "jmmp", mesh=REGULAR)
    assert not path.exists()


def test_what_an_edit_did_is_written_whatever_its_intent(path):
    edit = with_result(
        Edit(Box(0.0, 0.0, 90.0, 90.0), Smooth(3), reason="smooth"), np.array([13, 14]), np.array([-5.0, 9.0])
    )
    write_edits(EditLog("height", grid_description(REGULAR), "", (edit,)), path, "cosima", mesh=REGULAR)
    assert path.read_text().splitlines()[-3:] == ["## smooth", "   1    1  0.0  5.0", "   2    1  0.0  0.0"]


def test_an_edit_without_a_reason_takes_none_from_the_one_before(path):
    edits = (Edit(CellList(((0, 1),)), Set(-4.0), reason="why"), Edit(CellList(((0, 2),)), Set(-4.0)))
    for kind in ("cosima", "jmmp"):
        write_edits(EditLog("height", grid_description(REGULAR), "", edits), path, kind, mesh=REGULAR)
        assert [edit.reason for edit in read_edits(path, mesh=REGULAR, quantity="height").edits] == ["why", ""]


@pytest.mark.parametrize("kind", KINDS)
def test_an_intent_that_was_never_carried_out_has_no_cells_to_write(kind, path):
    log = EditLog("height", grid_description(REGULAR), "", (Edit(Box(0.0, 0.0, 90.0, 90.0), Smooth(3)),))
    with pytest.raises(InputError, match="Edit 1 has not been carried out"):
        write_edits(log, path, kind, mesh=REGULAR)
    assert not path.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_edits_of_another_grid_are_not_written(kind, path):
    log = EditLog("depth", grid_description(tripolar()), "", (Edit(CellList(((0, 1),)), Set(0.0)),))
    with pytest.raises(InputError, match=r"made on a tripolar grid of 149 × 182 cells.*another one"):
        write_edits(log, path, kind, mesh=REGULAR)
    with pytest.raises(InputError, match="needs the grid"):
        write_edits(log, path, kind)


REFUSED_TEXT = {
    "12, 0, 5.0": r"line 1: i is 12 and the grid has 6 × 12 cells, counted from 0; .*counted from 1",
    "0, 6, 5.0": "line 1: j is 6",
    "# a\n\n-1, 0, 5.0": "line 3: i is '-1'",
    "0, 0-1000000000, 5.0": "line 1: j is '0-1000000000'",
    "0-999999999, 0-999999999, 5.0": "line 1: j is 999999999",
    "5-2, 0, 5.0": "line 1: the range '5-2' of i ends before it begins",
    "1, 1, nan": "line 1: the new depth is 'nan'",
    "1, 1, 1e999": "line 1: the new depth is '1e999'",
    "1, 1, -inf": "the new depth is '-inf'",
    "1, 1, 20001": "at most 20000 m",
    "1, 1, 1_0": "'1_0'",
    "1, 1, 0x10": "'0x10'",
    "1, 1, ٣": "the new depth is",
    "1, 1, 0.0, 50.0": "line 1: this has 4 columns; it should have three: i, j, depth",
    "1, 1": "this has 2 columns",
    "1:3, 1, 50": "the old form of editTopo.py, which counts from 1",
    "1, 1, 50 # deep": "the old form of editTopo.py, which counts from 1",
    "editTopo.py edits file version 2": "line 1: this list of editTopo.py has the version '2'",
    "editTopo.py edits file version 1\n1 1 5.0": "line 2: this has 3 columns",
    "editTopo.py edits file version 1\n1 -1 0 5.0": "line 2: i and j are '1 -1'",
    "editTopo.py edits file version 1\n1-2 1 0 5.0": "line 2: i and j are '1-2 1'",
    "editTopo.py edits file version 1\n1 1 0 nan": "line 2: the new depth is 'nan'",
    "editTopo.py edits file version 1\n12 1 0 4": "line 2: i is 12",
}


@pytest.mark.parametrize("text", REFUSED_TEXT)
def test_a_text_that_cannot_be_is_refused_with_its_line(text, path):
    path.write_text(text)
    with pytest.raises(InputError, match=REFUSED_TEXT[text]) as caught:
        read_edits(path, mesh=REGULAR, quantity="depth")
    assert str(caught.value).startswith("edits line ")


REFUSED_FILES = {
    "another grid": ({"ni": 13}, "made for a grid of 6 × 13 cells .*, not of 6 × 12"),
    "no size": ({"leave_out": "nj"}, "lacks nj.* original values"),
    "no edits": ({"leave_out": "iEdit"}, "lacks iEdit, so it is no list of edits for MOM6; give"),
    "a size that is none": ({"ni": 12.0}, "ni should be one whole number"),
    "a negative index": ({"iEdit": [2, -1]}, "edit 2: iEdit is '-1'; it should be a whole number from 0 to 11"),
    "an index too large": ({"jEdit": [6, 1]}, "edit 1: jEdit is '6'"),
    "half an index": ({"jEdit": [0.5, 1.0]}, "edit 1: jEdit is '0.5'"),
    "no number": ({"zEdit": [np.nan, 1.0]}, "edit 1: zEdit is 'nan'"),
    "no end": ({"zEdit": [1.0, np.inf]}, "edit 2: zEdit is 'inf'"),
    "never written": ({"zEdit": [9.96921e36, 1.0]}, "edit 1: zEdit is '9.96921e"),
    "letters": ({"zEdit": np.array([b"a", b"b"])}, "zEdit should be a list of numbers"),
}


@pytest.mark.parametrize("case", REFUSED_FILES)
def test_a_file_that_cannot_be_is_refused(case, path):
    how, told = REFUSED_FILES[case]
    write_mom6(path, **how)
    with pytest.raises(InputError, match=told) as caught:
        read_edits(path, mesh=REGULAR, quantity="depth")
    assert "\n" not in str(caught.value)


def test_a_file_that_declares_a_billion_edits_is_refused_before_they_are_read(path):
    with Dataset(path, "w") as file:
        file.createDimension("nEdits", 1_000_000_000)
        for name in ("ni", "nj"):
            file.createVariable(name, "i4", ())[...] = 6
        for name in ("iEdit", "jEdit", "zEdit"):
            file.createVariable(name, "f8", ("nEdits",), chunksizes=(1000,))
    assert path.stat().st_size < 100_000
    with pytest.raises(InputError, match="1 000 000 000"):
        read_edits(path, mesh=REGULAR, quantity="depth")


def test_lists_of_unequal_lengths_are_refused(path):
    with Dataset(path, "w") as file:
        for name, value in (("ni", 12), ("nj", 6)):
            file.createVariable(name, "i4", ())[...] = value
        for length, name in enumerate(("iEdit", "jEdit", "zEdit"), 1):
            file.createDimension(name, length)
            file.createVariable(name, "i4", (name,))[:] = 1
    with pytest.raises(InputError, match="have 1, 2 and 3 values"):
        read_edits(path, mesh=REGULAR, quantity="depth")


def test_ranges_of_too_many_cells_are_refused_before_they_are_made(path, monkeypatch):
    monkeypatch.setattr(edit_list_depths, "MOST_CELLS", 50_000)
    path.write_text("0-181, 0-148, 5.0\n" * 2)
    with pytest.raises(InputError, match="changes more than 50 000 cells"):
        read_edits(path, mesh=tripolar(), quantity="depth")


def test_comments_are_kept_as_far_as_a_reason_may_be_long_and_ends_of_lines_do_not_matter(path):
    path.write_bytes(("# " + "long " * 3000 + "\r\n1, 1, 5.0\r\n# a\u2028b\x85c\r2, 2, 5.0").encode())
    first, second = read_edits(path, mesh=REGULAR, quantity="depth").edits
    assert len(first.reason) == LONGEST_TEXT
    assert second.reason == "a\u2028b\x85c"


def test_more_comments_than_a_log_has_edits_are_refused(path, monkeypatch):
    monkeypatch.setattr(edit_list_text, "MOST_EDITS", 20)
    path.write_text("".join(f"# {number}\n1, 1, 5.0\n" for number in range(21)))
    with pytest.raises(InputError, match="more than 20 comments"):
        read_edits(path, mesh=REGULAR, quantity="depth")


def test_a_list_of_depths_needs_a_map(path):
    for text in (JMMP, COSIMA):
        path.write_text(text)
        with pytest.raises(InputError, match="does not say for what map"):
            read_edits(path)
