"""Changes by hand: lists of edits that are carried out on what a step made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import xarray as xr

from paleobc.errors import InputError
from paleobc.workflow.step import shortened

#: Key of a recipe, and beginning of the names under which the lists of an asset are given.
HAND_EDITS: Final = "hand_edits"
_NAME: Final = re.compile(rf"{HAND_EDITS}_(.+?)(?:_([1-9][0-9]*))?")

#: Carries lists of edits out on an asset: its name, what the step made of it, the lists.
CarryOut = Callable[[str, xr.Dataset, xr.Dataset], xr.Dataset]


@dataclass(frozen=True)
class Changes:
    """
    Which assets may be changed by hand, and how that is done.

    Parameters
    ----------
    assets : tuple of str
    carry_out : callable
    refused : dict of str to str
        For assets that may not, a sentence that says what to do instead.
    """

    assets: tuple[str, ...]
    carry_out: CarryOut
    refused: Mapping[str, str] = field(default_factory=dict)

    def check(self, asset: str) -> None:
        """
        Refuse an asset that may not be changed by hand.

        Raises
        ------
        InputError
        """
        if asset in self.refused:
            raise InputError(self.refused[asset])
        if asset not in self.assets:
            raise InputError(
                f"{shortened(asset)} cannot be changed by hand; the assets that can are {', '.join(self.assets)}."
            )


def hand_edits_of(asset: str) -> str:
    """
    Name under which the changes by hand of an asset are given to its step.

    Examples
    --------
    >>> hand_edits_of("pft")
    'hand_edits_pft'
    """
    return f"{HAND_EDITS}_{asset}"


def list_of(asset: str, number: int) -> str:
    """
    Name of one list of the changes by hand of an asset, counted from 1.

    Examples
    --------
    >>> list_of("pft", 2)
    'hand_edits_pft_2'
    """
    return f"{HAND_EDITS}_{asset}_{number}"


def asset_changed_by(name: str) -> str | None:
    """
    Asset of which a name says that it is its changes by hand, or a list of them; None for other names.

    Examples
    --------
    >>> asset_changed_by("hand_edits_pft"), asset_changed_by("hand_edits_pft_2"), asset_changed_by("pft")
    ('pft', 'pft', None)
    """
    match = _NAME.fullmatch(name)
    return match[1] if match else None


def lists_by_asset(names: Iterable[str]) -> dict[str, list[str]]:
    """
    Those of some names that are lists of changes by hand, in their order, by asset.

    Examples
    --------
    >>> lists_by_asset(["relief", "hand_edits_pft_10", "hand_edits_pft_2", "hand_edits_soils_1"])
    {'pft': ['hand_edits_pft_2', 'hand_edits_pft_10'], 'soils': ['hand_edits_soils_1']}
    """
    found = sorted((match[1], int(match[2]), match[0]) for match in map(_NAME.fullmatch, names) if match and match[2])
    return {asset: [name for its, _, name in found if its == asset] for asset in dict.fromkeys(a for a, _, _ in found)}
