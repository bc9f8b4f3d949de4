"""Remove from an environment what a running program never reads: tests, headers, other stores' interfaces."""

import shutil
import sys
from pathlib import Path

#: Interfaces of Amazon that are spoken: all others are two thirds of botocore.
SPOKEN = {"s3", "sts", "sso", "sso-oidc"}


def unread(site: Path) -> list[Path]:
    """Folders that nothing reads; tests that other modules import stay, as numpy.testing."""
    packages = (
        "botocore",
        "h5py",
        "matplotlib",
        "mpl_toolkits",
        "netCDF4",
        "numba",
        "numpy",
        "pandas",
        "scipy",
        "xarray",
    )
    tests = [path for name in packages for path in (site / name).rglob("tests") if path.is_dir()]
    services = [path for path in (site / "botocore" / "data").glob("*/") if path.name not in SPOKEN]
    others = [site / "numpy/_core/include", site / "numpy/_pyinstaller", site / "matplotlib/mpl-data/sample_data"]
    return [path for path in tests + services + others if path.is_dir()]


def main(environment: str) -> None:
    """Remove them."""
    (site,) = Path(environment).glob("lib/python3*/site-packages")
    for folder in unread(site):
        shutil.rmtree(folder, ignore_errors=True)  # one may have stood in another


if __name__ == "__main__":
    main(*sys.argv[1:])
