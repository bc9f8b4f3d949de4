"""One immutable version of an asset, known by its content."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import xarray as xr


def _plain(value: Any) -> Any:
    """An attribute as data that has one spelling."""
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def content_of(dataset: xr.Dataset) -> str:
    """
    Checksum of what a dataset says: names, dimensions, types, attributes and values [hex SHA-256].

    Two datasets with equal content have equal checksums whatever file they came from.

    Examples
    --------
    >>> one, two = xr.Dataset({"a": ("x", [1.0])}), xr.Dataset({"a": ("x", [2.0])})
    >>> content_of(one) == content_of(one.copy()), content_of(one) == content_of(two)
    (True, False)
    """
    digest = hashlib.sha256()
    header: dict[str, Any] = {"attributes": {str(k): _plain(v) for k, v in dataset.attrs.items()}}
    names = sorted(str(name) for name in dataset.variables)
    for name in names:
        variable = dataset.variables[name]
        header[f"variable {name}"] = {
            "dimensions": list(variable.dims),
            "shape": list(variable.shape),
            "type": variable.dtype.newbyteorder("=").str,
            "attributes": {str(k): _plain(v) for k, v in variable.attrs.items()},
        }
    digest.update(json.dumps(header, sort_keys=True, default=str).encode())
    for name in names:
        values = np.asarray(dataset.variables[name].values)
        digest.update(np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<")).data)
    return digest.hexdigest()


@dataclass(frozen=True)
class Record:
    """
    How one content came to be.

    Parameters
    ----------
    fingerprint : str
        Checksum of all that the content depends on.
    content : str
        Checksum of the content.
    step : str
        Step that made it.
    version : int
        Version of that step.
    options : dict
        Options of that step, all of them.
    inputs : dict of str to str
        Content of each asset that was read.
    """

    fingerprint: str
    content: str
    step: str
    version: int
    options: dict[str, Any]
    inputs: dict[str, str]


class LostContentError(Exception):
    """A store no longer has, or no longer has unharmed, a content that it knew; it has forgotten it now."""


class RevisionStore(Protocol):
    """Where contents are kept between runs."""

    def find(self, fingerprint: str) -> Record | None:
        """Record of this fingerprint whose content is there."""

    def latest(self, step: str) -> Record | None:
        """Record of the last run of a step."""

    def load(self, content: str) -> xr.Dataset:
        """Dataset of a content; raises LostContentError where it is gone or harmed."""

    def save(self, record: Record, dataset: xr.Dataset) -> None:
        """Keep a record and its content."""


class MemoryStore:
    """A store that lives as long as the process."""

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}
        self._latest: dict[str, Record] = {}
        self._contents: dict[str, xr.Dataset] = {}

    def find(self, fingerprint: str) -> Record | None:
        """Record of this fingerprint."""
        return self._records.get(fingerprint)

    def latest(self, step: str) -> Record | None:
        """Record of the last run of a step."""
        return self._latest.get(step)

    def load(self, content: str) -> xr.Dataset:
        """Dataset of a content."""
        return self._contents[content]

    def save(self, record: Record, dataset: xr.Dataset) -> None:
        """Keep a record and its content."""
        self._contents[record.content] = dataset
        self._records[record.fingerprint] = record
        self._latest[record.step] = record
