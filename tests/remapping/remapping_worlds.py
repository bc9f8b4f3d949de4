"""Meshes, seas and fields for the tests of weights, and slow overlaps found in other ways."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from paleobc.conventions import BoolArray, FloatArray
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.sphere import longitude_latitude, unit_vectors
from paleobc.remapping.atmosphere import AtmosphereGrid

_NODES, _SHARES = np.polynomial.legendre.leggauss(24)


def continents(grid: CurvilinearGrid) -> BoolArray:
    """A sea with two continents that hold the northern poles, an island and a southern cap of land."""
    longitude, latitude = grid.t.longitude, grid.t.latitude
    first = np.abs((longitude - 106 + 180) % 360 - 180) < 35 + 10 * np.sin(np.radians(5 * latitude))
    second = np.abs((longitude + 74 + 180) % 360 - 180) < 25 + 15 * np.cos(np.radians(4 * latitude))
    island = (np.abs(longitude - 10) < 6) & (np.abs(latitude + 30) < 5)
    land = ((first | second) & (latitude > -40) & (latitude < 75)) | island | (latitude < -72)
    return ~land


def rotation(generator: np.random.Generator) -> FloatArray:
    """A random rotation, shape (3, 3)."""
    q, r = np.linalg.qr(generator.standard_normal((3, 3)))
    q = q * np.sign(np.diag(r))
    return q * np.sign(np.linalg.det(q))


def mesh(longitude: FloatArray, latitude: FloatArray) -> FloatArray:
    """Corners of the cells between longitudes and latitudes, shape (n, 4, 3)."""
    east, north = np.meshgrid(longitude, latitude)
    p = unit_vectors(east, north)
    return np.stack([p[:-1, :-1], p[:-1, 1:], p[1:, 1:], p[1:, :-1]], axis=2).reshape(-1, 4, 3)


def side_integral(p: FloatArray, q: FloatArray, box: tuple[float, float, float, float]) -> float:
    """Integral of sin(latitude), kept between two values, over the longitudes of a side within two meridians."""
    west, east, low, high = box
    nx, ny, nz = np.cross(p, q)
    start = np.arctan2(p[1], p[0])
    length = (np.arctan2(q[1], q[0]) - start + np.pi) % (2 * np.pi) - np.pi
    if abs(nz) < 1e-300 or length == 0.0:
        return 0.0
    total = 0.0
    for turn in range(-2, 3):  # the interval of longitudes may lie a turn away
        first, last = sorted((start + 2 * np.pi * turn, start + length + 2 * np.pi * turn))
        first, last = max(first, west), min(last, east)
        if first >= last:
            continue
        breaks = [first, last]
        for sine in (low, high):  # nx cos + ny sin = -nz tan
            ratio = -nz * sine / np.sqrt(1 - sine * sine) / np.hypot(nx, ny) if abs(sine) < 1 else 2.0
            if abs(ratio) < 1:
                middle, away = np.arctan2(ny, nx), np.arccos(ratio)
                for place in (middle - away, middle + away):
                    breaks += [place + 2 * np.pi * k for k in range(-2, 4)]
        breaks = sorted({b for b in breaks if first <= b <= last})
        for a, b in pairwise(breaks):
            angle = 0.5 * (a + b) + 0.5 * (b - a) * _NODES
            tangent = -(nx * np.cos(angle) + ny * np.sin(angle)) / nz
            sines = np.clip(tangent / np.sqrt(1 + tangent**2), low, high)
            total += 0.5 * (b - a) * float(_SHARES @ sines)
    return float(np.sign(length) * total)


def slow_overlap(cell: FloatArray, box: tuple[float, float, float, float]) -> float:
    """Area of an anticlockwise cell within a box of longitudes and sines, by quadrature over longitude."""
    sides = list(zip(cell, np.roll(cell, -1, axis=0), strict=True))
    total = -sum(side_integral(p, q, box) for p, q in sides)
    turn = sum((np.arctan2(q[1], q[0]) - np.arctan2(p[1], p[0]) + np.pi) % (2 * np.pi) - np.pi for p, q in sides)
    if turn > np.pi:
        total += (box[1] - box[0]) * box[3]
    elif turn < -np.pi:
        total -= (box[1] - box[0]) * box[2]
    return total


def slow_common_area(first: FloatArray, second: FloatArray) -> float:
    """Area that two convex cells share, with long numbers and from the angles at the corners."""
    polygon = [np.asarray(p, dtype=np.longdouble) for p in first]
    corners = np.asarray(second, dtype=np.longdouble)
    for p, q in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        normal, kept = np.cross(p, q), []
        for a, b in zip(polygon, polygon[1:] + polygon[:1], strict=True):
            da, db = normal @ a, normal @ b
            if da >= 0:
                kept.append(a)
            if (da < 0) != (db < 0):
                c = a + da / (da - db) * (b - a)
                kept.append(c / np.sqrt(c @ c))
        polygon = kept
        if len(polygon) < 3:
            return 0.0
    total = np.longdouble(0)
    for a, b, c in ((polygon[0], polygon[k], polygon[k + 1]) for k in range(1, len(polygon) - 1)):
        volume = a @ np.cross(b - a, c - a)
        total += 2 * np.arctan2(volume, 1 + a @ b + b @ c + c @ a)
    return float(total)


def smooth(longitude: FloatArray, latitude: FloatArray) -> FloatArray:
    """A field that varies over thousands of kilometres."""
    east, north = np.radians(longitude), np.radians(latitude)
    return 2 + np.cos(north) ** 2 * np.cos(2 * east) + 0.3 * np.sin(3 * north)


def cell_means(corners: FloatArray) -> FloatArray:
    """Mean of the smooth field over each quadrangle, by quadrature."""
    nodes, shares = np.polynomial.legendre.leggauss(4)
    nodes, shares = (nodes + 1) / 2, shares / 2
    total, area = 0.0, 0.0
    a, b, c, d = np.moveaxis(corners, 1, 0)
    for x, wx in zip(nodes, shares, strict=True):
        for y, wy in zip(nodes, shares, strict=True):
            p = (1 - x) * (1 - y) * a + x * (1 - y) * b + x * y * c + (1 - x) * y * d
            along, across = (1 - y) * (b - a) + y * (c - d), (1 - x) * (d - a) + x * (c - b)
            size = np.abs(np.einsum("nk,nk->n", p, np.cross(along, across))) / np.linalg.norm(p, axis=1) ** 3
            total = total + wx * wy * size * smooth(*longitude_latitude(p))
            area = area + wx * wy * size
    return np.asarray(total / np.where(area > 0, area, 1))


def atmosphere_means(grid: AtmosphereGrid) -> FloatArray:
    """Mean of the smooth field over each cell of the atmosphere, by quadrature."""
    nodes, shares = np.polynomial.legendre.leggauss(4)
    nodes, shares = (nodes + 1) / 2, shares / 2
    sines, edges = np.sin(np.radians(grid.latitude_edges)), grid.longitude_edges
    total = 0.0
    for x, wx in zip(nodes, shares, strict=True):
        for y, wy in zip(nodes, shares, strict=True):
            east = edges[:-1] + x * np.diff(edges)
            north = np.degrees(np.arcsin(sines[:-1] + y * np.diff(sines)))
            total = total + wx * wy * smooth(*np.meshgrid(east, north))
    return np.asarray(total).ravel()
