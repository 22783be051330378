"""Areas, colours and places on a page, in points from its top left corner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Colour = tuple[float, float, float]  # red, green and blue from 0 to 1
Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]
Path = list[list[Point]]
WHITE: Colour = (1.0, 1.0, 1.0)
BLACK: Colour = (0.0, 0.0, 0.0)
SAME: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True)
class Box:
    """A place on a page, in points from its top left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, point: Point) -> bool:
        return self.left <= point[0] <= self.right and self.top <= point[1] <= self.bottom

    def within(self, other: Box) -> Box:
        """What both share; its ends are the wrong way round when they share nothing."""
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    @staticmethod
    def around(points: Sequence[Point]) -> Box:
        return Box(
            min(x for x, _ in points), min(y for _, y in points), max(x for x, _ in points), max(y for _, y in points)
        )

    @staticmethod
    def of_all(boxes: Sequence[Box]) -> Box:
        return Box(
            min(box.left for box in boxes),
            min(box.top for box in boxes),
            max(box.right for box in boxes),
            max(box.bottom for box in boxes),
        )


@dataclass(frozen=True)
class Clip:
    path: Path
    is_even_odd: bool


@dataclass(frozen=True)
class Shape:
    """An area that was filled. A colour of None is a picture; a path of None is all of `box`."""

    box: Box
    path: Path | None
    colour: Colour | None
    alpha: float
    is_even_odd: bool
    clips: tuple[Clip, ...]

    def covers(self, point: Point) -> bool:
        return self.box.holds(point) and inside(self.path, point, self.is_even_odd) and shown(point, self.clips)


def over(colour: Colour, alpha: float, below: Colour) -> Colour:
    red, green, blue = (alpha * one + (1 - alpha) * other for one, other in zip(colour, below, strict=True))
    return red, green, blue


def times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def moved(point: Sequence[float], matrix: Matrix) -> Point:
    x, y = point
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def shown(point: Point, clips: Sequence[Clip]) -> bool:
    return all(inside(clip.path, point, clip.is_even_odd) for clip in clips)


def inside(path: Path | None, point: Point, is_even_odd: bool) -> bool:
    """Is a point inside of a path? Counts the sides that a line from it to the right meets."""
    if path is None:
        return True
    x, y = point
    turns = meets = 0
    for part in path:
        for (x1, y1), (x2, y2) in zip(part, [*part[1:], part[0]], strict=True):
            if (y1 <= y) != (y2 <= y) and x1 + (y - y1) / (y2 - y1) * (x2 - x1) > x:
                meets += 1
                turns += 1 if y2 > y1 else -1
    return meets % 2 == 1 if is_even_odd else turns != 0
