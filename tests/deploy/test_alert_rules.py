"""The rules of alerts speak of numbers that there are, and each speaks when it should and is silent otherwise."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from documentation import ROOT, rows, section

FOLDER = ROOT / "deploy" / "monitoring"
RULES: list[dict[str, Any]] = yaml.safe_load((FOLDER / "alerts.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
TESTS: list[dict[str, Any]] = yaml.safe_load((FOLDER / "alerts.test.yaml").read_text(encoding="utf-8"))["tests"]
NAMES = {rule["alert"] for rule in RULES}


def promtool(*words: str, folder: Path = FOLDER) -> subprocess.CompletedProcess[str]:
    """Run promtool of Debian's package prometheus."""
    program = shutil.which("promtool")
    assert program, "promtool is not there: install Debian's package prometheus"
    return subprocess.run([program, *words], cwd=folder, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("words", [("check", "rules", "alerts.yaml"), ("test", "rules", "alerts.test.yaml")])
def test_prometheus_finds_the_rules_good(words):
    found = promtool(*words)
    assert found.returncode == 0, found.stdout + found.stderr


def test_prometheus_finds_the_example_of_its_settings_good():
    found = promtool("check", "config", "--syntax-only", "prometheus.yaml")
    assert found.returncode == 0, found.stdout + found.stderr


def test_every_rule_is_tried_silent_and_speaking():
    well, nothing, wrong = TESTS
    for silent in (well, nothing):
        assert {one["alertname"] for one in silent["alert_rule_test"]} == NAMES
    (speaking,) = wrong["promql_expr_test"]
    assert {re.findall('"(.*)"', one["labels"])[0] for one in speaking["exp_samples"]} == NAMES


def test_a_rule_that_never_speaks_is_noticed(tmp_path):
    shutil.copytree(FOLDER, tmp_path / "monitoring")
    file = tmp_path / "monitoring" / "alerts.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("> 1800", "> 18000000"), encoding="utf-8")
    assert promtool("test", "rules", "alerts.test.yaml", folder=file.parent).returncode == 1


def test_the_rules_speak_of_numbers_that_are_described_and_say_what_to_do():
    described = rows(section("monitoring", "All numbers")).keys()
    for rule in RULES:
        named = set(re.findall(r"paleobc_\w+", rule["expr"]))
        assert {re.sub("_bucket$", "", name) for name in named} <= described
        assert {"summary", "what_to_do"} <= rule["annotations"].keys()
        assert rule["labels"]["severity"] in ("critical", "warning")


def test_every_alert_is_described():
    assert rows(section("monitoring", "Alerts")).keys() == NAMES
