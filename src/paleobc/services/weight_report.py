"""What the coupling weights of a build do, for its report and its laws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import xarray as xr

from paleobc.formats.oasis import certificate_of
from paleobc.remapping.mosaix_certificate import laws


def weight_report(files: Mapping[str, xr.Dataset | str]) -> dict[str, Any]:
    """
    Certificates that the files of a set carry, as plain data, by name of the file.

    Parameters
    ----------
    files : mapping of str to Dataset or str
        Files of a set, see `paleobc.formats.file_sets.files_of`; those without a certificate are passed over.

    Returns
    -------
    dict
        ``certificates``, and in ``warnings`` a sentence for each thing that the user should know.
    """
    found = {name: certificate_of(each.attrs) for name, each in files.items() if isinstance(each, xr.Dataset)}
    found = {name: certificate for name, certificate in found.items() if certificate}
    warnings = [sentence for each in found.values() for sentence in each.get("warnings", [])]
    return {"certificates": found, "warnings": warnings}


def weight_laws(files: Mapping[str, xr.Dataset | str]) -> list[tuple[str, bool, str]]:
    """
    What must hold for the weights of a set: the law as a sentence, whether it holds, figures.

    Parameters
    ----------
    files : mapping of str to Dataset or str
        Files of a set of engine mosaix.
    """
    certificates = weight_report(files)["certificates"]
    found = laws({name: each for name, each in certificates.items() if "links" in each})
    for name, dataset in files.items():
        if isinstance(dataset, xr.Dataset) and "OceMask" in dataset:
            fraction = dataset["OceMask"].values
            inside = bool((fraction >= 0.0).all() and (fraction <= 1.0).all())
            poles = all((fraction[row] == fraction[row, 0]).all() for row in (0, -1))
            figures = f"{name}: {fraction.min():g} to {fraction.max():g}"
            found.append(
                ("Fractions of sea lie between 0 and 1 and are one value on each pole", inside and poles, figures)
            )
    return found
