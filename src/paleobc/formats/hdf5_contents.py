"""What an HDF5 file holds and where it would lead, looked at without following it anywhere."""

from __future__ import annotations

from math import prod
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

import h5py

from paleobc.errors import InputError
from paleobc.formats.wording import counted, quoted, sized

MOST_OBJECTS: Final = 10_000
DEEPEST_GROUP: Final = 20
MOST_ATTRIBUTE_VALUES: Final = 100_000
MOST_ATTRIBUTE_TEXTS: Final = 1_000
#: Attributes by which netCDF-4 ties variables to dimensions; they hold references, inside the file.
DIMENSION_ATTRIBUTES: Final = frozenset({"DIMENSION_LIST", "REFERENCE_LIST"})
#: How a global heap begins, with its version; it holds the texts and references of attributes.
HEAP_SIGNATURE: Final = b"GCOL\x01\x00\x00\x00"
PLAIN_TYPES: Final = (h5py.h5t.INTEGER, h5py.h5t.FLOAT, h5py.h5t.STRING)
#: An object whose like is never in a NetCDF file of numbers is copied away by this.
COPY_AS_CLASSIC: Final = 'rewrite it as a plain file, for example "nccopy -k nc7 in.nc out.nc"'


def check_hdf5(path: Path, cell_limit: int) -> None:
    """
    Refuse an HDF5 file that leads out of itself, holds foreign types, or declares too much.

    Netcdf-C follows links, virtual datasets and external storage by itself; a file from a stranger could so
    read any file of this machine. Nothing here reads a value or opens a second file.

    Parameters
    ----------
    path : Path
        File with the signature of HDF5.
    cell_limit : int
        Most values a variable may declare.

    Raises
    ------
    InputError
        Where the file is truncated, damaged, or not self-contained.
    """
    if not _heaps_are_whole(path):
        raise InputError(
            f"{path.name} is damaged: a table inside its HDF5 structure contradicts itself; copy or download it again."
        )
    try:
        with h5py.File(path, "r") as file:
            _Walk(path, cell_limit).group(file.id, "/", depth=0)
    except (OSError, RuntimeError, ValueError, TypeError, KeyError) as failure:
        if "truncated" in str(failure):
            raise InputError(
                f"{path.name} is truncated: it has {counted(path.stat().st_size)} bytes, fewer than it "
                "says; copy or download it again."
            ) from failure
        raise InputError(
            f"{path.name} begins like a NetCDF-4 (HDF5) file, but its contents are damaged; copy or download it again."
        ) from failure


def _heaps_are_whole(path: Path) -> bool:
    """
    Tell whether all global heaps can be walked from object to object.

    Free space of length zero makes the HDF5 library (2.2) walk on the spot for ever, so it is looked for
    before the library sees the file. Format: HDF5 file format specification, III.E.
    """
    if path.stat().st_size == 0:
        return True
    with path.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as data:
        start = data.find(HEAP_SIGNATURE)
        while start >= 0:
            end = start + int.from_bytes(data[start + 8 : start + 16], "little")
            place = start + 16
            while place + 16 <= min(end, len(data)):
                index = int.from_bytes(data[place : place + 2], "little")
                length = int.from_bytes(data[place + 8 : place + 16], "little")
                if index == 0 and length < 16:
                    return False
                place += length if index == 0 else 16 + length + -length % 8
            start = data.find(HEAP_SIGNATURE, start + 1)
    return True


