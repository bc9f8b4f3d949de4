"""What pages are made of, without a server: the picture of the graph, forms of options, tables of bands."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paleobc.errors import InputError
from paleobc.server.charts import WIDTH, histogram_bars
from paleobc.server.forms import list_text, read_list
from paleobc.server.graph_picture import apart, direct_edges, layers_of, picture_of_steps
from paleobc.server.happenings import words_of
from paleobc.server.option_forms import fields_of, read_options
from paleobc.server.pft_forms import KEYS, bands_of, rows_of, shown_rows, sorted_rows, with_new_row
from paleobc.server.rendering import number, seconds, size
from paleobc.server.states import counted, leading, sentence, shown, summary, word_of
from paleobc.services.step_forms import step_form
from paleobc.steps.catalogue import GRAPH
from paleobc.vegetation.pft import DEFAULT_BANDS

DIRECTIONS = ("rightwards", "downwards")


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_no_two_boxes_touch_and_all_are_within_the_picture(direction):
    picture = picture_of_steps(direction)
    for node in picture.nodes:
        assert node.x >= 0
        assert node.y >= 0
        assert node.x + node.width <= picture.width
        assert node.y + node.height <= picture.height
        assert len(node.lines) <= 2
    for one, two in combinations(picture.nodes, 2):
        beside = one.x + one.width <= two.x or two.x + two.width <= one.x
        above = one.y + one.height <= two.y or two.y + two.height <= one.y
        assert beside or above, (one.asset, two.asset)


def test_a_wide_page_shows_the_graph_without_scrolling():
    assert picture_of_steps("rightwards").width <= 1280


def test_every_line_leads_onwards():
    layers = layers_of(GRAPH)
    for source, target in direct_edges(GRAPH):
        assert layers[source] < layers[target]


def test_the_lines_that_are_drawn_tell_all_that_an_asset_is_made_of():
    behind: dict[str, set[str]] = {}
    for source, target in sorted(direct_edges(GRAPH), key=lambda edge: GRAPH.assets.index(edge[1])):
        behind.setdefault(target, set()).update({source}, behind.get(source, set()))
    for step in GRAPH.steps:
        assert {*step.reads, *step.may_read} <= behind[step.writes]


def test_no_line_is_drawn_that_follows_from_others():
    edges = direct_edges(GRAPH)
    assert ("bathymetry", "mosaic_weights") not in edges  # through the sub-basins
    assert ("routing", "mosaix_weights") in edges


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=8), st.floats(0, 100))
def test_places_keep_their_order_and_their_distance(wanted, gap):
    places = apart(wanted, [gap] * (len(wanted) - 1))
    assert all(high - low >= gap - 1e-6 for low, high in pairwise(places))
    assert sum(places) == pytest.approx(sum(wanted), abs=1e-6)


@pytest.mark.parametrize("step", GRAPH.steps, ids=lambda step: step.name)
def test_what_a_form_shows_is_what_it_gives_back(step):
    declared = step_form(step.name)["options"]
    fields = fields_of(declared, step.options({}))
    assert [field.name for field in fields] == list(step.options_model.model_fields)
    assert not any(field.is_changed for field in fields)
    typed = {field.name: field.value for field in fields}
    assert read_options(step, declared, typed, {}) == ({}, {})


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a": 1', "auto or not", "[1, 2", "\x00"])
def test_what_cannot_be_read_is_told_and_does_no_harm(text):
    step = GRAPH.step("ocean_grid")
    declared = [option for option in step_form("ocean_grid")["options"] if option["name"] == "poles"]
    _, errors = read_options(step, declared, {"poles": text}, {})
    assert "cannot be read" in errors["poles"]


def test_an_option_that_was_named_wrong_says_so_at_its_field():
    step = GRAPH.step("regrid")
    declared = step_form("regrid")["options"]
    given_, errors = read_options(step, declared, {"resolution": "0,5", "method": "linear"}, {})
    assert (given_, errors) == ({"resolution": 0.5}, {})
    _, errors = read_options(step, declared, {"resolution": "nan", "method": "cubic"}, {})
    assert set(errors) == {"resolution", "method"}


def test_bands_come_back_from_their_rows():
    assert bands_of(rows_of(DEFAULT_BANDS)) == [dict(band) for band in DEFAULT_BANDS]


@given(st.lists(st.floats(1, 89).map(lambda bound: round(bound, 2)), max_size=6, unique=True))
def test_a_new_band_changes_nothing_that_grows(bounds):
    bands = [{"up_to": bound, "pft2": 100.0 - n, "pft3": float(n)} for n, bound in enumerate([*sorted(bounds), 90.0])]
    rows = with_new_row(rows_of(bands))
    assert len(rows) == len(bands) + 1
    assert sorted_rows(rows) == rows
    assert all(row["good"] for row in shown_rows(rows))


def test_rows_without_a_bound_come_last_and_a_wrong_total_is_seen():
    empty = dict.fromkeys(KEYS, "")
    rows = [{"up_to": "", **empty}, {"up_to": "90", **empty, "pft1": "x"}, {"up_to": "30", **empty, "pft1": "99,5"}]
    shown_ = shown_rows(sorted_rows(rows))
    assert [row["up_to"] for row in shown_] == ["30", "90", ""]
    assert [row["total"] for row in shown_] == ["99.5", "?", "0"]
    assert not any(row["good"] for row in shown_)
    with pytest.raises(InputError, match="'x' is not a number"):
        bands_of(rows[1:])


def asset(state: str, **changes: object) -> dict[str, object]:
    whole = {"asset": "routing", "title": "Routing", "kind": "made", "state": state, "why": "", "run": None}
    return whole | changes


@pytest.mark.parametrize(
    ("one", "label"),
    [
        (asset("current", why="x"), "Routing: current."),
        (asset("missing", why="needs conditioned_relief"), "Routing: not yet. Needs Conditioned relief."),
        (asset("missing", kind="given", why="not given"), "Routing: not given. Not given."),
        (asset("running", run={"progress": 0.25, "started": "t"}), "Routing: running 25 %."),
        (asset("failed", why="a.nc is text."), "Routing: failed. a.nc is text."),
    ],
)
def test_a_state_is_said_in_words(one, label):
    assert shown(one)["label"] == label


def test_a_summary_leaves_out_what_need_not_be_given():
    assets = [asset("current"), asset("missing", kind="given"), asset("missing"), asset("running")]
    assert summary(counted(assets)) == "1 running, 1 not yet, 1 current."
    assert summary(counted(assets), brief=True) == "1 running, 1 current"
    assert leading(counted(assets)) == "running"
    assert word_of("running", is_given=True) == "being read"


@pytest.mark.parametrize("kind", ["created", "revision", "run_failed", "upload", "shared", "copy_of", "never heard of"])
def test_every_event_has_words_whatever_it_lacks(kind):
    words = words_of({"kind": kind})
    assert words.endswith(".")
    assert words[0].isupper() or words.startswith("None")


def test_numbers_sizes_and_times_are_short():
    assert (size(None), size(0), size(12_345_678_901)) == ("", "0 B", "12 GB")
    assert (number(1234567.0), number(0.1 + 0.2)) == ("1.23457e+06", "0.3")
    assert (seconds(None), seconds(59.6)) == ("", "1 min 0 s")
    assert sentence("") == ""


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60))
def test_the_bars_of_a_histogram_stay_within_their_picture(counts):
    edges = [float(edge) for edge in range(len(counts) + 1)]
    bars = histogram_bars({"edges": edges, "counts": counts, "classes": None})
    assert len(bars["rectangles"]) == sum(count > 0 for count in counts)
    for bar in bars["rectangles"]:
        assert 0 <= bar["x"] <= bar["x"] + bar["width"] <= WIDTH + 0.01
        assert 0 <= bar["y"] <= bar["y"] + bar["height"] <= 126.01
        assert bar["height"] >= 1


def test_a_list_is_typed_as_it_is_shown():
    gateways = [{"name": "Drake", "state": "open", "from": [-65, -55], "to": [-60, -64]}]
    assert read_list(list_text(gateways), "list") == gateways
    assert read_list("  ", "list") == []
    with pytest.raises(InputError, match="has to be a list"):
        read_list("name: Drake", "list")
