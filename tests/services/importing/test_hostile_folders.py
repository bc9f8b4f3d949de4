"""Whatever somebody put into the folder or its database: nothing runs, nothing leaves it, the rest is brought over."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import sqlite3
import tarfile
from contextlib import closing

import pytest
from sqlalchemy import func, select

from old_tool import action
from paleobc.errors import InputError
from paleobc.services.importing.weight_archives import read_weights
from paleobc.store.tables import Experiment, Revision
from small_world import small_world, write_world


class Evil:
    """What would run a command if it were unpickled."""

    def __reduce__(self):
        return os.system, ("touch {place}",)


@pytest.fixture
def anna(old):
    return old.user("anna")


@pytest.fixture
def edited(old, anna, world, tmp_path):
    """An experiment whose relief was edited, so that what is stored of the edits is looked at."""
    experiment = old.experiment(anna)
    old.revision(experiment, "raw", world)
    heights = small_world()
    heights[3, 3] = 4.0
    old.revision(experiment, "raw", write_world(tmp_path / "edited.nc", heights), changes="a cell")
    return experiment


def whys(brought):
    return [one.why for one in brought.left]


def test_a_pickle_that_would_run_something_is_refused(app, old, bring, edited, tmp_path):
    place = tmp_path / "owned"
    for protocol in (0, 2, 4):
        data = pickle.dumps(Evil(), protocol).replace(b"{place}", str(place).encode())
        old.step(edited, "internal_oceans", b"\x80" + data if protocol == 0 else data)
    (why,) = whys(bring())
    assert "pickle" in why
    assert not place.exists()
    assert app.said(app.only_experiment())["relief_edits"] == "current"  # from the maps themselves


@pytest.mark.parametrize(
    "selection",
    [
        "__import__('os').system('touch owned')",
        "dim('lon').__class__.__mro__",
        "(lambda: 0)()",
        "[x for x in ().__class__.__bases__]",
        "dim('lon', __import__, dim('lat'))",
        "(" * 5000,
        "~" * 5000 + "dim('lon')>=1",
        "dim('lon')>=" + "9" * 100_000,
        "|".join(["(dim('lon')>=1)"] * 50_000),
        "dim('lon')>='a'",
        "f'{1}'",
        "",
    ],
)
def test_a_selection_that_is_none_is_not_evaluated(app, old, bring, edited, selection, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    old.drawn(edited, "internal_oceans", action(selection, 5))
    (why,) = whys(bring())
    assert "one edit instead" in why
    assert not (tmp_path / "owned").exists()


def test_parameters_that_are_code_are_not_evaluated(old, bring, edited, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    old.step(edited, "internal_oceans", "__import__('os').system('touch owned')")
    old.step(edited, "pft", "[" * 100_000)
    old.step(edited, "routing", "{'topo_var': open('owned', 'w')}")
    assert len(bring().left) == 2
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize(
    "path", ["../secret.nc", "/etc/hostname", "..", ".", "", "a/b.nc", "a\\b.nc", "x" * 300, "a\0b"]
)
def test_a_path_that_leads_out_of_the_folder_is_not_followed(app, old, bring, anna, world, path, tmp_path):
    write_world(tmp_path / "secret.nc", small_world())
    experiment = old.experiment(anna)
    old.revision(experiment, "raw", world)
    old.revision(experiment, "raw", path)
    brought = bring()
    assert (len(brought.left), brought.revisions) == (1, 1)


def test_links_pipes_and_folders_are_not_opened(old, bring, anna, world, tmp_path):
    experiment = old.experiment(anna)
    old.revision(experiment, "raw", world)
    for name in ("link.nc", "pipe.nc", "folder.nc"):
        old.revision(experiment, "raw", name)
    (old.folder / "link.nc").symlink_to(world)
    os.mkfifo(old.folder / "pipe.nc")
    (old.folder / "folder.nc").mkdir()
    assert sorted(whys(bring())) == [
        "it is a link, which is not followed",
        "it is not an ordinary file",
        "it is not an ordinary file",
    ]


def test_a_file_of_ten_gigabytes_of_nothing_is_not_read(old, bring, anna, world):
    experiment = old.experiment(anna)
    old.revision(experiment, "raw", world)
    path = old.revision(experiment, "routing", "huge.nc")
    with path.open("wb") as file:
        file.truncate(10 * 10**9)
    (why,) = whys(bring())
    assert "10000 MB" in why


def archive(path, *members):
    with tarfile.open(path, "w:gz") as tar:
        for member, data in members:
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


def linked(name, kind):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, "/etc/passwd"
    return member


def test_an_archive_cannot_write_outside_itself(world, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    good = world.read_bytes()
    bad = [tarfile.TarInfo(name) for name in ("../out.nc", "/out.nc", "a/../../out.nc", "a\\b.nc", "a:b.nc")]
    path = archive(
        tmp_path / "weights.tar.gz",
        (tarfile.TarInfo("IGCM/good.nc"), good),
        *((member, good) for member in bad),
        (linked("IGCM/link.nc", tarfile.SYMTYPE), b""),
        (linked("IGCM/hard.nc", tarfile.LNKTYPE), b""),
        (tarfile.TarInfo("IGCM/noise"), b"\xff\xfe\x00" * 10),
    )
    before = set(tmp_path.rglob("*"))
    dataset, left = read_weights(path, scratch)
    assert [str(name) for name in dataset.data_vars] == ["good:topo"]
    assert len(left) == 8
    assert set(tmp_path.rglob("*")) == before


def test_an_archive_that_unpacks_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("paleobc.services.importing.weight_archives._MOST_BYTES", 20_000_000)
    path = archive(tmp_path / "bomb.tar.gz", (tarfile.TarInfo("zeros.nc"), b"CDF\x01" + bytes(30_000_000)))
    with pytest.raises(InputError, match="holds more than"):
        read_weights(path, tmp_path)


def test_a_header_of_an_archive_that_asks_for_all_memory_is_refused(tmp_path):
    header = tarfile.TarInfo("x")
    header.type = tarfile.XHDTYPE
    header.size = 1_900_000_000
    data = header.tobuf(tarfile.USTAR_FORMAT) + bytes(10_000)
    (tmp_path / "x.tar.gz").write_bytes(gzip.compress(data))
    with pytest.raises(InputError):
        read_weights(tmp_path / "x.tar.gz", tmp_path)


@pytest.mark.parametrize("damage", ["truncated", "text", "empty tar"])
def test_a_damaged_archive_is_refused(world, tmp_path, damage):
    path = archive(tmp_path / "w.tar.gz", (tarfile.TarInfo("a.nc"), world.read_bytes()))
    whole = path.read_bytes()
    path.write_bytes({"truncated": whole[: len(whole) // 2], "text": b"hello", "empty tar": b""}[damage])
    with pytest.raises(InputError):
        read_weights(path, tmp_path)


def test_what_is_no_database_is_refused(app, old, bring):
    for data, words in ((b"hello", "no SQLite"), (b"", "no SQLite"), (b"SQLite format 3\0" + bytes(5000), "read as")):
        old.database.write_bytes(data)
        with pytest.raises(InputError, match=words):
            bring()


def test_a_database_of_another_program_is_refused(old, bring):
    with closing(sqlite3.connect(old.database)) as connection, connection:
        connection.execute("ALTER TABLE revisions RENAME COLUMN filepath TO place")
    with pytest.raises(InputError, match="'filepath' in its table 'revisions'"):
        bring()


def test_a_view_in_the_place_of_a_table_is_not_run(old, bring):
    with closing(sqlite3.connect(old.database)) as connection, connection:
        connection.execute("DROP TABLE user")
        connection.execute(
            "CREATE VIEW user AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) "
            "SELECT id, 'a' || id AS username, '' AS password FROM n"
        )
    with pytest.raises(InputError, match="no table 'user'"):
        bring()


def test_a_database_that_is_being_written_is_not_read(old, bring):
    old.database.with_name(old.database.name + "-journal").write_bytes(b"half a transaction")
    with pytest.raises(InputError, match="running"):
        bring()


def test_a_folder_without_or_with_several_databases_is_refused(old, bring):
    old.database.rename(old.folder / "a.sqlite")
    (old.folder / "b.db").write_bytes(b"")
    with pytest.raises(InputError, match="several"):
        bring()
    for path in old.folder.iterdir():
        path.unlink()
    with pytest.raises(InputError, match="no database"):
        bring()


def test_rows_that_hold_anything_at_all_stop_nothing(app, old, bring, world):
    user = old.user("\x1b[2J\0" * 30)
    old.insert("data_files", owner_id=99, filename="whose.nc")
    old.insert("data_files", owner_id="x", filename=b"\xff\x00")
    old.insert("data_files", id=2**62, owner_id=user, filename=7, info="{" * 1000)
    info = '{"age": "old", "auth-ref": "\\u0000\\ud800", "hypothesis": [1]}'
    experiment = old.insert("data_files", owner_id=user, filename="../../\x1b[1m.nc", info=info)
    old.revision(experiment, "raw", world, created="once upon a time", info="[1, 2", revision=-(2**40))
    old.revision(experiment, "\x1b[31m" * 20, "x.nc", created=b"\x00", revision="three")
    old.revision(experiment, "raw", world, created="9999-01-01 00:00:00")
    brought = bring()
    assert (brought.experiments, brought.revisions) == (1, 2)
    assert all(text.isprintable() for one in brought.left for text in vars(one).values())
    with app.database.reading() as session:
        found = session.scalars(select(Experiment)).one()
        assert session.scalar(select(func.count()).select_from(Revision)) == 2
    assert (found.name.isprintable(), found.age) == (True, None)
