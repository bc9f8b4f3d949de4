"""Of many recipes each has its own folder, and one that fails stops no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paleobc.services.batches import build_many, folder_names, safe_name
from paleobc.services.builds import Build, build
from small_world import Case


def soils(recipe: Path, folder: Path) -> Build:
    """A build that is quick."""
    return build(recipe, folder, only=("soils",))


@pytest.fixture
def case(tmp_path: Path) -> Case:
    (tmp_path / "given").mkdir()
    return Case(tmp_path / "given")


def recipe(case: Case, file: str, name: str, age: str = "") -> Path:
    path = case.folder / file
    path.parent.mkdir(exist_ok=True)
    world = "../world.nc" if "/" in file else "world.nc"
    path.write_text(f"experiment: {{name: {name}{f', age: {age}' if age else ''}}}\nrelief: {{file: {world}}}\n")
    return path


def test_each_recipe_has_its_folder_and_a_summary_by_age(case, tmp_path):
    recipes = [
        recipe(case, "b.yaml", "Old", "90"),
        recipe(case, "c.yaml", "Undated"),
        recipe(case, "a.yaml", "New", "5"),
    ]
    heard = []
    made = build_many([*recipes, recipes[0]], tmp_path / "out", builder=soils, told=heard.append)
    assert [(each.name, each.age, each.state) for each in made] == [
        ("New", 5.0, "made"),
        ("Old", 90.0, "made"),
        ("Undated", None, "made"),
    ]
    assert [each.name for each in heard] == ["Old", "Undated", "New"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"new", "old", "undated"}
    for each in made:
        assert (each.folder / "soils_param.nc").is_file()
        assert 0.0 < each.land_fraction < 1.0
        assert each.closed_seas == 4
        assert each.strait_cells is not None
        assert each.files == 1
        assert each.seconds > 0.0
        assert each.said == ""


def test_one_that_fails_says_why_and_the_others_go_on(case, tmp_path):
    broken = recipe(case, "broken.yaml", "Broken", "30")
    broken.write_text(broken.read_text().replace("world.nc", "none.nc"))
    nonsense = case.folder / "nonsense.yaml"
    nonsense.write_text("experiment: {name: [}")
    recipes = [nonsense, broken, case.folder / "missing.yaml", recipe(case, "good.yaml", "Good", "40")]
    made = {each.name: each for each in build_many(recipes, tmp_path / "out", builder=soils)}
    assert {name: each.state for name, each in made.items()} == {
        "Good": "made",
        "Broken": "failed",
        "nonsense": "failed",
        "missing": "failed",
    }
    assert made["Broken"].age == 30.0
    assert "There is no file" in made["Broken"].said
    assert "this is not YAML" in made["nonsense"].said
    assert "There is no recipe" in made["missing"].said
    assert all(each.said.endswith(".") for each in made.values() if each.state == "failed")


def test_a_fault_of_ours_stops_no_other_either(case, tmp_path):
    def faulty(path: Path, folder: Path) -> Build:
        if path.stem == "a":
            raise ZeroDivisionError("no luck")
        return soils(path, folder)

    recipes = [recipe(case, "a.yaml", "A"), recipe(case, "b.yaml", "B")]
    first, second = build_many(recipes, tmp_path / "out", builder=faulty)
    assert "please report it: ZeroDivisionError: no luck" in first.said
    assert second.state == "made"


def test_a_user_who_stops_stops_all(case, tmp_path):
    def stopped(path: Path, folder: Path) -> Build:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_many([recipe(case, "a.yaml", "A")], tmp_path / "out", builder=stopped)


def test_experiments_of_one_name_are_told_apart_by_their_files(case):
    recipes = [recipe(case, file, "Éocène") for file in ("warm.yaml", "cold.yaml", "one/r.yaml", "two/r.yaml")]
    recipes.append(recipe(case, "x.yaml", "eocene-warm"))
    names = ["eocene-warm", "eocene-cold", "eocene-r", "eocene-r-2", "eocene-warm-2"]
    assert list(folder_names(recipes).values()) == names


@given(st.lists(st.text(max_size=90), max_size=5))
def test_no_name_leaves_its_folder(names):
    for name in map(safe_name, names):
        assert 0 < len(name) <= 60
        assert Path(name).name == name
        assert name not in (".", "..")
        assert name.isascii()
        assert not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789-.")
