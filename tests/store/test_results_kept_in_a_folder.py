"""What a folder keeps comes back unharmed or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from paleobc.store.atomic import write_text
from paleobc.store.cache import FolderStore
from paleobc.workflow.graph import Graph
from paleobc.workflow.revision import LostContentError, Record, content_of
from paleobc.workflow.run import Outcome, execute
from paleobc.workflow.step import step

RUNS: list[str] = []


@step(writes="higher")
def raising(relief: xr.Dataset, *, by: float = 1.0) -> xr.Dataset:
    """The relief, raised."""
    RUNS.append("raising")
    return relief + by


@step(writes="doubled")
def doubling(higher: xr.Dataset) -> xr.Dataset:
    """The raised, doubled."""
    RUNS.append("doubling")
    return higher * 2.0


GRAPH = Graph((raising, doubling))


@pytest.fixture
def relief() -> xr.Dataset:
    values = np.random.default_rng(1).normal(size=(40, 80))
    return xr.Dataset({"height": (("lat", "lon"), values, {"units": "m"})}, attrs={"title": "a world"})


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "cache")


def run(folder: Path, relief: xr.Dataset, by: float = 1.0) -> tuple[dict[str, Outcome], list[str]]:
    """Outcomes of a run on a newly opened store, and the steps that ran."""
    RUNS.clear()
    outcomes = execute(GRAPH, {"relief": relief}, {"raising": {"by": by}}, FolderStore(folder))
    return outcomes, list(RUNS)


def record_of(dataset: xr.Dataset, fingerprint: str = "f" * 64, name: str = "regrid") -> Record:
    return Record(fingerprint, content_of(dataset), name, 1, {"resolution": 1.0}, {"relief": "0" * 64})


def part(folder: Path, name: str) -> list[Path]:
    return sorted((folder / name).iterdir())


def test_what_is_saved_is_found_by_another_process(store, relief, tmp_path):
    record = record_of(relief)
    assert store.find(record.fingerprint) is None
    assert store.latest("regrid") is None
    store.save(record, relief)
    again = FolderStore(tmp_path / "cache")
    assert again.find(record.fingerprint) == again.latest("regrid") == record
    xr.testing.assert_identical(again.load(record.content), relief)
    assert again.find("0" * 64) is None


def test_a_content_is_kept_once(store, relief, tmp_path):
    store.save(record_of(relief, "a" * 64), relief)
    before = part(tmp_path / "cache", "contents")[0].stat().st_mtime_ns
    store.save(record_of(relief, "b" * 64), relief.copy(deep=True))
    assert [each.stat().st_mtime_ns for each in part(tmp_path / "cache", "contents")] == [before]
    assert len(part(tmp_path / "cache", "records")) == 2


def test_a_run_in_a_folder_that_was_used_makes_nothing_again(tmp_path, relief):
    first, ran = run(tmp_path, relief)
    assert ran == ["raising", "doubling"]
    second, ran = run(tmp_path, relief)
    assert ran == []
    assert {a: o.record for a, o in second.items()} == {a: o.record for a, o in first.items()}


def flip(path: Path) -> None:
    """Change one bit in the middle."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 16
    path.write_bytes(data)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


HARM = {
    "a flipped bit": flip,
    "half the file": truncate,
    "an empty file": lambda path: path.write_bytes(b""),
    "no file": Path.unlink,
    "zeros": lambda path: path.write_bytes(b"\0" * path.stat().st_size),
    "a text": lambda path: path.write_text("hello", encoding="utf-8"),
}


@pytest.mark.parametrize("how", HARM)
def test_a_harmed_content_is_noticed_and_forgotten(store, relief, tmp_path, how):
    record = record_of(relief)
    store.save(record, relief)
    path = part(tmp_path / "cache", "contents")[0]
    HARM[how](path)
    with pytest.raises(LostContentError):
        store.load(record.content)
    assert not path.exists()
    assert store.find(record.fingerprint) is None


def test_a_file_of_another_content_is_not_taken_for_it(store, relief, tmp_path):
    store.save(record_of(relief), relief)
    store.save(record_of(relief * 2, "b" * 64), relief * 2)
    one, two = part(tmp_path / "cache", "contents")
    two.write_bytes(one.read_bytes())
    with pytest.raises(LostContentError):
        store.load(two.stem)


@pytest.mark.parametrize("seed", range(60))
def test_no_random_harm_to_a_content_gives_a_wrong_dataset(tmp_path, seed):
    random = np.random.default_rng(seed)
    dataset = xr.Dataset({"a": (("x", "y"), np.arange(12.0).reshape(3, 4), {"units": "m"})}, attrs={"title": "t"})
    store = FolderStore(tmp_path)
    record = record_of(dataset)
    store.save(record, dataset)
    path = part(tmp_path, "contents")[0]
    data = bytearray(path.read_bytes())
    for place in random.integers(0, len(data), size=1 + seed % 8):
        data[place] = random.integers(0, 256)
    path.write_bytes(data)
    try:
        xr.testing.assert_identical(store.load(record.content), dataset)  # the harm was in unused bytes
    except LostContentError:
        assert not path.exists()


