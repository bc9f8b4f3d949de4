"""What an object store refuses is told in our words, and asked for again where that helps."""

from __future__ import annotations

import uuid
from datetime import timedelta

import botocore.auth
import pytest
from botocore.compat import get_current_datetime
from botocore.exceptions import ClientError

from paleobc.errors import NoRoomError
from paleobc.store.files import FilesFaultError
from paleobc.store.object_faults import told_as_ours
from paleobc.store.object_store import ObjectStore
from servers.s3 import s3_settings


@pytest.fixture
def url():
    return s3_settings(uuid.uuid4().hex)["files_url"]


@pytest.fixture
def store(url, tmp_path):
    return ObjectStore(url, tmp_path / "here")


def put(files, name, content):
    prepared = files.temporary()
    prepared.write_bytes(content)
    files.put(name, prepared)


@pytest.mark.parametrize("asked", ["put", "bring", "has"])
def test_a_request_of_a_machine_that_slept_after_signing_it_is_signed_anew(store, url, tmp_path, monkeypatch, asked):
    put(store, "there", b"123")
    slow = ObjectStore(url, tmp_path / "slow")
    signings = _sign_as_if_it_were_earlier(monkeypatch, [3600.0])
    if asked == "put":
        put(slow, "new", b"4567")
        assert store.path("new").read_bytes() == b"4567"
    elif asked == "bring":
        assert slow.path("there").read_bytes() == b"123"
    else:
        assert slow.has("there")
    assert len(signings) >= 2


def test_a_machine_with_a_wrong_clock_is_told_so(store, monkeypatch):
    signings = _sign_as_if_it_were_earlier(monkeypatch, [3600.0] * 9)
    with pytest.raises(FilesFaultError, match="the clock"):
        put(store, "a", b"123")
    assert len(signings) < 9


def _sign_as_if_it_were_earlier(monkeypatch, earlier):
    """Let each of the next requests be signed so many seconds ago, and those after them now; what was signed."""
    signed = []

    def signing_time():
        back = earlier[len(signed)] if len(signed) < len(earlier) else 0.0
        signed.append(back)
        return get_current_datetime() - timedelta(seconds=back)

    monkeypatch.setattr(botocore.auth, "get_current_datetime", signing_time)
    return signed


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        ("QuotaExceeded", NoRoomError, "The object store is full; ask its administrator"),
        ("XMinioStorageFull", NoRoomError, "The object store is full"),
        ("SlowDown", FilesFaultError, r"answers with an error \(SlowDown\)"),
        ("RequestTimeTooSkewed", FilesFaultError, "the clock of this machine"),
        ("NoSuchKey", FileNotFoundError, "no such object"),
    ],
)
def test_what_an_object_store_answers_is_told_in_our_words(code, error, words):
    answered = ClientError({"Error": {"Code": code, "Message": "secret"}}, "PutObject")
    translated = FileNotFoundError() if error is FileNotFoundError else OSError(5, "secret")
    translated.__cause__ = answered
    with pytest.raises(error, match=words), told_as_ours():
        raise translated
