"""Files are there whole or not at all, under names that say what is in them."""

from __future__ import annotations

import errno
import hashlib
import os
import time

import pytest
import xarray as xr

from paleobc.errors import InputError, NoRoomError
from paleobc.store import files as files_module
from paleobc.store.contents import Contents, content_name
from paleobc.store.files import FileStore
from paleobc.workflow.revision import LostContentError


@pytest.fixture
def files(tmp_path):
    return FileStore(str(tmp_path / "files"), tmp_path / "cache")


def put(files, name, content):
    """Put bytes under a name."""
    prepared = files.temporary()
    prepared.write_bytes(content)
    files.put(name, prepared)


@pytest.mark.parametrize("url", ["folder", "memory"])
def test_what_was_put_is_found_and_removed(tmp_path, url):
    files = FileStore(str(tmp_path / "f") if url == "folder" else f"memory://{tmp_path.name}", tmp_path / "cache")
    put(files, "a/one", b"first")
    assert files.has("a/one")
    assert files.path("a/one").read_bytes() == b"first"
    assert files.names("a") == ["a/one"]
    assert files.age("a/one") < 60
    files.remove("a/one")
    assert not files.has("a/one")
    with pytest.raises(FileNotFoundError):
        files.path("a/one")
    assert files.names("a") == []


def test_a_name_keeps_its_first_content_unless_it_is_put_again(files):
    put(files, "a", b"first")
    put(files, "a", b"second")
    assert files.path("a").read_bytes() == b"first"
    prepared = files.temporary()
    prepared.write_bytes(b"third")
    files.put("a", prepared, again=True)
    assert files.path("a").read_bytes() == b"third"
    assert not prepared.exists()


def test_a_stream_is_received_with_its_checksum(files):
    path, sha256, size = files.receive([b"ab", b"", b"c"], 3)
    assert (path.read_bytes(), sha256, size) == (b"abc", hashlib.sha256(b"abc").hexdigest(), 3)


def interrupted():
    yield b"some"
    raise ConnectionError("gone")


def full():
    yield b"some"
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("stream", "error", "words"),
    [
        ([b"abcd"], InputError, "larger than"),
        (interrupted(), ConnectionError, "gone"),
        (full(), NoRoomError, "disk of the server is full"),
    ],
)
def test_what_is_not_received_whole_leaves_nothing_behind(files, tmp_path, stream, error, words):
    with pytest.raises(error, match=words):
        files.receive(stream, 3 if error is InputError else 100)
    assert list((tmp_path / "files" / "incoming").iterdir()) == []


def test_a_disk_that_is_almost_full_is_left_alone(files, monkeypatch):
    usage = type("Usage", (), {"free": files_module.KEPT_FREE - 1})
    monkeypatch.setattr(files_module.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(NoRoomError):
        files.receive([b"a"], 10)


def test_what_nobody_finished_is_cleared_once_it_is_old(files, tmp_path):
    old, new = files.temporary(), files.temporary()
    folder = tmp_path / "files" / "incoming" / "x.part"
    folder.mkdir()
    (folder / "inside").write_bytes(b"1")
    for path in (old, folder):
        os.utime(path, (1, 1))
    files.clear_incoming(time.time() - 100)
    assert (old.exists(), folder.exists(), new.exists()) == (False, False, True)


def test_a_content_that_was_harmed_is_told_and_can_be_kept_anew(files):
    contents = Contents(files)
    dataset = xr.Dataset({"a": ("x", [1.0, 2.0])})
    content, size = contents.save(dataset)
    path = files.path(content_name(content))
    assert path.stat().st_size == size
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"\x00\x01")
    path.write_bytes(b"nonsense")
    with pytest.raises(LostContentError):
        contents.load(content)
    assert not contents.has(content)
    with pytest.raises(LostContentError):
        contents.load(content)
    assert contents.save(dataset)[0] == content
    assert contents.load(content).identical(dataset)
