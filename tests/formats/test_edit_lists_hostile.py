"""Lists of edits from strangers: each is read, or refused in one sentence that says where, and nothing is changed."""

from __future__ import annotations

import json
import os
import re
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edit_worlds import REGULAR, logs
from paleobc.errors import InputError
from paleobc.formats import edit_list_json
from paleobc.formats.edit_list_json import json_lines
from paleobc.formats.edit_lists import read_edits
from paleobc.topography.edits import plain
from paleobc.topography.edits.edit import Edit, Set
from paleobc.topography.edits.log import EditLog, grid_description
from paleobc.topography.edits.shapes import Region

EXAMPLES = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

GRID = '{"kind":"regular","rows":6,"columns":12,"west":-180.0}'
HEADER = f'{{"paleobc_edits":1,"quantity":"height","grid":{GRID},"base":""}}\n'
EDIT = '{"shape":{"region":[0.0,45.0]},"operation":{"set":-200.0},"where":"all"}\n'
YAML = "paleobc_edits: 1\nquantity: height\nedits:\n- "


def of_edit(edit: str) -> str:
    return HEADER + EDIT + edit


def of_header(**parts: object) -> str:
    return json.dumps({**json.loads(HEADER), **parts}) + "\n" + EDIT


def of_grid(**parts: object) -> str:
    return of_header(grid={**json.loads(GRID), **parts})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "edits"


