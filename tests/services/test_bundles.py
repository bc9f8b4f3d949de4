"""A bundle holds all that a run needs, says so in values that agree, and can be made again to the bit."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import netCDF4
import pytest

from paleobc.errors import InputError
from paleobc.formats.nemo import read_ocean_grid
from paleobc.services import bundles
from paleobc.services.builds import Build, build
from paleobc.services.bundle_archive import write_archive
from paleobc.services.bundles import Bundle, make_bundle
from small_world import Case

#: A name and a file as a stranger might choose them.
NAME = """../<script>alert("x")</script> & 'y'"""
FILE = """wo'rld <img src=x onerror="y"> &.nc"""

RUN = {
    "lmdz": {"Relief.nc", "o2a.nc"},
    "orchidee": {"soils_param.nc", "routing.nc", "PFTmap.nc"},
    "opa9": {"coordinates.nc", "bathy_meter.nc", "ahmcoef.nc", "geothermal_heating.nc", "subbasins.nc"},
    "oasis": {
        *("grids.nc", "masks.nc", "areas.nc", "rmp_torc_to_tlmd_MOSAIC.nc", "rmp_tlmd_to_torc_MOSAIC.nc"),
        *("rmp_tlmd_to_torc_MOSAIC_calvin.nc", "rmp_tlmd_to_torc_MOSAIC_rivflu.nc"),
        *("rmp_tlmd_to_uorc_BILINEAR_Corrected.nc", "rmp_tlmd_to_vorc_BILINEAR_Corrected.nc"),
    },
}


def stranger(folder: Path) -> Case:
    """A small world whose names are full of letters that mean something elsewhere."""
    case = Case(folder)
    text = case.recipe.read_text().replace('"small world"', json.dumps(NAME)).replace("world.nc", json.dumps(FILE))
    gateway = {"name": "Tethys <b>", "state": "open", "from": [-60, 0], "to": [60, 0]}
    case.recipe.write_text(f"{text}gateways: {json.dumps([gateway])}\n")
    case.relief.rename(folder / FILE)
    return case


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[Case, Bundle]:
    case = stranger(tmp_path_factory.mktemp("case"))
    return case, make_bundle(case.recipe, case.folder / "b", old_names=True)


@pytest.fixture
def own(whole, tmp_path) -> Path:
    """A copy of the bundle and its archive that a test may harm."""
    shutil.copytree(whole[1].folder, tmp_path / "b")
    shutil.copyfile(whole[1].archive, tmp_path / "b.tar.gz")
    return tmp_path / "b"


@pytest.fixture
def quick(monkeypatch):
    """Leave out what takes long and is looked at elsewhere."""
    monkeypatch.setattr(bundles, "bundle_page", lambda *_: "page\n")
    monkeypatch.setattr(bundles, "audit_folder", lambda _, **_gateways: Audited())


class Audited:
    """Stands in for the result of an audit."""

    def as_data(self) -> dict[str, object]:
        return {}


def checksums(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".paleobc" not in path.parts
    }


def data_files(folder: Path) -> dict[str, str]:
    """Checksums of all but the two records, which hold dates and times."""
    return {name: sum_ for name, sum_ in checksums(folder).items() if name not in ("report.json", "provenance.json")}


def entries(folder: Path, card: str) -> dict[str, str]:
    """Files of a card by their names in the run."""
    text = (folder / "cards" / f"{card}.card").read_text()
    return {name: path for path, name in re.findall(r"\(\$\{PALEOBC_BUNDLE\}/(\S+), +(\S+)\)", text)}


def namelist(folder: Path) -> dict[str, int]:
    text = (folder / "namelists" / "namelist_cfg").read_text()
    return {name: int(value) for name, value in re.findall(r"^ +(\w+) += +(\d+) ", text, re.MULTILINE)}


def test_a_bundle_holds_what_it_should_and_nothing_else(whole):
    case, bundle = whole
    assert {path.name for path in bundle.folder.iterdir()} == {
        *("README.txt", "SHA256SUMS", "cards", "files", "inputs", "namelists", "old_names"),
        *("provenance.json", "recipe.yaml", "report.html", "report.json"),
    }
    assert not list(bundle.folder.rglob(".*"))
    assert {path.name for path in case.folder.iterdir()} == {"b", "b.tar.gz", "recipe.yaml", FILE}
    assert bundle.build.folder == bundle.folder / "files"
    assert bundle.build.recipe.path_of("relief").is_file()


def test_the_recipe_of_a_bundle_makes_equal_files_anywhere(whole, tmp_path):
    _, bundle = whole
    shutil.copytree(bundle.folder / "inputs", tmp_path / "moved" / "inputs")
    shutil.copy(bundle.folder / "recipe.yaml", tmp_path / "moved")
    made = build(tmp_path / "moved" / "recipe.yaml", tmp_path / "again")
    assert data_files(tmp_path / "again") == data_files(bundle.folder / "files")
    assert made.recipe.steps == bundle.build.recipe.steps


