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
#: What some servers answer to a request with an old signature instead of a code of its own.
_OLD_SIGNATURE: Final = "difference between the request time and the server's time"
_SKEWED: Final = "RequestTimeTooSkewed"
_REASONS: Final = {
    "NoSuchBucket": "there is no such bucket; make it, or correct PALEOBC_FILES_URL",
    "400": "the object store does not understand the request; look at AWS_ENDPOINT_URL, and at the clock",
    "InvalidBucketName": "this cannot be the name of a bucket; correct PALEOBC_FILES_URL",
    _SKEWED: "the clock of this machine differs too much from that of the object store; set it right",
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
#: A new signature may help; a refusal without words, as that of a HEAD, does not say whether.
_SIGNED_ANEW: Final = (_SKEWED, "400", "403")
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
        reason, kind = _reason(error, code)
        raise FilesFaultError(kind, reason) from error


def patiently(ask: Callable[[], _Value]) -> _Value:
    """
    Ask an object store, and once more where what goes wrong may pass; see `told_as_ours` for what is raised.

    A machine that slept between signing and sending sends an old signature: it signs anew, once, however long it slept.
    """
    until = time.monotonic() + PATIENCE
    signed_anew = False
    while True:
        try:
            with told_as_ours():
                return ask()
        except FilesFaultError as fault:
            slept = fault.errno == errno.ETIME and not signed_anew
            if not slept and (fault.errno != errno.EAGAIN or time.monotonic() > until):
                raise
            signed_anew = signed_anew or slept
        time.sleep(_TRY_EVERY)


def missing_bucket() -> FilesFaultError:
    """Make the error of a bucket that is not there."""
    return FilesFaultError(errno.EIO, _REASONS["NoSuchBucket"])


def _code(error: BaseException) -> str:
    """Code with which an object store answered; empty where it did not."""
    answer = getattr(error if isinstance(error, ClientError) else error.__cause__, "response", None) or {}
    told = answer.get("Error", {})
    return _SKEWED if _OLD_SIGNATURE in str(told.get("Message", "")) else str(told.get("Code", ""))


def _reason(error: BaseException, code: str) -> tuple[str, int]:
    """What is wrong and what to look at; EAGAIN where it may pass by itself, ETIME where a new signature may help."""
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return _NO_KEYS, errno.EIO
    if isinstance(error, NotConnectedError | HTTPClientError):
        return _NO_ANSWER, errno.EAGAIN
    if code:
        kind = errno.ETIME if code in _SIGNED_ANEW else errno.EAGAIN if code in _PASSING else errno.EIO
        return _REASONS.get(code, f"the object store answers with an error ({code})"), kind
    kind = errno.EAGAIN if isinstance(error, S3_RETRYABLE_ERRORS) else errno.EIO
    return f"the object store was not understood ({type(error).__name__})", kind
