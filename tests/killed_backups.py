"""
A process that makes backups in children of its own, each killed before its n-th step; tests talk to it by lines.

It has one thread, so that what it forks is whole; a runner of tests may have several.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from backed_up import back_up
from paleobc.bootstrap import Installation
from paleobc.services.backups import making, snapshot
from paleobc.settings import Settings
from paleobc.store import file_folder
from paleobc.store.file_folder import FileFolder


def killed_at(step: int) -> bool:
    """Whether a backup was killed before it wrote, put, removed or noted something for this time; else it ended."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
        return os.WIFSIGNALED(status)
    code = 1
    try:
        back_up_until(step)
        code = 0
    finally:
        os._exit(code)


def back_up_until(step: int) -> None:
    """Back the installation of the environment up, and be killed at a step."""
    done: list[int] = []

    def counted(work: Callable[..., Any]) -> Callable[..., Any]:
        def either(*arguments: Any, **named: Any) -> Any:
            done.append(1)
            if len(done) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return work(*arguments, **named)

        return either

    file_folder.flush_and_rename = counted(file_folder.flush_and_rename)
    setattr(FileFolder, "remove", counted(FileFolder.remove))  # noqa: B010 - a method
    snapshot.end_backup = counted(snapshot.end_backup)  # type: ignore[attr-defined]
    making.write_tables = counted(making.write_tables)  # type: ignore[attr-defined]
    back_up(Installation(Settings()))


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write("killed\n" if killed_at(int(line)) else "ended\n")
        sys.stdout.flush()
