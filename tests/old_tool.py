"""An instance folder of the existing tool: its database, and files under random names."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from netCDF4 import Dataset

SCHEMA = """
CREATE TABLE user (id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT UNIQUE NOT NULL, password TEXT NOT NULL);
CREATE TABLE data_files (id INTEGER PRIMARY KEY AUTOINCREMENT, owner_id INTEGER NOT NULL, filename TEXT NOT NULL,
  longitude TEXT, latitude TEXT, info TEXT, state TEXT, FOREIGN KEY (owner_id) REFERENCES user (id));
CREATE TABLE revisions (id INTEGER PRIMARY KEY AUTOINCREMENT, data_file_id INTEGER NOT NULL,
  created TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, filepath TEXT NOT NULL, revision INTEGER NOT NULL,
  file_type TEXT NOT NULL, info TEXT, FOREIGN KEY (data_file_id) REFERENCES data_files (id));
CREATE TABLE steps (id INTEGER PRIMARY KEY AUTOINCREMENT, data_file_id INTEGER NOT NULL, step TEXT NOT NULL,
  parameters TEXT, up_to_date INTEGER NOT NULL DEFAULT 1, FOREIGN KEY (data_file_id) REFERENCES data_files (id));
"""


class OldTool:
    """
    The folder, and what its users do.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "netcdf_editor.sqlite"
        self._files = 0
        folder.mkdir(exist_ok=True)
        with closing(sqlite3.connect(self.database)) as connection:
            connection.executescript(SCHEMA)

    def insert(self, table: str, **values: Any) -> int:
        """Add a row; returns its id."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        with closing(sqlite3.connect(self.database)) as connection, connection:
            row = connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))  # noqa: S608
            return int(row.lastrowid or 0)

    def user(self, name: str, checksum: str = "plain$$") -> int:
        """Somebody makes an account."""
        return self.insert("user", username=name, password=checksum)

    def experiment(self, owner: int, file_name: str = "topo_30Ma.nc", **info: str) -> int:
        """Somebody begins an experiment."""
        return self.insert(
            "data_files", owner_id=owner, filename=file_name, longitude="lon", latitude="lat", info=json.dumps(info)
        )

    def revision(self, experiment: int, file_type: str, file: Path | str | None = None, **row: Any) -> Path:
        """A file is saved; a text is only said to be its path. Returns where it lies."""
        self._files += 1
        end = ".tar.gz" if file_type == "weights" else ".nc"
        name = file if isinstance(file, str) else f"tmp{self._files:05x}{end}"
        if isinstance(file, Path):
            shutil.copyfile(file, self.folder / name)
        changes = row.pop("changes", None)
        values = {"created": f"2022-03-01 10:00:{self._files:02d}", "revision": self._files - 1, **row}
        info = json.dumps({} if changes is None else {"changes": changes})
        values = {"info": info, **values}
        self.insert("revisions", data_file_id=experiment, filepath=name, file_type=file_type, **values)
        return self.folder / name

    def step(self, experiment: int, name: str, parameters: Any) -> None:
        """A step is carried out."""
        stored = parameters if isinstance(parameters, str | bytes) else json.dumps(parameters)
        self.insert("steps", data_file_id=experiment, step=name, parameters=stored)

    def drawn(self, experiment: int, name: str, *actions: dict[str, Any]) -> None:
        """Edits are drawn and saved."""
        self.step(experiment, name, {"id": experiment, "undo_list": json.dumps(list(actions))})


def action(selection: str, value: float, how: str = "Absolute", **chosen: Any) -> dict[str, Any]:
    """One edit, as the existing tool keeps it."""
    return {
        "selection_expr": selection,
        "calculation_type": how,
        "value": value,
        "land": True,
        "ocean": True,
        **chosen,
    }


def box(west: float, south: float, east: float, north: float, across: str = "lon", up: str = "lat") -> str:
    """Selection of a box, as the existing tool writes it."""
    return f"((dim('{across}')>={west})&(dim('{across}')<={east}))&((dim('{up}')>={south})&(dim('{up}')<={north}))"


def write_depth(path: Path, depth: np.ndarray, longitude: np.ndarray, latitude: np.ndarray) -> Path:
    """Write depths on an ocean grid, as the existing tool did."""
    return write_file(path, ("y", "x"), Bathymetry=depth, nav_lon=longitude, nav_lat=latitude)


def write_file(path: Path, dimensions: tuple[str, ...], **variables: np.ndarray) -> Path:
    """Write fields that are all on the same dimensions."""
    with Dataset(path, "w", format="NETCDF3_64BIT_OFFSET") as file:
        first = next(iter(variables.values()))
        for name, length in zip(dimensions, first.shape, strict=True):
            file.createDimension(name, length)
        for name, values in variables.items():
            file.createVariable(name, values.dtype, dimensions)[...] = values
    return path
