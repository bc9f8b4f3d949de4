"""What an object store raises, as errors of ours that say what to look at."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from botocore.exceptions import (  # type: ignore[import-untyped]
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from botocore.exceptions import ConnectionError as NotConnectedError
from s3fs.core import S3_RETRYABLE_ERRORS  # type: ignore[import-untyped]

from paleobc.errors import NoRoomError
from paleobc.store.files import FilesFaultError, is_full

_Value = TypeVar("_Value")
_FAULTS: Final = (OSError, BotoCoreError, ClientError, *S3_RETRYABLE_ERRORS)
_NO_ROOM: Final = ("QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "InsufficientStorage", "507")
_REASONS: Final = {
    "NoSuchBucket": "there is no such bucket; make it, or correct PALEOBC_FILES_URL",
    "InvalidBucketName": "this cannot be the name of a bucket; correct PALEOBC_FILES_URL",
    "RequestTimeTooSkewed": "the clock of this machine differs too much from that of the object store; set it right",
    **dict.fromkeys(
        ("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "AuthorizationHeaderMalformed"),
        "the object store does not accept the keys; look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    ),
    **dict.fromkeys(
        ("AccessDenied", "AllAccessDisabled", "403"),
        "the object store does not allow this; look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and at what they "
        "may do: list, get, put and delete",
    ),
}
#: What a server answers that is busy, ends or begins.
_PASSING: Final = (
    *("InternalError", "ServiceUnavailable", "SlowDown", "RequestTimeout", "OperationAborted", "IncompleteBody"),
    *("500", "502", "503", "504"),
)
#: For so long it is tried again where a server is away for a moment, and how often [s].
PATIENCE: Final = 6.0
_TRY_EVERY: Final = 0.3
_NO_KEYS: Final = "no keys are given for the object store; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
_NO_ANSWER: Final = "the object store does not answer; look whether it runs, and at AWS_ENDPOINT_URL"


@contextmanager
def told_as_ours() -> Iterator[None]:
    """
    Tell what goes wrong at an object store as errors of ours.

    Raises
    ------
    FileNotFoundError
        Where there is no object of that name.
    NoRoomError
        Where the store, or the disk of this machine, is full.
    FilesFaultError
        Where it cannot be used just now.
    """
    try:
        yield
    except _FAULTS as error:
        code = _code(error)
        if isinstance(error, FileNotFoundError) and code != "NoSuchBucket":
            raise FileNotFoundError(errno.ENOENT, "There is no such object") from None
        if is_full(error):
            raise
        if code in _NO_ROOM:
            words = "The object store is full; ask its administrator to make room, then try again."
            raise NoRoomError(words) from None
        reason, passes = _reason(error, code)
        raise FilesFaultError(errno.EAGAIN if passes else errno.EIO, reason) from error


def patiently(ask: Callable[[], _Value]) -> _Value:
    """Ask an object store, and once more where what goes wrong may pass; see `told_as_ours` for what is raised."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with told_as_ours():
                return ask()
        except FilesFaultError as fault:
            if fault.errno != errno.EAGAIN or time.monotonic() > until:
                raise
        time.sleep(_TRY_EVERY)


def missing_bucket() -> FilesFaultError:
    """Make the error of a bucket that is not there."""
    return FilesFaultError(errno.EIO, _REASONS["NoSuchBucket"])


def _code(error: BaseException) -> str:
    """Code with which an object store answered; empty where it did not."""
    answer = getattr(error if isinstance(error, ClientError) else error.__cause__, "response", None) or {}
    return str(answer.get("Error", {}).get("Code", ""))


def _reason(error: BaseException, code: str) -> tuple[str, bool]:
    """What is wrong and what to look at, and whether it may pass by itself."""
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return _NO_KEYS, False
    if isinstance(error, NotConnectedError | HTTPClientError):
        return _NO_ANSWER, True
    if code:
        return _REASONS.get(code, f"the object store answers with an error ({code})"), code in _PASSING
    return f"the object store was not understood ({type(error).__name__})", isinstance(error, S3_RETRYABLE_ERRORS)
