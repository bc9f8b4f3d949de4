"""An object store of a real server: what comes back is what was put, its faults are told, its copies are bounded."""

from __future__ import annotations

import multiprocessing
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import xarray as xr

from paleobc.errors import InputError
from paleobc.store import file_cache, object_faults, object_store
from paleobc.store.contents import Contents, content_name
from paleobc.store.files import FilesFaultError
from paleobc.store.object_store import ObjectStore
from servers.s3 import BUCKET, KEY, SECRET, harm, new_server, s3_server, s3_settings

MEGABYTE = 1 << 20


@pytest.fixture
def url():
    return s3_settings(uuid.uuid4().hex)["files_url"]


@pytest.fixture
def store(url, tmp_path):
    return ObjectStore(url, tmp_path / "here")


@pytest.fixture
def elsewhere(url, tmp_path):
    """The same store, as another machine sees it."""
    return ObjectStore(url, tmp_path / "elsewhere")


@pytest.fixture
def own_server(tmp_path, monkeypatch):
    """A server that a test may stop."""
    server = new_server(tmp_path / "data")
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    yield server
    server.stop()


def put(files, name, content, **how):
    prepared = files.temporary()
    prepared.write_bytes(content)
    files.put(name, prepared, **how)


def test_what_one_machine_puts_another_one_finds(store, elsewhere):
    put(store, "contents/a", b"12345")
    assert elsewhere.has("contents/a")
    assert elsewhere.path("contents/a").read_bytes() == b"12345"
    assert elsewhere.path("contents/a") == elsewhere.path("contents/a")
    elsewhere.remove("contents/a")
    assert not store.has("contents/a")


def test_a_large_file_goes_and_comes_in_pieces(store, elsewhere, monkeypatch):
    monkeypatch.setattr(object_store, "_PIECE", 5 * MEGABYTE)
    content = os.urandom(13 * MEGABYTE)
    put(store, "large", content)
    assert elsewhere.path("large").read_bytes() == content
    assert elsewhere.verify("large")


def test_a_harmed_object_is_found_gone_after_it_was_brought_twice(store, elsewhere, monkeypatch):
    put(store, "a", b"good bytes")
    harm(store, "a", b"evil bytes")
    assert not store.verify("a")
    brought = []
    monkeypatch.setattr(ObjectStore, "refuse_without_room", lambda *_: brought.append(1))
    with pytest.raises(FileNotFoundError):
        elsewhere.path("a")
    assert len(brought) == 2
    assert not store.has("a")


def test_what_was_harmed_on_its_way_is_brought_once_more(store, elsewhere):
    put(store, "a", b"good bytes")
    system, harmed = elsewhere._system, []
    get = system.get_file

    def once(source, target):
        get(source, target)
        if not harmed:
            harmed.append(target)
            Path(target).write_bytes(b"evil bytes")

    system.get_file = once
    assert elsewhere.path("a").read_bytes() == b"good bytes"
    assert harmed
    assert store.has("a")


def test_a_harmed_copy_is_brought_anew_and_the_object_stays(store):
    contents = Contents(store)
    dataset = xr.Dataset({"a": ("x", [1.0, 2.0])})
    content, _ = contents.save(dataset)
    store.path(content_name(content)).write_bytes(b"nonsense")
    assert contents.load(content).identical(dataset)
    assert contents.has(content)


def test_objects_that_another_program_brought_are_taken_as_they_are(store):
    store._call("put_object", Key=store._key("a"), Body=b"123")
    assert store.path("a").read_bytes() == b"123"
    store.touch("a")
    assert store.verify("a")


def test_a_touched_object_is_young_again(own_server, tmp_path):
    path = own_server.folder / BUCKET / "f" / "a"
    path.parent.mkdir()
    path.write_bytes(b"123")
    os.utime(path, (1e9, 1e9))
    store = ObjectStore(f"s3://{BUCKET}/f", tmp_path / "here")
    assert store.age("a") > 1e8
    assert next(store.listing()).age > 1e8
    store.touch("a")
    assert store.age("a") < 60
    assert next(store.listing()).age < 60


