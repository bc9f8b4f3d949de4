"""A real PostgreSQL: one server for all tests of a process, a fresh database for each need."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import socket
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from paleobc.store.database import Database

#: Through it the processes that a test starts find the server of that test: its folder, and its port.
_VARIABLE: Final = "PALEOBC_TEST_POSTGRESQL"
#: PostgreSQL refuses to be run by root; Debian's package makes this user.
_USER: Final = "postgres"
_TEMPLATE: Final = "migrated"
#: What is written need not outlive this machine, only the server: nothing waits for the disk.
_QUICK: Final = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


class PostgreSQL:
    """
    A server of PostgreSQL with a folder of its own; not yet started.

    Parameters
    ----------
    folder : Path
        Where its data are; one that the user of the server may enter.
    port : int, optional
        A free one where none is given.
    options : str
        More of the server's own options.
    """

    def __init__(self, folder: Path, port: int = 0, options: str = _QUICK) -> None:
        self.folder, self.port, self.options = folder, port or free_port(), options

    def make(self) -> None:
        """Make its folder of data."""
        self._call("initdb", "-U", "app", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")

    def start(self) -> None:
        """Start, and wait until it can be used."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        options += f" -c max_connections=300 -c log_min_messages=panic {self.options}"
        self._call("pg_ctl", "-w", "-t", "60", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self, how: str = "fast") -> None:
        """Stop: "fast" ends what is going on, "immediate" breaks off as a machine does that loses its power."""
        self._call("pg_ctl", "-w", "-t", "60", "-m", how, "stop")

    def address(self, name: str) -> str:
        """Address of one of its databases."""
        return f"postgresql+psycopg://app@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database as a copy of another one, which nobody uses; returns its address."""
        self.command(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return self.address(name)

    def has(self, name: str) -> bool:
        """Whether there is a database of this name."""
        return bool(self.command(sql.SQL("SELECT 1 FROM pg_database WHERE datname = {}").format(name)))

    def drop(self, name: str) -> None:
        """Remove a database, and end whoever uses it."""
        self.command(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def dump(self, name: str) -> bytes:
        """All that a database holds."""
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "app"]
        return subprocess.run([programs() / "pg_dump", *where, name], capture_output=True, check=True).stdout

    def command(self, query: sql.Composed | sql.SQL, name: str = "postgres") -> list[tuple[object, ...]]:
        """Carry out one command in a database; returns the rows that it gives."""
        with psycopg.connect(f"host=127.0.0.1 port={self.port} user=app dbname={name}", autocommit=True) as connection:
            found = connection.execute(query)
            return found.fetchall() if found.description else []

    def _call(self, program: str, *arguments: str) -> None:
        """Run one of its programs on its folder."""
        who = {"user": _USER, "group": _USER, "extra_groups": []} if os.geteuid() == 0 else {}
        command = [str(programs() / program), "-D", str(self.folder / "data"), *arguments]
        with (self.folder / "said").open("ab") as said:  # a pipe would be held by the server as long as it lives
            done = subprocess.run(command, stdout=said, stderr=said, cwd=self.folder, check=False, timeout=90, **who)
        assert done.returncode == 0, (self.folder / "said").read_text(encoding="utf-8")[-2000:]


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@cache
def programs() -> Path:
    """Folder of the programs of PostgreSQL: where the shell finds them, or where Debian keeps its newest."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if found:
        return max(found, key=lambda path: [int(digits) for digits in re.findall(r"\d+", path.parent.name)])
    shell = shutil.which("initdb")
    assert shell is not None, "PostgreSQL is not installed: its Debian package is `postgresql`"
    return Path(shell).resolve().parent


def new_server(options: str = _QUICK) -> PostgreSQL:
    """A server in a folder of its own, started; whoever asks for it ends it with `remove`."""
    folder = Path(tempfile.mkdtemp(prefix="paleobc-postgresql-"))
    if os.geteuid() == 0:
        shutil.chown(folder, _USER, _USER)
    server = PostgreSQL(folder, options=options)
    server.make()
    server.start()
    return server


def remove(server: PostgreSQL) -> None:
    """Stop a server and remove its folder."""
    if (server.folder / "data" / "postmaster.pid").exists():
        server.stop("immediate")
    shutil.rmtree(server.folder, ignore_errors=True)


@cache
def postgresql() -> PostgreSQL:
    """The server of all tests, started when it is first needed; also for the processes that a test starts."""
    if known := os.environ.get(_VARIABLE):
        folder, port = known.rsplit(":", 1)
        return PostgreSQL(Path(folder), int(port))
    server, owner = new_server(), os.getpid()
    atexit.register(lambda: remove(server) if os.getpid() == owner else None)
    os.environ[_VARIABLE] = f"{server.folder}:{server.port}"
    database = Database(server.create(_TEMPLATE))
    database.migrate()
    database.close()
    return server


def migrated(name: str) -> str:
    """Address of the database of this name, with the schema of this version, made where it is not there."""
    server = postgresql()
    return server.address(name) if server.has(name) else server.create(name, _TEMPLATE)
