"""Whatever the interface of programs is asked, it does not fail."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from sites import Site

#: The run is bounded in time; the seed makes it the same every time.
_SECONDS = 20


def test_no_request_that_can_be_made_of_the_description_makes_it_fail(shared: Site, tmp_path: Path):
    ada = shared.user("ada")
    ids = shared.full_experiment(ada)
    token = shared.program(ada).headers["Authorization"]
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{shared.address}/api/v1/openapi.json"),
        *("--header", f"Authorization: {token}", "--checks", "not_a_server_error", "--seed", "1"),
        *("--phases", "coverage,fuzzing", "--max-time", str(_SECONDS), "--max-examples", "10"),
        *("--exclude-path-regex", "/events$", "--continue-on-failure", "--no-color", "--request-timeout", "10"),
    ]
    # Where an id is asked for, half of the requests name one that is there.
    (tmp_path / "schemathesis.toml").write_text(
        "[parameters]\n" + "".join(f'"path.{name}" = "{value}"\n' for name, value in ids.items() if name != "user_id")
    )
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=_SECONDS * 3, check=False)
    assert answer.returncode == 0, answer.stdout[-8000:] + answer.stderr[-2000:]
    tested = re.search(r"Tested:\s+(\d+)", answer.stdout)
    assert tested is not None, answer.stdout
    assert int(tested.group(1)) > 40
