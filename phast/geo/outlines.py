"""County outlines as arcs that neighbours share. Drawn arc by arc, two counties never gape or overlap, however coarse."""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path

from .projection import Point, Projection

FILE = Path(__file__).parent / "data" / "outlines.json.gz"
FINEST = 0.7  # pixels: vertices closer than this to the last one drawn are not seen


class Outlines:
    """All outlines of the country, read once (about 60 ms) and kept."""

    def __init__(self, stored: dict) -> None:
        self.per_degree: int = stored["per_degree"]
        self.arcs: list[list[int]] = stored["arcs"]
        self.rings: dict[str, list[list[int]]] = stored["counties"]
        self.boxes: dict[str, list[int]] = stored["boxes"]

    def arc(self, number: int) -> list[Point]:
        """An arc's vertices as longitude and latitude."""
        flat, scale = self.arcs[number], self.per_degree
        return [(x / scale, y / scale) for x, y in zip(accumulate(flat[::2]), accumulate(flat[1::2]), strict=True)]

    def corners(self, counties: Iterable[str]) -> list[Point]:
        """Every vertex of these counties' outlines."""
        numbers = {max(n, ~n) for fips in counties for ring in self.rings[fips] for n in ring}
        return [point for number in sorted(numbers) for point in self.arc(number)]

    def touching(self, box: tuple[float, float, float, float]) -> list[str]:
        """The counties whose own box meets this one (west, south, east, north, in degrees)."""
        west, south, east, north = (side * self.per_degree for side in box)
        return [
            fips for fips, (w, s, e, n) in self.boxes.items() if w <= east and e >= west and s <= north and n >= south
        ]


@cache
def outlines() -> Outlines:
    """The stored outlines."""
    return Outlines(json.loads(gzip.decompress(FILE.read_bytes())))


class Drawing:
    """The outlines of one map in pixels; each arc is projected and thinned once, whoever uses it."""

    def __init__(self, source: Outlines, projection: Projection, width: float) -> None:
        self._source = source
        self._projection = projection
        self._width = width
        self._arcs: dict[int, list[Point]] = {}

    def arc(self, number: int) -> list[Point]:
        """An arc in pixels; ~n is arc n walked backwards."""
        if number < 0:
            return self.arc(~number)[::-1]
        if number not in self._arcs:
            points = [self._projection(*point) for point in self._source.arc(number)]
            self._arcs[number] = _thinned(points)
        return self._arcs[number]

    def rings(self, fips: str) -> list[list[Point]]:
        """A county's closed rings, without those wholly outside the frame."""
        rings = [[point for number in ring for point in self.arc(number)[:-1]] for ring in self._source.rings[fips]]
        return [ring for ring in rings if self._is_seen(ring)]

    def borders(self, counties: Sequence[str]) -> tuple[list[list[Point]], list[list[Point]]]:
        """The arcs inside this group of counties, and those around it."""
        uses = Counter(max(n, ~n) for fips in counties for ring in self._source.rings[fips] for n in ring)
        inside = [self.arc(number) for number, times in sorted(uses.items()) if times > 1]
        around = [self.arc(number) for number, times in sorted(uses.items()) if times == 1]
        return inside, around

    def _is_seen(self, ring: list[Point]) -> bool:
        xs, ys = [x for x, _ in ring], [y for _, y in ring]
        return max(xs) > 0 and min(xs) < self._width and max(ys) > 0 and min(ys) < self._projection.height


def _thinned(points: list[Point]) -> list[Point]:
    kept = [points[0]]
    for point in points[1:-1]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) > FINEST:
            kept.append(point)
    return [*kept, points[-1]]


def path(lines: Iterable[Sequence[Point]], *, closed: bool = False) -> str:
    """The `d` of an SVG path: tenths of a pixel, each step relative to the one before, which is a third shorter."""
    parts = []
    for line in lines:
        x, y = round(line[0][0] * 10), round(line[0][1] * 10)
        steps = []
        for px, py in line[1:]:
            nx, ny = round(px * 10), round(py * 10)
            if (nx, ny) != (x, y):
                steps.append(f"{(nx - x) / 10:g} {(ny - y) / 10:g}")
            x, y = nx, ny
        if steps:
            parts.append(f"M{line[0][0]:.1f} {line[0][1]:.1f}l{' '.join(steps)}{'z' if closed else ''}")
    return "".join(parts)
