"""All tables of the database together, as the migrations and the backup need them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import MetaData

from paleobc.store.draft_tables import Draft
from paleobc.store.operation_tables import Process
from paleobc.store.tables import User

#: What is declared in the modules above: one collection, as all of them derive from one class.
ALL_TABLES: Final[MetaData] = User.metadata
_MODULES: Final = (Draft, Process)
