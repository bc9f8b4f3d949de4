"""What the weights of engine mosaic conserve, and which cells they leave out."""

from __future__ import annotations

from typing import Any

import numpy as np

from paleobc.conventions import FloatArray
from paleobc.remapping.conservation import Side
from paleobc.remapping.mosaic_weights import MosaicSet
from paleobc.remapping.mosaix_certificate import certificate


def mosaic_certificates(mosaic: MosaicSet) -> dict[str, dict[str, Any]]:
    """
    Certificates of the four sets of weights, by the end of the names of their files.

    Copies of ocean cells may be linked, as the old program does; they hold nothing and are counted once.

    Parameters
    ----------
    mosaic : MosaicSet
    """
    fraction, area = mosaic.coupled_fraction.ravel(), mosaic.collapsed_area.ravel()
    ocean_area = mosaic.ocean_area.ravel()
    once, copies = mosaic.ocean.open.ravel(), mosaic.ocean.open_with_copies.ravel()
    everywhere, sea = np.ones(fraction.size, dtype=bool), mosaic.fraction > 0.0
    runoff, calving = mosaic.runoff.weights, mosaic.calving.weights
    exchanged, wet_area = fraction * area, np.where(once, ocean_area, 0.0)
    gives = exchanged > 0.0  # on the poles one cell stands for all
    ice = np.where(calving.linked_sources(), _row_areas(mosaic), 0.0)
    air, water = mosaic.atmosphere.centres(), (mosaic.ocean.longitude["T"].ravel(), mosaic.ocean.latitude["T"].ravel())

    return {
        "torc_to_tlmd_MOSAIC": certificate(
            mosaic.to_atmosphere, Side(*water, wet_area, once, once), Side(*air, exchanged, sea, sea)
        ),
        "tlmd_to_torc_MOSAIC": certificate(
            mosaic.to_ocean, Side(*air, exchanged, sea, gives), Side(*water, wet_area, copies, once)
        ),
        "tlmd_to_torc_MOSAIC_rivflu": certificate(
            runoff,
            Side(*air, runoff.linked_sources().astype(np.float64), everywhere, mosaic.runoff.senders),
            Side(*water, wet_area, once, np.zeros_like(once)),
        ),
        "tlmd_to_torc_MOSAIC_calvin": certificate(
            calving,
            Side(*air, ice, everywhere, np.zeros_like(everywhere)),
            Side(*water, wet_area, copies, np.zeros_like(once)),
        ),
    }


def _row_areas(mosaic: MosaicSet) -> FloatArray:
    """Area of the whole row of each cell of LMDZ [m2]: the old program's field of ice is uniform along rows."""
    columns = mosaic.atmosphere.columns
    return np.repeat(mosaic.atmosphere_area[:, 0] * columns, columns)
