"""Puts circles near their places so that none overlap (after Daniel Dorling's cartograms), the same way every time."""

from dataclasses import dataclass
from math import cos, hypot, sin

GAP = 0.8  # pixels between two circles
REFRESH = 8  # rounds between two looks at who is near whom
REACH = 5.0  # pixels two circles may come closer in that time
PULLED = 56  # rounds in which a circle is drawn back to its place, ever more weakly
MOST = 400  # rounds in all; a map of a state needs about 90


@dataclass(slots=True)
class Circle:
    """A circle of radius `r` that belongs at `home`, in pixels. `x` and `y` are where it ends up."""

    name: str
    home: tuple[float, float]
    r: float
    x: float = 0.0
    y: float = 0.0


def spread(circles: list[Circle], *, width: float, height: float) -> None:
    """Moves the circles apart and as little away from home as that takes, inside the frame. A small circle yields to a large one.

    The cost grows with the number of circles times that of their neighbours. When they cannot all fit, all shrink together.
    """
    circles.sort(key=lambda circle: (-circle.r, circle.name))
    for number, circle in enumerate(circles):
        # Several ZIP codes share one post office: start them a hair apart, each in another direction.
        turn = number * 2.399963  # the golden angle
        circle.x, circle.y = circle.home[0] + cos(turn) * 0.05, circle.home[1] + sin(turn) * 0.05
    near: list[tuple[Circle, Circle]] = []
    for step in range(MOST):
        if step % REFRESH == 0:
            near = _near(circles)
        moved = _push(near)
        pull = 0.08 * (1 - step / PULLED)
        if pull > 0:
            for circle in circles:
                circle.x += (circle.home[0] - circle.x) * pull
                circle.y += (circle.home[1] - circle.y) * pull
        for circle in circles:
            circle.x = min(max(circle.x, circle.r + 2), width - circle.r - 2)
            circle.y = min(max(circle.y, circle.r + 2), height - circle.r - 2)
        if pull <= 0 and moved < GAP / 2 and step % REFRESH == 0:
            break
    _shrink(circles)


def _near(circles: list[Circle]) -> list[tuple[Circle, Circle]]:
    """Every pair that may touch before the next look; the larger circle of a pair looks for the smaller."""
    size = 2 * circles[len(circles) // 2].r + GAP + REACH if circles else 1.0
    cells: dict[tuple[int, int], list[tuple[int, Circle]]] = {}
    for number, circle in enumerate(circles):
        cells.setdefault((int(circle.x // size), int(circle.y // size)), []).append((number, circle))
    pairs = []
    for number, circle in enumerate(circles):
        reach = 2 * circle.r + GAP + REACH
        for column in range(int((circle.x - reach) // size), int((circle.x + reach) // size) + 1):
            for row in range(int((circle.y - reach) // size), int((circle.y + reach) // size) + 1):
                for other_number, other in cells.get((column, row), ()):
                    if other_number > number:
                        apart = circle.r + other.r + GAP + REACH
                        if abs(circle.x - other.x) < apart and abs(circle.y - other.y) < apart:
                            pairs.append((circle, other))
    return pairs


def _push(pairs: list[tuple[Circle, Circle]]) -> float:
    """One round of pushing overlapping pairs apart; returns the deepest overlap it met, the gap included."""
    deepest = 0.0
    for a, b in pairs:
        dx, dy = b.x - a.x, b.y - a.y
        apart = a.r + b.r + GAP
        if dx * dx + dy * dy < apart * apart:
            distance = hypot(dx, dy) or 0.001
            overlap = apart - distance
            deepest = max(deepest, overlap)
            weight = a.r * a.r / (a.r * a.r + b.r * b.r)
            ux, uy = dx / distance * overlap, dy / distance * overlap
            a.x -= ux * (1 - weight)
            a.y -= uy * (1 - weight)
            b.x += ux * weight
            b.y += uy * weight
    return deepest


def _shrink(circles: list[Circle]) -> None:
    ratios = [hypot(a.x - b.x, a.y - b.y) / (a.r + b.r) for a, b in _near(circles)]
    smallest = min(ratios, default=1.0)
    if smallest < 1:
        for circle in circles:
            circle.r *= smallest * 0.999
