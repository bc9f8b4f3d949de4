"""An external step is a step like any other, and its program does no harm whatever it does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from external_worlds import all_told, declared, none_left, processes_with, relief, shell
from paleobc.errors import ConflictError, InputError, PaleobcError, StepError
from paleobc.formats.file_sets import file_set, files_of
from paleobc.formats.netcdf import write_netcdf
from paleobc.services.external_steps import options_of_run
from paleobc.services.verification import verify
from paleobc.steps import external_guard
from paleobc.steps.external import MADE_BY, limits_beyond
from paleobc.steps.external_declaration import read_declaration
from paleobc.workflow.graph import Graph
from paleobc.workflow.revision import MemoryStore, Record, content_of
from paleobc.workflow.run import execute
from paleobc.workflow.staleness import fingerprint, reason_to_run

TEXT = {"type": "str", "default": "a", "description": "A text."}


@pytest.fixture(autouse=True)
def scratch(tmp_path, monkeypatch) -> Path:
    """Folder in which programs have their scratch folders; nothing is left in it."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert not list(folder.iterdir())


def refusal(folder: Path, **changes) -> str:
    """What is said of a step whose program does not do what it should."""
    step = declared(folder, **changes)
    with pytest.raises(PaleobcError) as caught:
        step(relief(), **step.options({}))
    said = str(caught.value)
    assert said.startswith("Step twin: ")
    assert "\n" not in said
    return said


def test_a_program_gives_the_result_of_a_step(tmp_path):
    step = declared(tmp_path)
    made = step(relief())
    assert made["height"].identical(relief()["height"])
    assert made.attrs[MADE_BY] == "twin, version 1"
    assert (step.name, step.reads, step.writes, step.queue) == ("twin", ("regridded_relief",), "twin", "science")
    assert content_of(step(relief())) == content_of(made)


def test_options_reach_the_program_as_words_of_their_own(tmp_path):
    options = {
        "number": {"type": "float", "default": 0.1, "least": 0, "most": 1, "description": "A number."},
        "count": {"type": "int", "default": 3, "description": "A count."},
        "flag": {"type": "bool", "default": True, "description": "Whether."},
        "text": {**TEXT, "pattern": "[a-z $();]+"},
        "way": {"type": "choice", "choices": ["-x", "y"], "default": "-x", "description": "A way."},
        "wish": {"type": "int", "default": None, "description": "A wish."},
    }
    named = [f"{{options.{name}}}" for name in options]
    step = declared(tmp_path, options=options, command=[*shell('cp "$1" "$2"; shift 2; printf "<%s>" "$@"'), *named])
    with all_told() as told:
        step(relief(), **step.options({"text": "$(id) a; b", "number": 1}))
    assert "<1.0><3><true><$(id) a; b><-x>\n" in "\n".join(told)


@pytest.mark.parametrize("text", ["-x", "--out=x", "", "a b", "a\n", "a;b", "../a"])
def test_a_text_of_a_user_cannot_become_a_flag_or_a_path(tmp_path, text):
    step = declared(tmp_path, options={"text": TEXT})
    with pytest.raises(StepError, match="text: "):
        step.options({"text": text})


@pytest.mark.parametrize("text", ["-x", "a\nb", "a\x7f"])
def test_not_even_where_its_pattern_allows_everything(tmp_path, text):
    step = declared(tmp_path, options={"text": {**TEXT, "pattern": "(.|\\n)*"}})
    with pytest.raises(StepError, match="text: "):
        step.options({"text": text})


def test_words_that_name_an_asset_that_is_not_there_are_left_out(tmp_path):
    command = [*shell('cp "$1" "$2"; shift 2; echo "$# $@"'), "--rivers={reads.routing}", "{{brace}}"]
    step = declared(tmp_path, may_read=["routing"], command=command)
    for routing, said in ((None, "1 {brace}"), (relief(), "2 --rivers=")):
        with all_told() as told:
            step(relief(), routing)
        assert said in "\n".join(told)


def test_a_failing_program_is_told_with_its_exit_code_and_its_last_lines(tmp_path):
    said = refusal(tmp_path, command=shell("echo one; echo the grid is wrong >&2; exit 3"))
    assert 'failed with exit code 3. It wrote last: "one / the grid is wrong".' in said
    assert "was ended by signal 11" in refusal(tmp_path, command=shell("kill -SEGV $$"))


def test_a_program_that_is_not_there_is_told(tmp_path):
    assert "'no_such_program' cannot be run on this machine" in refusal(tmp_path, command=["no_such_program", "{out}"])


def test_what_a_program_says_is_heard_while_it_runs(tmp_path):
    step = declared(tmp_path, command=shell('echo begins; sleep 1.5; cp "$1" "$2"; echo ends'))
    with all_told() as told:
        step(relief())
    assert told[:2] == ["begins", "ends"]
    assert told[2].startswith("The program took ")


