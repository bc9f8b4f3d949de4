"""A connection to a paleobc that runs elsewhere: its address and token, kept for this user alone."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from email.message import Message
from pathlib import Path
from typing import Any, BinaryIO, Final, Self
from urllib.parse import quote, urlsplit

import httpx

from paleobc.errors import InputError, NotFoundError, PaleobcError

_PATIENCE: Final = httpx.Timeout(30.0, read=120.0)
_PIECE: Final = 1 << 20


@dataclass(frozen=True)
class Account:
    """
    Where to go and who one is there.

    Parameters
    ----------
    address : str
    token : str
    """

    address: str
    token: str

    def keep(self) -> Path:
        """Write it into a file that only its user can read."""
        path = account_file()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(self), file)
        part.replace(path)
        return path

    @classmethod
    def kept(cls) -> Account:
        """
        Read the one that was kept.

        Raises
        ------
        InputError
            Where there is none.
        """
        try:
            found = json.loads(account_file().read_text())
            return cls(str(found["address"]), str(found["token"]))
        except (OSError, ValueError, KeyError, TypeError):
            raise InputError("You are not signed in; first: paleobc remote login ADDRESS") from None


def account_file() -> Path:
    """File that keeps the account."""
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else Path.home() / ".config") / "paleobc" / "remote.json"


def checked_address(address: str) -> str:
    """
    Address of a site, without what follows it.

    Examples
    --------
    >>> checked_address("https://paleobc.example.org/")
    'https://paleobc.example.org'
    """
    parts = urlsplit(address if "://" in address else f"https://{address}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(f"{address} is no address of a site; it looks like https://paleobc.example.org.")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


class Remote:
    """
    A paleobc that runs elsewhere.

    Parameters
    ----------
    account : Account
    """

    def __init__(self, account: Account) -> None:
        headers = {"Accept": "application/json"}
        if account.token:
            headers["Authorization"] = f"Bearer {account.token}"
        self._client = httpx.Client(
            base_url=f"{account.address}/api/v1", headers=headers, timeout=_PATIENCE, follow_redirects=False
        )
        self._address = account.address

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, method: str, path: str, **request: Any) -> Any:
        """
        Ask for something, and return the data of the answer.

        Raises
        ------
        PaleobcError
            With the sentence of the answer.
        """
        try:
            answer = self._client.request(method, path, **request)
        except httpx.HTTPError as error:
            raise self._no_answer(error) from None
        _check(answer)
        return answer.json() if answer.content else None

    def fetch(self, path: str, folder: Path, said: Callable[[int, int | None], object]) -> Path:
        """
        Take home a file; where the line breaks it is taken up again from there.

        Parameters
        ----------
        path : str
        folder : Path
            It is written there under the name that it has.
        said : callable
            Called with the bytes that are there, and how many there will be, None if that is not known.
        """
        handle, name = tempfile.mkstemp(dir=folder, prefix=".paleobc-", suffix=".part")
        part, tag = Path(name), ""
        try:
            with os.fdopen(handle, "wb") as file:
                for patience in (1.0, 2.0, 4.0, 8.0, None):
                    there = {"Range": f"bytes={file.tell()}-", "If-Range": tag} if tag and file.tell() else {}
                    try:
                        with self._client.stream("GET", path, headers=there) as answer:
                            name, tag = _file_name(answer), answer.headers.get("etag", "")
                            _take(answer, file, said)
                        break
                    except httpx.TransportError as error:
                        if patience is None:
                            raise self._no_answer(error) from None
                        time.sleep(patience)
            part.chmod(0o644)
            part.replace(folder / name)
        finally:
            part.unlink(missing_ok=True)
        return folder / name

    def events(self, path: str, after: int) -> Iterator[None]:
        """Wait for what happens: comes back after every message, and ends where the line breaks."""
        patience = httpx.Timeout(30.0, read=30.0)
        try:
            with self._client.stream("GET", path, params={"after": after}, timeout=patience) as answer:
                if answer.is_error:
                    answer.read()
                    _check(answer)
                for line in answer.iter_lines():
                    if line.startswith(("data:", ": here")):
                        yield
        except httpx.HTTPError:
            return

    def experiment(self, name: str) -> dict[str, Any]:
        """
        Experiment of an id or a name.

        Raises
        ------
        InputError
            Where none or several bear the name.
        """
        found = self.ask("GET", "/experiments", params={"search": name, "most": 200})["experiments"]
        same = [one for one in found if one["name"] == name]
        if len(same) > 1:
            ids = ", ".join(one["id"] for one in same)
            raise InputError(f"Several experiments are called {name!r}; give the id of one: {ids}.")
        found = self.ask("GET", f"/experiments/{quote(same[0]['id'] if same else name, safe='')}")
        return dict(found)

    def _no_answer(self, error: httpx.HTTPError) -> InputError:
        return InputError(f"{self._address} does not answer ({type(error).__name__}); is the address right?")


def _take(answer: httpx.Response, file: BinaryIO, said: Callable[[int, int | None], object]) -> None:
    """Write what an answer brings behind what is there, or from the beginning where it is the whole."""
    if answer.is_error:
        answer.read()
        _check(answer)
    if answer.status_code != httpx.codes.PARTIAL_CONTENT:
        file.seek(0)
        file.truncate()
    more = answer.headers.get("content-length")
    whole = file.tell() + int(more) if more else None
    for piece in answer.iter_raw(_PIECE):
        file.write(piece)
        said(file.tell(), whole)


def _file_name(answer: httpx.Response) -> str:
    """Name that an answer gives its file, without folders."""
    found = Message()
    found["Content-Disposition"] = answer.headers.get("content-disposition", "")
    name = Path(str(found.get_filename() or "").replace("\\", "/")).name
    return name if name.strip(".") else "download"


def _check(answer: httpx.Response) -> None:
    """Raise the sentence of an answer that is an error."""
    if answer.is_success:
        return
    try:
        sentence = str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        sentence = f"The answer was {answer.status_code}; is this a paleobc?"
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise NotFoundError(sentence)
    raise PaleobcError(sentence)