def test_a_touched_object_keeps_its_checksum(store, elsewhere):
    put(store, "a", b"123")
    elsewhere.touch("a")
    assert elsewhere.verify("a")
    harm(store, "a", b"321")
    assert not store.verify("a")


def test_threads_that_want_the_same_file_bring_it_once(store, elsewhere):
    put(store, "a", b"123" * MEGABYTE)
    system, brought, read = elsewhere._system, [], []
    get = system.get_file

    def counted(source, target):
        brought.append(source)
        time.sleep(0.2)
        get(source, target)

    system.get_file = counted
    threads = [threading.Thread(target=lambda: read.append(elsewhere.path("a").stat().st_size)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [3 * MEGABYTE] * 6
    assert len(brought) == 1


def read_all(url, folder, names, said, access):
    """Read files, as a process of its own does; the server of forks may have begun before there was any access."""
    os.environ.update(access)
    store = ObjectStore(url, folder)
    said.put([store.path(name).read_bytes() for name in names])


@pytest.mark.parametrize("way", ["forkserver", "fork"])
def test_processes_that_share_copies_read_the_same(store, url, tmp_path, way):
    names = [f"a/{number}" for number in range(10)]
    for name in names:
        put(store, name, name.encode() * 1000)
    context = multiprocessing.get_context(way)
    said = context.Queue()
    shared = tmp_path / "shared"
    access = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    processes = [context.Process(target=read_all, args=(url, shared, names, said, access)) for _ in range(3)]
    for process in processes:
        process.start()
    assert [said.get(timeout=60) for _ in processes] == [[name.encode() * 1000 for name in names]] * 3
    for process in processes:
        process.join()
    assert list((shared / "incoming").iterdir()) == []


def test_a_child_of_a_process_that_is_connected_connects_anew(store):
    put(store, "a", b"1")
    child = os.fork()
    if child == 0:
        os._exit(0 if store.has("a") and not store.has("b") else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_copies_that_were_not_used_for_longest_are_removed_and_those_in_use_stay(url, tmp_path, monkeypatch):
    store = ObjectStore(url, tmp_path / "here", cache_bytes=1000)
    copies = tmp_path / "here" / "copies"
    for number in range(5):
        put(store, f"a/{number}", bytes(300))
    assert len(list(copies.glob("a/*"))) == 5  # all were used just now
    for number in range(5):
        os.utime(copies / "a" / str(number), (number + 1, number + 1))
    store.path("a/0")
    put(store, "b", bytes(100))
    assert {path.name for path in copies.rglob("*") if path.is_file()} == {"0", "4", "b"}
    assert store.path("a/1").stat().st_size == 300
    monkeypatch.setattr(file_cache, "IN_USE", -1.0)
    store._make_room()
    assert not any(path.is_file() for path in copies.rglob("*"))
    assert len(list(store.listing())) == 6


def test_a_list_of_more_than_a_thousand_files_is_whole(own_server, tmp_path):
    folder = own_server.folder / BUCKET / "f" / "contents"
    folder.mkdir(parents=True)
    for number in range(1203):
        (folder / f"{number:05}").write_bytes(b"12")
    store = ObjectStore(f"s3://{BUCKET}/f", tmp_path / "here")
    assert store.names("contents") == [f"contents/{number:05}" for number in range(1203)]
    assert sum(kept.bytes for kept in store.listing()) == 2406


INTERRUPTED = """
import os, sys
from pathlib import Path
from s3fs import S3FileSystem
from paleobc.store import object_store

object_store._PIECE = 5 << 20
call = S3FileSystem._call_s3

async def die(self, method, *arguments, **named):
    if method == "upload_part" and named["PartNumber"] == 3:
        os._exit(9)
    return await call(self, method, *arguments, **named)

S3FileSystem._call_s3 = die
store = object_store.ObjectStore(sys.argv[1], Path(sys.argv[2]))
prepared = store.temporary()
prepared.write_bytes(bytes(16 << 20))
store.put("large", prepared)
"""


def test_a_process_killed_while_it_puts_in_pieces_leaves_nothing_that_counts(store, url, tmp_path):
    killed = subprocess.run([sys.executable, "-c", INTERRUPTED, url, str(tmp_path / "here")], check=False, timeout=60)
    assert killed.returncode == 9
    assert not store.has("large")
    assert list(store.listing()) == []
    store.clear_incoming(time.time() + 60)
    assert list((tmp_path / "here" / "incoming").iterdir()) == []
    begun = store._call("list_multipart_uploads", Prefix=store._prefix).get("Uploads", ())
    assert list(begun) == []


def test_a_put_that_is_cut_leaves_nothing(store):
    key = store._key("cut")
    address = urlsplit(store._system.sign(f"{BUCKET}/{key}", client_method="put_object"))
    request = f"PUT {address.path}?{address.query} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: 1000\r\n\r\n"
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(request.encode() + bytes(400))
    time.sleep(0.3)
    assert not store.has("cut")


def test_bytes_that_are_not_those_that_were_sent_are_refused(store, monkeypatch):
    monkeypatch.setattr(object_store, "_checksums", lambda _: ("0" * 64, "1B2M2Y8AsgTpgAmY7PhCfg=="))
    with pytest.raises(FilesFaultError):
        put(store, "a", b"123")
    assert not store.has("a")


def test_a_server_that_is_away_is_a_fault_of_the_machine_and_afterwards_all_goes_on(own_server, tmp_path, monkeypatch):
    monkeypatch.setattr(object_faults, "PATIENCE", 0.0)
    store = ObjectStore(f"s3://{BUCKET}/f", tmp_path / "here")
    put(store, "a", b"123")
    own_server.stop()
    assert store.path("a").read_bytes() == b"123"  # the copy is there
    for fails in (
        lambda: store.has("a"),
        lambda: put(store, "b", b"1"),
        lambda: store.names(""),
        lambda: store.path("c"),
        lambda: store.age("a"),
    ):
        with pytest.raises(FilesFaultError, match="the object store does not answer"):
            fails()
    own_server.start()
    assert store.has("a")
    put(store, "b", b"1")
    store.forget("a")
    assert store.path("a").read_bytes() == b"123"
    assert store.names("") == ["a", "b"]


def test_a_server_that_is_away_for_a_moment_is_waited_for(own_server, tmp_path):
    store = ObjectStore(f"s3://{BUCKET}/f", tmp_path / "here")
    store.check()
    own_server.stop()
    later = threading.Timer(3.0, own_server.start)
    later.start()
    try:
        put(store, "a", b"123")
    finally:
        later.join()
    assert store.has("a")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "wrong"}, "does not accept the keys; look at AWS_ACCESS_KEY_ID"),
        ({"AWS_ACCESS_KEY_ID": "SOMEBODYELSE"}, "look at AWS_ACCESS_KEY_ID"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "does not answer; look whether it runs, and at AWS_ENDPOINT_URL"),
        ({"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}, "no keys are given for the object store; set"),
    ],
)
def test_what_keeps_an_object_store_from_being_used_is_told_at_the_start(store, tmp_path, monkeypatch, changed, words):
    monkeypatch.setattr(object_faults, "PATIENCE", 0.0)
    for name in ("HOME", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    for name, value in changed.items():
        monkeypatch.delenv(name) if value is None else monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=words) as told:
        store.check()
    assert str(told.value).startswith(f"Files cannot be kept in {store.address}: ")
    assert SECRET not in str(told.value)
    assert KEY not in str(told.value)


def test_a_bucket_that_is_not_there_is_never_taken_for_files_that_are_lost(tmp_path):
    s3_server()
    store = ObjectStore("s3://nowhere/f", tmp_path / "here")
    with pytest.raises(InputError, match=r"there is no such bucket; make it, or correct PALEOBC_FILES_URL\."):
        store.check()
    for fails in (lambda: store.has("a"), lambda: store.path("a"), lambda: store.names(""), lambda: store.remove("a")):
        with pytest.raises(FilesFaultError, match="no such bucket"):
            fails()