def test_a_program_that_prints_a_gigabyte_fills_neither_memory_nor_log(tmp_path):
    step = declared(
        tmp_path, command=shell('echo first; yes | head -c 1000000000; cp "$1" "$2"; printf "\\033[31mlast"')
    )
    with all_told() as told:
        step(relief())
    log = "\n".join(told)
    assert log.startswith("first\ny\n")
    assert " bytes left out ...\n" in log
    assert "\n [31mlast\n" in log
    assert len(log) < 20_000


def test_a_program_that_hangs_is_killed_with_all_that_it_started(tmp_path):
    mark = f"98765.{os.getpid()}1"
    deaf = f"(setsid sh -c 'trap \"\" TERM; sleep {mark}; sleep {mark}' &)"
    script = f"sleep {mark} & setsid sleep {mark} & {deaf}; sleep {mark}"
    said = refusal(tmp_path, command=shell(f"echo at work; {script}"), seconds=1)
    assert 'took longer than 1 s, its limit, and was stopped. It wrote last: "at work' in said
    assert not processes_with(mark)


def test_nothing_that_a_program_started_outlives_it(tmp_path):
    mark = f"98765.{os.getpid()}2"
    declared(tmp_path, command=shell(f'setsid sleep {mark} & cp "$1" "$2"'))(relief())
    assert not processes_with(mark)


def test_a_program_dies_with_the_process_that_waits_for_it_and_its_files_go(tmp_path, scratch):
    mark = f"98765.{os.getpid()}3"
    declared(tmp_path, command=shell(f"setsid sleep {mark} & sleep {mark}"))
    code = (
        "from pathlib import Path; from external_worlds import *\n"
        f"found = read_declaration(Path({str(tmp_path / 'twin.yaml')!r}))\n"
        "external_step(found, with_declared(ASSETS, [found]))(relief())"
    )
    tests = str(Path(__file__).resolve().parents[1])
    waiting = subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": tests, "TMPDIR": str(scratch)}
    )
    until = time.monotonic() + 60
    while len(processes_with(f"sleep {mark}")) < 2 and time.monotonic() < until and waiting.poll() is None:
        time.sleep(0.05)
    assert len(processes_with(f"sleep {mark}")) >= 2
    waiting.send_signal(signal.SIGKILL)
    waiting.wait()
    assert none_left(mark)
    while list(scratch.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)


def test_a_program_that_takes_too_much_memory_is_stopped(tmp_path):
    greedy = "kept = []\nwhile True: kept.append(b'1' * 10_000_000)"
    said = refusal(tmp_path, command=[sys.executable, "-c", greedy, "{out}"], memory_mb=200)
    assert "took more than 200 MB of memory, its limit" in said or "MemoryError" in said


def test_a_file_that_grows_without_end_is_stopped(tmp_path):
    said = refusal(tmp_path, command=shell('yes > "$2"'), file_mb=1)
    assert "was ended by signal" in said or "exit code" in said


def test_a_program_sees_only_the_environment_that_was_declared(tmp_path, monkeypatch):
    for name in ("PALEOBC_DATABASE_URL", "AWS_SECRET_ACCESS_KEY", "SOMETHING", "LICENCE"):
        monkeypatch.setenv(name, "a secret of ours")
    step = declared(tmp_path, command=shell('env; cp "$1" "$2"'), environment=["LICENCE", "NOT_SET"], threads=3)
    with all_told() as told:
        step(relief())
    seen = {line.split("=")[0] for line in "\n".join(told).splitlines() if "=" in line}
    assert seen - {"PWD", "OLDPWD", "SHLVL", "_"} == {"PATH", "HOME", "TMPDIR", "LANG", "OMP_NUM_THREADS", "LICENCE"}
    assert "\n".join(told).count("a secret of ours") == 1


def hostile(folder: Path, **changes) -> str:
    """What is said of an output that was made ready beforehand."""
    made = folder / "made.nc"
    return refusal(folder, command=["cp", "-P", str(made), "{out}"], **changes)


def test_a_program_that_writes_nothing_is_told(tmp_path):
    assert "ended well and did not write twin.nc" in refusal(tmp_path, command=["true", "{out}"])


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x89HDF\r\n\x1a\nrubbish", b"CDF\x01" + b"\xff" * 50])
def test_an_output_that_is_no_file_of_numbers_is_refused(tmp_path, content):
    (tmp_path / "made.nc").write_bytes(content)
    assert "twin.nc" in hostile(tmp_path)


