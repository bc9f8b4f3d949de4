"""The pages of experiments: what they show of each state, their forms, and names that are hostile."""

from __future__ import annotations

import json
from typing import Any

import pytest

from page_reader import Element, read_page, submitted
from paleobc.server.states import STATES
from paleobc.services.sharing import share_experiment
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.store.runs import add_run
from paleobc.store.tables import Experiment
from sites import Browser, Site

HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)> {{ 7*7 }}"


@pytest.fixture(scope="module")
def ada(shared: Site) -> Browser:
    return shared.browser(shared.user("ada"))


@pytest.fixture(scope="module")
def full(shared: Site) -> dict[str, str]:
    """An experiment with two revisions of a relief."""
    return shared.full_experiment(shared.user("ada"))


def page_of(browser: Browser, path: str, status: int = 200) -> Element:
    answer = browser.get(path)
    assert answer.status_code == status, answer.text[:2000]
    return read_page(answer.text)


@pytest.fixture(scope="module")
def pages(ada: Browser, full: dict[str, str]) -> dict[str, Element]:
    """All kinds of pages, by their addresses."""
    base = f"/experiments/{full['experiment_id']}"
    steps = [f"{base}/steps/{step.name}" for step in GRAPH.steps]
    assets = [f"{base}/assets/{asset}" for asset in ASSETS]
    own = ["", "/settings", "/pft", "/activity", "/activity?all=yes", f"/runs/{full['run_id']}"]
    compared = f"{base}/assets/relief/compare?first=1&second=2"
    paths = ["/experiments", "/experiments/new", "/bin", compared, *(base + path for path in own), *steps, *assets]
    return {path: page_of(ada, path) for path in paths}


def test_all_pages_are_whole_and_hold_nothing_that_the_policy_forbids(pages):
    for path, page in pages.items():
        assert page.all("h1"), path
        assert len(page.all("main")) == 1
        for element in page.all():
            assert "style" not in element.attributes, (path, element.tag)
            assert not [name for name in element.attributes if name.startswith("on")], path
            for name in ("src", "href", "action", "formaction"):
                address = element.attributes.get(name, "/")
                assert address.startswith(("/", "#")), (path, address)
                assert not address.startswith("//"), (path, address)
            if element.tag in ("script", "style"):
                assert element.text == "", path


def test_every_form_that_changes_something_carries_the_proof_that_it_is_ours(ada, pages):
    for path, page in pages.items():
        for form in page.all("form", method="post"):
            assert submitted(form).get("csrf") == ada.csrf, (path, form.attributes.get("action"))


def test_every_field_has_a_label_and_every_button_a_name(pages):
    for path, page in pages.items():
        ids = [element.attributes["id"] for element in page.all() if "id" in element.attributes]
        assert len(ids) == len(set(ids)), (path, sorted(one for one in ids if ids.count(one) > 1))
        labelled = {label.attributes.get("for") for label in page.all("label")}
        for element in page.all():
            described = element.attributes.get("aria-describedby", "").split()
            assert set(described) <= set(ids), (path, described)
            if element.tag in ("input", "select", "textarea") and element.attributes.get("type") != "hidden":
                is_labelled = element.attributes.get("id") in labelled or element.is_within("label")
                assert is_labelled or "aria-label" in element.attributes, (path, element.attributes)
            if element.tag == "button":
                assert element.text or "aria-label" in element.attributes, path


def test_a_hostile_name_is_shown_as_text(shared, ada):
    experiment = shared.experiment(shared.user("ada"), name=HOSTILE)
    base = f"/experiments/{experiment.id}"
    for path in ("/experiments?search=alert", base, f"{base}/settings", f"{base}/pft", f"{base}/activity"):
        answer = ada.get(path)
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert HOSTILE in read_page(answer.text).text
    assert HOSTILE not in ada.get(f"/experiments?search={HOSTILE[:30]}").text


def test_each_asset_is_a_box_with_its_state_as_colour_sign_and_word(shared, ada):
    experiment = shared.experiment(shared.user("ada"))
    page = page_of(ada, f"/experiments/{experiment.id}")
    pictures = page.all("svg", role="group")
    assert len(pictures) == 2  # of which the style shows one, as the page is wide or narrow
    for picture in pictures:
        boxes = {box.attributes["data-asset"]: box for box in picture.all("a", class_="node")}
        assert set(boxes) == set(ASSETS)
        for name, box in boxes.items():
            state = box.attributes["data-state"]
            assert state in STATES
            assert box.one("use").attributes["href"].endswith(f"#{state}")
            assert box.one("text", class_="word").text in ("not given", "not yet")
            assert box.attributes["aria-label"].startswith(f"{ASSETS[name].title}: ")
            assert box.attributes["href"] == f"/experiments/{experiment.id}/assets/{name}"


