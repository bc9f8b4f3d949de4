"""What stands in cards and namelists reads back as the values it was written from."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paleobc.errors import InputError
from paleobc.formats.cards import RunSettings, card, grids_of, namcouple, namelist_cfg, run_def

WEIGHTS = ("rmp_torc_to_tlmd_MOSAIC.nc", "rmp_tlmd_to_torc_MOSAIC_rivflu.nc", "rmp_tlmd_to_vorc_BILINEAR_Corrected.nc")

settings = st.builds(
    RunSettings,
    ocean_columns=st.integers(8, 5000),
    ocean_rows=st.integers(8, 5000),
    nperio=st.sampled_from([4.0, 4.2, 6.0, 6.2, None]),
    ocean_resolution=st.sampled_from([0.25, 0.5, 1.0, 2.0, 4.0]),
    overlap_columns=st.sampled_from([0, 2]),
    atmosphere_columns=st.integers(8, 500),
    atmosphere_rows=st.integers(8, 500),
    engine=st.sampled_from(["mosaix", "mosaic"]),
)


def namelist_values(text: str) -> dict[str, str]:
    lines = [line.partition("!")[0] for line in text.splitlines()]
    stated = [line.strip() for line in lines if line.strip()]
    assert (stated[0], stated[-1]) == ("&namcfg", "/")
    return {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in lines) if value}


@given(settings)
def test_the_namelist_reads_back(chosen):
    values = namelist_values(namelist_cfg(chosen))
    assert values.pop("cp_cfg") == '"paleorca"'
    numbers = {name: int(value) for name, value in values.items()}
    assert numbers["jpidta"] == numbers["jpiglo"] == chosen.ocean_columns
    assert numbers["jpjdta"] == numbers["jpjglo"] == chosen.ocean_rows
    assert numbers.get("jperio") == chosen.jperio
    assert ("jperio" in numbers) == (chosen.nperio in (4.0, 6.0))
    assert numbers["jp_cfg"] == {0.25: 25, 0.5: 5, 1.0: 1, 2.0: 2, 4.0: 4}[chosen.ocean_resolution]


@given(settings)
def test_the_sizes_in_the_namcouple_read_back(chosen):
    lines = [line for line in namcouple(chosen, WEIGHTS).splitlines() if not line.startswith("#")]
    assert len(lines) == 2 * len(WEIGHTS)
    for name, sizes, overlaps in zip(WEIGHTS, lines[::2], lines[1::2], strict=True):
        source, destination = grids_of(name)
        assert sizes.split()[4:] == [source, destination]
        assert tuple(map(int, sizes.split()[:4])) == (*chosen.size_of(source), *chosen.size_of(destination))
        assert overlaps.split()[::2] == ["P", "P"]
        assert sorted(map(int, overlaps.split()[1::2])) == [0, chosen.overlap_columns]


def test_the_sizes_of_the_standard_grid_are_those_in_use():
    standard = RunSettings(182, 149, 6.0, 2.0, 2, 96, 96, "mosaix")
    assert "182 149 96 96 torc tlmd\nP 2 P 0\n" in namcouple(standard, WEIGHTS[:1])
    assert namelist_values(namelist_cfg(standard)) == {
        "cp_cfg": '"paleorca"',
        "jp_cfg": "2",
        "jpidta": "182",
        "jpjdta": "149",
        "jpiglo": "182",
        "jpjglo": "149",
        "jperio": "6",
    }


@pytest.mark.parametrize(("engine", "letter"), [("mosaix", "n"), ("mosaic", "y")])
def test_calving_goes_with_the_engine(engine, letter):
    assert f"\ncpl_old_calving = {letter}\n" in run_def(RunSettings(182, 149, 6.0, 2.0, 2, 96, 96, engine))


def test_a_card_reads_back():
    files = {"o2a.nc": "files/IGCM/ATM/START/a.b/o2a.nc", "Relief.nc": "files/Relief.nc"}
    text = card("BoundaryFiles", "ListNonDel", files, ["A note."])
    assert text.startswith("# A note.\n[BoundaryFiles]\nListNonDel= (")
    entries = re.findall(r"\(\$\{PALEOBC_BUNDLE\}/(\S+), +(\S+)\)", text)
    assert {name: path for path, name in entries} == files
    assert [line.endswith(", \\") for line in text.splitlines()[2:]] == [True, False]


@pytest.mark.parametrize(
    "path", ["files/a b.nc", "files/$(rm -r x).nc", "files/a'.nc", "files/a;b.nc", "files/a\n.nc", ""]
)
def test_a_path_that_a_shell_could_take_for_more_is_refused(path):
    with pytest.raises(InputError, match="cannot stand in a card"):
        card("BoundaryFiles", "List", {"a.nc": path}, [])


def test_a_name_without_grids_is_refused():
    with pytest.raises(InputError, match="does not name the grids"):
        grids_of("areas.nc")
