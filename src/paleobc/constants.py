"""Numbers of the physical world, with unit and source."""

from __future__ import annotations

from typing import Final

#: Radius of the Earth in the river formulas [m]; kept at the value of the ORCHIDEE routing files in use,
#: so that lengths and areas agree with them (boundary files of IPSL-CM5A2).
RIVER_EARTH_RADIUS: Final = 6_370_000.0

#: Smallest drop between a cell and the next one downstream [m]: keeps the retention time finite.
MINIMUM_RIVER_DROP: Final = 5.0

#: Heights are rounded to this many decimals [m] before rivers are computed: millimetres.
HEIGHT_DECIMALS: Final = 3

#: Radius of the Earth in the models themselves and in the coupling files [m] (NEMO, phycst.F90, variable ra).
EARTH_RADIUS: Final = 6_371_229.0
