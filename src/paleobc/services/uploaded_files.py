"""Uploaded files under the names that users gave them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import xarray as xr

from paleobc.errors import AmbiguousVariableError, InputError
from paleobc.formats.biomes import IN_THE_RECIPE
from paleobc.formats.edit_lists import check_edits
from paleobc.formats.relief_variable import HOW_TO_NAME
from paleobc.services.sources import read_source
from paleobc.store.files import FileStore
from paleobc.store.tables import Upload
from paleobc.topography.surface import Quantity

#: What lists of edits are about.
_EDITED: Final[Mapping[str, Quantity]] = {"relief_edits": "height", "depth_edits": "depth"}


def upload_name(sha256: str) -> str:
    """Name under which the bytes of an uploaded file are kept."""
    return f"uploads/{sha256[:2]}/{sha256}"


def uploaded_path(files: FileStore, upload: Upload, *, compared: bool = False) -> Path:
    """
    Path of the bytes of an uploaded file, not to be changed; compared with their checksum, if that is wished.

    Raises
    ------
    InputError
        Where they are gone or harmed; harmed ones are removed.
    """
    try:
        return files.path(upload_name(upload.sha256), sha256=upload.sha256 if compared else "")
    except FileNotFoundError:
        raise _gone(upload) from None


def read_upload(files: FileStore, upload: Upload, variable: str | None) -> tuple[xr.Dataset, dict[str, Any]]:
    """
    Read an uploaded file as an asset, and tell where it comes from.

    Raises
    ------
    InputError
        Where it is gone, harmed, or cannot be used as this asset.
    """
    kept = uploaded_path(files, upload, compared=True)
    with files.temporary_folder() as folder:
        path = folder / upload.file_name
        path.symlink_to(kept.absolute())
        try:
            dataset, source = read_source(upload.asset, path, variable)
        except AmbiguousVariableError as error:  # here one chooses on a page, or with a request
            words = str(error).replace(HOW_TO_NAME, "choose the one to be read").replace(IN_THE_RECIPE, "")
            raise AmbiguousVariableError(words, error.candidates) from None
        if upload.asset in _EDITED:  # its steps would read it as well, but only once the map is there
            check_edits(path, _EDITED[upload.asset])
    return dataset, {**asdict(source), "assumptions": list(source.assumptions)}


def _gone(upload: Upload) -> InputError:
    return InputError(f"The bytes of {upload.file_name} are gone from the store, or harmed; upload the file again.")
