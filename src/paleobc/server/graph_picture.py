"""The graph of steps as a picture: where each asset stands, and the lines between them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final, Literal

from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.workflow.graph import Graph

Direction = Literal["rightwards", "downwards"]

#: Rounds in which the order within the layers is improved; more change nothing in a graph of this size.
_ROUNDS: Final = 40
_MARGIN: Final = 4.0


@dataclass(frozen=True)
class Style:
    """
    Sizes of a picture [pixels].

    Parameters
    ----------
    width, height : float
        Of a node.
    between_layers : float
        Room between two layers, for the lines.
    between_nodes : float
        Room between two nodes of a layer.
    letters : int
        Letters in a line of a node's title.
    """

    width: float
    height: float
    between_layers: float
    between_nodes: float
    letters: int


STYLES: Final[Mapping[Direction, Style]] = {
    "rightwards": Style(width=120, height=60, between_layers=20, between_nodes=14, letters=12),
    "downwards": Style(width=128, height=60, between_layers=26, between_nodes=10, letters=13),
}


@dataclass(frozen=True)
class Node:
    """An asset in the picture: its box, and its title in lines."""

    asset: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A line from an asset to one that is made of it, as a path of SVG."""

    source: str
    target: str
    path: str
    is_optional: bool


@dataclass(frozen=True)
class Picture:
    """The whole picture."""

    direction: Direction
    width: float
    height: float
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]


@cache
def picture_of_steps(direction: Direction) -> Picture:
    """Picture of the product's graph."""
    return picture_of(GRAPH, {name: asset.title for name, asset in ASSETS.items()}, direction)


def picture_of(graph: Graph, titles: Mapping[str, str], direction: Direction) -> Picture:
    """
    Picture of a graph in layers: each asset beyond all that it is made of.

    Parameters
    ----------
    graph : Graph
    titles : mapping of str to str
        What users call each asset.
    direction : {"rightwards", "downwards"}
        Where the layers go.
    """
    style = STYLES[direction]
    edges = direct_edges(graph)
    layers = layers_of(graph)
    chains = _chains(edges, layers)
    columns = _in_order(layers, chains)
    rightwards = direction == "rightwards"
    breadth, length = (style.height, style.width) if rightwards else (style.width, style.height)
    across = _across(columns, chains, breadth, style.between_nodes)
    along = {key: layer * (length + style.between_layers) + _MARGIN for layer, c in enumerate(columns) for key in c}
    optional = {(asset, step.writes) for step in graph.steps for asset in step.may_read}

    def node(asset: str) -> Node:
        x, y = along[asset], across[asset] - breadth / 2
        x, y = (x, y) if rightwards else (y, x)
        return Node(asset, x, y, style.width, style.height, _lines(titles[asset], style.letters))

    nodes = tuple(node(asset) for asset in (*graph.sources, *graph.assets))
    lines = tuple(
        Line(chain[0][0], chain[-1][0], _path(chain, along, across, length, rightwards), edge in optional)
        for edge, chain in chains.items()
    )
    width = max(node.x + node.width for node in nodes) + _MARGIN
    height = max(node.y + node.height for node in nodes) + _MARGIN
    return Picture(direction, width, height, nodes, lines)


def direct_edges(graph: Graph) -> list[tuple[str, str]]:
    """Pairs of an asset and one made of it, without those that follow from others."""
    made_of = {step.writes: (*step.reads, *step.may_read) for step in graph.steps}
    behind: dict[str, set[str]] = {}
    for asset in graph.assets:
        behind[asset] = set(made_of[asset]).union(*(behind.get(read, set()) for read in made_of[asset]))
    return [
        (read, asset)
        for asset in graph.assets
        for read in made_of[asset]
        if not any(read in behind.get(other, set()) for other in made_of[asset])
    ]


def layers_of(graph: Graph) -> dict[str, int]:
    """Layer of each asset, from 0; what is given stands right before the first that reads it."""
    made = set(graph.assets)
    layer: dict[str, int] = {}
    for step in graph.steps:
        below = [layer[asset] for asset in (*step.reads, *step.may_read) if asset in made]
        layer[step.writes] = 1 + max(below, default=0)
    for source in graph.sources:
        readers = [layer[step.writes] for step in graph.steps if source in (*step.reads, *step.may_read)]
        layer[source] = min(readers) - 1
    return layer


#: A place of the picture: an asset, or a bend of a line (an asset, its reader and the layer).
_Key = str
_Chain = tuple[tuple[str, int], ...]


def _chains(edges: Iterable[tuple[str, str]], layers: Mapping[str, int]) -> dict[tuple[str, str], _Chain]:
    """The places through which each line goes, one in each layer."""
    chains = {}
    for source, target in edges:
        bends = [(f"{source} {target} {layer}", layer) for layer in range(layers[source] + 1, layers[target])]
        chains[source, target] = ((source, layers[source]), *bends, (target, layers[target]))
    return chains


def _neighbours(chains: Mapping[tuple[str, str], _Chain]) -> dict[_Key, dict[int, list[_Key]]]:
    """Places that lines join to each place, in the layer before (-1) and after (1) it."""
    found: dict[_Key, dict[int, list[_Key]]] = {}
    for chain in chains.values():
        for (near, _), (far, _) in pairwise(chain):
            found.setdefault(near, {-1: [], 1: []})[1].append(far)
            found.setdefault(far, {-1: [], 1: []})[-1].append(near)
    return found


