"""Which kind of place an address of files means."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from paleobc.errors import InputError
from paleobc.store.file_folder import FileFolder
from paleobc.store.files import FileStore


def file_store(url: str, cache: Path) -> FileStore:
    """
    Store of files at an address; it is not asked yet whether it can be used (`FileStore.check`).

    Parameters
    ----------
    url : str
        A folder, of this machine or shared by several, or ``s3://bucket/folder``.
    cache : Path
        Folder on this machine for copies of files of an object store.

    Raises
    ------
    InputError
        Where the address cannot be used.
    """
    parts = urlsplit(url)
    if parts.scheme == "s3":
        if find_spec("s3fs") is None:
            raise InputError("Files in an object store need more libraries; install paleobc[server,cluster].")
        # late: the libraries of object stores take half a second
        from paleobc.store.object_store import ObjectStore

        return ObjectStore(url, cache)
    if parts.scheme == "file":
        return FileFolder(Path(unquote(parts.path)))
    if "://" in url:
        raise InputError(f"Files cannot be kept at {parts.scheme}://...; PALEOBC_FILES_URL is a folder or s3://BUCKET.")
    return FileFolder(Path(url))
