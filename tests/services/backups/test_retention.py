"""The newest backups stay whole, and nothing is kept that none of them needs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from backed_up import back_up, bring
from paleobc.services.backups import retention
from paleobc.services.backups.every import seconds_left
from paleobc.services.backups.manifest import all_snapshots
from paleobc.services.backups.place import backup_place
from paleobc.services.backups.retention import outdated, thin_out
from paleobc.store.tables import Upload

TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1))
NAMES = st.lists(TIMES.map("{:%Y%m%dT%H%M%S000}-0a1".format), unique=True)


@given(NAMES, st.integers(1, 20))
def test_the_newest_stay_and_all_others_go_oldest_first(names, keep):
    gone = outdated(names, keep)
    stay = set(names) - set(gone)
    assert len(stay) == min(keep, len(names))
    assert gone == sorted(gone)
    assert not gone or max(gone) < min(stay)


@given(NAMES, st.integers(1, 20), st.integers(1, 20))
def test_thinning_out_twice_is_thinning_out_to_the_fewer(names, first, second):
    left = [name for name in names if name not in outdated(names, first)]
    left = [name for name in left if name not in outdated(left, second)]
    assert set(left) == set(names) - set(outdated(names, min(first, second)))


@given(st.datetimes(timezones=st.just(UTC)), st.integers(1, 1000), st.integers(-(10**6), 10**6))
def test_a_backup_is_due_when_its_hours_are_over_whatever_the_clock_did(now, hours, ago):
    now = max(min(now, datetime(9000, 1, 1, tzinfo=UTC)), datetime(100, 1, 1, tzinfo=UTC))
    left = seconds_left(now - timedelta(seconds=ago), hours, now)
    assert 0.0 <= left <= 3600.0 * hours
    assert (left == 0.0) == (ago >= 3600 * hours)


def test_files_that_no_backup_needs_are_removed_with_the_last_one_that_did(app, monkeypatch, column, place):
    monkeypatch.setattr(retention, "LEFT_ALONE", -60.0)
    settings = app.installation.settings
    here = backup_place(settings)
    app.add_upload(b"for one backup only")
    first = back_up(app.installation)
    with app.database.writing() as session:
        session.execute(delete(Upload))
    second = back_up(app.installation)
    assert (first.files, second.files) == (4, 2)
    assert thin_out(here, 2, left_alone=-60.0) == (0, [])
    assert thin_out(here, 1) == (0, [])
    assert [one.id for one in all_snapshots(here).whole] == [second.id]
    assert thin_out(here, 1, left_alone=-60.0) == (2, [])
    assert bring(column("embedded", place)).files == 2
