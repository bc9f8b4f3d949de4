"""Files are there whole or not at all, under names that say what is in them, in a folder and in an object store."""

from __future__ import annotations

import errno
import hashlib
import os
import time
import uuid

import pytest
import xarray as xr

from paleobc.errors import InputError, NoRoomError
from paleobc.store import file_folder
from paleobc.store import files as files_module
from paleobc.store.contents import Contents, content_name
from paleobc.store.file_folder import FileFolder
from paleobc.store.file_places import file_store
from paleobc.workflow.revision import LostContentError
from servers.s3 import harm, s3_settings


@pytest.fixture(params=["folder", "s3"])
def files(request, tmp_path):
    url = str(tmp_path / "files") if request.param == "folder" else s3_settings(uuid.uuid4().hex)["files_url"]
    return file_store(url, tmp_path / "files")


@pytest.fixture
def folder(tmp_path):
    return FileFolder(tmp_path / "files")


def put(files, name, content, **how):
    """Put bytes under a name."""
    prepared = files.temporary()
    prepared.write_bytes(content)
    files.put(name, prepared, **how)
    assert not prepared.exists()


def test_what_was_put_is_found_and_removed(files):
    put(files, "a/one", b"first")
    assert files.has("a/one")
    assert files.path("a/one").read_bytes() == b"first"
    assert files.names("a") == ["a/one"]
    assert -60 < files.age("a/one") < 60
    files.remove("a/one")
    files.remove("a/one")
    assert not files.has("a/one")
    assert files.age("a/one") == 0.0
    files.touch("a/one")
    with pytest.raises(FileNotFoundError):
        files.path("a/one")
    assert files.names("a") == []


def test_a_name_keeps_its_first_content_unless_it_is_put_again(files):
    put(files, "a", b"first")
    put(files, "a", b"second")
    assert files.path("a").read_bytes() == b"first"
    put(files, "a", b"third", again=True)
    assert files.path("a").read_bytes() == b"third"


def test_a_list_tells_sizes_and_ages_of_all_folders_and_not_what_comes_in(files):
    put(files, "a/b/one", b"1")
    put(files, "ab/two", b"22")
    files.temporary()
    assert {kept.name: kept.bytes for kept in files.listing()} == {"a/b/one": 1, "ab/two": 2}
    assert files.names("a") == ["a/b/one"]
    assert all(-60 < kept.age < 60 for kept in files.listing())
    files.remove_all(["a/b/one", "ab/two", "none"])
    assert list(files.listing()) == []


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
        (interrupted, ConnectionError, "gone"),
        (full, NoRoomError, "disk of the server is full"),
    ],
)
def test_what_is_not_received_whole_leaves_nothing_behind(files, tmp_path, stream, error, words):
    with pytest.raises(error, match=words):
        files.receive(stream() if callable(stream) else stream, 3 if error is InputError else 100)
    assert list((tmp_path / "files" / "incoming").iterdir()) == []


def test_a_disk_that_is_almost_full_is_left_alone(files, monkeypatch):
    put(files, "large", b"123")
    files.forget("large")
    usage = type("Usage", (), {"free": files_module.KEPT_FREE - 1})
    monkeypatch.setattr(files_module.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(NoRoomError):
        files.receive([b"a"], 10)
    if not isinstance(files, FileFolder):
        with pytest.raises(NoRoomError):
            files.path("large")


def test_what_nobody_finished_is_cleared_once_it_is_old(files, tmp_path):
    old, new = files.temporary(), files.temporary()
    left = tmp_path / "files" / "incoming" / "x.part"
    left.mkdir()
    (left / "inside").write_bytes(b"1")
    for path in (old, left):
        os.utime(path, (1, 1))
    files.clear_incoming(time.time() - 100)
    assert (old.exists(), left.exists(), new.exists()) == (False, False, True)


def test_a_content_that_was_harmed_is_told_and_can_be_kept_anew(files):
    contents = Contents(files)
    dataset = xr.Dataset({"a": ("x", [1.0, 2.0])})
    content, size = contents.save(dataset)
    assert files.path(content_name(content)).stat().st_size == size
    assert contents.verify(content)
    harm(files, content_name(content), b"nonsense")
    assert not contents.verify(content)
    assert contents.has(content)  # looking changes nothing
    with pytest.raises(LostContentError):
        contents.load(content)
    assert not contents.has(content)
    assert not contents.verify(content)
    with pytest.raises(LostContentError):
        contents.load(content)
    assert contents.save(dataset)[0] == content
    assert contents.load(content).identical(dataset)


def test_bytes_that_do_not_have_their_checksum_are_removed_so_that_they_can_be_put_anew(files):
    sha256 = hashlib.sha256(b"good").hexdigest()
    put(files, "a", b"good")
    assert files.path("a", sha256=sha256).read_bytes() == b"good"
    assert files.verify("a", sha256=sha256)
    harm(files, "a", b"evil")
    assert not files.verify("a", sha256=sha256)
    with pytest.raises(FileNotFoundError):
        files.path("a", sha256=sha256)
    assert not files.has("a")


def test_a_place_that_can_be_used_passes_the_check_and_nothing_stays(files):
    files.check()
    assert list(files.listing()) == []


def test_a_folder_that_cannot_be_written_is_told_at_the_start(folder, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(FileFolder, "_keep", refuse)
    with pytest.raises(InputError, match=r"Files cannot be kept in .*: Read-only file system"):
        folder.check()


def test_a_folder_in_which_what_was_put_is_not_seen_is_told_at_the_start(folder, monkeypatch):
    monkeypatch.setattr(FileFolder, "names", lambda *_: [])
    with pytest.raises(InputError, match="is not found there afterwards"):
        folder.check()


@pytest.mark.parametrize("url", ["memory://x", "ftp://host/folder", "s3://", "s3://key:secret@bucket", "s3://b/?a=1"])
def test_an_address_that_is_no_place_for_files_is_refused(tmp_path, url):
    with pytest.raises(InputError, match="PALEOBC_FILES_URL is"):
        file_store(url, tmp_path)


def test_an_address_of_a_folder_may_be_written_as_one(tmp_path):
    put(file_store(f"file://{tmp_path}/a%20b", tmp_path / "cache"), "x", b"1")
    assert (tmp_path / "a b" / "x").read_bytes() == b"1"


def test_what_another_machine_changed_in_a_shared_folder_just_now_is_looked_at_again(folder, monkeypatch):
    put(folder, "a", b"1")
    stale = [OSError(errno.ESTALE, "Stale file handle")]
    path_type = type(folder.path("a"))
    is_file = path_type.is_file

    def once(self):
        if stale:
            raise stale.pop()
        return is_file(self)

    monkeypatch.setattr(path_type, "is_file", once)
    assert folder.has("a")
    assert stale == []


def test_a_name_that_a_machine_believes_is_not_there_is_looked_up_in_the_folder_itself(folder, monkeypatch):
    put(folder, "a", b"1")
    path_type = type(folder.path("a"))
    is_file, remembered = path_type.is_file, [False]
    monkeypatch.setattr(path_type, "is_file", lambda self: remembered.pop() if remembered else is_file(self))
    assert folder.has("a")


def test_a_system_that_does_not_flush_names_is_borne(folder, monkeypatch):
    flush = os.fsync

    def refuse(handle):
        if os.path.isdir(f"/proc/self/fd/{handle}"):  # noqa: PTH112
            raise OSError(errno.EINVAL, "Invalid argument")
        flush(handle)

    monkeypatch.setattr(file_folder.os, "fsync", refuse)
    put(folder, "a", b"1")
    assert folder.path("a").read_bytes() == b"1"
