"""Files from strangers: what is refused before a value is read."""

from __future__ import annotations

import errno
import hashlib
import os
from contextlib import suppress
from pathlib import Path

import h5py
import numpy as np
import pytest
from netCDF4 import Dataset

from paleobc.errors import InputError
from paleobc.formats.opening import file_sha256, open_netcdf

KINDS = ("NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA", "NETCDF4", "NETCDF4_CLASSIC")


def refusal(path: Path) -> str:
    """Sentence with which a file is refused."""
    with pytest.raises(InputError) as caught, open_netcdf(path):
        pass
    said = str(caught.value)
    assert "\n" not in said
    assert said.endswith(".")
    assert len(said) < 400
    return said


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_netcdf_opens_and_gives_stored_numbers(write_relief, kind):
    path = write_relief(kind=kind, dtype="i2", attributes={"scale_factor": 0.5})
    with open_netcdf(path) as dataset:
        assert dataset.variables["topo"][:].dtype == np.int16
        assert not np.ma.isMaskedArray(dataset.variables["topo"][:])


@pytest.mark.parametrize("kind", KINDS[:3])
def test_record_variables_are_counted_with_their_padding(tmp_path, kind):
    path = tmp_path / "records.nc"
    with Dataset(path, "w", format=kind) as dataset:
        dataset.createDimension("time", None)
        dataset.createDimension("x", 3)
        for name in ("a", "b"):
            dataset.createVariable(name, "i2", ("time", "x"))[:] = np.ones((5, 3))
        dataset.createVariable("text", "S1", ("x",))
    with open_netcdf(path) as dataset:
        assert dataset.variables["b"][4].tolist() == [1, 1, 1]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.9])
def test_a_file_cut_short_is_called_truncated(write_relief, kind, share):
    path = write_relief(kind=kind)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert "truncated" in refusal(path) or share == 0.02


def test_a_header_of_40_gigabytes_is_refused_before_it_is_read(tmp_path):
    for kind in KINDS[2:4]:
        path = tmp_path / f"{kind}.nc"
        with Dataset(path, "w", format=kind) as dataset:
            dataset.set_fill_off()
            dataset.createDimension("lat", 50_000)
            dataset.createDimension("lon", 100_000)
            dataset.createVariable(
                "topo", "f8", ("lat", "lon"), **({"chunksizes": (100, 100)} if "4" in kind[6:7] else {})
            )
        os.truncate(path, min(path.stat().st_size, 100_000))
        assert "50000 × 100000 = 5 000 000 000 values" in refusal(path)


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"", "empty"),
        (b"lon lat z\n0.5 -89.5 -3000\n", "text"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"GRIB\x00\x00\x00\x01", "GRIB"),
        (b"\x1f\x8b\x08\x00\x00\x01", "gzip"),
        (b"PK\x03\x04\x14\x00", "zip"),
        (b"II*\x00\x08\x00", "GeoTIFF"),
        (b"\x0e\x03\x13\x01", "HDF4"),
        (b"\x00" * 600, "zeros"),
        (b"\x01\xfe\xf3\x80\x99\x12", "unknown kind"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git-lfs"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(tmp_path, start, what):
    path = tmp_path / "relief.nc"
    path.write_bytes(start)
    assert what in refusal(path)


def test_what_is_no_file_is_said_to_be_none(tmp_path):
    assert "There is no file" in refusal(tmp_path / "absent.nc")
    assert "folder" in refusal(tmp_path)
    os.mkfifo(tmp_path / "pipe.nc")
    assert "not an ordinary file" in refusal(tmp_path / "pipe.nc")
    assert "There is no file" in refusal(tmp_path / "a.nc" / "b.nc")
    assert "cannot be read" in refusal(tmp_path / ("n" * 300))


def test_a_file_without_permission_is_said_to_be_unreadable(write_relief, monkeypatch):
    path = write_relief()

    def refuse(*_: object) -> None:  # root may read everything, so a mode of 0 would not stop it
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "open", refuse)
    assert "Permission denied" in refusal(path)


