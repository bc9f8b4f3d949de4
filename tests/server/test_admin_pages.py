"""The pages of the administration: for administrators alone, without script, and what harms is asked for twice."""

from __future__ import annotations

import time

import pytest

from page_reader import Element, read_page, submitted
from paleobc.server.administering import TABS
from paleobc.services.administration import set_user_quota
from paleobc.services.administrators import Shell
from paleobc.services.announcements import announce
from paleobc.store.log_lines import add_log_lines
from paleobc.store.processes import tell
from paleobc.store.runs import add_run
from paleobc.store.tables import Run, utc_now
from servers.s3 import harm
from sites import Browser, Site, routes_of, site

PAGES = [address for address, _ in TABS]


@pytest.fixture
def root(shared) -> Browser:
    return shared.browser(shared.user("root", "admin"))


def shown(browser: Browser, path: str) -> Element:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return read_page(answer.text)


def failed_run(here: Site, **values: object) -> Run:
    """A run of Ada's that failed through no fault of hers."""
    experiment = here.experiment(here.user("ada"), "Eocene <b>40</b>")
    fields = {"step": "routing", "asset": "routing", "fingerprint": "f" * 64, "state": "failed", "attempts": 3}
    sentence = "The worker went away."
    with here.installation.database.writing() as session:
        return add_run(session, experiment.id, **(fields | {"sentence": sentence, "ended": utc_now()} | values))


def act(browser: Browser, page: Element, ending: str) -> str:
    """Send the form of a page whose address ends so; returns where it leads."""
    form = next(form for form in page.all("form") if form.attributes["action"].endswith(ending))
    answer = browser.send_form(form.attributes["action"], **submitted(form))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


@pytest.mark.parametrize("path", PAGES)
def test_every_tab_leads_to_a_page_that_says_where_one_is(root, path):
    page = shown(root, path)
    tabs = page.one("nav", aria_label="Administration")
    assert [link.attributes["href"] for link in tabs.all("a")] == PAGES
    assert tabs.one("a", aria_current="page").attributes["href"] == path
    assert page.one("nav", aria_label="Main").one("a", href="/admin").attributes["aria-current"] in ("page", "true")


def test_others_find_nothing_and_strangers_sign_in_first(shared):
    ada = shared.browser(shared.user("ada"))
    assert "/admin" not in {link.attributes["href"] for link in shown(ada, "/experiments").all("a")}
    routes = [(method, path) for method, path in routes_of(shared.app) if path.startswith("/admin")]
    assert len(routes) > 15
    for method, path in routes:
        address = path.replace("{run_id}", "x").replace("{action}", "retry").replace("{announcement_id}", "x")
        if method == "GET":
            assert ada.get(address).status_code == 404, path
            assert shared.stranger().get(address).headers["location"].startswith("/sign-in"), path
        else:
            assert ada.send_form(address).status_code == 404, path
            assert shared.stranger().post(address).status_code in (303, 401), path


def test_a_form_of_another_page_is_refused(shared, root):
    run = failed_run(shared)
    for path in (f"/admin/runs/{run.id}/retry", "/admin/database/sql", "/admin/database/dump", "/admin/storage/verify"):
        assert root.post(path, data={"csrf": "wrong", "sql": "SELECT 1"}).status_code == 403


def test_no_page_has_a_script_or_style_of_its_own(root):
    for path in PAGES:
        text = root.get(path).text
        assert "style=" not in text
        assert "onclick" not in text
        assert all("src=" in part.partition(">")[0] for part in text.split("<script")[1:])


def test_processes_that_differ_are_red_with_a_sentence(shared, root):
    common = {"kind": "worker", "host": "lab", "concurrency": 2, "load": 0.1, "memory_mb": 1.0, "schema": "0004"}
    common["schema"] = shared.installation.database.schema
    with shared.installation.database.writing() as session:
        tell(session, "lab 1 1", **common, version="1.4")
        tell(session, "lab 2 1", **common, version="1.3", said="<i>said</i>")
    page = shown(root, "/admin/services")
    red = [row.text for row in page.all("tr") if "wrong" in row.attributes.get("class", "")]
    assert len(red) == 1
    assert "the newest is 1.4" in red[0]
    assert "<i>said</i>" in red[0]  # as words
    assert "Something is wrong" in shown(root, "/admin").text


def test_one_run_is_looked_at_and_tried_again_without_script(shared, root):
    run = failed_run(shared)
    queues = shown(root, "/admin/queues")
    assert "Eocene <b>40</b>" in queues.text
    assert queues.one("a", href=f"/admin/run?id={run.id}").text == "routing"
    with shared.installation.database.writing() as session:
        line = {"at": utc_now(), "level": "INFO", "logger": "x", "service": "worker", "process": "p", "run": run.id}
        add_log_lines(session, [{**line, "message": "Step routing begins"}])
    page = shown(root, f"/admin/run?id={run.id}")
    assert "Step routing begins" in page.text
    assert "The worker went away." in page.text
    assert root.get("/admin/run?id=nothing").status_code == 404


