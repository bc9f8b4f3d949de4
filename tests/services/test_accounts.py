"""Who may join, what a password has to be, and what administrators may do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from application import Application
from paleobc.errors import ConflictError, ForbiddenError, InputError, NotFoundError, TooManyTriesError
from paleobc.services.accounts import (
    RateLimit,
    authenticate,
    change_password,
    first_administrator_link,
    make_token,
    register,
    tokens_data,
    user_of_single_sign_on,
)
from paleobc.services.administration import invite_user, set_user_role, set_user_state, users_data
from paleobc.store.tables import SignIn, Token, utc_now
from paleobc.store.users import remove_token, sign_in, signed_in, token_user
from servers.column import kept_bytes

GOOD = "four words that rhyme not"


@pytest.fixture
def app(tmp_path):
    return Application(tmp_path)


@pytest.fixture
def admin(act):
    """The first administrator."""
    link = act(first_administrator_link)
    return act(register, "Ada", GOOD, invitation=link, registration="invitation")


def test_the_first_link_makes_the_administrator_and_works_once(act, admin):
    assert admin.role == "admin"
    assert act(first_administrator_link) is None
    link = act(invite_user, admin)
    assert act(register, "bob", GOOD, invitation=link, registration="closed").role == "user"
    with pytest.raises(ForbiddenError, match="invitation"):
        act(register, "eve", GOOD, invitation=link, registration="open")


@pytest.mark.parametrize(("registration", "allowed"), [("open", True), ("invitation", False), ("closed", False)])
def test_who_has_no_invitation_may_join_only_where_it_is_open(act, admin, registration, allowed):
    if allowed:
        assert act(register, "eve", GOOD, registration=registration).role == "user"
    else:
        with pytest.raises(ForbiddenError):
            act(register, "eve", GOOD, registration=registration)


@pytest.mark.parametrize(
    "password", ["", "short", "password12", "1234567890", "aaaaaaaaaaaa", "qwertyuiop", "x" * 201, "Ada Lovelace"]
)
def test_passwords_that_are_tried_first_are_refused(act, password):
    with pytest.raises(InputError):
        act(register, "Ada Lovelace", password, registration="open")


def test_names_are_one_however_they_are_capitalised(act, admin):
    with pytest.raises(ConflictError, match="taken"):
        act(register, " aDA ", GOOD, registration="open")
    for name in ("", "a", "x" * 61, "a\nb"):
        with pytest.raises(InputError):
            act(register, name, GOOD, registration="open")


def test_only_the_right_password_opens_an_active_account(act, app, admin):
    assert act(authenticate, "ada", GOOD).id == admin.id
    for name, password in (("ada", GOOD + "x"), ("nobody", GOOD), ("ada", "")):
        assert act(authenticate, name, password) is None
    app.user("without")
    assert act(authenticate, "without", "") is None


def test_a_changed_password_signs_out_all_other_browsers(act, app, admin):
    here, there = (act(sign_in, admin, timedelta(days=1)) for _ in range(2))
    with pytest.raises(ForbiddenError, match="present password"):
        act(change_password, admin, "wrong", GOOD)
    act(change_password, admin, GOOD, "five other words that go", keep=here[1].hash)
    assert act(signed_in, here[0])[0].id == admin.id
    assert act(signed_in, there[0]) is None
    assert act(authenticate, "ada", GOOD) is None


def test_secrets_are_kept_as_checksums_only(act, app, admin):
    secret, _ = act(sign_in, admin, timedelta(days=1))
    token = act(make_token, admin, "script", days=1)
    with app.database.reading() as session:
        kept = [row.hash for row in (*session.query(SignIn), *session.query(Token))]
    assert secret not in kept
    assert token not in kept
    content = kept_bytes(app.folder)
    assert secret.encode() not in content
    assert token.encode() not in content


def test_tokens_speak_for_their_user_until_they_expire_or_are_removed(act, app, admin):
    secret = act(make_token, admin, "script", days=1)
    assert act(token_user, secret)[0].id == admin.id
    assert act(token_user, secret, now=utc_now() + timedelta(days=2)) is None
    (data,) = act(tokens_data, admin)
    assert (data["name"], data["used"]) == ("script", None)
    with pytest.raises(NotFoundError):
        act(remove_token, app.user("bob").id, data["id"])
    act(remove_token, admin.id, data["id"])
    assert act(token_user, secret) is None
    for name, days in (("", None), ("x" * 61, None), ("x", 0), ("x", 10**6)):
        with pytest.raises(InputError):
            act(make_token, admin, name, days=days)


def test_single_sign_on_makes_one_account_for_each_person(act, app, admin):
    with pytest.raises(ForbiddenError):
        act(user_of_single_sign_on, "s1", "Ada", may_join=False)
    first = act(user_of_single_sign_on, "s1", "Ada", may_join=True)
    assert first.name == "Ada 2"
    assert act(user_of_single_sign_on, "s1", "renamed", may_join=False).id == first.id
    assert act(user_of_single_sign_on, "s2", "\x00", may_join=True).name == "user"
    act(set_user_state, admin, first.id, active=False)
    with pytest.raises(ForbiddenError, match="disabled"):
        act(user_of_single_sign_on, "s1", "Ada", may_join=True)


def test_administrators_see_disable_and_name_others_and_nobody_else_does(act, app, admin):
    bob = app.user("bob")
    secret, _ = act(sign_in, bob, timedelta(days=1))
    assert [user["name"] for user in act(users_data, admin)] == ["Ada", "bob"]
    for call in (
        lambda: act(users_data, bob),
        lambda: act(invite_user, bob),
        lambda: act(set_user_state, bob, admin.id, active=False),
        lambda: act(set_user_role, bob, bob.id, "admin"),
        lambda: act(set_user_role, admin, "nobody", "admin"),
    ):
        with pytest.raises(NotFoundError):
            call()
    act(set_user_state, admin, bob.id, active=False)
    assert act(signed_in, secret) is None
    for call in (
        lambda: act(set_user_state, admin, admin.id, active=False),
        lambda: act(set_user_role, admin, admin.id, "user"),
    ):
        with pytest.raises(ConflictError, match="administer"):
            call()
    assert act(users_data, admin)[0]["role"] == "admin"
    with pytest.raises(InputError, match="no role"):
        act(set_user_role, admin, bob.id, "god")


def test_guesses_are_slowed_down_and_the_right_one_is_forgiven():
    limit = RateLimit(3, 60.0)
    for second in range(3):
        limit.check("eve", now=float(second))
    with pytest.raises(TooManyTriesError) as refused:
        limit.check("eve", now=10.0)
    assert refused.value.seconds == 50
    limit.check("bob", now=10.0)
    limit.check("eve", now=61.0)
    limit.forget("eve")
    for second in range(3):
        limit.check("eve", now=62.0 + second)