def refusal(path: Path, content: str | bytes) -> str:
    """The sentence by which a list is refused, in little memory."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    tracemalloc.start()
    with pytest.raises(InputError) as caught:
        read_edits(path, mesh=REGULAR, quantity="height")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 200e6
    said = str(caught.value)
    assert said.startswith("edits")
    assert said.endswith(".")
    assert "\n" not in said
    assert len(said) < 500
    return said


JSON = {
    "a cut line": (of_edit(EDIT[:30]), "edits line 3 is cut short.*Delete this last line"),
    "a cut line between": (HEADER + EDIT[:30] + "\n" + EDIT, r"edits line 2, column \d+: this is not JSON"),
    "an empty line": (HEADER + "\n" + EDIT, "edits line 2, column 1: this is not JSON"),
    "a cut header": (HEADER[:50], "edits line 1 is cut short"),
    "not a number": (of_edit(EDIT.replace("-200.0", "NaN")), "line 3 cannot be used: NaN is no number"),
    "minus infinity": (of_edit(EDIT.replace("-200.0", "-Infinity")), "line 3 cannot be used: -Infinity is no number"),
    "an infinity spelt out": (of_edit(EDIT.replace("-200.0", "1e999")), "line 3, edit 2: .*inf"),
    "a key twice": (of_edit(EDIT.replace('"where"', '"shape"')), "line 3 cannot be used: 'shape' is given twice"),
    "a key twice, escaped": (
        of_edit(EDIT.replace('"where"', '"sh\\u0061pe"')),
        "line 3 cannot be used: 'shape' is given twice",
    ),
    "a key twice among lists": (
        of_edit('{"shape":{"union":[[0],{"region":[0,1],"region":[0,2]}]}}\n'),
        "line 3 cannot be used: 'region' is given twice",
    ),
    "a number of 5000 digits": (of_edit(EDIT.replace("-200.0", "9" * 5000)), "number of too many digits"),
    "a number of 400 digits": (of_edit(EDIT.replace("-200.0", "9" * 400)), "line 3, edit 2: "),
    "an unknown operation": (of_edit(EDIT.replace('"set"', '"rm -rf"')), "line 3, edit 2: unknown operation 'rm -rf'"),
    "an unknown key": (of_edit(EDIT.replace('"where"', '"__class__"')), "line 3, edit 2: unknown key '__class__'"),
    "a list for an edit": (of_edit("[1, 2]\n"), "line 3, edit 2: an edit needs keys"),
    "nothing for an edit": (of_edit("null\n"), "line 3, edit 2: an edit needs keys"),
    "deep nesting": (of_edit("[" * 200_000 + "]" * 200_000), "line 3 is nested too deep"),
    "deep shapes": (
        of_edit('{"shape":' + '{"union":[{"region":[0,0]},' * 300 + '{"region":[0,0]}' + "]}" * 300 + "}"),
        "line 3, edit 2: ",
    ),
    "half a letter": (of_edit(EDIT[:-2] + ',"reason":"\\ud800"}\n'), "line 3, edit 2: reason holds letters"),
    "another encoding": (HEADER.encode() + b'{"reason":"\xe9"}\n', "line 2 is not text in UTF-8"),
    "an old result": (of_edit(EDIT[:-2] + ',"result":{"cells":[1,0],"old":[1,2],"new":[1,2]}}\n'), "ascending"),
    "a result of other lengths": (of_edit(EDIT[:-2] + ',"result":{"cells":[1],"old":[],"new":[1]}}\n'), "one each"),
    "an unknown version": (of_header(paleobc_edits=2), "line 1: the version of this list of edits is '2'"),
    "true for a version": (of_header(paleobc_edits=True), "the version of this list of edits is 'True'"),
    "an unknown quantity": (of_header(quantity="salinity"), "quantity is 'salinity'"),
    "a list for a quantity": (of_header(quantity=["height"]), "quantity is"),
    "the other quantity": (of_header(quantity="depth"), "line 1: this list edits a depth and the field holds a height"),
    "no kind of grid": (of_header(grid={"rows": 6}), "line 1: grid should have a kind"),
    "a list for a kind": (of_header(grid={"kind": ["regular"]}), "line 1: grid should have a kind"),
    "a grid with more": (
        of_grid(x=1),
        "nothing else",
    ),
    "rows of a huge grid": (of_grid(rows=10**9), "rows is"),
    "rows that are true": (
        of_grid(rows=True),
        "rows is 'True'",
    ),
    "a west beyond": (of_grid(west=180), "west is '180'"),
    "no checksum of a grid": (of_header(grid={"kind": "tripolar", "rows": 6, "columns": 9, "sha256": "f"}), "SHA-256"),
    "no checksum": (of_header(base="../../etc/passwd"), "line 1: '../../etc/passwd' is no SHA-256"),
    "a header with more": (of_header(pickle="x"), "line 1: a list of edits has no 'pickle'"),
    "five megabytes in one line": (HEADER + "x" * 5_000_000, "edits line 2 is cut short"),
    "a megabyte of brackets": (of_edit("[" + "[]," * 300_000 + "[]]\n"), "line 3, edit 2: an edit needs keys"),
    "a crossed polygon of too few points": (
        of_edit(EDIT.replace('"region":[0.0,45.0]', '"polygon":[[0,0],[1,1]]')),
        "line 3, edit 2: ",
    ),
}


@pytest.mark.parametrize("case", JSON)
def test_json_lines_that_cannot_be_are_refused_with_their_line(case, path):
    content, told = JSON[case]
    said = refusal(path, content)
    assert re.search(told, said), said


#: Header of a classic file with one variable on a dimension of a billion.
BILLION = (
    b"CDF\x01\0\0\0\0\0\0\0\x0a\0\0\0\x01\0\0\0\x01n\0\0\0\x3b\x9a\xca\0\0\0\0\0\0\0\0\0\0\0\0\x0b\0\0\0\x01"
    b"\0\0\0\x05zEdit\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x06\0\0\0\x01\0\0\0\x80"
)

OTHERS = {
    "nothing": (b"", "empty"),
    "zeros": (bytes(5000), "edits"),
    "noise": (bytes(range(128, 256)) * 40, "neither text in UTF-8 nor a NetCDF file"),
    "a NetCDF signature alone": (b"CDF\x01", "truncated"),
    "an HDF5 signature alone": (b"\x89HDF\r\n\x1a\n" + bytes(64), "damaged"),
    "a classic file of a billion edits": (
        BILLION,
        "1 000 000 000",
    ),
    "a script": (b"#!/usr/bin/env python3\nimport os\n", "edits is a script that carries edits out"),
    "text": (b"Dear all,\nplease open Gibraltar.\n", "edits line 1: this is no list of edits"),
    "comments": (b"# nothing\n", "edits line 1: this is no list of edits"),
    "a list": (b"- 1\n- 2\n", "edits line 1: this is no list of edits"),
    "other YAML": (b"experiment: {name: x}\n", "edits line 1: this is no list of edits"),
    "a bomb of aliases": (
        b"paleobc_edits: 1\na: &a [x, x]\nb: &b [*a, *a]\nedits: [*b, *b]\n",
        "edits line 2: anchors and aliases",
    ),
    "a tag": (b"paleobc_edits: 1\nedits: !!python/object/apply:os.system ['true']\n", "edits line 2: tags"),
    "deep YAML": (b"paleobc_edits: 1\nedits: " + b"[" * 50 + b"]" * 50, "edits line 2: this is nested more than 30"),
    "a key twice": (YAML.encode() + b"shape: {region: [0, 1]}\n  shape: 1\n", "edits line 5: 'shape' is given twice"),
    "five megabytes in one line": (b"paleobc_edits: " + b"1" * 5_000_000, "edits is longer than 200000 characters"),
    "a huge number": (YAML.encode() + b"{shape: {region: [0, " + b"9" * 5000 + b"]}}", "line 4: this number is longer"),
    "no number": (
        YAML.encode() + b"{shape: {region: [0, .nan]}, operation: {set: 1}}",
        "edits line 4, edit 1: .* finite number, not nan",
    ),
    "edits that are none": (b"paleobc_edits: 1\nquantity: height\nedits: 5\n", "edits line 3: edits should be a list"),
    "a key that is a number": (b"paleobc_edits: 1\n5: 6\n", "edits line 2: a list of edits has no '5'"),
    "a number in the text": (YAML.encode() + b"{reason: 5, shape: {region: [0, 1]}, operation: {set: 1}}", "edit 1: "),
}


@pytest.mark.parametrize("case", OTHERS)
def test_other_files_are_refused_with_what_they_are(case, path):
    content, told = OTHERS[case]
    said = refusal(path, content)
    assert re.search(told, said), said


def test_too_many_edits_are_refused_where_they_are_counted(path, monkeypatch):
    for module in (edit_list_json, plain):
        monkeypatch.setattr(module, "MOST_EDITS", 20)
    assert refusal(path, HEADER + EDIT * 21).startswith("edits line 22: There are more than 20 edits")


def test_a_folder_a_pipe_and_a_missing_file_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, told in (("", "is a folder"), ("pipe", "is not an ordinary file"), ("none", "There is no file")):
        with pytest.raises(InputError, match=told):
            read_edits(tmp_path / name)
    with pytest.raises(InputError, match="cannot be read"):
        read_edits(Path("null\0byte"))


def test_files_too_large_are_refused_before_they_are_read(path):
    for beginning, size in ((HEADER, 1_000_000_001), ("1, 1, 5.0\n", 100_000_001)):
        path.write_text(beginning)
        os.truncate(path, size)  # a hole: takes no place
        with pytest.raises(InputError, match="is larger than"):
            read_edits(path, mesh=REGULAR, quantity="height")


def test_a_line_of_more_values_than_an_edit_can_have_is_refused_before_it_is_read(path):
    path.write_text(HEADER)
    with path.open("ab") as file:
        file.write(b"[" + b"0," * 40_000_001 + b"0]\n")
    with pytest.raises(InputError, match="edits line 2 holds more values"):
        read_edits(path)


@EXAMPLES
@given(log=logs, data=st.data())
def test_a_list_with_any_bytes_changed_is_read_or_refused_in_a_sentence(log, data, path):
    content = bytearray(b"".join(json_lines(log)))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    path.write_bytes(content)
    try:
        read_edits(path, mesh=REGULAR, quantity=log.quantity)
    except InputError as error:
        said = str(error)
    else:
        said = "edits."
    assert said.startswith("edits")
    assert said.endswith(".")
    assert "\n" not in said


def test_the_list_itself_is_never_changed_by_reading(path):
    log = EditLog("height", grid_description(REGULAR), "", (Edit(Region((0.0, 1.0)), Set(1.0)),))
    path.write_bytes(b"".join(json_lines(log)))
    path.chmod(0o400)
    before = path.read_bytes(), np.int64(path.stat().st_mtime_ns)
    read_edits(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