def test_a_plain_build_of_the_same_recipe_gives_the_same_files(whole, tmp_path):
    case, bundle = whole
    made = build(case.recipe, tmp_path / "plain", only=("routing", "bathymetry", "mosaix_weights"))
    files = checksums(bundle.folder / "files")
    assert made.files
    assert {file.name: file.sha256 for file in made.files} == {file.name: files[file.name] for file in made.files}


def test_every_checksum_is_right(whole):
    _, bundle = whole
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", "--quiet", "SHA256SUMS"], cwd=bundle.folder, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    named = {line.split("  ", 1)[1] for line in (bundle.folder / "SHA256SUMS").read_text().splitlines()}
    assert named == set(checksums(bundle.folder)) - {"SHA256SUMS"}


def test_the_cards_name_what_each_component_reads(whole):
    _, bundle = whole
    for card, names in RUN.items():
        found = entries(bundle.folder, card)
        assert set(found) == names
        assert all((bundle.folder / path).is_file() for path in found.values())
        assert len(set(found.values())) == len(found)
    assert "[InitialStateFiles]\nList= (" in (bundle.folder / "cards" / "orchidee.card").read_text()


def test_the_namelists_agree_with_the_files(whole):
    _, bundle = whole
    values = namelist(bundle.folder)
    for path in entries(bundle.folder, "opa9").values():
        with netCDF4.Dataset(bundle.folder / path) as file:
            columns, rows = len(file.dimensions["x"]), len(file.dimensions["y"])
        assert (values["jpidta"], values["jpjdta"]) == (values["jpiglo"], values["jpjglo"]) == (columns, rows)
    layout = read_ocean_grid(bundle.folder / "files" / "coordinates.nc").layout
    assert values["jperio"] == layout.nperio == 6
    assert values["jp_cfg"] == 4
    assert "\ncpl_old_calving = n\n" in (bundle.folder / "namelists" / "run.def").read_text()
    assert bundle.settings.size_of("torc") == (columns, rows)


def test_the_sizes_in_the_namcouple_are_those_of_every_weight_file(whole):
    _, bundle = whole
    text = (bundle.folder / "namelists" / "namcouple").read_text()
    found = re.findall(r"^# (rmp_\S+)\n(\d+ \d+ \d+ \d+) (\w+) (\w+)\nP (\d) P (\d)$", text, re.MULTILINE)
    weights = {name: path for name, path in entries(bundle.folder, "oasis").items() if name.startswith("rmp_")}
    assert {each[0] for each in found} == set(weights)
    for name, sizes, *_ in found:
        with netCDF4.Dataset(bundle.folder / weights[name]) as file:
            dims = [int(n) for side in ("src", "dst") for n in file[f"{side}_grid_dims"][:]]
        assert [int(size) for size in sizes.split()] == dims


def test_the_old_names_are_the_same_files(whole):
    _, bundle = whole
    stem = FILE.removesuffix(".nc")
    words = ("ahmcoef", "bathy", "coords", "coords_mask", "heatflow", "pft", "raw", "routing", "soils", "sub_basins")
    names = {f"{stem}_{word}_netcdf_flask_app.nc" for word in (*words, "topo_high_res")}
    weights = f"{stem}_weights_netcdf_flask_app.tar.gz"
    old = bundle.folder / "old_names"
    assert {path.name for path in old.iterdir()} == {*names, weights}
    assert (old / f"{stem}_bathy_netcdf_flask_app.nc").samefile(bundle.folder / "files" / "bathy_meter.nc")
    assert (old / f"{stem}_raw_netcdf_flask_app.nc").samefile(bundle.folder / "inputs" / FILE)
    with tarfile.open(old / weights) as archive:
        packed = {member.name for member in archive if member.isfile()}
    files = bundle.folder / "files"
    assert packed == {path.relative_to(files).as_posix() for path in (files / "mosaix_weights").iterdir()}