def test_a_link_is_not_followed(tmp_path):
    write_netcdf(relief(), tmp_path / "other.nc", file_format="NETCDF4")
    (tmp_path / "made.nc").symlink_to(tmp_path / "other.nc")
    assert "not an ordinary file" in hostile(tmp_path)
    assert "not an ordinary file" in refusal(tmp_path, command=shell('mkfifo "$2"'))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.rename(height="depth"), "has no variable 'height'; there are "),
        (lambda d: d.transpose("lon", "lat"), "height has the dimensions lon, lat; it should have lat, lon"),
        (lambda d: d.astype("int64"), "is of the type int64"),
        (lambda d: d.assign(height=d.height.assign_attrs(scale_factor=2.0)), "is packed"),
    ],
)
def test_an_output_of_other_variables_is_refused(tmp_path, change, said):
    write_netcdf(change(relief()), tmp_path / "made.nc", file_format="NETCDF4")
    assert said in hostile(tmp_path)


def test_missing_values_become_nan_and_dates_are_left_out(tmp_path):
    given = relief().assign_attrs(history="today", note="kept")
    given["height"][0, 0] = -9999.0
    given["height"].attrs["_FillValue"] = -9999.0
    write_netcdf(given, tmp_path / "made.nc", file_format="NETCDF4")
    made = declared(tmp_path, command=["cp", str(tmp_path / "made.nc"), "{out}"])(relief())
    assert np.isnan(made["height"].values[0, 0])
    assert np.isnan(made["height"].attrs["_FillValue"])
    assert made.attrs == {"note": "kept", MADE_BY: "twin, version 1"}


def test_a_replacement_of_ours_has_to_fit_the_grid_it_is_made_of(tmp_path):
    other = xr.Dataset(
        {name: (("y", "x"), np.ones((3, 3))) for name in ("soilcolor", "soiltext", "nav_lon", "nav_lat")}
    )
    write_netcdf(other, tmp_path / "made.nc", file_format="NETCDF4")
    command = ["cp", str(tmp_path / "made.nc"), "{out}"]
    step = declared(tmp_path, writes="soils", asset=None, outputs=None, reads=["conditioned_relief"], command=command)
    with pytest.raises(InputError, match=r"soilcolor has 3 × 3 rows and columns; conditioned_relief, .* has 4 × 6"):
        step(relief())


def test_a_set_of_files_can_be_written_in_place_of_ours(tmp_path):
    names = ["grids_a", "masks_a", "areas_a", "rmp_t_to_t_OceTemp_1", "rmp_t_to_t_HeatWaterFluxes_1"]
    names += ["rmp_t_to_u_WindStress_1", "rmp_t_to_v_WindStress_1", "rmp_t_to_t_runoff_1", "rmp_t_to_t_calving_1"]
    copies = "; ".join(f'cp "$1" "$2/{name}.nc"' for name in names)
    how = {"writes": "mosaix_weights", "asset": None, "outputs": ["README*"]}
    step = declared(tmp_path, **how, command=shell(f'{copies}; echo hello > "$2/README"'), queue="mosaix")
    files = files_of(step(relief()))
    assert set(files) == {"mosaix_weights/README", *(f"mosaix_weights/{name}.nc" for name in names)}
    assert files["mosaix_weights/README"] == "hello\n"
    assert files["mosaix_weights/grids_a.nc"]["height"].values.tolist() == relief()["height"].values.tolist()
    for script, said in (
        (copies, "No file README* was written"),
        ('cp "$1" "$2/grids.nc"; echo > "$2/README"', "No file masks*.nc was written"),
        ('ln -s /etc/passwd "$2/README"', "not an ordinary file"),
        ('cp /bin/ls "$2/ls"', "neither NetCDF"),
        ('head -c 2000000 /dev/zero > "$2/README"', "no text"),
        ('mkdir -p "$2/a/b/c/d/e/f"', "too deep"),
        ('for i in $(seq 300); do echo > "$2/$i.txt"; done', "More than 200 files"),
        ("true", "was written"),
    ):
        assert said in refusal(tmp_path, **how, command=shell(script))


def test_a_set_that_is_read_is_a_folder(tmp_path):
    given = file_set({"mosaix_weights/a.nc": relief(), "mosaix_weights/README": "hello"})
    command = ["cp", "{reads.mosaix_weights}/mosaix_weights/a.nc", "{out}"]
    made = declared(tmp_path, reads=["mosaix_weights"], command=command)(given)
    assert made["height"].identical(relief()["height"])


