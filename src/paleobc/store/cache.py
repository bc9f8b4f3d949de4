"""Results kept in a folder: found by what they depend on, held by what they contain."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import xarray as xr

from paleobc.errors import InputError
from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.store.atomic import write_text
from paleobc.workflow.revision import LostContentError, Record, content_of

#: A folder is kept below this size [bytes]; the contents used longest ago go first.
LARGEST_FOLDER = 4_000_000_000


class FolderStore:
    """
    A store of results in a folder.

    Contents are written once, under the checksum of what they say, to a temporary name that is renamed when
    all is on the disk; the record that names them comes last. It can be deleted at any time: it is only
    work that would have to be done again.

    Parameters
    ----------
    folder : Path
        Made where it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self._contents = folder / "contents"
        self._records = folder / "records"
        self._latest = folder / "latest"
        for part in (self._contents, self._records, self._latest):
            part.mkdir(parents=True, exist_ok=True)

    def _file(self, content: str) -> Path:
        """File of a content."""
        return self._contents / f"{content}.nc"

    def find(self, fingerprint: str) -> Record | None:
        """Record of this fingerprint whose content is there."""
        record = _read_record(self._records / f"{fingerprint}.json")
        if record is None or record.fingerprint != fingerprint or not self._file(record.content).is_file():
            return None
        return record

    def latest(self, step: str) -> Record | None:
        """Record of the last run of a step."""
        return _read_record(self._latest / f"{step}.json")

    def load(self, content: str) -> xr.Dataset:
        """
        Dataset of a content, compared with its checksum.

        Raises
        ------
        LostContentError
            Where it is gone or harmed; it is then forgotten.
        """
        path = self._file(content)
        try:
            dataset = read_netcdf(path)
            os.utime(path)
        except (InputError, OSError):
            dataset = None
        if dataset is None or content_of(dataset) != content:
            path.unlink(missing_ok=True)
            raise LostContentError(content)
        return dataset

    def save(self, record: Record, dataset: xr.Dataset) -> None:
        """Keep a record and its content."""
        if not self._file(record.content).is_file():
            write_netcdf(dataset, self._file(record.content), file_format="NETCDF4")
        text = json.dumps(asdict(record), indent=1, sort_keys=True)
        write_text(self._records / f"{record.fingerprint}.json", text)
        write_text(self._latest / f"{record.step}.json", text)

    def shrink(self, keep: set[str], largest: int = LARGEST_FOLDER) -> None:
        """Remove the contents used longest ago, except those to keep, until the folder is small enough."""
        files = sorted(self._contents.glob("*.nc"), key=lambda path: path.stat().st_mtime)
        size = sum(path.stat().st_size for path in files)
        for path in files:
            if size <= largest:
                return
            if path.stem not in keep:
                size -= path.stat().st_size
                path.unlink()


def _read_record(path: Path) -> Record | None:
    """Record of a file; None where there is none that can be read."""
    try:
        record = Record(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    kinds = {"fingerprint": str, "content": str, "step": str, "version": int, "options": dict, "inputs": dict}
    return record if all(isinstance(getattr(record, name), kind) for name, kind in kinds.items()) else None
