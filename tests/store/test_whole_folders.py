"""A folder is there whole or not at all, and a killed process does no lasting harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock

from paleobc.errors import InputError
from paleobc.store.whole_folders import whole_folder


def fill(folder: Path, text: str = "new") -> None:
    with whole_folder(folder) as part:
        (part / "file").write_text(text)
        assert not (folder / "file").exists() or (folder / "file").read_text() != text


def fail(folder: Path, fault: type[BaseException]) -> None:
    with whole_folder(folder) as part:
        assert (folder / "file").read_text() == "old"
        (part / "file").write_text("half")
        raise fault


def beside(folder: Path) -> set[str]:
    return {path.name for path in folder.parent.iterdir()} - {folder.name}


def test_a_folder_appears_when_it_is_whole_and_leaves_nothing_beside(tmp_path):
    fill(tmp_path / "deep" / "a")
    assert (tmp_path / "deep" / "a" / "file").read_text() == "new"
    assert beside(tmp_path / "deep" / "a") == set()


def test_an_earlier_folder_is_replaced_as_a_whole(tmp_path):
    fill(tmp_path / "a", "old")
    (tmp_path / "a" / "more").touch()
    fill(tmp_path / "a")
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"file"}
    assert beside(tmp_path / "a") == set()


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_the_earlier_folder(tmp_path, fault):
    fill(tmp_path / "a", "old")
    with pytest.raises(fault):
        fail(tmp_path / "a", fault)
    assert (tmp_path / "a" / "file").read_text() == "old"
    assert beside(tmp_path / "a") == set()


def test_what_a_killed_process_left_is_removed_and_what_it_took_away_is_put_back(tmp_path):
    (tmp_path / ".a.12345678.old").mkdir()
    (tmp_path / ".a.12345678.old" / "file").write_text("old")
    (tmp_path / ".a.12345678.part").mkdir()
    others = [".a.b.12345678.part", ".ab.12345678.part", "a.12345678.part", ".a.notes"]
    for name in others:
        (tmp_path / name).mkdir()
    with pytest.raises(ValueError):  # noqa: PT011 - our own
        fail(tmp_path / "a", ValueError)
    assert (tmp_path / "a" / "file").read_text() == "old"
    assert beside(tmp_path / "a") == set(others)


def test_two_at_work_on_one_folder_is_refused(tmp_path):
    with FileLock(tmp_path / ".a.lock"), pytest.raises(InputError, match=r"Another process is at work on .*a; wait"):
        fill(tmp_path / "a")
    assert not (tmp_path / "a").exists()
    fill(tmp_path / "a")


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        fill(tmp_path / "file" / "a")