def failed_reading(shared: Site, experiment: Experiment, sentence: str, **options: Any) -> str:
    """A run that could not read a file."""
    with shared.installation.database.writing() as session:
        run = add_run(
            session,
            experiment.id,
            step="read_relief",
            asset="relief",
            fingerprint="0" * 64,
            state="failed",
            sentence=sentence,
            is_input_fault=True,
            **options,
        )
        session.flush()
        return run.id


def test_a_run_that_failed_is_shown_with_its_sentence_and_its_log(shared, ada):
    experiment = shared.experiment(shared.user("ada"))
    run = failed_reading(shared, experiment, f"a.nc is text, not NetCDF. {HOSTILE}", log=f"line one\n{HOSTILE}\n")
    page = page_of(ada, f"/experiments/{experiment.id}")
    problems = page.one(data_part="problems")
    assert "a.nc is text, not NetCDF." in problems.text
    assert all(box.attributes["data-state"] == "failed" for box in page.all("a", class_="node", data_asset="relief"))
    shown = page_of(ada, f"/experiments/{experiment.id}/runs/{run}")
    assert f"line one {HOSTILE}" in shown.one("pre").text


def test_open_pages_are_told_what_the_page_itself_would_say(shared, ada):
    experiment = shared.experiment(shared.user("ada"))
    failed_reading(shared, experiment, "This is text.")
    page = page_of(ada, f"/experiments/{experiment.id}")
    told = ada.get(f"/experiments/{experiment.id}/state").json()
    assert told["summary"] == page.one(data_summary="").text
    assert read_page(told["parts"]["problems"]).text == page.one(data_part="problems").text
    assert read_page(told["parts"]["bundle"]).text == page.one(data_part="bundle").text
    picture = page.all("svg", role="group")[0]
    for asset in told["assets"]:
        box = picture.one("a", data_asset=asset["asset"])
        assert box.attributes["data-state"] == asset["state"]
        assert box.attributes["aria-label"] == asset["label"]
        assert box.one("text", class_="word").text == asset["word"]
    only = ada.get(f"/experiments/{experiment.id}/state", params={"asset": "routing"}).json()
    assert "This is text" not in only["parts"]["problems"]


def test_the_list_is_searched_sorted_and_paged(shared):
    grace = shared.browser(shared.user("grace"))
    for number in range(52):
        shared.experiment(shared.user("grace"), name=f"World {number:02d}")
    first = page_of(grace, "/experiments?sort=name&order=up")
    names = [row.text.split(" ")[1] for row in first.one("tbody").all("th")]
    assert names == [f"{number:02d}" for number in range(50)]
    assert first.one("th", aria_sort="ascending").text == "Name"
    (following,) = first.all("a", rel="next")
    second = page_of(grace, following.attributes["href"])
    assert "51 to 52 of 52" in second.text
    assert len(page_of(grace, "/experiments?search=World 07").one("tbody").all("tr")) == 1
    assert "Nothing holds all of these words" in page_of(grace, "/experiments?search=nothing").text
    told = grace.get("/experiments/states?sort=name&order=up").json()
    assert len(told) == 50


def test_an_experiment_is_made_and_what_is_wrong_with_it_is_said(shared, ada):
    wrong = ada.send_form("/experiments", name="Albian", age="a hundred", author="Mary")
    assert wrong.status_code == 422
    page = read_page(wrong.text)
    assert "'a hundred' is not a number" in page.one(role="alert").text
    assert page.one("input", name="author").attributes["value"] == "Mary"
    made = ada.send_form("/experiments", name="Albian", age="100,5", author="Mary", reference="", hypothesis="Warm.")
    assert made.status_code == 303
    assert "100.5 Ma" in page_of(ada, made.headers["location"]).text
    assert ada.send_form("/experiments", name=" ").status_code == 422