class _Walk:
    """One walk over every object that hard links reach, each once."""

    def __init__(self, path: Path, cell_limit: int) -> None:
        self.path, self.cell_limit = path, cell_limit
        self.groups: set[int] = set()
        self.objects = 0

    def refuse(self, what: str, instead: str) -> InputError:
        return InputError(f"{self.path.name} {what}; {instead}.")

    def group(self, group: h5py.h5g.GroupID, name: str, depth: int) -> None:
        """Look at a group and all below it."""
        address = h5py.h5o.get_info(group).addr
        if address in self.groups or depth > DEEPEST_GROUP:
            raise self.refuse(f"holds the group {quoted(name)} inside itself or too deep", COPY_AS_CLASSIC)
        self.groups.add(address)
        self._attributes(group, name)
        for link in group:
            self.objects += 1
            if self.objects > MOST_OBJECTS:
                raise self.refuse(f"holds more than {counted(MOST_OBJECTS)} objects", COPY_AS_CLASSIC)
            below = f"{name.rstrip('/')}/{link.decode('utf-8', 'replace')}"
            self._link(group, link, below, depth)

    def _link(self, group: h5py.h5g.GroupID, link: bytes, name: str, depth: int) -> None:
        kind = group.links.get_info(link).type
        if kind != h5py.h5l.TYPE_HARD:
            what = {h5py.h5l.TYPE_EXTERNAL: "a link to another file", h5py.h5l.TYPE_SOFT: "a symbolic link"}
            raise self.refuse(
                f"holds {what.get(kind, 'a link of an unknown kind')} under {quoted(name)}, and links are not followed",
                "give a file that holds its data itself",
            )
        opened = h5py.h5o.open(group, link)
        if isinstance(opened, h5py.h5g.GroupID):
            self.group(opened, name, depth + 1)
        elif isinstance(opened, h5py.h5d.DatasetID):
            self._dataset(opened, name)
        else:
            raise self.refuse(f"defines a type of its own, {quoted(name)}, which is not read", COPY_AS_CLASSIC)

    def _dataset(self, dataset: h5py.h5d.DatasetID, name: str) -> None:
        # The layout is asked for before the shape: the shape of a virtual dataset may open its sources.
        layout = dataset.get_create_plist()
        if layout.get_layout() == h5py.h5d.VIRTUAL or layout.get_external_count():
            raise self.refuse(
                f"keeps the values of {quoted(name)} in other files, and they are not followed",
                "give a file that holds its data itself",
            )
        if dataset.get_type().get_class() not in PLAIN_TYPES:
            raise self.refuse(f"gives {quoted(name)} a type that is neither number nor text", COPY_AS_CLASSIC)
        chunk = layout.get_chunk() if layout.get_layout() == h5py.h5d.CHUNKED else ()
        check_cells(self.path, name.lstrip("/"), dataset.shape or (), self.cell_limit)
        check_cells(self.path, name.lstrip("/"), chunk, self.cell_limit)
        self._attributes(dataset, name)

    def _attributes(self, owner: h5py.h5g.GroupID | h5py.h5d.DatasetID, name: str) -> None:
        for index in range(h5py.h5a.get_num_attrs(owner)):
            attribute = h5py.h5a.open(owner, index=index)
            title = attribute.name.decode("utf-8", "replace")
            kind = attribute.get_type()
            if title in DIMENSION_ATTRIBUTES:
                continue
            if kind.get_class() not in PLAIN_TYPES:
                raise self.refuse(
                    f"gives the attribute {quoted(title)} of {quoted(name)} a type that is neither number nor text",
                    COPY_AS_CLASSIC,
                )
            text = kind.get_class() == h5py.h5t.STRING and kind.is_variable_str()
            if prod(attribute.shape or ()) > (MOST_ATTRIBUTE_TEXTS if text else MOST_ATTRIBUTE_VALUES):
                raise self.refuse(f"has an attribute {quoted(title)} of absurd length", COPY_AS_CLASSIC)


def check_cells(path: Path, name: str, shape: tuple[int, ...], cell_limit: int) -> None:
    """
    Refuse a variable that declares more values than will be read.

    Parameters
    ----------
    path : Path
        File that declares it.
    name : str
        Name of the variable.
    shape : tuple of int
        Lengths it declares.
    cell_limit : int
        Most values a variable may declare.
    """
    if prod(shape) > cell_limit:
        raise InputError(
            f"{path.name} declares {sized(shape)} = {counted(prod(shape))} values for {quoted(name)}, and "
            "at most "
            f'{counted(cell_limit)} are read; make it coarser first, for example "cdo '
            'remapbil,r3600x1800 in.nc out.nc".'
        )