@pytest.mark.parametrize("header", [b"\xff" * 40, b"\x00" * 3, b"\x00\x00\x00\x00\x00\x00\x00\x0a\xff\xff\xff\xff"])
def test_a_hostile_classic_header_is_refused_without_memory(tmp_path, header):
    path = tmp_path / "hostile.nc"
    path.write_bytes(b"CDF\x01" + header)
    assert "damaged" in refusal(path) or "truncated" in refusal(path)


@pytest.mark.parametrize("kind", KINDS)
def test_no_single_wrong_byte_gives_anything_but_a_sentence(write_relief, kind):
    path = write_relief(np.zeros((4, 8)), kind=kind)
    whole = path.read_bytes()
    random = np.random.default_rng(1)
    for place in random.integers(4, min(len(whole), 2000), 150):
        path.write_bytes(whole[:place] + bytes([random.integers(256)]) + whole[place + 1 :])
        with suppress(InputError), open_netcdf(path) as dataset:
            assert dataset.variables is not None


def test_a_heap_that_makes_the_library_hang_is_refused_before(write_relief):
    path = write_relief()
    whole = bytearray(path.read_bytes())
    heap = whole.index(b"GCOL")
    whole[heap + 16 : heap + 32] = bytes(16)  # free space of length zero
    path.write_bytes(whole)
    assert "contradicts itself" in refusal(path)


def test_external_links_are_refused_and_not_followed(tmp_path):
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["topo"] = np.zeros((4, 8))
    path = tmp_path / "link.nc"
    with h5py.File(path, "w") as file:
        file.create_group("deep")["topo"] = h5py.ExternalLink(str(secret), "/topo")
    assert "a link to another file under '/deep/topo'" in refusal(path)


def test_external_storage_is_refused(tmp_path):
    path = tmp_path / "stored.nc"
    with h5py.File(path, "w") as file:
        file.create_dataset("topo", (4, 8), "f8", external=[("/etc/passwd", 0, h5py.h5f.UNLIMITED)])
    assert "in other files" in refusal(path)


def test_virtual_data_are_refused(tmp_path):
    path = tmp_path / "virtual.nc"
    layout = h5py.VirtualLayout((4, 8), "f8")
    layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "topo", shape=(4, 8))
    with h5py.File(path, "w") as file:
        file.create_virtual_dataset("topo", layout)
    assert "in other files" in refusal(path)


def test_symbolic_links_and_groups_inside_themselves_are_refused(tmp_path):
    soft, ring = tmp_path / "soft.nc", tmp_path / "ring.nc"
    with h5py.File(soft, "w") as file:
        file["topo"] = h5py.SoftLink("/elsewhere")
    with h5py.File(ring, "w") as file:
        file.create_group("a")["b"] = file["/"]
    assert "symbolic link" in refusal(soft)
    assert "inside itself" in refusal(ring)


def test_types_of_the_users_own_are_refused(tmp_path):
    compound, named, attribute = (tmp_path / f"{name}.nc" for name in ("compound", "named", "attribute"))
    pair = np.dtype([("a", "f8"), ("b", "i4")])
    with h5py.File(compound, "w") as file:
        file.create_dataset("topo", (4,), pair)
    with h5py.File(named, "w") as file:
        file["pair"] = pair
    with h5py.File(attribute, "w") as file:
        file.create_dataset("topo", (4,), "f8").attrs["pair"] = np.zeros(1, pair)
    for path in (compound, named, attribute):
        assert "type" in refusal(path)


def test_text_in_variables_and_attributes_is_allowed(tmp_path):
    path = tmp_path / "text.nc"
    with Dataset(path, "w") as dataset:
        dataset.history = "made by a test"
        dataset.createDimension("n", 2)
        dataset.createVariable("label", str, ("n",))[0] = "é"
        dataset.createVariable("crs", "S1", ()).grid_mapping_name = "latitude_longitude"
    with open_netcdf(path) as dataset:
        assert "label" in dataset.variables


def test_errors_of_the_caller_pass_through(write_relief):
    with pytest.raises(RuntimeError, match="mine"), open_netcdf(write_relief()):
        raise RuntimeError("mine")


def test_the_checksum_is_that_of_the_bytes(write_relief):
    path = write_relief()
    assert file_sha256(path) == hashlib.sha256(path.read_bytes()).hexdigest()
