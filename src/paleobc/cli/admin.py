"""`paleobc admin`: what keeps an installation well, in the shell of its server."""

from __future__ import annotations

from typing import ClassVar

import typer

from paleobc.cli.late_commands import Late, LateGroup


class _Commands(LateGroup):
    """All commands of administration in the order of the help; a new one is one line here."""

    late: ClassVar = {
        "status": Late(
            "paleobc.cli.admin_state:status",
            "Tell how the installation is; exit code 1 where something is wrong.",
            needs="server",
        ),
        "processes": Late(
            "paleobc.cli.admin_state:processes", "List the processes that serve pages or perform runs.", needs="server"
        ),
        "queues": Late(
            "paleobc.cli.admin_runs:queues", "Tell for each queue how many runs wait, and for how long.", needs="server"
        ),
        "runs": Late(
            "paleobc.cli.admin_runs:app", "List the runs that wait, run or failed, and mend one.", needs="server"
        ),
        "users": Late("paleobc.cli.admin_users:app", "List the accounts, and change one.", needs="server"),
        "storage": Late(
            "paleobc.cli.admin_storage:storage",
            "Tell whose files take how much, and what nothing names.",
            needs="server",
        ),
        "verify": Late(
            "paleobc.cli.admin_storage:verify",
            "Compare all files with their checksums; exit code 3 where one is gone or harmed.",
            needs="server",
        ),
        "backup": Late(
            "paleobc.cli.backups:backup", "Back the installation up while it works, once or for ever.", needs="server"
        ),
        "backups": Late(
            "paleobc.cli.backups:backups",
            "List the backups that can be restored, and those that failed.",
            needs="server",
        ),
        "restore": Late(
            "paleobc.cli.backups:restore", "Make an empty installation what a backup holds.", needs="server"
        ),
        "announce": Late("paleobc.cli.admin_announce:app", "Announce something on every page.", needs="server"),
        "sql": Late(
            "paleobc.cli.admin_database:sql",
            "Ask the database one question in SQL that changes nothing.",
            needs="server",
        ),
        "dump": Late(
            "paleobc.cli.admin_database:dump",
            "Write a copy of the database into a file while others work.",
            needs="server",
        ),
        "migrate": Late(
            "paleobc.cli.admin_database:migrate", "Bring the database to the schema of this version.", needs="server"
        ),
        "logs": Late(
            "paleobc.cli.admin_state:logs", "Show lines of the logs of all processes, the newest last.", needs="server"
        ),
    }


app = typer.Typer(cls=_Commands, no_args_is_help=True, help="Keep an installation well.")


@app.callback()
def admin() -> None:
    """Keep an installation well."""