def test_a_result_is_stale_where_its_declaration_changed(tmp_path):
    (tmp_path / "program.sh").write_text("one")
    before = declared(tmp_path, identity=["program.sh"])
    inputs = {"regridded_relief": "1"}
    store = MemoryStore()
    sources = {"regridded_relief": relief()}
    record = execute(Graph([before]), sources, {}, store)["twin"].record
    known = {"regridded_relief": record.inputs["regridded_relief"]}
    same = declared(tmp_path, identity=["program.sh"], seconds=9, queue="weights", summary="Other words.")
    assert fingerprint(same, {}, known) == record.fingerprint
    assert execute(Graph([same]), sources, {}, store)["twin"].state == "reused"
    again = declared(tmp_path, identity=["program.sh"], version=2)
    assert reason_to_run(again, {}, known, record) == "twin is now version 2"
    words = declared(tmp_path, identity=["program.sh"], command=["cp", "-f", "{reads.regridded_relief}", "{out}"])
    (tmp_path / "program.sh").write_text("two")
    program = declared(tmp_path, identity=["program.sh"])
    prints = {fingerprint(step, {}, inputs) for step in (before, again, words, program)}
    assert len(prints) == 4
    for step in (words, program):
        assert reason_to_run(step, {}, known, record) == "the declaration of twin changed"
    assert execute(Graph([program]), sources, {}, store)["twin"].state == "unchanged"
    with pytest.raises(InputError, match="start paleobc again"):
        before(relief())


def test_limits_that_the_installation_does_not_allow_are_told(tmp_path):
    declared(tmp_path, seconds=700, memory_mb=7000)
    found = read_declaration(tmp_path / "twin.yaml")
    assert limits_beyond([found], 700, 7000) == ()
    time_said, memory_said = limits_beyond([found], 600, 6000)
    assert "seconds is 700, and PALEOBC_STEP_SECONDS allows 600 s" in time_said
    assert "memory_mb is 7000, and PALEOBC_STEP_MEMORY_MB allows 6000 MB" in memory_said


def soils(value: float, rows: int = 4) -> xr.Dataset:
    """Soils of an external step, the same in all cells."""
    fields = {name: (("y", "x"), np.full((rows, 6), value)) for name in ("soilcolor", "soiltext")}
    return xr.Dataset(fields, attrs={MADE_BY: "our_soils, version 3"})


def test_a_law_that_an_external_result_breaks_is_its_programs_to_mend():
    land = relief().assign(height=relief().height * 0 + 1.0)
    assert verify(["soils"], {"soils": soils(1.0), "conditioned_relief": land})
    with pytest.raises(InputError, match=r"step our_soils, version 3, made breaks a law .*Mend its program"):
        verify(["soils"], {"soils": soils(0.0), "conditioned_relief": land})
    with pytest.raises(InputError, match=r"our_soils, version 3, made does not fit .*Mend its program"):
        verify(["soils"], {"soils": soils(1.0, rows=3), "conditioned_relief": land})


def test_a_run_asked_for_with_another_declaration_is_not_performed(tmp_path):
    options = {"size": {"type": "int", "default": 2, "description": "A size."}}
    step, inputs = declared(tmp_path, options=options), {"regridded_relief": "1"}
    asked = fingerprint(step, {"size": 5}, inputs)
    assert options_of_run(step, {"size": 5}, inputs, asked) == {"size": 5}
    other = declared(tmp_path, options=options, version=2)
    with pytest.raises(ConflictError, match="is declared otherwise on the machine"):
        options_of_run(other, {"size": 5}, inputs, asked)


def test_a_step_that_takes_the_place_of_another_says_so(tmp_path):
    step = declared(tmp_path)
    earlier = Record("f", "c", "our_twin", 1, {}, {"regridded_relief": "1"})
    assert reason_to_run(step, {}, {"regridded_relief": "1"}, earlier) == "made by twin now"


def test_the_guard_of_a_program_needs_no_library():
    words = [sys.executable, "-I", "-S", external_guard.__file__]
    order = {
        "words": ["sh", "-c", "exit 7"],
        "folder": "/",
        "environment": {},
        "seconds": 9,
        "memory_mb": 99,
        "file_mb": 1,
    }
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as guard:
        assert guard.stdin
        guard.stdin.write(json.dumps(order) + "\n")
        guard.stdin.flush()
        assert guard.stdout
        assert json.loads(guard.stdout.read().splitlines()[-1])["code"] == 7


def test_a_guard_that_is_killed_leaves_no_program_behind(tmp_path):
    mark = f"98765.{os.getpid()}4"
    step = declared(tmp_path, command=shell(f"sleep {mark}; true"))

    def kill() -> None:
        until = time.monotonic() + 30
        while not (found := processes_with(f"sleep {mark}")) and time.monotonic() < until:
            time.sleep(0.05)
        program = min(found)
        while "external_guard" not in Path(f"/proc/{program}/cmdline").read_text():
            program = int(Path(f"/proc/{program}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(program, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(PaleobcError, match="was ended by the system"):
        step(relief())
    killer.join()
    assert none_left(f"sleep {mark}")
