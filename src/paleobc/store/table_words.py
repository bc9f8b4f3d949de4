"""The tables and columns in words, for whoever asks the database questions."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Final

from paleobc.store.all_tables import ALL_TABLES
from paleobc.store.sql_limits import SCHEMA_TABLE
from paleobc.store.tables import Table

#: Columns that say the same in every table, unless they are explained for one.
_COLUMNS: Final[Mapping[str, str]] = {
    "id": "name of the row, which nobody can guess",
    "user_id": "whose it is: id in users",
    "experiment_id": "of which experiment: id in experiments",
    "asset": "kind of file: relief, routing, ...",
    "created": "when it was made, UTC",
    "changed": "when it was changed last, UTC",
    "expires": "until when it is of use, UTC",
    "made_by": "who made it: id in users",
    "bytes": "size of its files [bytes]",
    "fingerprint": "checksum of all that a result depends on: step, version, options, what it read",
    "step": "step that makes it",
    "options": "options that differ from the defaults, as JSON",
    "inputs": "content of each asset that it reads, as JSON",
    "reason": "why it was made, in words",
    "data": "more about it, as JSON",
    "state": "how it stands, in a word",
    "started": "when it began, UTC",
    "ended": "when it ended, UTC",
    "hash": "checksum of a secret; read by nobody",
    "kind": "what it is, in a word",
    "gateways": "passages that have to be open or closed, as JSON",
    "sentence": "what went wrong, for people",
    "name": "what people call it",
}
_OF_TABLES: Final[Mapping[str, str]] = {
    "users.name": "as the person typed it",
    "users.name_key": "folded name, by which it is found",
    "users.password_hash": "Argon2 checksum of the password; read by nobody; none: single sign-on",
    "users.role": "user, or admin",
    "users.state": "active, or disabled",
    "users.oidc_subject": "who it is at the single sign-on",
    "users.quota_mb": "most that the files of their experiments may take [MB]; 0: no limit; none: as the settings say",
    "sign_ins.csrf": "proof that a form is ours; read by nobody",
    "sign_ins.seen": "when it was used last, UTC",
    "tokens.used": "when it was used last, UTC",
    "invitations.role": "of the account that is made with it",
    "invitations.used_by": "whose account was made with it: id in users",
    "experiments.owner_id": "whose it is: id in users",
    "experiments.author": "of the palaeogeography",
    "experiments.reference": "publication or DOI",
    "experiments.age": "age [million years]",
    "experiments.hypothesis": "what it assumes",
    "experiments.deleted": "since when it is in the bin, UTC; none: it is not",
    "shares.user_id": "with whom it is shared: id in users",
    "shares.may_change": "whether they may change it",
    "uploads.file_name": "as the user calls it",
    "uploads.sha256": "checksum of its bytes, and name of its file in uploads/",
    "uploads.given_by": "who gave it: id in users",
    "revisions.number": "counts the revisions of an asset of an experiment",
    "revisions.content": "checksum of what it says, and name of its file in contents/, or bundles/; empty: taken away",
    "revisions.is_lost": "whether its file was found gone or harmed",
    "revisions.run_number": "number of the run that made it, or of the newest before it",
    "revisions.step_version": "version of the step",
    "revisions.source": "where an uploaded file comes from, and what was assumed of it, as JSON",
    "revisions.seconds": "time that it took [s]",
    "runs.number": "counts the runs of an experiment in the order in which they were asked for",
    "runs.state": "waiting, running, done, failed, cancelled (by somebody) or withdrawn (nobody needed it any more)",
    "runs.is_input_fault": "whether trying again without changing the input cannot help",
    "runs.log": "what it said",
    "runs.progress": "how far it is, 0 to 1",
    "runs.attempts": "how often it was begun",
    "runs.faults": "how often its own process died of it",
    "runs.priority": "larger ones begin first",
    "runs.queue": "kind of work: which workers take it",
    "runs.claim": "proof with which alone its worker can keep the result",
    "runs.lease_until": "until when the worker holds it, UTC; then it is given to another one",
    "runs.worker": "process that performs it: machine, number and start",
    "runs.asked_by": "for whom it runs: id in users",
    "runs.peak_mb": "most memory that it took [MB]",
    "events.id": "number, in the order in which things happened",
    "events.user_id": "who did it: id in users",
    "pft_templates.bands": "the table, as JSON",
    "drafts.asset": "which map",
    "drafts.field": "which variable, at which index; empty where there is one only",
    "drafts.number": "counts the journals of a field",
    "drafts.start": "position before its first entry",
    "drafts.base": "content of the map on which it is made",
    "drafts.grid": "grid of the map, in words",
    "drafts.quantity": "what is edited: height or depth",
    "drafts.note": "what is said of it, as JSON",
    "drafts.closed": "when it was ended, UTC",
    "draft_entries.draft_id": "of which draft: id in drafts",
    "draft_entries.position": "place in the journal",
    "draft_entries.key": "name that the page gave it, so that it counts once",
    "draft_entries.number": "number of the edit",
    "draft_entries.who": "name of who did it",
    "draft_entries.made": "when, as text",
    "draft_entries.edit": "the edit and its result, packed",
    "processes.id": "machine, number and start of the process",
    "processes.kind": "web, or worker",
    "processes.host": "machine or container",
    "processes.version": "version of paleobc",
    "processes.commit": "commit of its image",
    "processes.schema": "schema of the database that it was built for",
    "processes.queues": "queues from which it takes runs, as JSON",
    "processes.concurrency": "runs that it performs at the same time",
    "processes.running": "runs that it performs now",
    "processes.load": "processes of its machine that compute, for each processor",
    "processes.memory_mb": "memory of it and its children [MB]",
    "processes.said": "a sentence for people",
    "processes.seen": "when it told of itself last, UTC",
    "announcements.text": "what stands on every page",
    "announcements.level": "info, or warning",
    "backups.target": "where it is kept",
    "backups.state": "running, good (written and read again) or failed",
    "backups.files": "files in it",
    "backups.new_files": "files that the backup before did not have",
    "backups.sentence": "what went wrong",
    "log_lines.id": "number, in the order of writing",
    "log_lines.at": "when, UTC",
    "log_lines.process": "which process: id in processes",
    "log_lines.service": "web, or worker",
    "log_lines.level": "DEBUG, INFO, WARNING or ERROR",
    "log_lines.logger": "part of the program that said it",
    "log_lines.message": "what it said",
    "log_lines.request": "number of the request to which it belongs",
    "log_lines.run": "run to which it belongs: id in runs",
    "imported.source": "installation of the earlier tool: checksum of its address",
    "imported.old_id": "number there",
    "imported.new_id": "id here",
    f"{SCHEMA_TABLE}.version_num": "name of the schema",
}  # fmt: skip
_SCHEMA_WORDS: Final = "Which schema the database has; written by the migrations."


def tables_in_words() -> dict[str, str]:
    """What each table holds: the first sentence of its declaration."""
    declared = {mapper.local_table.name: mapper.class_ for mapper in Table.registry.mappers}  # type: ignore[attr-defined]
    return {
        **{table.name: _first_sentence(declared[table.name]) for table in ALL_TABLES.sorted_tables},
        SCHEMA_TABLE: _SCHEMA_WORDS,
    }


def columns_in_words() -> dict[str, dict[str, str]]:
    """What each column of each table holds."""
    columns = {table.name: [column.name for column in table.columns] for table in ALL_TABLES.sorted_tables}
    columns[SCHEMA_TABLE] = ["version_num"]
    return {table: {name: _words(table, name) for name in names} for table, names in columns.items()}


def _words(table: str, column: str) -> str:
    return _OF_TABLES.get(f"{table}.{column}") or _COLUMNS.get(column, "")


def _first_sentence(declared: type[Table]) -> str:
    """First paragraph of a docstring, in one line and without marks of code."""
    first = inspect.cleandoc(declared.__doc__ or "").partition("\n\n")[0]
    return " ".join(first.replace("``", "").split())