@pytest.mark.parametrize("step", [step.name for step in GRAPH.steps])
def test_a_form_of_options_says_all_that_is_declared_and_changes_nothing_by_itself(shared, ada, step):
    experiment = shared.experiment(shared.user("ada"))
    address = f"/experiments/{experiment.id}/steps/{step}"
    page = page_of(ada, address)
    declared = GRAPH.step(step).options_model.model_json_schema()["properties"]
    for name, schema in declared.items():
        if (step, name) == ("pft", "bands"):
            continue  # has a page of its own
        page.one(name=name)
        assert schema["description"].rstrip(".") in page.one(id=f"{name}-hint").text
        assert "Default:" in page.one(id=f"{name}-hint").text
    forms = page.all("form", action=address)
    assert len(forms) == (1 if declared else 0)
    for form in forms:
        assert ada.post(address, data=submitted(form)).status_code == 303
        with shared.installation.database.reading() as session:
            assert not session.get_one(Experiment, experiment.id).options.get(step)


def test_an_option_out_of_its_limits_is_refused_beside_its_field(shared, ada):
    experiment = shared.experiment(shared.user("ada"))
    address = f"/experiments/{experiment.id}/steps/ocean_grid"
    typed = submitted(page_of(ada, address).one("form", action=address))
    typed |= {"resolution": "99", "join_latitude": "north", "poles": "[[1, 2]"}
    answer = ada.post(address, data=typed)
    assert answer.status_code == 422
    page = read_page(answer.text)
    assert "less than or equal to 6" in page.one(id="resolution-error").text
    assert page.one(id="join_latitude-error").text == "A number is needed."
    assert "cannot be read" in page.one(id="poles-error").text
    assert page.one("input", name="resolution").attributes["aria-invalid"] == "true"
    assert page.one("textarea", name="poles").text == "[[1, 2]"
    assert not page.all(id="pivot-error")


def test_options_are_set_and_brought_back_to_their_defaults(shared, ada):
    experiment = shared.experiment(shared.user("ada"))
    address = f"/experiments/{experiment.id}/steps/ocean_grid"
    typed = submitted(page_of(ada, address).one("form", action=address)) | {"resolution": "3", "poles": "auto"}
    assert ada.post(address, data=typed).headers["location"].endswith("/assets/ocean_grid?said=nothing")
    page = page_of(ada, address)
    assert page.one("input", name="resolution").attributes["value"] == "3"
    assert "changed here" in page.one(id="poles-hint").text
    with shared.installation.database.reading() as session:
        chosen = session.get_one(Experiment, experiment.id).options["ocean_grid"]
    assert chosen == {"poles": "auto", "resolution": 3.0}
    assert ada.send_form(address, reset="yes").status_code == 303
    assert page_of(ada, address).one("input", name="resolution").attributes["value"] == "2"


def bands_sent(page: Element) -> dict[str, list[str]]:
    """What the table of plant functional types would send."""
    sent: dict[str, list[str]] = {}
    for element in page.one("form", data_bands="").all("input"):
        if "name" in element.attributes:
            sent.setdefault(element.attributes["name"], []).append(element.attributes.get("value", ""))
    return sent


def test_the_table_of_plant_functional_types_is_changed_without_script(shared, ada):
    experiment = shared.experiment(shared.user("ada"))
    address = f"/experiments/{experiment.id}/pft"
    sent = bands_sent(page_of(ada, address))
    assert sent["up_to"] == ["15", "35", "50", "80", "90"]
    more = read_page(ada.post(address, data=sent | {"do": "add"}).text)
    assert bands_sent(more)["up_to"] == ["15", "35", "50", "65", "80", "90"]
    fewer = read_page(ada.post(address, data=bands_sent(more) | {"remove": "0"}).text)
    assert bands_sent(fewer)["up_to"] == ["35", "50", "65", "80", "90"]
    sent["pft2"][0] = "70"
    wrong = ada.post(address, data=sent | {"do": "save"})
    assert wrong.status_code == 422
    assert "add up to 95, not to 100" in read_page(wrong.text).one(role="alert").text
    sent["pft1"][0] = "5"
    assert ada.post(address, data=sent | {"do": "save"}).status_code == 303
    assert bands_sent(page_of(ada, address))["pft1"][0] == "5"


def test_a_table_is_kept_under_a_name_and_used_again(shared, ada):
    experiment = shared.experiment(shared.user("ada"))
    address = f"/experiments/{experiment.id}/pft"
    sent = bands_sent(page_of(ada, address)) | {"do": ["keep"], "template_name": [HOSTILE[:90]]}
    kept = read_page(ada.post(address, data=sent).text)
    assert HOSTILE[:90] in kept.text
    (put,) = [
        link for link in kept.all("a") if link.text == "Put it into the form" and HOSTILE[:90] in _line(link).text
    ]
    assert page_of(ada, put.attributes["href"]).one("form", data_bands="")
    assert ada.get(f"{address}?template={'A' * 22}").status_code == 404