def test_the_archive_holds_the_folder_without_dates_and_owners(whole, tmp_path):
    _, bundle = whole
    with tarfile.open(bundle.archive) as archive:
        members = archive.getmembers()
        archive.extractall(tmp_path, filter="data")
    assert {(m.mtime, m.uid, m.gid, m.uname, m.gname) for m in members} == {(0, 0, 0, "", "")}
    assert {m.name.split("/")[0] for m in members} == {"b"}
    assert checksums(tmp_path / "b") == checksums(bundle.folder)
    write_archive(tmp_path / "b" / "cards", "c", tmp_path / "one")
    write_archive(bundle.folder / "cards", "c", tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


class Page(HTMLParser):
    """A page as a browser would take it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def page(whole) -> Page:
    return Page((whole[1].folder / "report.html").read_text(encoding="utf-8"))


def test_the_page_needs_nothing_from_elsewhere_and_no_script(whole, page):
    assert page.open == []
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "iframe", "object", "form", "base", "b"})
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        assert tag != "img" or str(attributes["src"]).startswith("data:image/png;base64,")
        assert tag != "a" or str(attributes["href"]).startswith("#")
    style = (whole[1].folder / "report.html").read_text(encoding="utf-8").partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert '"Segoe UI"' in style  # a style sheet is read as it is: nothing in it may be escaped
    assert (whole[1].folder / "report.html").stat().st_size < 8_000_000


def test_the_page_shows_every_file_and_can_be_read_without_eyes(whole, page):
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    assert all(picture["alt"] and picture["width"] and picture["height"] for picture in pictures)
    drawn = " ".join(str(picture["alt"]) for picture in pictures)
    text = "".join(page.words)
    for file in whole[1].build.files:
        assert file.name in text
        assert file.sha256 in text
        if file.name.endswith(".nc"):
            assert Path(file.name).name in drawn
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [str(attributes["id"]) for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {str(a["href"])[1:] for tag, a in page.tags if tag == "a"} <= set(ids)
    assert sum(tag == "table" for tag, _ in page.tags) == sum(tag == "caption" for tag, _ in page.tags)
    assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")


def test_the_page_shows_names_as_they_are(page):
    assert NAME in "".join(page.words)
    assert FILE in "".join(page.words)
    assert "Tethys <b>" in "".join(page.words)


def test_the_records_say_what_the_bundle_adds(whole):
    _, bundle = whole
    report = json.loads((bundle.folder / "report.json").read_text(encoding="utf-8"))
    assert report["settings"]["engine"] == "mosaix"
    assert report["settings"]["ocean_columns"] == bundle.settings.ocean_columns
    assert report["audit"]["held"]
    inputs = json.loads((bundle.folder / "provenance.json").read_text(encoding="utf-8"))["bundle"]["inputs"]
    assert inputs == {f"inputs/{FILE}": bundle.build.sources["relief"].sha256}


def test_a_bundle_of_the_other_engine_replaces_the_first(whole, own, quick):
    case, _ = whole
    bundle = make_bundle(case.recipe, own, engine="mosaic", archive=False)
    assert not (own / "old_names").exists()
    found = entries(own, "oasis")
    assert {name for name, path in found.items() if "/mosaix_weights/" in path} == {
        "rmp_tlmd_to_uorc_BILINEAR_Corrected.nc",
        "rmp_tlmd_to_vorc_BILINEAR_Corrected.nc",
    }
    assert "/IGCM/ATM/START/" in entries(own, "lmdz")["o2a.nc"]
    assert "\ncpl_old_calving = y\n" in (own / "namelists" / "run.def").read_text()
    assert bundle.archive is None


FULL = OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("when", "fault"), [("run_files", KeyboardInterrupt), ("write_sums", FULL), ("write_archive", FULL)]
)
def test_a_bundle_that_fails_leaves_the_earlier_one_whole(whole, own, quick, monkeypatch, when, fault):
    before = checksums(own.parent)

    def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(bundles, "build", lambda _, folder, **__: built_before(whole, folder))
    monkeypatch.setattr(bundles, when, fail)
    with pytest.raises((KeyboardInterrupt, InputError)):
        make_bundle(whole[0].recipe, own)
    assert checksums(own.parent) == before
    assert {path.name for path in own.parent.iterdir()} == {"b", "b.tar.gz"}


def built_before(whole: tuple[Case, Bundle], folder: Path) -> Build:
    """The build of the bundle again, in a moment: only what is kept of the relief is made."""
    made = build(whole[0].recipe, folder, only=("soils",))
    (folder / "soils_param.nc").unlink()
    for record in ("report.json", "provenance.json"):
        (folder / record).unlink()
    shutil.copytree(whole[1].folder / "files", folder, dirs_exist_ok=True, copy_function=os.link)
    return replace(made, files=whole[1].build.files)


def test_a_folder_of_others_is_refused(whole, tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "provenance.json").write_text("[]")
    with pytest.raises(InputError, match="is there already and is no bundle of paleobc; take another folder"):
        make_bundle(whole[0].recipe, tmp_path / "b")
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["provenance.json"]


@pytest.mark.parametrize("harm", ["a note", "a card", "a missing file"])
def test_a_bundle_that_was_changed_by_hand_is_not_thrown_away(whole, own, harm):
    path = own / {"a note": "notes.txt", "a card": "cards/opa9.card", "a missing file": "README.txt"}[harm]
    if harm == "a missing file":
        path.unlink()
    else:
        path.write_text("mine")
    with pytest.raises(InputError, match="were changed or added by hand"):
        make_bundle(whole[0].recipe, own)
    assert path.exists() == (harm != "a missing file")


def test_an_archive_without_its_folder_is_not_overwritten(whole, tmp_path):
    (tmp_path / "b.tar.gz").write_text("mine")
    with pytest.raises(InputError, match=r"b\.tar\.gz is there already, without its folder"):
        make_bundle(whole[0].recipe, tmp_path / "b")
    assert (tmp_path / "b.tar.gz").read_text() == "mine"


def test_a_recipe_that_cannot_be_built_leaves_nothing(tmp_path):
    case = Case(tmp_path)
    case.relief.unlink()
    with pytest.raises(InputError, match="There is no file"):
        make_bundle(case.recipe, tmp_path / "b")
    assert {path.name for path in tmp_path.iterdir()} == {"recipe.yaml"}