def _in_order(layers: Mapping[str, int], chains: Mapping[tuple[str, str], _Chain]) -> list[list[_Key]]:
    """The places of each layer, ordered so that few lines cross."""
    columns: list[list[_Key]] = [[] for _ in range(max(layers.values()) + 1)]
    bends = (place for chain in chains.values() for place in chain[1:-1])
    for key, layer in (*layers.items(), *bends):
        columns[layer].append(key)
    neighbours = _neighbours(chains)
    best, fewest = [list(c) for c in columns], _crossings(columns, neighbours)
    for turn in range(_ROUNDS):
        side = -1 if turn % 2 == 0 else 1
        place = {key: (n + 0.5) / len(column) for column in columns for n, key in enumerate(column)}
        for column in columns[::-side]:
            for key in column:
                beside = [place[other] for other in neighbours.get(key, {}).get(side, [])]
                place[key] = sum(beside) / len(beside) if beside else place[key]
            column.sort(key=place.__getitem__)
            place.update({key: (n + 0.5) / len(column) for n, key in enumerate(column)})
        count = _crossings(columns, neighbours)
        if count < fewest:
            best, fewest = [list(c) for c in columns], count
    return best


def _crossings(columns: Sequence[Sequence[_Key]], neighbours: Mapping[_Key, Mapping[int, Sequence[_Key]]]) -> int:
    """How many pairs of lines cross."""
    count = 0
    for column, after in pairwise(columns):
        place = {key: n for n, key in enumerate(after)}
        ends = [place[other] for key in column for other in sorted(neighbours[key][1], key=place.__getitem__)]
        count += sum(first > second for n, first in enumerate(ends) for second in ends[n + 1 :])
    return count


def _across(
    columns: Sequence[Sequence[_Key]], chains: Mapping[tuple[str, str], _Chain], breadth: float, between: float
) -> dict[_Key, float]:
    """Where each place stands within its layer: near those it is joined to, and clear of its neighbours."""
    bends = {key for chain in chains.values() for key, _ in chain[1:-1]}
    half = {key: (breadth / 4 if key in bends else breadth / 2) for column in columns for key in column}
    neighbours = _neighbours(chains)
    place = {key: n * (breadth + between) for column in columns for n, key in enumerate(column)}
    for turn in range(_ROUNDS):
        for column in columns[:: 1 if turn % 2 else -1]:
            joined = [[*neighbours[key][-1], *neighbours[key][1]] for key in column]
            wanted = [sum(place[other] for other in others) / len(others) for others in joined]
            gaps = [half[a] + half[b] + between for a, b in pairwise(column)]
            place.update(zip(column, apart(wanted, gaps), strict=True))
    top = min(place[key] - half[key] for key in place) - _MARGIN
    return {key: float(round(value - top)) for key, value in place.items()}


def apart(wanted: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """
    Places as near to the wanted ones as can be, in the same order and at least the gaps apart.

    Examples
    --------
    >>> apart([0.0, 0.0], [10.0])
    [-5.0, 5.0]
    """
    shift = [0.0]
    for gap in gaps:
        shift.append(shift[-1] + gap)
    blocks: list[list[float]] = []  # of neighbours that touch: their sum, and how many
    for value, moved in zip(wanted, shift, strict=True):
        blocks.append([value - moved, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            last = blocks.pop()
            blocks[-1] = [blocks[-1][0] + last[0], blocks[-1][1] + last[1]]
    level = [total / count for total, count in blocks for _ in range(int(count))]
    return [value + moved for value, moved in zip(level, shift, strict=True)]


def _path(
    chain: _Chain, along: Mapping[_Key, float], across: Mapping[_Key, float], length: float, rightwards: bool
) -> str:
    """Path of SVG from the end of the first node through the bends to the start of the last."""
    along = {key: along[chain[0][0]] + (n - chain[0][1]) * _pitch(chain, along) for key, n in chain}
    points: list[tuple[float, float]] = []
    for number, (key, _) in enumerate(chain):
        start, end = (along[key], across[key]), (along[key] + length, across[key])
        points += [end] if number == 0 else [start] if number == len(chain) - 1 else [start, end]
    parts = [f"M{_point(points[0], rightwards)}"]
    for number, (near, far) in enumerate(pairwise(points)):
        middle = (near[0] + far[0]) / 2
        if number % 2:  # along a bend
            parts.append(f"L{_point(far, rightwards)}")
        else:
            controls = ((middle, near[1]), (middle, far[1]), far)
            parts.append("C" + " ".join(_point(point, rightwards) for point in controls))
    return "".join(parts)


def _pitch(chain: _Chain, along: Mapping[_Key, float]) -> float:
    """Distance between two layers."""
    (first, low), (last, high) = chain[0], chain[-1]
    return (along[last] - along[first]) / (high - low)


def _point(point: tuple[float, float], rightwards: bool) -> str:
    """A point as SVG writes it."""
    x, y = point if rightwards else point[::-1]
    return f"{x:.1f},{y:.1f}"


def _lines(title: str, letters: int) -> tuple[str, ...]:
    """Title in at most two lines."""
    lines = textwrap.wrap(title, letters)
    return (lines[0],) if len(lines) == 1 else (lines[0], " ".join(lines[1:]))
