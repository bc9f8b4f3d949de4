"""The commands of `deploy/` that change a version: what they do, refuse and take back, with a pretended engine."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pretended_installation import COMMANDS, DEPLOY, IDS, PretendedInstallation

TOOLS = Path(sys.executable).parent


def changing(said: list[str]) -> list[int]:
    """Numbers of calls that change something: between two that only look a cut leaves nothing that is half done."""
    looks = re.compile(r"(image )?inspect |compose ps |run --rm |compose exec .*SELECT")
    return [number for number, call in enumerate(said, 1) if not looks.match(call)]


@pytest.fixture
def place(tmp_path: Path) -> PretendedInstallation:
    """An installation whose images are built here."""
    return PretendedInstallation(tmp_path)


@pytest.fixture
def published(tmp_path: Path) -> PretendedInstallation:
    """An installation whose images come from a registry."""
    place = PretendedInstallation(tmp_path, "registry.example.org/paleobc")
    place.write("images/registry.example.org_paleobc:a", IDS["a"])
    return place


def test_commands_hold_no_known_fault() -> None:
    command = [
        str(TOOLS / "shellcheck"),
        "--check-sourced",
        *(str(DEPLOY / name) for name in (*COMMANDS, "unattended")),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_command_ever_removes_a_volume(place: PretendedInstallation) -> None:
    files = [*DEPLOY.glob("lib/*"), *(DEPLOY / name for name in (*COMMANDS, "unattended", "init", "build"))]
    removing = (
        r"volume (rm|remove|prune)|prune|compose down|rm -(\w*v|-volumes)|--volumes|--renew-anon-volumes|up .* -V"
    )
    found = {
        file.name for file in files if re.search(removing, file.read_text(encoding="utf-8").replace("--no-prune", ""))
    }
    assert found == set()
    for words in (("update", "b"), ("rollback",), ("rotate", "database")):
        assert place.run(*words).returncode == 0
    assert not re.search(removing, place.read("said").replace("--no-prune", ""))


def test_an_update_brings_all_services_and_the_schema_and_a_rollback_takes_them_back(
    place: PretendedInstallation,
) -> None:
    done = place.run("update", "b")
    assert done.returncode == 0, done.stderr
    assert place.version() == "b"
    assert place.read("backup") == "0004"  # made before anything was changed
    done = place.run("rollback")
    assert done.returncode == 0, done.stderr
    assert place.version() == "a"
    assert not (place.engine / "copy").exists()


@pytest.mark.parametrize("words", [("update", "b"), ("rollback",)], ids=["update", "rollback"])
def test_a_power_cut_at_any_step_leaves_one_version_or_the_other(words: tuple[str, ...], tmp_path: Path) -> None:
    place = PretendedInstallation(tmp_path)
    if words == ("rollback",):
        assert place.run("update", "b").returncode == 0
    before, state = place.version(), place.state()
    (place.engine / "said").unlink(missing_ok=True)
    assert place.run(*words).returncode == 0
    after, said = place.version(), place.read("said").splitlines()
    cuts = changing(said)
    assert len(cuts) > 12
    for cut in cuts:
        place.restore(state)
        assert place.run(*words, cut=cut).returncode < 0
        done = place.run("update", "--finish")
        assert done.returncode == 0, (cut, done.stdout, done.stderr)
        assert place.version() in (before, after), cut
        assert after == place.version() or cut < cuts[-1] or place.run(*words).returncode == 0


@pytest.mark.parametrize("fault", ["ill", "rude", "ill stuck"])
def test_what_is_not_well_goes_back_by_itself(place: PretendedInstallation, fault: str) -> None:
    for kind in fault.split():
        place.write(f"{kind}/{IDS['b']}", "")
    done = place.run("update", "b")
    assert done.returncode == 3, done.stderr
    assert "a runs again" in done.stdout
    assert place.version() == "a"
    assert (place.engine / "aside").exists() == ("stuck" in fault)  # what the database became is not thrown away


def test_a_rollback_to_what_is_ill_by_now_goes_forth_again(place: PretendedInstallation) -> None:
    place.run("update", "b")
    place.write(f"ill/{IDS['a']}", "")
    assert place.run("rollback").returncode == 3
    assert place.version() == "b"


def test_where_both_ways_are_closed_somebody_is_called(place: PretendedInstallation) -> None:
    place.write(f"ill/{IDS['b']}", "")
    place.write(f"ill/{IDS['a']}", "")
    done = place.run("update", "b")
    assert done.returncode == 4
    assert "Nothing is lost" in done.stdout
    (place.engine / "ill" / IDS["a"]).unlink()
    assert place.run("update", "--finish").returncode == 0
    assert place.version() == "a"


def test_without_a_backup_nothing_is_changed(place: PretendedInstallation) -> None:
    place.write("full", "")
    assert place.run("update", "b").returncode == 1
    assert place.version() == "a"


def test_rollbacks_go_back_one_after_the_other(place: PretendedInstallation) -> None:
    for name in ("c", "b"):
        assert place.run("update", name).returncode == 0
    assert place.run("rollback").returncode == 0
    assert place.version() == "c"
    assert place.run("rollback").returncode == 0
    assert place.version() == "a"
    assert place.run("rollback").returncode == 1
    assert place.version() == "a"


def test_what_is_older_is_gone_back_to_and_not_updated_to(place: PretendedInstallation) -> None:
    assert place.run("update", "b").returncode == 0
    refused = place.run("update", "c")
    assert refused.returncode == 1
    assert "deploy/rollback c" in refused.stderr
    assert place.run("rollback", "c").returncode == 0
    assert place.version() == "c"
    assert "deploy/update d" in place.run("rollback", "d").stderr


def test_a_name_that_moves_is_replaced_by_one_that_stays(place: PretendedInstallation) -> None:
    commit = "0123456789" * 4
    place.make("c", "0003 0004", named="latest")
    place.write(f"commits/{IDS['c']}", commit)
    assert place.run("update").returncode == 0
    assert place.version() == commit
    assert place.run("update").stdout == f"{commit} is what runs; there is nothing newer.\n"


def test_what_failed_is_not_tried_again_unattended(place: PretendedInstallation) -> None:
    place.make("b", "0003 0004 0005", named="latest")
    place.write(f"ill/{IDS['b']}", "")
    assert place.run("update", "--unattended").returncode == 3
    again = place.run("update", "--unattended")
    assert (again.returncode, place.version()) == (0, "a")
    assert "failed here before" in again.stdout
    (place.engine / "ill" / IDS["b"]).unlink()
    assert place.run("update").returncode == 0
    assert place.run("rollback").returncode == 0
    assert "gone back from" in place.run("update", "--unattended").stdout
    assert place.version() == "a"


def test_what_is_not_well_is_not_updated_unattended(place: PretendedInstallation) -> None:
    place.make("b", "0003 0004 0005", named="latest")
    place.write(f"rude/{IDS['a']}", "")
    done = place.run("update", "--unattended")
    assert (done.returncode, place.version()) == (1, "a")
    assert "not well already" in done.stdout
    assert place.run("update").returncode == 0  # whoever looks may try


def test_what_a_power_cut_broke_off_is_tried_again_unattended(place: PretendedInstallation) -> None:
    place.make("b", "0003 0004 0005", named="latest")
    assert place.run("update").returncode == 0
    last = changing(place.read("said").splitlines())[-1]
    assert place.run("rollback").returncode == 0
    place.make("d", "0004 0005", named="latest")
    assert place.run("update", "--unattended", cut=last - 4).returncode < 0
    assert (place.folder / "state" / "change").exists()
    done = place.run("update", "--unattended")
    assert done.returncode == 0, done.stderr
    assert "broken off" in done.stdout
    assert place.read("runs/web") == IDS["d"]


def test_a_release_that_became_another_image_is_refused(published: PretendedInstallation) -> None:
    for name in "ca":
        assert published.run("update" if name == "c" else "rollback", name).returncode == 0
    published.make("b", "0003 0004 0005", named="c")
    refused = published.run("update", "c")
    assert refused.returncode == 1
    assert "Names of releases do not move" in refused.stderr
    assert published.version() == "a"


def test_an_image_of_another_digest_is_refused(published: PretendedInstallation) -> None:
    assert published.run("update", f"b@{IDS['d']}").returncode == 1
    assert published.version() == "a"


@pytest.mark.parametrize("is_good", [True, False], ids=["signed", "not signed"])
def test_who_signed_is_asked_where_that_is_chosen(
    published: PretendedInstallation, tmp_path: Path, is_good: bool
) -> None:
    cosign = tmp_path / "bin" / "cosign"
    cosign.write_text(f"#!/bin/sh\necho $* > {tmp_path}/asked\nexit {0 if is_good else 1}\n", encoding="utf-8")
    cosign.chmod(0o755)
    published.choose("PALEOBC_COSIGN_KEY=/etc/paleobc.pub")
    done = published.run("update", "c")
    assert done.returncode == (0 if is_good else 1), done.stderr
    assert published.version() == ("c" if is_good else "a")
    asked = (tmp_path / "asked").read_text(encoding="utf-8")
    assert asked == f"verify --key /etc/paleobc.pub registry.example.org/paleobc@{IDS['c']}\n"


def test_what_was_done_is_told_to_whom_was_named(place: PretendedInstallation, tmp_path: Path) -> None:
    teller = tmp_path / "tell"
    teller.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/told\ncat > {tmp_path}/lines\n', encoding="utf-8")
    teller.chmod(0o755)
    place.choose(f"PALEOBC_REPORT={teller}")
    assert place.run("update", "b").returncode == 0
    assert (tmp_path / "told").read_text(encoding="utf-8") == "paleobc: update to b is done; before it was a.\n"
    assert "Making a backup." in (tmp_path / "lines").read_text(encoding="utf-8")


def test_only_one_at_a_time(place: PretendedInstallation) -> None:
    (place.folder / "state").mkdir()
    holder = ["flock", str(place.folder / "state" / "lock"), "sh", "-c", "echo held; read -r _"]
    with subprocess.Popen(holder, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as held:
        assert held.stdout is not None
        held.stdout.readline()
        refused = place.run("update", "b")
        held.communicate(b"\n")
    assert refused.returncode == 1
    assert "is under way" in refused.stderr


@pytest.mark.parametrize("words", ["update ../x", "update a;b", "update --now", "rollback -x", "rotate all"])
def test_what_cannot_be_meant_is_refused(place: PretendedInstallation, words: str) -> None:
    assert place.run(*words.split()).returncode == 1
    assert place.version() == "a"


@pytest.mark.parametrize(("what", "name"), [("database", "DATABASE_PASSWORD"), ("broker", "BROKER_PASSWORD")])
def test_a_secret_that_is_broken_off_is_finished_with_the_same_value(
    place: PretendedInstallation, what: str, name: str
) -> None:
    assert place.run("rotate", what).returncode == 0
    for cut in changing(place.read("said").splitlines()):
        assert place.run("rotate", what, cut=cut).returncode < 0
        half = place.folder / "state" / f"new-{name}"
        begun = half.read_text(encoding="utf-8") if half.exists() else ""
        assert place.run("rotate", what).returncode == 0
        secret = place.chosen(name)
        assert re.fullmatch("[0-9a-f]{48}", secret)
        assert begun in ("", secret)
        assert secret not in place.read("said")  # what stands in a command can be seen by others


def test_units_are_written_as_their_tool_takes_them(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text(encoding="utf-8").replace("@DEPLOY@", str(DEPLOY))
        (tmp_path / unit.name).write_text(text.replace("Requires=docker.service\n", ""), encoding="utf-8")
    units = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert not [line for line in (done.stdout + done.stderr).splitlines() if "paleobc" in line]
