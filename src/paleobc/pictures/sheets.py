"""A sheet of maps, laid out in pixels and written as PNG."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from paleobc.errors import InputError
from paleobc.pictures.colours import INK, OUTSIDE

#: Pixels for each inch; with sizes of letters in points it fixes how large words are on the map.
RESOLUTION = 160


@dataclass(frozen=True)
class Box:
    """A rectangle on the sheet: left and top edge, width and height [pixels], counted from the upper left."""

    left: float
    top: float
    width: float
    height: float


class Sheet:
    """
    A blank picture of a given size.

    Parameters
    ----------
    width, height : int
        Size [pixels].
    """

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        # Not pyplot: its state is shared by all threads of a server.
        self.figure = Figure(figsize=(width / RESOLUTION, height / RESOLUTION), dpi=RESOLUTION, facecolor=OUTSIDE)
        FigureCanvasAgg(self.figure)

    def axes(self, box: Box) -> Axes:
        """Axes that fill a box."""
        bottom = 1.0 - (box.top + box.height) / self.height
        return self.figure.add_axes((box.left / self.width, bottom, box.width / self.width, box.height / self.height))

    def words(
        self,
        left: float,
        top: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        vertical: Literal["top", "center_baseline"] = "top",
    ) -> None:
        """Write words whose left edge and top, or middle, are at a place [pixels], in a size [points]."""
        weight = "bold" if bold else "normal"
        place = (left / self.width, 1.0 - top / self.height)
        self.figure.text(*place, text, fontsize=size, fontweight=weight, color=colour, va=vertical)

    def write(self, path: Path) -> None:
        """
        Write the sheet as PNG, whole or not at all.

        Raises
        ------
        InputError
            Where the name does not end in .png or its folder is not there.
        """
        if path.suffix.lower() != ".png":
            raise InputError(f"A picture is written as PNG; give '{path}' a name that ends in .png.")
        if not path.parent.is_dir():
            raise InputError(f"The folder '{path.parent}' does not exist; make it, or write the picture elsewhere.")
        draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
        try:
            # Without the name of the software the same map gives the same bytes from year to year.
            self.figure.savefig(draft, format="png", dpi=RESOLUTION, metadata={"Software": None})
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
