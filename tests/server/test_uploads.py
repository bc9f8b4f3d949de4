"""Files on their way in and out, also abused ones."""

from __future__ import annotations

import hashlib
import socket
import threading
import time

import httpx
import pytest

from paleobc.store.tables import Upload
from sites import site

RELIEF = b"CDF\x01" + bytes(range(256)) * 40


def newest_upload(shared, experiment) -> Upload:
    with shared.installation.database.reading() as session:
        return session.query(Upload).filter_by(experiment_id=experiment.id).order_by(Upload.created.desc()).first()


def test_a_file_is_kept_as_it_came(shared):
    ada = shared.user("ada")
    experiment, program = shared.experiment(ada), shared.program(ada)
    place = f"/experiments/{experiment.id}/assets/relief"
    answer = program.put(place, content=RELIEF, params={"file_name": "eocene.nc"})
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "waiting"
    upload = newest_upload(shared, experiment)
    assert (upload.file_name, upload.bytes) == ("eocene.nc", len(RELIEF))
    assert upload.sha256 == hashlib.sha256(RELIEF).hexdigest()


def test_a_form_brings_the_same_as_a_body(shared):
    ada = shared.user("ada")
    experiment, program = shared.experiment(ada), shared.program(ada)
    place = f"/experiments/{experiment.id}/assets/relief"
    big = RELIEF * 300
    answer = program.post(
        place, data={"note": "x" * 1000}, files={"file": ("eocène.nc", big), "second": ("b.nc", b"x")}
    )
    assert answer.status_code == 202, answer.text
    upload = newest_upload(shared, experiment)
    assert upload.sha256 == hashlib.sha256(big).hexdigest()
    assert upload.file_name.endswith(".nc")


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({"Content-Type": "multipart/form-data"}, b"--x\r\n"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"nonsense"),
        (
            {"Content-Type": "multipart/form-data; boundary=x"},
            b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--",
        ),
        ({"Content-Type": "multipart/form-data; boundary=" + "x" * 3000}, b"--x"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"--x\r\n" + b"A" * 100_000),
    ],
)
def test_a_form_without_a_file_is_refused(shared, headers, content):
    ada = shared.user("ada")
    experiment, program = shared.experiment(ada), shared.program(ada)
    answer = program.post(f"/experiments/{experiment.id}/assets/relief", content=content, headers=headers)
    assert answer.status_code == 422, answer.text
    assert newest_upload(shared, experiment) is None


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "a\x00b.nc", "..", "a" * 900 + ".nc", "c:\\x\\relief.nc", "\r\nX: y", "<b>.nc"],
)
def test_names_of_files_lead_nowhere(shared, name):
    ada = shared.user("ada")
    experiment, program = shared.experiment(ada), shared.program(ada)
    answer = program.put(f"/experiments/{experiment.id}/assets/relief", content=RELIEF, params={"file_name": name})
    assert answer.status_code in (202, 422)
    if answer.status_code == 202:
        kept = newest_upload(shared, experiment).file_name
        assert "/" not in kept
        assert "\\" not in kept
        assert kept.isprintable()
        assert 0 < len(kept.encode()) <= 255
        assert kept not in (".", "..")
    assert not list(shared.installation.settings.data_folder.glob("**/passwd"))


@pytest.mark.parametrize("asset", ["nothing", "routing", "..", "read_relief", "a" * 300])
def test_only_files_that_are_asked_for_are_taken(shared, asset):
    ada = shared.user("ada")
    experiment, program = shared.experiment(ada), shared.program(ada)
    answer = program.put(f"/experiments/{experiment.id}/assets/{asset}", content=RELIEF)
    assert answer.status_code in (404, 405, 409, 422)


def test_an_empty_file_is_refused_or_fails_alone(shared):
    ada = shared.user("ada")
    experiment, program = shared.experiment(ada), shared.program(ada)
    answer = program.put(f"/experiments/{experiment.id}/assets/relief", content=b"")
    assert answer.status_code in (202, 422)


