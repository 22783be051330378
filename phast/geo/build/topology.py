"""Cuts polygons into arcs that neighbours share, and simplifies the arcs, so that a shared border stays shared."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import cos, radians

Vertex = tuple[int, int]
"""Longitude and latitude in ten-thousandths of a degree (about 11 m)."""
Ring = list[Vertex]
Topology = tuple[list[Ring], dict[str, list[list[int]]]]

PRECISION = 10_000


def cut(shapes: Mapping[str, Sequence[Ring]]) -> Topology:
    """Arcs, and for each shape its rings as arc numbers; ~n is arc n walked backwards (as in TopoJSON).

    An arc ends where the rings that pass through a vertex part ways. A ring nobody touches is one closed arc.
    """
    ways: dict[Vertex, frozenset[Vertex]] = {}
    junctions: set[Vertex] = set()
    for ring in _rings(shapes):
        for before, here, after in zip([ring[-1], *ring[:-1]], ring, [*ring[1:], ring[0]], strict=True):
            way = frozenset((before, after))
            if ways.setdefault(here, way) != way:
                junctions.add(here)
    arcs: list[Ring] = []
    number_of: dict[tuple[Vertex, ...], int] = {}

    def number(arc: Ring) -> int:
        key = tuple(arc)
        if key in number_of:
            return number_of[key]
        if key[::-1] in number_of:
            return ~number_of[key[::-1]]
        number_of[key] = len(arcs)
        arcs.append(arc)
        return number_of[key]

    result = {}
    for name, rings in shapes.items():
        result[name] = [[number(arc) for arc in _split(ring, junctions)] for ring in rings]
    return arcs, result


def _rings(shapes: Mapping[str, Sequence[Ring]]) -> Iterable[Ring]:
    return (ring for rings in shapes.values() for ring in rings)


def _split(ring: Ring, junctions: set[Vertex]) -> list[Ring]:
    at = [place for place, vertex in enumerate(ring) if vertex in junctions]
    if not at:
        # Two shapes that share a whole ring (an island city) must begin it at the same vertex, whichever way they walk.
        first = ring.index(min(ring))
        turned = ring[first:] + ring[:first]
        return [[*turned, turned[0]]]
    turned = ring[at[0] :] + ring[: at[0]]
    cuts = [place - at[0] for place in at] + [len(ring)]
    turned.append(turned[0])
    return [turned[a : b + 1] for a, b in pairwise(cuts)]


def simplify(arc: Ring, tolerance: float) -> Ring:
    """Douglas–Peucker: the fewest vertices of `arc` that stay within `tolerance` (in units of a vertex, measured north–south)."""
    if len(arc) < 3:
        return arc
    east = cos(radians(arc[0][1] / PRECISION))  # a degree of longitude is shorter than one of latitude
    points = [(x * east, y) for x, y in arc]
    keep = {0, len(arc) - 1}
    stack = [(0, len(arc) - 1)]
    while stack:
        first, last = stack.pop()
        farthest, distance = first, tolerance
        for place in range(first + 1, last):
            away = _distance(points[place], points[first], points[last])
            if away > distance:
                farthest, distance = place, away
        if farthest != first:
            keep.add(farthest)
            stack += [(first, farthest), (farthest, last)]
    return [arc[place] for place in sorted(keep)]


def _distance(point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    (px, py), (ax, ay), (bx, by) = point, start, end
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    along = 0.0 if not length else max(0.0, min(1.0, ((px - ax) * dx + (py - ay) * dy) / length))
    return ((px - ax - along * dx) ** 2 + (py - ay - along * dy) ** 2) ** 0.5


def area(ring: Sequence[Vertex]) -> float:
    """The size of a ring in square units of a vertex, corrected for the length of a degree of longitude."""
    double = sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True))
    return abs(double) / 2 * cos(radians(ring[0][1] / PRECISION))
