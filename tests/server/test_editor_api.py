"""The map editor over the wire: who may ask what, one truth for all who draw, and what becomes of a saved draft."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from application import COARSE
from paleobc.formats.packed_arrays import unpack
from paleobc.services.experiments import set_options
from paleobc.services.overview import experiment_data
from paleobc.services.running import perform
from paleobc.services.sharing import duplicate, share_experiment
from paleobc.services.uploads import take_upload
from paleobc.store.runs import claim_next
from paleobc.store.tables import User
from sites import Site, site
from small_world import small_world, write_world

BOX = {"box": [-60, -20, -30, 10]}
UNNEEDED = ("mosaic_weights", "mosaix_weights", "coordinates_mask")


def work(here: Site) -> list[str]:
    """Perform the waiting runs and those that follow, but for the weights; their steps."""
    performed = []
    while True:
        with here.installation.database.writing() as session:
            run = claim_next(session, "this process")
        if run is None:
            return performed
        performed.append(run.step)
        if run.step not in UNNEEDED:
            perform(here.installation.database, here.installation.files, run.id, str(run.claim))


class Editor:
    """Somebody who edits an asset of an experiment."""

    def __init__(self, client: httpx.Client, experiment: str, asset: str, **field: Any) -> None:
        self.client, self.field = client, field
        self.address = f"/experiments/{experiment}/editor/{asset}"

    def send(self, kind: str, **body: Any) -> httpx.Response:
        return self.client.post(f"{self.address}/{kind}", json=self.field | body)

    def ask(self, kind: str, **body: Any) -> tuple[Any, dict[str, np.ndarray]]:
        answer = self.send(kind, **body)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/octet-stream"
        return unpack(answer.content)

    def position(self) -> int:
        return self.ask("open")[0]["position"]

    def values(self) -> np.ndarray:
        return self.ask("values")[1]["values"]

    def draw(self, operation: dict[str, Any], shape: dict[str, Any] = BOX, **more: Any) -> Any:
        """Make an edit at the newest position."""
        edit = {"shape": shape, "operation": operation, "where": "all", "reason": more.pop("reason", "")}
        asked = {"position": self.position(), "key": str(uuid.uuid4()), "edit": edit} | more
        return self.ask("act", **asked)[0]

    def save(self, reason: str = "") -> Any:
        return self.ask("save", position=self.position(), reason=reason)[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("laboratory")


@pytest.fixture(scope="module")
def here(folder: Path) -> Iterator[Site]:
    with site(folder) as found:
        yield found


@pytest.fixture(scope="module")
def ada(here: Site) -> User:
    return here.user("ada")


@pytest.fixture(scope="module")
def computed(here: Site, ada: User) -> str:
    """An experiment with a small world, computed but for the weights."""
    experiment = here.experiment(ada, "a small world").id
    path = write_world(here.installation.settings.data_folder / "world.nc", small_world())
    stored = here.installation
    with stored.database.writing() as session:
        for step, options in COARSE.items():
            set_options(session, ada, experiment, step, options)
    take_upload(
        stored.database, stored.files, ada, experiment, "relief", "world.nc", [path.read_bytes()], most_bytes=10**8
    )
    work(here)
    return experiment


@pytest.fixture
def experiment(here: Site, ada: User, computed: str) -> str:
    """A copy of it for one test."""
    with here.installation.database.writing() as session:
        return duplicate(session, ada, computed, str(uuid.uuid4())).id


def revision(here: Site, user: User, experiment: str, asset: str) -> Any:
    """What is told of an asset."""
    with here.installation.database.reading() as session:
        data = experiment_data(session, user, experiment)
    return next(one for one in data["assets"] if one["asset"] == asset)


def stored(here: Site, user: User, experiment: str, asset: str, name: str) -> np.ndarray:
    """Values of the newest revision of an asset."""
    content = revision(here, user, experiment, asset)["content"]
    return here.installation.contents.load(content)[name].values


@pytest.mark.parametrize(
    ("asset", "quantity", "operation", "made", "name"),
    [
        ("relief_edits", "height", {"add": 500}, "edited_relief", "height"),
        ("depth_edits", "depth", {"set": 777}, "bathymetry", "Bathymetry"),
        ("geothermal_heating", "value", {"scale": 1.25}, "geothermal_heating", "heatflow"),
    ],
)
def test_a_saved_draft_becomes_a_revision_and_what_depends_on_it_follows(
    here, ada, experiment, asset, quantity, operation, made, name
):
    editor = Editor(here.program(ada), experiment, asset)
    before = revision(here, ada, experiment, made)
    opened = editor.ask("open")[0]
    assert opened["quantity"] == quantity
    assert opened["can"]["save"] is True
    drawn = editor.draw(operation, reason="as the fossils say")
    assert drawn["log"][-1]["reason"] == "as the fossils say"
    assert drawn["log"][-1]["who"] == "ada"
    saved = editor.save("a first try")["saved"]
    assert saved["href"].startswith(f"/experiments/{experiment}/assets/")
    work(here)
    after = revision(here, ada, experiment, made)
    assert after["state"] == "current", after["why"]
    assert after["content"] != before["content"]
    found = stored(here, ada, experiment, made, name).squeeze()
    shown = editor.values().astype(np.float64)
    wanted = found if found.shape == shown.shape and np.allclose(found, shown, equal_nan=True) else found[::-1]
    assert np.allclose(wanted, shown, equal_nan=True)
    assert not editor.ask("open")[0]["told"]


def test_drawn_basins_are_saved_as_a_map_and_the_next_draft_begins_with_it(here, ada, experiment):
    editor = Editor(here.program(ada), experiment, "drawn_subbasins")
    opened = editor.ask("open")[0]
    assert opened["classes"] == ["none", "Atlantic", "Pacific", "Indian"]
    editor.draw({"set": 3}, {"box": [-180, -60, 180, 60]})
    editor.save()
    work(here)
    masks = stored(here, ada, experiment, "subbasins", "indmsk")
    assert masks.sum() > 100
    again = editor.ask("open")[0]
    assert again["told"] == []
    assert editor.ask("values")[0]["log"] == []
    assert (editor.values() == 3).sum() == masks.sum()


def test_the_same_key_does_nothing_twice(here, ada, experiment):
    editor = Editor(here.program(ada), experiment, "relief_edits")
    key, position = str(uuid.uuid4()), editor.position()
    first = editor.draw({"add": 100}, key=key, position=position)
    again = editor.draw({"add": 100}, key=key, position=position)
    assert again["position"] == first["position"] == position + 1
    assert [entry["position"] for entry in again["log"]] == [position + 1]


def test_undo_is_exact(here, ada, experiment):
    editor = Editor(here.program(ada), experiment, "depth_edits")
    before = editor.values()
    editor.draw({"scale": 1.37})
    assert not np.array_equal(editor.values(), before)
    editor.ask("act", position=editor.position(), key=str(uuid.uuid4()), undo=True)
    assert np.array_equal(editor.values(), before)


def test_those_who_may_only_look_see_the_draft_and_change_nothing(here, ada, experiment):
    bob = here.user("bob")
    with here.installation.database.writing() as session:
        share_experiment(session, ada, experiment, "bob", may_change=False)
    looking = Editor(here.program(bob), experiment, "relief_edits")
    before = looking.values()
    assert looking.ask("open")[0]["can"]["save"] is False
    Editor(here.program(ada), experiment, "relief_edits").draw({"add": 100})
    assert not np.array_equal(looking.values(), before)
    edit = {"shape": BOX, "operation": {"add": 1}, "where": "all", "reason": ""}
    for kind, body in (
        ("act", {"position": looking.position(), "key": "k", "edit": edit}),
        ("gateways", {"gateways": []}),
        ("import", {"file_name": "a.yaml", "file": ""}),
        ("save", {"position": looking.position(), "reason": ""}),
        ("restart", {}),
    ):
        answer = looking.send(kind, **body)
        assert answer.status_code == 403, (kind, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
    page = here.browser(bob).get(f"/experiments/{experiment}/edit/relief_edits")
    assert "You may look" in page.text


def test_other_peoples_experiments_are_not_there(here, experiment):
    stranger = Editor(here.program(here.user("carol")), experiment, "relief_edits")
    nowhere = Editor(here.program(here.user("carol")), "A" * 22, "relief_edits")
    for kind in ("open", "values", "act", "nonsense"):
        answers = [one.send(kind) for one in (stranger, nowhere)]
        assert [answer.status_code for answer in answers] in ([404, 404], [422, 422])
        assert answers[0].text == answers[1].text


@pytest.mark.parametrize(
    ("asset", "status", "words"),
    [
        ("mosaix_weights", 422, "set of files"),
        ("ocean_grid", 422, "grid"),
        ("given_ocean_grid", 422, "grid"),
        ("biome_map", 422, "paleobc edit"),
        ("nothing", 404, "no such"),
    ],
)
def test_what_cannot_be_edited_is_refused_in_a_sentence(here, ada, experiment, asset, status, words):
    answer = Editor(here.program(ada), experiment, asset).send("open")
    assert answer.status_code == status
    assert words in answer.json()["detail"]


@pytest.mark.parametrize(
    "body", [b"{", b"[1]", b"\xff", b'{"variable": 5}', b'{"index": {"a": -1}}', b"[" * 100_000, b'{"position": NaN}']
)
def test_a_question_that_cannot_be_read_is_refused(here, ada, experiment, body):
    program = here.program(ada)
    answer = program.post(f"/experiments/{experiment}/editor/relief_edits/changes", content=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"].endswith(".")


def test_a_question_that_is_too_long_is_refused(here, ada, experiment):
    program = here.program(ada)
    answer = program.post(f"/experiments/{experiment}/editor/relief_edits/open", content=b" " * 1_100_000)
    assert answer.status_code == 413


def test_what_is_not_there_yet_cannot_be_edited(here, ada):
    empty = here.experiment(ada, "nothing yet").id
    for asset in ("relief_edits", "depth_edits", "drawn_subbasins", "pft"):
        answer = Editor(here.program(ada), empty, asset).send("open")
        assert answer.status_code == 409, answer.text
    assert "Edit on the map" not in here.browser(ada).get(f"/experiments/{empty}/assets/relief_edits").text


def test_any_variable_at_any_place_of_a_file_is_edited_by_itself(here, ada, experiment):
    third = Editor(here.program(ada), experiment, "pft", variable="maxvegetfrac", index={"veget": 2})
    opened = third.ask("open")[0]
    assert [one["name"] for one in opened["variables"]]
    third.draw({"set": 0.5})
    fourth = Editor(third.client, experiment, "pft", variable="maxvegetfrac", index={"veget": 3})
    assert fourth.ask("values")[0]["log"] == []
    assert third.send("open", index={"veget": 99}).status_code == 422
    assert third.send("open", variable="nothing").status_code in (404, 422)


def test_two_servers_on_one_folder_give_one_truth(here, folder, ada, experiment):
    with site(folder) as other:
        editors = [Editor(one.program(ada), experiment, "depth_edits") for one in (here, other)]
        for turn in range(6):
            drawn = editors[turn % 2].draw({"add": 10.0 + turn})
            seen = editors[(turn + 1) % 2].ask("changes", position=drawn["position"] - 1)
            assert seen[0]["position"] == drawn["position"]
            assert [entry["words"] for entry in seen[0]["log"]] == [entry["words"] for entry in drawn["log"]][-1:]
        first, second = (editor.ask("values") for editor in editors)
        assert first[0]["log"] == second[0]["log"]
        assert np.array_equal(first[1]["values"], second[1]["values"])
        assert np.array_equal(first[1]["mask"], second[1]["mask"])


def test_an_edit_behind_those_of_others_is_carried_out_after_them_and_undo_is_not(here, folder, ada, experiment):
    bob = here.user("bob")
    with here.installation.database.writing() as session:
        share_experiment(session, ada, experiment, "bob", may_change=True)
    hers, his = (Editor(here.program(user), experiment, "relief_edits") for user in (ada, bob))
    position = hers.position()
    his.draw({"add": 5})
    drawn = hers.draw({"add": 7}, position=position)
    assert "bob" in drawn["told"]
    assert len(drawn["log"]) == 2
    refused = his.send("act", position=position + 1, key="undo-it", undo=True)
    assert refused.status_code == 409
    assert "ada" in refused.json()["detail"]


def test_a_draft_survives_the_server(tmp_path, here, ada, computed):
    folder = here.installation.settings.data_folder
    with here.installation.database.writing() as session:
        experiment = duplicate(session, ada, computed, "survivor").id
    with site(folder) as other:
        drawn = Editor(other.program(ada), experiment, "relief_edits").draw({"add": 250}, reason="kept")
    with site(folder) as another:
        data, arrays = Editor(another.program(ada), experiment, "relief_edits").ask("values")
    assert data["position"] == drawn["position"]
    assert data["log"][-1]["reason"] == "kept"
    assert arrays["values"].shape == (36, 72)


def test_on_a_changed_base_the_edits_are_carried_out_again_and_one_is_told(here, ada, experiment):
    editor = Editor(here.program(ada), experiment, "relief_edits")
    editor.draw({"set": 1234})
    with here.installation.database.writing() as session:
        set_options(session, ada, experiment, "regrid", {"resolution": 10})
    work(here)
    opened = editor.ask("open")[0]
    assert opened["grid"]["rows"] == 18
    assert any("changed" in words for words in opened["told"])
    assert (editor.values() == 1234).any()


def test_another_list_is_told_to_those_who_drew_and_taken_by_those_who_did_not(here, ada, experiment):
    editor = Editor(here.program(ada), experiment, "relief_edits")
    assert editor.ask("values")[0]["log"] == []
    text = {"paleobc_edits": 1, "edits": [{"shape": BOX, "operation": {"set": -50}, "reason": "uploaded"}]}
    give = f"/experiments/{experiment}/assets/relief_edits?file_name=edits.yaml"
    assert editor.client.put(give, content=json.dumps(text).encode()).status_code == 202
    work(here)
    assert editor.ask("open")[0]["told"] == []
    assert editor.ask("values")[0]["log"][-1]["reason"] == "uploaded"
    editor.draw({"add": 1})
    text["edits"][0]["operation"] = {"set": -60}
    assert editor.client.put(give, content=json.dumps(text).encode()).status_code == 202
    work(here)
    refused = editor.send("save", position=editor.ask("values")[0]["position"], reason="")
    assert refused.status_code == 409
    assert "another list" in refused.json()["detail"]
    told = editor.ask("open")[0]["told"]
    assert any("Another list" in words for words in told)
    assert editor.save()["saved"]["words"]


def test_a_list_that_was_saved_is_no_news_to_the_draft_that_it_came_from(here, ada, experiment):
    editor = Editor(here.program(ada), experiment, "relief_edits")
    for add in (10, 20):
        editor.draw({"add": add})
        editor.save(f"added {add}")
        work(here)
        assert editor.ask("open")[0]["told"] == []
    assert [entry["in_force"] for entry in editor.ask("values")[0]["log"]] == [True, True]
    assert revision(here, ada, experiment, "relief_edits")["revision"] == 2


def test_a_list_that_finds_no_room_within_the_quota_is_refused_and_the_draft_stays(here, ada, experiment, monkeypatch):
    editor = Editor(here.program(ada), experiment, "relief_edits")
    editor.draw({"add": 10})
    monkeypatch.setitem(vars(here.installation.settings), "quota_mb", 1)  # less than the experiment takes already
    refused = editor.send("save", position=editor.position(), reason="")
    assert refused.status_code == 409
    assert "1 MB that they may take" in refused.json()["detail"]
    monkeypatch.undo()
    assert editor.save()["saved"]["words"]


def test_without_any_edit_the_list_is_taken_away(here, ada, experiment):
    editor = Editor(here.program(ada), experiment, "depth_edits")
    assert editor.send("save", position=editor.position(), reason="").status_code == 422
    editor.draw({"add": 10})
    editor.save()
    work(here)
    editor.ask("act", position=editor.position(), key="back", undo=True)
    editor.save()
    work(here)
    assert revision(here, ada, experiment, "depth_edits")["state"] == "missing"
    assert editor.ask("open")[0]["told"] == []


def test_open_pages_are_told_of_edits(here, ada, experiment):
    browser = here.browser(ada)
    editor = Editor(here.program(ada), experiment, "relief_edits")
    editor.ask("open")
    with browser.stream("GET", f"/experiments/{experiment}/edit/relief_edits/events") as stream:
        lines = stream.iter_lines()
        while not next(lines).startswith(": after"):
            pass
        editor.draw({"add": 3})
        said = [next(lines) for _ in range(4)]
    assert "event: change" in said
    data = json.loads(next(line for line in said if line.startswith("data: "))[6:])
    assert (data["kind"], data["asset"]) == ("draft", "relief_edits")


def test_earlier_revisions_are_looked_at_and_copied_from(here, ada, experiment):
    editor = Editor(here.program(ada), experiment, "relief_edits")
    editor.draw({"set": 4321})
    editor.save()
    work(here)
    names = [one["name"] for one in editor.ask("open")[0]["revisions"]]
    assert names[0] == "base"
    later = next(name for name in names if name.startswith("edited_relief"))
    values = editor.ask("revision", name=later)[1]["values"]
    assert (values == 4321).any()
    assert editor.send("revision", name="edited_relief:99").status_code == 404
    editor.ask("act", position=editor.position(), key="back", undo=True)
    editor.draw({"copy": later})
    assert np.array_equal(editor.values(), values)
    editor.save()
    with here.installation.database.writing() as session:
        set_options(session, ada, experiment, "regrid", {"resolution": 10})
    work(here)
    assert revision(here, ada, experiment, "edited_relief")["state"] == "current"


def test_pages_lead_to_the_editor(here, ada, experiment):
    browser = here.browser(ada)
    for asset, edited in (
        ("relief", "relief_edits"),
        ("edited_relief", "relief_edits"),
        ("bathymetry", "depth_edits"),
        ("subbasins", "drawn_subbasins"),
        ("routing", "routing"),
    ):
        page = browser.get(f"/experiments/{experiment}/assets/{asset}")
        assert f'href="/experiments/{experiment}/edit/{edited}"' in page.text, asset
    assert "/edit/" not in browser.get(f"/experiments/{experiment}/assets/ocean_grid").text
    assert f"/experiments/{experiment}/edit/pft" in browser.get(f"/experiments/{experiment}").text
    page = browser.get(f"/experiments/{experiment}/edit/bathymetry")
    assert page.status_code == 200
    assert f'data-address="/api/v1/experiments/{experiment}/editor/depth_edits"' in page.text
    assert browser.get(f"/experiments/{experiment}/edit/mosaix_weights").status_code == 422
    assert browser.get(f"/experiments/{experiment}/edit/nothing").status_code == 404


@pytest.mark.parametrize("name", ["whole.js", "editor.js"])
def test_the_files_of_the_editor_are_sent_once(here, name):
    with httpx.Client(base_url=here.address) as client:
        script = client.get(f"/static/editor/{name}")
        assert script.headers["content-type"] == "text/javascript; charset=utf-8"
        assert script.headers["cache-control"] == "no-cache"
        again = client.get(f"/static/editor/{name}", headers={"If-None-Match": script.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert client.get("/static/editor/editor.css").headers["content-type"] == "text/css; charset=utf-8"
        for path in ("jsconfig.json", "../component.py", "%2e%2e/component.py", "nothing.js"):
            assert client.get(f"/static/editor/{path}").status_code == 404
