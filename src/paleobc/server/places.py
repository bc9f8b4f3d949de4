"""The asset of an experiment that an address names, and who asks for it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path

from paleobc.server.visitors import Here, SignedIn
from paleobc.services.revision_files import AssetPlace


def asset_place(
    visitor: SignedIn,
    here: Here,
    experiment_id: Annotated[str, Path(description="Id of an experiment.")],
    asset: Annotated[str, Path(description="Name of an asset.")],
) -> AssetPlace:
    """Say which asset is meant; whether the visitor may see it is asked where it is looked at."""
    return AssetPlace(here.database, here.contents, visitor.user, experiment_id, asset)


Place = Annotated[AssetPlace, Depends(asset_place)]
