"""Lists of edits that hold all of a log: YAML, JSON lines and datasets."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from edit_worlds import REGULAR, logs, tripolar
from paleobc.errors import InputError
from paleobc.formats.edit_list_datasets import edits_dataset, log_of
from paleobc.formats.edit_list_json import json_lines
from paleobc.formats.edit_lists import read_edits, write_edits
from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.topography.edits.edit import Add, CopyFrom, Edit, OpenStrait, Result, Set, Smooth
from paleobc.topography.edits.log import EditLog, grid_description
from paleobc.topography.edits.shapes import Box, CellList, Line, Region
from paleobc.workflow.revision import content_of
from paleobc.yaml_lines import is_control

EXAMPLES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

BY_HAND = """\
# The seaways of the early Eocene
paleobc_edits: 1
quantity: height
edits:
  - shape: {line: [[-10, 35], [5, 36]], width_km: 200}
    operation: {open_strait: 800}
    reason: "Gibraltar: open"
    when: 2024-05-01
  - shape: {region: [50, 42]}
    operation: {add: 1e-3}
    where: sea
"""


def spelt(log: EditLog) -> bytes:
    """All that a log says."""
    return b"".join(json_lines(log))


def copied(edit: Edit) -> tuple[str, ...]:
    """Name of the revision that an edit copies from."""
    return (edit.operation.revision,) if isinstance(edit.operation, CopyFrom) else ()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "edits"


@EXAMPLES
@given(log=logs)
def test_a_log_comes_back_from_json_lines_to_the_bit(log, path):
    write_edits(log, path, "json")
    assert spelt(read_edits(path)) == path.read_bytes() == spelt(log)


@EXAMPLES
@given(log=logs)
def test_a_log_comes_back_from_yaml_to_the_bit_unless_a_text_holds_control_characters(log, path):
    path.unlink(missing_ok=True)
    with suppress(InputError):
        write_edits(log, path, "yaml")
    texts = "".join(text for each in log.edits for text in (each.reason, each.who, each.when, *copied(each)))
    assert path.exists() is not any(map(is_control, texts))
    assert not path.exists() or spelt(read_edits(path)) == spelt(log)


@EXAMPLES
@given(log=logs)
def test_a_log_comes_back_from_a_dataset_and_equal_logs_have_equal_contents(log):
    dataset = edits_dataset(log)
    again = edits_dataset(log_of(dataset))
    assert dataset["edits"].dtype == np.uint8
    assert content_of(again) == content_of(dataset)


def test_a_log_comes_back_from_the_file_of_a_dataset(path):
    log = EditLog("depth", grid_description(tripolar()), "", (Edit(Region((0.0, 45.0)), Set(-0.0)),))
    write_netcdf(edits_dataset(log), path, file_format="NETCDF4")
    assert spelt(log_of(read_netcdf(path))) == spelt(log)


def test_a_dataset_without_edits_is_refused():
    dataset = edits_dataset(EditLog("height", grid_description(REGULAR), "", ()))
    with pytest.raises(InputError, match="This holds no edits"):
        log_of(dataset.rename(edits="other"))


def test_a_list_by_hand_leaves_out_what_the_caller_knows(path):
    path.write_text(BY_HAND)
    log = read_edits(path, mesh=REGULAR, quantity="height")
    assert log.grid == grid_description(REGULAR)
    assert log.base == ""
    first, second = log.edits
    assert first.shape == Line(((-10.0, 35.0), (5.0, 36.0)), 200.0)
    assert first.operation == OpenStrait(800.0)
    assert (first.reason, first.when, first.who) == ("Gibraltar: open", "2024-05-01", "")
    assert (second.where, second.operation) == ("sea", Add(0.001))


def test_a_list_by_hand_for_the_other_quantity_is_refused(path):
    path.write_text(BY_HAND)
    with pytest.raises(InputError, match="edits line 3: this list edits a height and the field holds a depth"):
        read_edits(path, mesh=tripolar(), quantity="depth")


def test_a_list_by_hand_without_its_grid_needs_a_map(path):
    path.write_text(BY_HAND)
    with pytest.raises(InputError, match="does not say on which grid"):
        read_edits(path)


def test_the_kind_is_seen_from_the_content_whatever_the_name(tmp_path):
    edit = Edit(CellList(((2, 3),)), Set(-80.0))
    log = EditLog("height", grid_description(REGULAR), "", (edit,))
    for kind in ("yaml", "json", "mom6", "cosima", "jmmp"):
        path = tmp_path / f"{kind}.dat"
        write_edits(log, path, kind, mesh=REGULAR)
        read = read_edits(path, mesh=REGULAR, quantity="height")
        assert [(each.shape.cells, each.operation) for each in read.edits] == [(edit.shape.cells, edit.operation)]


def test_json_written_as_one_document_is_read_as_yaml(path):
    path.write_text(json.dumps({"paleobc_edits": 1, "quantity": "height", "edits": []}, indent=2))
    assert read_edits(path, mesh=REGULAR).edits == ()


def test_edits_too_long_for_yaml_are_written_as_json_lines(path):
    mesh_cells = np.arange(40_000, dtype=np.int32)
    edit = Edit(Box(0.0, 0.0, 1.0, 1.0), Smooth(1), result=Result(mesh_cells, mesh_cells + 0.1, mesh_cells + 0.2))
    log = EditLog("height", grid_description(REGULAR), "", (edit,))
    with pytest.raises(InputError, match="write JSON lines"):
        write_edits(log, path, "yaml")
    assert not path.exists()
    write_edits(log, path, "json")
    assert spelt(read_edits(path)) == spelt(log)


def test_thousands_of_results_are_read_in_seconds(path):
    random = np.random.default_rng(1)
    cells = np.sort(random.choice(6_480_000, 1000, replace=False)).astype(np.int32)
    result = Result(cells, random.normal(size=1000), random.normal(size=1000))
    edit = Edit(Box(0.0, 0.0, 1.0, 1.0), Smooth(1), result=result)
    write_edits(EditLog("height", grid_description(REGULAR), "", (edit,) * 200), path, "json")
    start = time.process_time()
    assert len(read_edits(path).edits) == 200
    assert time.process_time() - start < 1.0  # a fiftieth of the most that a list may hold


def test_a_failed_writing_leaves_the_old_list(path):
    path.write_text("old")
    copying = EditLog("height", grid_description(REGULAR), "", (Edit(Region((0.0, 0.0)), CopyFrom("other")),))
    for kind in ("python", "cosima", "mom6"):
        with pytest.raises(InputError, match="Edit 1 "):
            write_edits(copying, path, kind, mesh=REGULAR)
    assert path.read_text() == "old"
    assert [each.name for each in path.parent.iterdir()] == ["edits"]


def test_a_list_in_no_folder_is_refused_in_a_sentence(tmp_path):
    log = EditLog("height", grid_description(REGULAR), "", ())
    with pytest.raises(InputError, match="cannot be written: No such file or directory"):
        write_edits(log, tmp_path / "no" / "edits.jsonl", "json")
