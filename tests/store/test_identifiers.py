"""Identifiers of what is in the database."""

from __future__ import annotations

import re

from paleobc.store.tables import new_id


def test_an_identifier_can_be_typed_after_a_command_and_stand_in_an_address():
    made = {new_id() for _ in range(2000)}
    assert len(made) == 2000
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{21}", one) for one in made)
