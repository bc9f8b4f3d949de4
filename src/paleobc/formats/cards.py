"""What is written into the cards and namelists of IPSL-CM5A2: which files it reads, and the values that must agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from paleobc.errors import InputError

Engine = Literal["mosaix", "mosaic"]

#: Variable of the shell that says where the bundle lies; libIGCM fills it in as it reads a card.
ROOT: Final = "PALEOBC_BUNDLE"

#: Letters that a path in a list of a card may hold: the list is read word by word, by a shell.
_SAFE_PATH: Final = re.compile(r"[A-Za-z0-9_.+/\-]+")

_LINKS: Final = re.compile(r"rmp_(?P<source>[a-z]{4})_to_(?P<destination>[a-z]{4})_\w+\.nc")


@dataclass(frozen=True)
class RunSettings:
    """
    Values of namelists that must agree with the files.

    Parameters
    ----------
    ocean_columns, ocean_rows : int
        Size of the ocean grid, copies of cells included.
    nperio : float or None
        NEMO's number of the way its edges join; None where NEMO has none.
    ocean_resolution : float
        Width of its columns at the equator [degrees].
    overlap_columns : int
        Columns of the ocean that are copies of others.
    atmosphere_columns, atmosphere_rows : int
        Size of the grid of LMDZ as it stands in the files, both poles included.
    engine : {"mosaix", "mosaic"}
        Which made the weights.
    """

    ocean_columns: int
    ocean_rows: int
    nperio: float | None
    ocean_resolution: float
    overlap_columns: int
    atmosphere_columns: int
    atmosphere_rows: int
    engine: Engine

    @property
    def jperio(self) -> int | None:
        """
        The number as NEMO 3.6, the ocean of IPSL-CM5A2, knows it; None where it knows no such grid.

        Examples
        --------
        >>> RunSettings(180, 148, 6.2, 2.0, 0, 96, 96, "mosaix").jperio is None  # no halo: NEMO 4.2 alone
        True
        """
        return int(self.nperio) if self.nperio in (4.0, 6.0) else None

    @property
    def jp_cfg(self) -> int:
        """
        Number of the resolution: whole degrees, or the digits of a fraction of one, as in ORCA2 and ORCA025.

        Examples
        --------
        >>> RunSettings(182, 149, 6.0, 2.0, 2, 96, 96, "mosaix").jp_cfg
        2
        >>> RunSettings(1442, 1207, 6.0, 0.25, 2, 96, 96, "mosaix").jp_cfg
        25
        """
        if self.ocean_resolution >= 1.0:
            return round(self.ocean_resolution)
        return int(f"{self.ocean_resolution:.3g}".replace(".", ""))

    @property
    def cpl_old_calving(self) -> Literal["y", "n"]:
        """How LMDZ hands over the ice that calves: the way that the weights expect."""
        return "y" if self.engine == "mosaic" else "n"

    def size_of(self, grid: str) -> tuple[int, int]:
        """
        Columns and rows of a grid of the coupler, by its name of four letters.

        Examples
        --------
        >>> RunSettings(182, 149, 6.0, 2.0, 2, 144, 143, "mosaix").size_of("tlmd")
        (144, 143)
        """
        if grid.endswith("orc"):
            return self.ocean_columns, self.ocean_rows
        return self.atmosphere_columns, self.atmosphere_rows

    def overlap_of(self, grid: str) -> int:
        """Columns of a grid of the coupler that are copies."""
        return self.overlap_columns if grid.endswith("orc") else 0


def card(section: str, key: str, files: Mapping[str, str], notes: Iterable[str]) -> str:
    r"""
    Fragment of a card of libIGCM: files to bring into the run, with the names they have there.

    Parameters
    ----------
    section : str
        Section of the card, for example ``BoundaryFiles``.
    key : str
        ``List``, or ``ListNonDel`` for files that stay in the run from one period to the next.
    files : mapping of str to str
        Path in the bundle by the name in the run.
    notes : iterable of str
        Sentences to write above it, a line each.

    Raises
    ------
    InputError
        Where a path holds letters that a card cannot hold.

    Examples
    --------
    >>> print(card("BoundaryFiles", "ListNonDel", {"a.nc": "files/a.nc", "b.nc": "files/b.nc"}, ["Two files."]))
    # Two files.
    [BoundaryFiles]
    ListNonDel= (${PALEOBC_BUNDLE}/files/a.nc, a.nc), \
                (${PALEOBC_BUNDLE}/files/b.nc, b.nc)
    <BLANKLINE>
    """
    for path in files.values():
        if not _SAFE_PATH.fullmatch(path):
            raise InputError(f"The path {path!r} cannot stand in a card of libIGCM; rename what it is named after.")
    head = "".join(f"# {note}\n" for note in notes)
    start = f"{key}= "
    width = max(map(len, files.values()), default=0)
    entries = [f"(${{{ROOT}}}/{path + ',':{width + 1}} {name})" for name, path in files.items()]
    return f"{head}[{section}]\n{start}" + f", \\\n{' ' * len(start)}".join(entries) + "\n"


def namelist_cfg(settings: RunSettings) -> str:
    """
    Fragment of NEMO's ``namelist_cfg``: the block ``namcfg`` as it has to be for these files.

    References
    ----------
    NEMO reference manual, version 3.6, chapter on space domain, doi:10.5281/zenodo.3248739.
    """
    columns, rows, jperio = settings.ocean_columns, settings.ocean_rows, settings.jperio
    values = {
        "cp_cfg": ('"paleorca"', 'name of the grid; with "orca" NEMO would alter straits of today in it'),
        "jp_cfg": (settings.jp_cfg, f"its resolution: {settings.ocean_resolution:g} degrees"),
        "jpidta": (columns, "columns of the files"),
        "jpjdta": (rows, "rows of the files"),
        "jpiglo": (columns, "columns of the domain"),
        "jpjglo": (rows, "rows of the domain"),
    }
    if jperio is not None:
        values["jperio"] = (jperio, f"cyclic, folded in the north about {'T' if jperio == 4 else 'F'} points")
    lines = "".join(f"   {name:<8} = {value!s:>12}   ! {words}\n" for name, (value, words) in values.items())
    if jperio is None:
        lines += (
            "   ! jperio: NEMO 3.6 does not know the way in which the edges of this grid join; take another grid.\n"
        )
    return (
        "! In PARAM/namelist_ORCA2_cfg_paleo, or whatever namelist your experiment takes for NEMO: replace these\n"
        "! lines of &namcfg, and leave the others (jpkdta, the number of levels, is that of your vertical grid).\n"
        f"&namcfg\n{lines}/\n"
    )


def namcouple(settings: RunSettings, weights: Iterable[str]) -> str:
    """
    Fragment of OASIS3-MCT's ``namcouple``: the lines of every field that hold sizes of grids.

    Parameters
    ----------
    settings : RunSettings
    weights : iterable of str
        Names of the weight files in the run, which name both grids.

    References
    ----------
    Craig, Valcke and Coquart (2017), doi:10.5194/gmd-10-3297-2017: OASIS3-MCT.
    """
    head = (
        "# In PARAM/namcouple_ORCA2xLMD9695_MX, or whatever namcouple your experiment takes. For every field that is\n"
        "# mapped with one of these files, its second line begins with the two sizes and names of the grids, and its\n"
        "# third line is the overlap of both. What follows on the second line (LAG and so on) stays as it is.\n"
    )
    parts = [head]
    for name in weights:
        source, destination = grids_of(name)
        sizes = " ".join(str(n) for grid in (source, destination) for n in settings.size_of(grid))
        overlaps = " ".join(f"P {settings.overlap_of(grid)}" for grid in (source, destination))
        parts.append(f"# {name}\n{sizes} {source} {destination}\n{overlaps}\n")
    return "#\n".join(parts)


def grids_of(weights: str) -> tuple[str, str]:
    """
    Names of the two grids that a weight file joins, from its name in the run.

    Examples
    --------
    >>> grids_of("rmp_tlmd_to_uorc_BILINEAR_Corrected.nc")
    ('tlmd', 'uorc')
    """
    found = _LINKS.fullmatch(weights)
    if found is None:
        raise InputError(f"{weights!r} does not name the grids of a weight file.")
    return found["source"], found["destination"]


def run_def(settings: RunSettings) -> str:
    """Fragment of LMDZ's ``run.def``: how it hands over the ice that calves."""
    how = "in three cells, one for each zone" if settings.engine == "mosaix" else "along each row of cells"
    return (
        "# In PARAM/run.def of the coupled run: LMDZ sends what calves "
        f"{how}, as the weights of engine {settings.engine} expect.\n"
        f"cpl_old_calving = {settings.cpl_old_calving}\n"
    )