def test_what_is_discarded_is_asked_for_twice_and_leaves_the_list_and_a_trace(shared, root):
    run = failed_run(shared)
    page = shown(root, "/admin/queues")
    form = page.one("form", action=f"/admin/runs/{run.id}/discard")
    assert form.is_within("details")  # the button is seen once the first one was pressed
    assert act(root, page, f"{run.id}/discard") == f"/admin/run?id={run.id}&said=acted"
    assert run.id not in root.get("/admin/queues").text
    assert "discard of routing" in shown(root, "/admin").text
    assert root.send_form(f"/admin/runs/{run.id}/cancel").status_code == 409
    assert root.send_form(f"/admin/runs/{run.id}/explode").status_code == 422


@pytest.mark.parametrize(("depths", "words"), [({"science": (7, 3)}, "7"), (None, "nobody listens")])
def test_the_depth_of_the_broker_is_that_of_who_knows_it(shared, root, monkeypatch, depths, words):
    class Pool:
        is_alive = True

        def depths(self) -> dict[str, tuple[int, int]]:
            if depths is None:
                raise ConnectionError("nobody listens")
            return depths

        def wake(self) -> None:
            pass

    monkeypatch.setitem(shared.app.state._state, "pool", Pool())
    assert words in shown(root, "/admin/queues").text


def test_an_account_has_a_quota_and_its_experiments_are_given_away(shared, root):
    carol, dave = shared.user("carol"), shared.user("dave")
    experiment = shared.experiment(carol, "hers")
    assert f"/admin/user?id={carol.id}" in root.get("/admin/users").text
    place = f"/admin/user?id={carol.id}"
    assert root.send_form(f"/users/{carol.id}/quota", quota="12").headers["location"].startswith("/admin/user?")
    assert shown(root, place).one("input", name="quota").attributes["value"] == "12"
    assert root.send_form(f"/users/{carol.id}/quota", quota="much").status_code == 422
    assert root.send_form(f"/users/{carol.id}/quota", quota="").status_code == 303
    assert shown(root, place).one("input", name="quota").attributes["value"] == ""
    refused = root.send_form(f"/users/{carol.id}/transfer", experiment=experiment.id, to="nobody at all")
    assert refused.status_code == 404
    assert "no user called" in refused.text
    given = root.send_form(f"/users/{carol.id}/transfer", experiment=experiment.id, to="dave")
    assert given.status_code == 303
    assert shared.browser(dave).get(f"/experiments/{experiment.id}").status_code == 200
    assert "gave it from carol to dave" in shared.browser(dave).get(f"/experiments/{experiment.id}/activity").text
    assert root.send_form(f"/users/{dave.id}/transfer", experiment="all", to="carol").status_code == 303
    assert shared.browser(carol).get(f"/experiments/{experiment.id}").status_code == 200
    assert root.get("/admin/user?id=nobody").status_code == 404


def test_an_upload_beyond_the_quota_is_refused_in_a_sentence(tmp_path):
    with site(tmp_path, quota_mb=1) as here:
        ada = here.user("ada")
        place = f"/experiments/{here.experiment(ada).id}/assets/relief"
        answer = here.program(ada).put(place, content=b"x" * 1_100_000)
        assert answer.status_code == 409
        assert "1 MB that they may take" in answer.json()["detail"]
        page = here.browser(ada).post(f"{place}/upload?csrf=", files={"file": ("a.nc", b"x" * 1_100_000)})
        assert page.status_code == 403  # without its proof it is not even read
        with here.installation.database.writing() as session:
            set_user_quota(session, Shell("x"), ada.id, 0)
        assert here.program(ada).put(place, content=b"x" * 1_100_000).status_code == 202


def test_a_question_in_sql_is_answered_below_it_and_a_refused_one_stays(root):
    answer = root.send_form("/admin/database/sql", sql="SELECT name, password_hash FROM users WHERE name = 'root'")
    assert answer.status_code in (200, 422)  # PostgreSQL says that nobody may, SQLite shows nothing in its place
    assert "argon2" not in answer.text
    answer = root.send_form("/admin/database/sql", sql="SELECT '<b>' || name AS who FROM users WHERE name = 'root'")
    page = read_page(answer.text)
    assert [cell.text for cell in page.all("td")] == ["<b>root"]
    refused = root.send_form("/admin/database/sql", sql="DELETE FROM users")
    assert refused.status_code == 422
    page = read_page(refused.text)
    assert page.one("textarea").text == "DELETE FROM users"
    assert page.one("p", id="sql-error").text
    assert "DELETE FROM users" in shown(root, "/admin").text  # who asked is noted


def test_a_dump_is_downloaded_and_nothing_is_left_behind(shared, root):
    page = shown(root, "/admin/database")
    form = page.one("form", action="/admin/database/dump")
    answer = root.send_form("/admin/database/dump", **submitted(form))
    assert answer.status_code == 200
    assert answer.content[:6] in (b"SQLite", b"PGDMP\x01")
    assert "paleobc." in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    assert not list(shared.installation.settings.data_folder.rglob("*.part"))


def test_every_table_is_explained_on_the_page(root):
    text = shown(root, "/admin/database").text
    assert "One palaeogeography with its author" in text
    assert "until when the worker holds it" in text