def _line(link: Element) -> Element:
    while link.tag != "li":
        assert link.parent is not None
        link = link.parent
    return link


def test_who_may_only_look_finds_nothing_to_change(shared, full):
    owner, reader = shared.user("ada"), shared.user("reader")
    with shared.installation.database.writing() as session:
        share_experiment(session, owner, full["experiment_id"], "reader", may_change=False)
    browser = shared.browser(reader)
    base = f"/experiments/{full['experiment_id']}"
    allowed = {"/sign-out", f"{base}/unshare", f"{base}/send", f"{base}/duplicate"}
    for path in (base, f"{base}/settings", f"{base}/assets/relief", f"{base}/steps/condition"):
        page = page_of(browser, path)
        for form in page.all("form", method="post"):
            disabled = [one for one in form.all("fieldset") if "disabled" in one.attributes]
            assert form.attributes["action"] in allowed or (disabled and not form.all("button")), (
                path,
                form.attributes,
            )


def test_two_revisions_are_compared_with_numbers(ada, full):
    page = page_of(ada, f"/experiments/{full['experiment_id']}/assets/relief/compare?first=2&second=1")
    assert "revision 2 minus revision 1" in page.one("h1").text
    facts = dict(zip((t.text for t in page.all("dt")), (t.text for t in page.all("dd")), strict=True))
    assert facts["Cells changed"] == "60 of 648"
    assert facts["Largest"].startswith("100")


def test_values_of_a_map_are_kept_by_the_browser_where_the_address_names_the_content(ada, full):
    address = f"/experiments/{full['experiment_id']}/assets/relief/1"
    named = ada.get(f"{address}/values?v=abc")
    assert "immutable" in named.headers["Cache-Control"]
    assert len(named.content) == 4 * 720 * 360
    assert ada.get(f"{address}/map.png").headers["Cache-Control"] == "private, no-cache"
    assert ada.get(f"{address}/map.png?width=121").status_code == 422


def test_an_earlier_revision_says_that_it_is_one(ada, full):
    address = f"/experiments/{full['experiment_id']}/assets/relief"
    assert "This is revision 1, an earlier one" in page_of(ada, f"{address}?revision=1").text
    assert "an earlier one" not in page_of(ada, address).text
    assert ada.get(f"{address}?revision=9").status_code == 404


def test_a_deleted_experiment_comes_back_from_the_bin(shared, ada):
    experiment = shared.experiment(shared.user("ada"), name="To be deleted")
    assert ada.send_form(f"/experiments/{experiment.id}/delete").headers["location"] == "/experiments?said=deleted"
    assert ada.get(f"/experiments/{experiment.id}").status_code == 404
    page = page_of(ada, "/bin")
    assert "To be deleted" in page.text
    assert page.one("form", action=f"/bin/{experiment.id}/restore")
    assert ada.send_form(f"/bin/{experiment.id}/restore").status_code == 303
    assert "The experiment is back." in page_of(ada, f"/experiments/{experiment.id}?said=back").one(role="status").text


def test_a_notice_is_one_of_ours_whatever_the_address_says(ada):
    assert not page_of(ada, f"/experiments?said={HOSTILE}").all(role="status")


def test_gateways_are_typed_as_a_list(shared, ada):
    experiment = shared.experiment(shared.user("ada"))
    address = f"/experiments/{experiment.id}/settings"
    typed = submitted(page_of(ada, address).one("form", action=address))
    wrong = ada.post(address, data=typed | {"gateways": "- name: Drake\n  state: ajar"})
    assert wrong.status_code == 422
    assert "ajar" in read_page(wrong.text).one("textarea", name="gateways").text
    listed = "- name: Drake\n  state: open\n  from: [-65, -55]\n  to: [-60, -64]\n"
    assert ada.post(address, data=typed | {"gateways": listed}).status_code == 303
    with shared.installation.database.reading() as session:
        assert [one["name"] for one in session.get_one(Experiment, experiment.id).gateways] == ["Drake"]
    shown = page_of(ada, address).one("textarea", name="gateways").text
    assert json.dumps("Drake")[1:-1] in shown
