"""What the header of a classic NetCDF file (CDF-1, 2 and 5) declares, read without trusting it."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import BinaryIO, Final

from paleobc.errors import InputError
from paleobc.formats.wording import counted, quoted

#: Size in bytes of each type of value of the format, by its code.
VALUE_SIZE: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8}
MOST_ENTRIES: Final = 10_000
LONGEST_NAME: Final = 4096
DIMENSION_TAG, VARIABLE_TAG, ATTRIBUTE_TAG = 10, 11, 12


class DamagedHeaderError(Exception):
    """The header contradicts itself or the format; never leaves this module."""


@dataclass(frozen=True)
class DeclaredVariable:
    """
    One variable as the header declares it.

    Parameters
    ----------
    name : str
        Name of the variable.
    shape : tuple of int
        Length of each dimension.
    end : int
        Bytes the file must have to hold all its values.
    """

    name: str
    shape: tuple[int, ...]
    end: int


@dataclass(frozen=True)
class _Entry:
    """A variable before the length of a record is known."""

    name: str
    dimensions: tuple[int, ...]
    value_size: int
    begin: int


def declared_variables(path: Path) -> tuple[DeclaredVariable, ...]:
    """
    Variables that the header of a classic NetCDF file declares.

    Parameters
    ----------
    path : Path
        File that begins with ``CDF`` and 1, 2 or 5.

    Raises
    ------
    InputError
        Where the header is cut short or damaged.

    References
    ----------
    Unidata, NetCDF classic format specification,
    https://docs.unidata.ucar.edu/netcdf-c/current/file_format_specifications.html
    """
    with path.open("rb") as stream:
        header = _Header(stream, path.stat().st_size)
        try:
            return header.variables()
        except EOFError:
            raise InputError(
                f"{path.name} is truncated: its {counted(header.size)} bytes end inside its own header; "
                "copy or download it again."
            ) from None
        except DamagedHeaderError as fault:
            raise InputError(f"{path.name} is damaged: its NetCDF header {fault}; copy or download it again.") from None


class _Header:
    """A cursor over the header that never reads or allocates more than the file can hold."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self.stream, self.size = stream, size
        version = self._bytes(4)[3]
        self.count_size = 8 if version == 5 else 4
        self.offset_size = 4 if version == 1 else 8

    def variables(self) -> tuple[DeclaredVariable, ...]:
        """Read the whole header."""
        streaming = (1 << 8 * self.count_size) - 1
        records = self._number(self.count_size)
        if records == streaming:
            raise DamagedHeaderError("does not say how many records follow (its writer did not close it)")
        lengths = [self._dimension() for _ in range(self._entries(DIMENSION_TAG))]
        self._skip_attributes()
        entries = [self._variable(len(lengths)) for _ in range(self._entries(VARIABLE_TAG))]
        return _with_ends(entries, lengths, records)

    def _bytes(self, length: int) -> bytes:
        read = self.stream.read(length)
        if len(read) < length:
            raise EOFError
        return read

    def _number(self, length: int) -> int:
        return int.from_bytes(self._bytes(length), "big")

    def _entries(self, expected: int) -> int:
        """Length of a list, which may be absent."""
        tag, entries = self._number(4), self._number(self.count_size)
        if tag not in (0, expected) or (tag == 0 and entries):
            raise DamagedHeaderError("holds a list that is none of the format's")
        if entries > MOST_ENTRIES:
            raise DamagedHeaderError(f"announces {counted(entries)} entries in one list")
        return entries

    def _name(self) -> str:
        length = self._number(self.count_size)
        if length > LONGEST_NAME:
            raise DamagedHeaderError(f"announces a name of {counted(length)} letters")
        return self._bytes(length + -length % 4)[:length].decode("utf-8", "replace")

    def _dimension(self) -> int:
        self._name()
        return self._number(self.count_size)

    def _value_size(self) -> int:
        code = self._number(4)
        if code not in VALUE_SIZE:
            raise DamagedHeaderError(f"names the unknown type {code}")
        return VALUE_SIZE[code]

    def _skip_attributes(self) -> None:
        for _ in range(self._entries(ATTRIBUTE_TAG)):
            self._name()
            length = self._value_size() * self._number(self.count_size)
            if self.stream.tell() + length > self.size:
                raise EOFError
            self.stream.seek(length + -length % 4, 1)

    def _variable(self, dimension_count: int) -> _Entry:
        name = self._name()
        rank = self._number(self.count_size)
        if rank > MOST_ENTRIES:
            raise DamagedHeaderError(f"gives the variable {quoted(name)} {counted(rank)} dimensions")
        dimensions = tuple(self._number(self.count_size) for _ in range(rank))
        if any(dimension >= dimension_count for dimension in dimensions):
            raise DamagedHeaderError(f"gives the variable {quoted(name)} a dimension that does not exist")
        self._skip_attributes()
        value_size = self._value_size()
        self._number(self.count_size)  # the size in bytes, which overflows in large files: computed instead
        begin = self._number(self.offset_size)
        return _Entry(name, dimensions, value_size, begin)


def _with_ends(entries: list[_Entry], lengths: list[int], records: int) -> tuple[DeclaredVariable, ...]:
    """
    Add the shape and the last byte of each variable.

    The values of all record variables lie interleaved, record after record, each padded to four bytes
    unless it is the only one.
    """

    def is_record(entry: _Entry) -> bool:
        return bool(entry.dimensions) and lengths[entry.dimensions[0]] == 0

    def slab(entry: _Entry) -> int:
        own = entry.dimensions[1:] if is_record(entry) else entry.dimensions
        return entry.value_size * prod(lengths[dimension] for dimension in own)

    slabs = [slab(entry) for entry in entries if is_record(entry)]
    record = slabs[0] if len(slabs) == 1 else sum(size + -size % 4 for size in slabs)
    declared = []
    for entry in entries:
        shape = tuple(lengths[dimension] for dimension in entry.dimensions)
        end = entry.begin + slab(entry)
        if is_record(entry):
            shape = (records, *shape[1:])
            end = end + (records - 1) * record if records else 0
        declared.append(DeclaredVariable(entry.name, shape, end))
    return tuple(declared)