@pytest.mark.parametrize("how", HARM)
def test_harmed_contents_are_made_again_and_are_right(tmp_path, relief, how):
    first, _ = run(tmp_path, relief)
    for path in part(tmp_path, "contents"):
        HARM[how](path)
    (tmp_path / "latest" / "doubling.json").unlink()
    for path in part(tmp_path, "records"):
        if json.loads(path.read_text())["step"] == "doubling":
            path.unlink()  # so that its input has to be loaded
    second, ran = run(tmp_path, relief)
    assert ran == ["raising", "doubling"]
    assert {a: o.record.content for a, o in second.items()} == {a: o.record.content for a, o in first.items()}


RECORDS = {
    **HARM,
    "a list": lambda path: path.write_text("[]", encoding="utf-8"),
    "null": lambda path: path.write_text("null", encoding="utf-8"),
    "other keys": lambda path: path.write_text('{"a": 1}', encoding="utf-8"),
    "wrong types": lambda path: path.write_text(
        json.dumps({**json.loads(path.read_text()), "options": [], "inputs": 3}), encoding="utf-8"
    ),
    "a number for the content": lambda path: path.write_text(
        json.dumps({**json.loads(path.read_text()), "content": 3}), encoding="utf-8"
    ),
    "another content": lambda path: path.write_text(
        json.dumps({**json.loads(path.read_text()), "content": "0" * 64}), encoding="utf-8"
    ),
}


@pytest.mark.parametrize("how", RECORDS)
def test_harmed_records_are_made_again(tmp_path, relief, how):
    first, _ = run(tmp_path, relief)
    for path in [*part(tmp_path, "records"), *part(tmp_path, "latest")]:
        RECORDS[how](path)
    second, _ = run(tmp_path, relief)
    assert {a: o.record for a, o in second.items()} == {a: o.record for a, o in first.items()}
    assert run(tmp_path, relief)[1] == []


def test_the_record_of_another_fingerprint_is_not_believed(tmp_path, relief):
    run(tmp_path, relief, by=1.0)
    run(tmp_path, relief, by=2.0)
    raisings = [p for p in part(tmp_path, "records") if json.loads(p.read_text())["step"] == "raising"]
    one, two = (path.read_text() for path in raisings)
    raisings[0].write_text(two)
    raisings[1].write_text(one)
    outcomes, ran = run(tmp_path, relief, by=1.0)
    assert "raising" in ran
    assert outcomes["higher"].record.content == content_of(relief + 1.0)


def test_a_record_is_written_after_its_content(store, relief, tmp_path, monkeypatch):
    def killed(*arguments: object, **more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("paleobc.store.cache.write_netcdf", killed)
    with pytest.raises(KeyboardInterrupt):
        store.save(record_of(relief), relief)
    assert [part(tmp_path / "cache", name) for name in ("contents", "records", "latest")] == [[], [], []]


def aged(store: FolderStore, tmp_path: Path, relief: xr.Dataset, count: int) -> list[str]:
    """Contents of which the first was used longest ago."""
    contents = []
    for number in range(count):
        dataset = relief + number
        store.save(record_of(dataset, f"{number:064d}"), dataset)
        contents.append(content_of(dataset))
        os.utime(tmp_path / "cache" / "contents" / f"{contents[-1]}.nc", (1000 + number, 1000 + number))
    return contents


def kept(tmp_path: Path) -> set[str]:
    return {path.stem for path in (tmp_path / "cache" / "contents").iterdir()}


def test_a_folder_that_is_small_enough_is_left_alone(store, relief, tmp_path):
    contents = aged(store, tmp_path, relief, 3)
    store.shrink(keep=set())
    assert kept(tmp_path) == set(contents)


def test_what_was_used_longest_ago_goes_first(store, relief, tmp_path):
    contents = aged(store, tmp_path, relief, 4)
    size = (tmp_path / "cache" / "contents" / f"{contents[0]}.nc").stat().st_size
    store.load(contents[0])  # used now
    store.shrink(keep=set(), largest=2 * size + size // 2)
    assert kept(tmp_path) == {contents[0], contents[3]}


def test_what_is_to_be_kept_is_kept_however_small_the_limit(store, relief, tmp_path):
    contents = aged(store, tmp_path, relief, 4)
    store.shrink(keep={contents[0], contents[2]}, largest=0)
    assert kept(tmp_path) == {contents[0], contents[2]}
    assert store.find(f"{0:064d}") is not None
    assert store.find(f"{1:064d}") is None


def test_what_was_removed_is_made_again(tmp_path, relief):
    first, _ = run(tmp_path, relief)
    FolderStore(tmp_path).shrink(keep=set(), largest=0)
    second, ran = run(tmp_path, relief)
    assert ran == ["raising", "doubling"]
    assert {a: o.record for a, o in second.items()} == {a: o.record for a, o in first.items()}
    assert {o.reason for o in second.values()} == {"the earlier result is gone"}
    assert {o.state for o in second.values()} == {"unchanged"}


def test_a_text_is_there_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "report.json"
    write_text(path, "eins ❄")
    assert path.read_text(encoding="utf-8") == "eins ❄"
    assert path.stat().st_mode & 0o777 == 0o644

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("paleobc.formats.whole_files.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_text(path, "zwei")
    assert path.read_text(encoding="utf-8") == "eins ❄"
    assert [each.name for each in tmp_path.iterdir()] == ["report.json"]