@pytest.mark.parametrize("how", ["said", "not said", "form"])
def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(tmp_path, how):
    with site(tmp_path, upload_mb=1) as here:
        ada = here.user("ada")
        experiment, program = here.experiment(ada), here.program(ada)
        place = f"/experiments/{experiment.id}/assets/relief"
        large = b"x" * 3_000_000
        try:
            if how == "said":
                answer = program.put(place, content=large)
            elif how == "form":
                answer = program.post(place, files={"file": ("a.nc", large)})
            else:
                answer = program.put(place, content=(large[:65536] for _ in range(50)))
            assert answer.status_code in (413, 422)
            assert "larger" in answer.json()["detail"]
        except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
            pass  # the line was cut while we sent
        assert newest_upload(here, experiment) is None
        assert not list(tmp_path.glob("**/*.part"))
        assert here.stranger().get("/health/live").status_code == 200


def test_a_sender_who_goes_away_leaves_nothing(tmp_path):
    with site(tmp_path) as here:
        ada = here.user("ada")
        experiment = here.experiment(ada)
        token = here.program(ada).headers["Authorization"]
        port = int(here.address.rpartition(":")[2])
        line = socket.create_connection(("127.0.0.1", port))
        head = (
            f"PUT /api/v1/experiments/{experiment.id}/assets/relief HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: {token}\r\nContent-Length: 1000000\r\n\r\n"
        )
        line.sendall(head.encode() + b"x" * 200_000)
        time.sleep(0.5)
        line.close()
        until = time.monotonic() + 5
        while list(tmp_path.glob("**/*.part")) and time.monotonic() < until:
            time.sleep(0.05)
        assert not list(tmp_path.glob("**/*.part"))
        assert newest_upload(here, experiment) is None


def test_slow_senders_do_not_hold_up_pages(tmp_path):
    with site(tmp_path) as here:
        ada = here.user("ada")
        experiment, browser = here.experiment(ada), here.browser(ada)
        token = here.program(ada).headers["Authorization"]
        port = int(here.address.rpartition(":")[2])
        head = (
            f"PUT /api/v1/experiments/{experiment.id}/assets/relief HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: {token}\r\nContent-Length: 1000000\r\n\r\nx"
        )
        lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(60)]
        for line in lines:
            line.sendall(head.encode())
        time.sleep(0.5)
        began = time.monotonic()
        assert browser.get("/experiments").status_code == 200
        assert time.monotonic() - began < 10.0  # held up, it would wait until they give up
        for line in lines:
            line.close()


def test_a_download_can_be_taken_up_again(shared, tmp_path, monkeypatch):
    path = tmp_path / "routing.nc"
    path.write_bytes(RELIEF)
    monkeypatch.setattr(
        "paleobc.server.api.files.file_of_revision", lambda *_: (path, "routing.nc", "application/netcdf")
    )
    program = shared.program(shared.user("ada"))
    address = "/experiments/x/assets/routing/file"
    whole = program.get(address)
    assert whole.content == RELIEF
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-disposition"] == 'attachment; filename="routing.nc"'
    rest = program.get(address, headers={"Range": "bytes=4000-", "If-Range": whole.headers["etag"]})
    assert rest.status_code == 206
    assert rest.content == RELIEF[4000:]
    assert program.get(address, headers={"Range": "bytes=999999-"}).status_code == 416
    changed = program.get(address, headers={"Range": "bytes=4000-", "If-Range": '"another"'})
    assert (changed.status_code, changed.content) == (200, RELIEF)
    path.unlink()
    assert program.get(address).status_code == 404


def test_many_can_send_at_the_same_time(shared):
    ada = shared.user("ada")
    experiment, token = shared.experiment(ada), shared.program(ada)
    answers = []

    def send(number: int) -> None:
        with httpx.Client(base_url=token.base_url, headers=token.headers, timeout=60) as client:
            body = RELIEF * 50 + bytes([number])
            answers.append(client.put(f"/experiments/{experiment.id}/assets/relief", content=body).status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [202] * 12
