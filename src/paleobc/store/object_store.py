"""Files in an S3-compatible object store, with copies on this machine."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import fsspec

from paleobc.errors import InputError
from paleobc.formats.opening import file_sha256
from paleobc.store.file_cache import FileCache
from paleobc.store.files import FileStore, KeptFile, pieces_of
from paleobc.store.object_faults import missing_bucket, patiently

#: Most that copies of files take on a machine [bytes].
CACHE_BYTES: Final = 20_000_000_000
#: Larger files than twice this go in pieces of it [bytes], and so many of them at a time: a worker has to hold them.
_PIECE: Final = 16 << 20
_PIECES_AT_ONCE: Final = 4
#: A file is noted as used at most once in this time by each process [s]; it has to be short beside a day.
_TOUCH_EVERY: Final = 6 * 3600.0
#: How often it is looked at whether the bucket is there, where an object is not [s].
_LOOK_FOR_BUCKET: Final = 60.0
_REMOVED_AT_ONCE: Final = 16
#: So many names are remembered as used.
_MOST_TOUCHED: Final = 10_000
#: Name under which an object's own checksum is kept beside it.
_SHA256: Final = "sha256"
_SET_UP: Final[dict[str, Any]] = {
    "connect_timeout": 5,
    "read_timeout": 30,
    "retries": {"total_max_attempts": 2, "mode": "standard"},
    "max_pool_connections": 32,
    # newer kinds of checksums are unknown to many stores; ours is kept beside the object
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}


class ObjectStore(FileStore):
    """
    Files in a bucket. Keys and address are those that AWS_* variables give, as all programs for S3 know them.

    Beside each object its SHA-256 is kept, with which what comes back is compared; an object that another program
    brought has none, and is taken as it is. Objects appear whole or not at all.

    Parameters
    ----------
    url : str
        ``s3://bucket/folder``.
    folder : Path
        Folder on this machine for copies, and for files on their way.
    cache_bytes : int
        Most that the copies may take [bytes].

    Raises
    ------
    InputError
        Where the address cannot be used, or the folder cannot be made; the store itself is not asked.
    """

    def __init__(self, url: str, folder: Path, *, cache_bytes: int = CACHE_BYTES) -> None:
        self._bucket, self._prefix = _bucket_and_prefix(url)
        super().__init__(url, folder / "incoming")
        self._cache = FileCache(folder, cache_bytes)
        self._connected: tuple[int, Any] | None = None
        self._connecting = threading.Lock()
        self._touched: dict[str, float] = {}
        self._bucket_seen = float("-inf")

    @property
    def _system(self) -> Any:
        """Connection of this process: one made before a fork would wait for a thread that is not here."""
        with self._connecting:
            if self._connected is None or self._connected[0] != os.getpid():
                system = fsspec.filesystem(
                    "s3",
                    skip_instance_cache=True,
                    use_listings_cache=False,
                    max_concurrency=_PIECES_AT_ONCE,
                    default_block_size=_PIECE,
                    config_kwargs=_SET_UP,
                )
                system.retries = 2
                self._connected = os.getpid(), system
            return self._connected[1]

    def _call(self, operation: str, **arguments: Any) -> Any:
        """Ask the store; see `told_as_ours` for what is raised."""
        return patiently(lambda: self._system.call_s3(operation, Bucket=self._bucket, **arguments))

    def _key(self, name: str) -> str:
        """Key of a file in the bucket."""
        return self._prefix + name

    def _head(self, name: str) -> Any:
        """What the store says of a file; FileNotFoundError where it is not there although the bucket is."""
        try:
            return self._call("head_object", Key=self._key(name))
        except FileNotFoundError:
            if time.monotonic() - self._bucket_seen > _LOOK_FOR_BUCKET:  # the answer is the same for both
                try:
                    self._call("head_bucket")
                except FileNotFoundError:
                    raise missing_bucket() from None
                self._bucket_seen = time.monotonic()
            raise FileNotFoundError(name) from None

    def has(self, name: str) -> bool:
        """Whether there is a file of this name, as all who share the store see it now."""
        try:
            self._head(name)
        except FileNotFoundError:
            return False
        return True

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        self.forget(name)
        self._touched.pop(name, None)
        with contextlib.suppress(FileNotFoundError):
            self._call("delete_object", Key=self._key(name))

    def remove_all(self, names: Iterable[str]) -> None:
        """Remove files, as far as they are there, several at a time."""
        with ThreadPoolExecutor(_REMOVED_AT_ONCE) as threads:
            list(threads.map(self.remove, names))

    def listing(self, folder: str = "") -> Iterator[KeptFile]:
        """All files in a folder, or of all folders, with their sizes and ages: a thousand with each question."""
        now = datetime.now(UTC)
        more: dict[str, str] = {}
        while True:
            answer = self._call("list_objects_v2", Prefix=self._key(f"{folder}/" if folder else ""), **more)
            for found in answer.get("Contents", ()):
                age = (now - found["LastModified"]).total_seconds()
                yield KeptFile(found["Key"][len(self._prefix) :], found["Size"], age)
            if not answer.get("IsTruncated"):
                return
            more = {"ContinuationToken": answer["NextContinuationToken"]}

    def age(self, name: str) -> float:
        """Time since a file was put or used [s]; 0 where it is gone meanwhile."""
        try:
            modified = self._head(name)["LastModified"]
        except FileNotFoundError:
            return 0.0
        return float((datetime.now(UTC) - modified).total_seconds())

    def touch(self, name: str) -> None:
        """
        Note that a file is used, so that it is not taken for one that nobody needs: the object becomes its own copy.

        That it could not be noted is no fault: whoever needs a file looks again when it is named.
        """
        if time.monotonic() - self._touched.get(name, float("-inf")) < _TOUCH_EVERY:
            return
        key = self._key(name)
        with contextlib.suppress(OSError):
            about = self._head(name)
            self._call(
                "copy_object",
                Key=key,
                CopySource={"Bucket": self._bucket, "Key": key},
                CopySourceIfMatch=about["ETag"],
                MetadataDirective="REPLACE",
                Metadata=_beside(about["Metadata"].get(_SHA256, "")),
            )
            self._note_touched(name)

    def _note_touched(self, name: str) -> None:
        """Remember that a file is noted as used."""
        if len(self._touched) >= _MOST_TOUCHED:
            self._touched.clear()
        self._touched[name] = time.monotonic()

    def forget(self, name: str) -> None:
        """Forget what this machine kept as a copy of a file, which may be harmed."""
        self._cache.forget(name)

    def _make_room(self) -> None:
        """Remove all copies that are not in use."""
        self._cache.shrink(wholly=True)

    def _keep(self, name: str, prepared: Path) -> None:
        """Send a file, and keep it as a copy."""
        sha256, md5 = _checksums(prepared)
        patiently(
            lambda: self._system.put_file(
                str(prepared),
                f"{self._bucket}/{self._key(name)}",
                chunksize=_PIECE,
                ContentMD5=md5,  # the store refuses what was harmed on its way; pieces are checked by their tags
                Metadata=_beside(sha256),
            )
        )
        self._note_touched(name)
        self._cache.keep(name, prepared)

    def _path(self, name: str) -> Path:
        """Path of a copy, which is brought where there is none."""
        found = self._cache.find(name)
        if found is not None:
            return found
        with self._cache.alone(name):
            found = self._cache.find(name)
            return found if found is not None else self._bring(name)

    def _bring(self, name: str) -> Path:
        """Bring a file as a copy; a harmed one is brought once more and then removed, so that it can be put anew."""
        for _ in range(2):
            with contextlib.suppress(_HarmedError), self._brought(name) as part:
                return self._cache.keep(name, part)
        self.remove(name)
        raise FileNotFoundError(name)

    @contextlib.contextmanager
    def fresh(self, name: str) -> Iterator[Path]:
        """Give a file as the store has it now; it is gone afterwards."""
        try:
            with self._brought(name) as part:
                yield part
        except _HarmedError:
            raise FileNotFoundError(name) from None

    @contextlib.contextmanager
    def _brought(self, name: str) -> Iterator[Path]:
        """Bring a file under a temporary name, and compare it with what was put."""
        about = self._head(name)
        self.refuse_without_room(about["ContentLength"])
        part = self.temporary()
        try:
            patiently(lambda: self._system.get_file(f"{self._bucket}/{self._key(name)}", str(part)))
            kept = about["Metadata"].get(_SHA256, "")
            if part.stat().st_size != about["ContentLength"] or (kept and file_sha256(part) != kept):
                raise _HarmedError(name)
            yield part
        finally:
            part.unlink(missing_ok=True)

    def clear_incoming(self, older_than: float) -> None:
        """Remove what nobody finished: on this machine, and pieces of files in the store."""
        super().clear_incoming(older_than)
        with contextlib.suppress(OSError):  # some stores do not tell of them
            begun = self._call("list_multipart_uploads", Prefix=self._prefix).get("Uploads", ())
            for one in begun:
                if one["Initiated"].timestamp() < older_than:
                    self._call("abort_multipart_upload", Key=one["Key"], UploadId=one["UploadId"])


class _HarmedError(Exception):
    """What came is not what was put."""


def _bucket_and_prefix(url: str) -> tuple[str, str]:
    """Bucket of an address, and what stands before the names of all files in it."""
    parts = urlsplit(url)
    if "@" in parts.netloc or ":" in parts.netloc or parts.query or parts.fragment:
        raise InputError(
            "PALEOBC_FILES_URL is s3://BUCKET/FOLDER and holds no keys; set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY "
            "and AWS_ENDPOINT_URL."
        )
    folders = [folder for folder in parts.path.split("/") if folder]
    if not parts.netloc or ".." in folders:
        raise InputError(f"{url!r} names no bucket; PALEOBC_FILES_URL is s3://BUCKET/FOLDER.")
    return parts.netloc, "".join(f"{folder}/" for folder in folders)


def _checksums(path: Path) -> tuple[str, str]:
    """SHA-256 [hex] and MD5 [base 64] of the bytes of a file."""
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        for piece in pieces_of(file):
            sha256.update(piece)
            md5.update(piece)
    return sha256.hexdigest(), base64.b64encode(md5.digest()).decode()


def _beside(sha256: str) -> dict[str, str]:
    """What is kept beside an object; without its time some stores keep that of the first put."""
    return {_SHA256: sha256, "mtime": f"{time.time():.3f}"}
