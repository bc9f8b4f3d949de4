"""A forgotten password is replaced by its owner, with a link that an administrator makes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from application import Application
from paleobc.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from paleobc.services.accounts import authenticate, change_password, hash_password
from paleobc.services.administration import set_user_state
from paleobc.services.forgotten_passwords import (
    PASSWORD_LINK_LASTS,
    account_activity,
    link_for_user,
    link_from_shell,
    replace_password,
    user_to_replace,
)
from paleobc.store.password_links import use_password_link, user_of_password_link
from paleobc.store.tables import utc_now
from paleobc.store.users import add_user, sign_in, signed_in
from servers.column import kept_bytes

OLD, NEW = "four words that rhyme not", "five other words that go"


@pytest.fixture
def app(tmp_path):
    return Application(tmp_path)


@pytest.fixture
def admin(act):
    return act(add_user, "root", password_hash=hash_password(OLD), role="admin")


@pytest.fixture
def ada(act):
    return act(add_user, "ada", password_hash=hash_password(OLD))


def test_the_owner_chooses_a_new_password_once(act, admin, ada):
    secret = act(link_for_user, admin, ada.id)
    assert act(authenticate, "ada", OLD).id == ada.id  # good until the link is used
    assert act(user_to_replace, secret).id == ada.id
    assert act(replace_password, secret, NEW).id == ada.id
    assert act(authenticate, "ada", OLD) is None
    assert act(authenticate, "ada", NEW).id == ada.id
    with pytest.raises(ForbiddenError, match="used already"):
        act(replace_password, secret, "six quite different words instead")
    with pytest.raises(ConflictError):
        act(use_password_link, secret)


def test_all_browsers_are_signed_out_and_those_of_others_are_not(act, admin, ada):
    hers, his = act(sign_in, ada, timedelta(days=1))[0], act(sign_in, admin, timedelta(days=1))[0]
    secret = act(link_for_user, admin, ada.id)
    assert act(signed_in, hers) is not None
    act(replace_password, secret, NEW)
    assert act(signed_in, hers) is None
    assert act(signed_in, his) is not None


def test_the_owner_is_told_who_made_a_link_and_that_it_was_used(act, admin, ada):
    act(replace_password, act(link_for_user, admin, ada.id), NEW)
    act(link_from_shell, " ADA ")
    act(change_password, ada, NEW, OLD)
    found = [(one["kind"], one["by"]) for one in act(account_activity, ada)]
    assert found == [
        ("password_changed", None),
        ("password_link", None),
        ("password_replaced", None),
        ("password_link", "root"),
    ]
    assert act(account_activity, admin) == []


def test_a_weak_password_is_refused_and_the_link_stays_good(act, admin, ada):
    secret = act(link_for_user, admin, ada.id)
    with pytest.raises(InputError):
        act(replace_password, secret, "1234567890")
    act(replace_password, secret, NEW)


def test_a_link_is_good_for_two_days_and_only_the_newest_one(act, admin, ada):
    first = act(link_for_user, admin, ada.id)
    second = act(link_for_user, admin, ada.id)
    with pytest.raises(ForbiddenError):
        act(replace_password, first, NEW)
    assert timedelta(days=2) == PASSWORD_LINK_LASTS
    almost, later = (utc_now() + PASSWORD_LINK_LASTS + timedelta(seconds=seconds) for seconds in (-60, 60))
    assert act(user_of_password_link, second, now=almost).id == ada.id
    assert act(user_of_password_link, second, now=later) is None


@pytest.mark.parametrize("secret", ["", "x", "x" * 1000])
def test_a_secret_that_was_never_made_opens_nothing(act, ada, secret):
    with pytest.raises(ForbiddenError, match="administrator"):
        act(replace_password, secret, NEW)


def test_only_administrators_make_links(act, admin, ada):
    for user, user_id in ((ada, admin.id), (ada, ada.id), (admin, "nobody")):
        with pytest.raises(NotFoundError):
            act(link_for_user, user, user_id)


def test_an_account_without_a_password_and_a_disabled_one_get_no_link(act, app, admin, ada):
    grace = app.user("grace", oidc_subject="s1")
    with pytest.raises(ConflictError, match="laboratory's account"):
        act(link_for_user, admin, grace.id)
    secret = act(link_for_user, admin, ada.id)
    act(set_user_state, admin, ada.id, active=False)
    with pytest.raises(ConflictError, match="disabled"):
        act(link_for_user, admin, ada.id)
    with pytest.raises(ForbiddenError):
        act(replace_password, secret, NEW)


def test_from_the_shell_a_name_that_is_unknown_is_answered_with_who_administers(act, admin):
    with pytest.raises(NotFoundError, match=r"'rot'\. Administrators are: root\."):
        act(link_from_shell, "rot")


def test_the_link_is_kept_as_a_checksum_only(act, app, admin, ada):
    secret = act(link_for_user, admin, ada.id)
    kept = kept_bytes(app.folder)
    assert secret.encode() not in kept
