"""Datasets kept under the checksum of what they say."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from paleobc.errors import InputError
from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.store.files import FileStore
from paleobc.workflow.revision import LostContentError, content_of


class Contents:
    """
    Contents of revisions, as NetCDF-4 files.

    Parameters
    ----------
    files : FileStore
    """

    def __init__(self, files: FileStore) -> None:
        self.files = files

    def save(self, dataset: xr.Dataset) -> tuple[str, int]:
        """Keep a dataset; returns its checksum and the size of its file [bytes]."""
        content = content_of(dataset)
        name = content_name(content)
        self.files.touch(name)
        if not self.files.has(name):
            prepared = self.files.temporary()
            try:
                write_netcdf(dataset, prepared, file_format="NETCDF4")
                self.files.put(name, prepared)
            finally:
                prepared.unlink(missing_ok=True)
        return content, self.files.path(name).stat().st_size

    def has(self, content: str) -> bool:
        """Whether a content is there."""
        return self.files.has(content_name(content))

    def load(self, content: str) -> xr.Dataset:
        """
        Dataset of a content, compared with its checksum.

        Raises
        ------
        LostContentError
            Where it is gone or harmed; a harmed one is removed, so that it can be made again.
        OSError
            Where the files cannot be used just now.
        """
        name = content_name(content)
        for _ in range(2):  # a copy on this machine may be harmed, or the way to it may have been
            try:
                dataset = _unharmed(self.files.path(name), content)
            except FileNotFoundError:
                raise LostContentError(content) from None
            if dataset is not None:
                return dataset
            self.files.forget(name)
        self.files.remove(name)
        raise LostContentError(content)

    def verify(self, content: str) -> bool:
        """Whether a content is there unharmed, read anew from where it lies; nothing is changed."""
        try:
            with self.files.fresh(content_name(content)) as path:
                return _unharmed(path, content) is not None
        except FileNotFoundError:
            return False


def _unharmed(path: Path, content: str) -> xr.Dataset | None:
    """Dataset of a file, if it can be read and says what it should."""
    try:
        dataset = read_netcdf(path)
    except (InputError, OSError):
        return None
    return dataset if content_of(dataset) == content else None


def content_name(content: str) -> str:
    """Name of the file of a content."""
    return f"contents/{content[:2]}/{content}.nc"