def test_files_are_checked_in_the_background_and_what_is_harmed_is_told(tmp_path):
    with site(tmp_path) as here:
        root, ada = here.browser(here.user("root", "admin")), here.user("ada")
        here.full_experiment(ada)
        (content, *_) = here.installation.files.names("contents")
        harm(here.installation.files, content, b"harmed")
        location = act(root, shown(root, "/admin/storage"), "/verify")
        assert location == "/admin/storage?said=verifying"
        until = time.monotonic() + 20
        while "3 of 3" not in (text := shown(root, "/admin/storage").text):
            assert time.monotonic() < until, text
            time.sleep(0.1)
        assert "2 gone or harmed" in text  # and the upload, which was never there
        page = shown(root, "/admin/storage?files=yes")
        assert "Named and not there: 1" in page.text
        assert act(root, page, "/mend") == "/admin/storage?said=mended"
        assert not here.installation.files.has(content)


def test_lines_of_the_logs_are_filtered_and_paged(shared, root):
    with shared.installation.database.writing() as session:
        line = {"at": utc_now(), "level": "ERROR", "logger": "x", "service": "web", "process": "p"}
        lines = [{**line, "message": f"<i>line {number}", "request": "many"} for number in range(250)]
        add_log_lines(session, lines)
    page = shown(root, "/admin/logs?request=many&level=WARNING")
    assert "<i>line 249" in page.text
    assert "<i>line 49" not in page.text
    older = page.one("a", rel="next").attributes["href"]
    assert "<i>line 49" in shown(root, older).text
    assert "No such line" in shown(root, "/admin/logs?run=none").text
    for wrong in ("level=LOUD", "since=yesterday"):
        assert root.get(f"/admin/logs?{wrong}").status_code == 422
    assert root.get("/admin/logs?since=2020-01-01T00:00").status_code == 200


def test_an_announcement_stands_on_every_page_until_it_is_ended(tmp_path):
    with site(tmp_path) as here:
        root, ada = here.browser(here.user("root", "admin")), here.browser(here.user("ada"))
        answer = root.send_form("/admin/announcements", text="Down on <b>Friday</b>.", level="warning", expires="")
        assert answer.headers["location"] == "/admin/announcements?said=announced"
        for page in (
            here.stranger().get("/sign-in"),
            ada.get("/experiments"),
            ada.get("/nowhere"),
            root.get("/admin/announcements"),
        ):
            banner = read_page(page.text).one("aside", aria_label="Announcements")
            assert banner.text == "Down on <b>Friday</b>."
            assert banner.one("p").attributes["class"] == "announcement announcement-warning"
        assert act(root, shown(root, "/admin/announcements"), "/end") == "/admin/announcements?said=ended"
        assert "Down on" not in ada.get("/experiments").text
        assert root.send_form("/admin/announcements/nothing/end").status_code == 404


def test_an_announcement_that_cannot_stand_keeps_what_was_typed(root):
    answer = root.send_form("/admin/announcements", text="Down.", level="warning", expires="2020-01-01T10:00")
    assert answer.status_code == 422
    page = read_page(answer.text)
    assert page.one("textarea", name="text").text == "Down."
    assert page.one("input", name="expires").attributes["value"] == "2020-01-01T10:00"
    assert "checked" in page.one("input", name="level", value="warning").attributes


def test_what_another_process_announces_is_there_within_seconds(tmp_path, monkeypatch):
    monkeypatch.setattr("paleobc.server.announcing._FRESH", 0.2)
    with site(tmp_path) as here:
        stranger = here.stranger()
        assert "Hello" not in stranger.get("/sign-in").text
        with here.installation.database.writing() as session:
            announce(session, Shell("another process"), "Hello.")
        time.sleep(0.25)
        assert "Hello." in stranger.get("/sign-in").text


def test_the_error_is_that_of_an_address_that_does_not_exist(shared):
    ada = shared.browser(shared.user("ada"))
    answers = [ada.get(path) for path in ("/admin", "/nowhere")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert read_page(answers[0].text).one("main").text == read_page(answers[1].text).one("main").text


def test_a_program_of_an_administrator_asks_for_the_same(shared):
    run = failed_run(shared)
    program, other = shared.program(shared.user("root", "admin")), shared.program(shared.user("ada"))
    assert program.get("/admin/status").json()["state"] == "bad"
    assert {one["queue"] for one in program.get("/admin/queues").json()} >= {"science", "weights"}
    assert isinstance(program.get("/admin/processes").json(), list)
    assert run.id in {one["id"] for one in program.get("/admin/runs", params={"state": "failed"}).json()}
    assert program.get("/admin/runs/one", params={"run": run.id}).json()["sentence"] == "The worker went away."
    assert program.post(f"/admin/runs/{run.id}/discard").json()["put_aside"] == "root"
    assert program.post(f"/admin/runs/{run.id}/explode").status_code == 422
    for path in ("status", "processes", "queues", "runs", f"runs/one?run={run.id}"):
        assert other.get(f"/admin/{path}").status_code == 404
    assert other.post(f"/admin/runs/{run.id}/discard").status_code == 404
