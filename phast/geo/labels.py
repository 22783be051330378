"""Finds room for county names between the circles; a name that finds none is left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import hypot

from .circles import Circle
from .projection import Point

STEPS = 16  # places tried across and down a county
FEW = 8  # on a map of so many counties a name may cross its county's border


@dataclass(frozen=True, slots=True)
class Label:
    """A county's name around its middle, in pixels."""

    text: str
    x: float
    y: float


def place_names(
    counties: Sequence[tuple[str, list[list[Point]]]],
    circles: Sequence[Circle],
    *,
    size: float,
    width: float,
    height: float,
) -> list[Label]:
    """A label for each (name, rings) that has room for one: inside its county and clear of every circle and other label."""
    labels: list[Label] = []
    taken: list[_Box] = []
    clear = size / 4
    for name, rings in counties:
        ring = max(rings, key=len, default=[])
        best: tuple[float, _Box] | None = None
        half_width, half_height = len(name) * size * 0.41, size * 0.5
        near = _near(ring, circles, half_width + 40)
        for x, y in _grid(ring):
            if not (half_width < x < width - half_width and half_height < y < height - half_height):
                continue
            box = _Box(x, y, half_width, half_height)
            outside = sum(not _inside(*corner, ring) for corner in box.corners())
            if (outside and len(counties) > FEW) or not _inside(x, y, ring) or any(box.meets(other) for other in taken):
                continue
            room = min((box.room(circle) for circle in near), default=99.0)
            if room < clear:
                continue
            score = min(room, 1.2 * size) - 5 * outside - _off_centre(x, y, ring) * size
            if best is None or score > best[0]:
                best = (score, box)
        if best:
            labels.append(Label(name.upper(), best[1].x, best[1].y))
            taken.append(best[1])
    return labels


@dataclass(frozen=True, slots=True)
class _Box:
    """The room a name takes, around its middle."""

    x: float
    y: float
    half_width: float
    half_height: float

    def corners(self) -> list[Point]:
        return [
            (self.x + dx, self.y + dy)
            for dx in (-self.half_width, self.half_width)
            for dy in (-self.half_height, self.half_height)
        ]

    def meets(self, other: "_Box") -> bool:
        return (
            abs(self.x - other.x) < self.half_width + other.half_width
            and abs(self.y - other.y) < self.half_height + other.half_height + 2
        )

    def room(self, circle: Circle) -> float:
        """Pixels to a circle; negative when they overlap."""
        dx, dy = max(abs(circle.x - self.x) - self.half_width, 0.0), max(abs(circle.y - self.y) - self.half_height, 0.0)
        return hypot(dx, dy) - circle.r


def _grid(ring: list[Point]) -> Iterator[Point]:
    if ring:
        left, right = min(x for x, _ in ring), max(x for x, _ in ring)
        top, bottom = min(y for _, y in ring), max(y for _, y in ring)
        for row, column in product(range(1, STEPS), repeat=2):
            yield left + (right - left) * column / STEPS, top + (bottom - top) * row / STEPS


def _near(ring: list[Point], circles: Sequence[Circle], reach: float) -> list[Circle]:
    """The circles within `reach` of a ring's box."""
    if not ring:
        return []
    left, right = min(x for x, _ in ring) - reach, max(x for x, _ in ring) + reach
    top, bottom = min(y for _, y in ring) - reach, max(y for _, y in ring) + reach
    return [circle for circle in circles if left < circle.x < right and top < circle.y < bottom]


def _off_centre(x: float, y: float, ring: list[Point]) -> float:
    """0 in the middle of a ring's box, 1 at its edges."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return abs(2 * x - min(xs) - max(xs)) / (max(xs) - min(xs)) + abs(2 * y - min(ys) - max(ys)) / (max(ys) - min(ys))


def _inside(x: float, y: float, ring: list[Point]) -> bool:
    odd = False
    ax, ay = ring[-1]
    for bx, by in ring:
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            odd = not odd
        ax, ay = bx, by
    return odd
