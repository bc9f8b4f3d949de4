"""Print the entries of a lock file, hashes included, for the names that are given: `locked.py LOCK NAME ...`."""

import re
import sys
from pathlib import Path


def entries(lock: str) -> dict[str, str]:
    """Entries of a lock file by name, each with its hashes."""
    return {found[1]: found[0] for found in re.finditer(r"^([\w.\[\]-]+)==.*(?:\n[ ]+.*)*", lock, re.MULTILINE)}


def main(lock: str, *names: str) -> None:
    """Print the entries, or end with the names that are not there."""
    known = entries(Path(lock).read_text(encoding="utf-8"))
    if missing := [name for name in names if name not in known]:
        sys.exit(f"{lock} does not hold {', '.join(missing)}: make it anew with scripts/lock.")
    sys.stdout.write("\n".join(known[name] for name in names) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
