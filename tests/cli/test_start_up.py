"""The command starts with what it needs: its help and its version load no science."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest
import typer.main

import paleobc
from paleobc.cli.main import app

#: Packages that take long to load.
HEAVY = {"h5py", "matplotlib", "netCDF4", "numba", "numpy", "pandas", "pydantic", "scipy", "xarray"}

GROUP = typer.main.get_command(app)


def loaded(program: str) -> set[str]:
    """Modules that a fresh process has loaded in the end."""
    tell = "import atexit, json, sys; atexit.register(lambda: sys.stderr.write(json.dumps(list(sys.modules))))\n"
    done = subprocess.run([sys.executable, "-c", tell + program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stderr))


def loaded_by(*arguments: str) -> set[str]:
    """Modules that a command has loaded in the end."""
    return loaded(f"import sys; sys.argv = {['paleobc', *arguments]!r}\nfrom paleobc.cli.main import main; main()")


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_load_no_science(option):
    assert not loaded_by(option) & HEAVY


def test_importing_the_package_loads_no_science():
    assert not loaded("import paleobc") & HEAVY


def test_a_step_loads_nothing_that_only_pictures_or_new_grids_need():
    modules = loaded_by("run", "mosaix_weights", "--help")
    assert not modules & {"matplotlib", "scipy.integrate", "scipy.interpolate", "scipy.optimize"}


def test_every_public_name_is_listed_and_can_be_imported():
    assert set(paleobc.__all__) <= set(dir(paleobc))
    for name in paleobc.__all__:
        assert isinstance(getattr(paleobc, name), str if name == "__version__" else Callable)


def test_a_name_that_is_not_there_is_refused_as_python_does():
    with pytest.raises(AttributeError, match="module 'paleobc' has no attribute 'built'"):
        paleobc.built  # noqa: B018


@pytest.mark.parametrize("name", GROUP.commands)
def test_the_help_of_all_commands_says_what_each_says_itself(name):
    listed = GROUP.get_command(None, name)
    assert listed.help == GROUP.commands[name].help.partition("\n")[0]
    assert listed.name == GROUP.commands[name].name == name
