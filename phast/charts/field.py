"""A field: numbered points between two scales, such as impact and feasibility, with a word for each quarter of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .series import WIDTH, Box, Text

HEIGHT = 400.0  # of the field itself
LEFT, TOP = 56.0, 14.0
BESIDE, ABOVE = (
    34.0,
    46.0,
)  # from the first and the last value to the frame; the words of the quarters stand above and below
LABEL, LETTER = 28.0, 9.0  # the height of a label; the width of a digit in it


@dataclass(frozen=True, slots=True)
class Point:
    """What is at one place: its number, how far right and how far up, and what it says when pointed at."""

    number: int
    right: float
    up: float
    title: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """The numbers at a place in a rounded box, and a line from it to the place where the box had to stand aside."""

    box: Box
    text: Text
    dot: Text
    line: str


def field(
    *,
    title: str,
    description: str,
    right: str,
    up: str,
    points: Sequence[Point],
    quarters: tuple[str, str, str, str],
    low: int = 1,
    high: int = 5,
    empty: str = "Nothing to show yet",
    prefix: str = "field",
) -> SafeString:
    """The points by their values from `low` to `high`. Those at the same place share one label with all their numbers.

    `right` and `up` name the scales; `quarters` are the words for upper left, upper right, lower left, lower right. Raises
    ValueError for a value beyond the scale. See the package for `prefix`.
    """
    if any(not low <= value <= high for point in points for value in (point.right, point.up)):
        raise ValueError(f"A point lies beyond {low} to {high}.")
    edge, bottom = WIDTH - 8.0, TOP + HEIGHT
    across, down = edge - LEFT - 2 * BESIDE, HEIGHT - 2 * ABOVE

    def x_of(value: float) -> float:
        return LEFT + BESIDE + across * (value - low) / (high - low)

    def y_of(value: float) -> float:
        return bottom - ABOVE - down * (value - low) / (high - low)

    together: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        together.setdefault((f"{x_of(point.right):.1f}", f"{y_of(point.up):.1f}"), []).append(point)
    middle_x, middle_y = (LEFT + edge) / 2, (TOP + bottom) / 2
    columns, rows = ((LEFT, middle_x), (middle_x, edge)), (TOP + 22, bottom - 11)
    corners = [(x, y) for y in rows for x in columns]
    return render_to_string(
        "charts/field.svg",
        {
            "prefix": prefix,
            "title": title,
            "description": description,
            "width": WIDTH,
            "height": f"{bottom + 48:.0f}",
            "frame": Box(f"{LEFT:.1f}", f"{TOP:.1f}", f"{edge - LEFT:.1f}", f"{HEIGHT:.1f}", "#ffffff"),
            "first": Box(f"{middle_x:.1f}", f"{TOP:.1f}", f"{edge - middle_x:.1f}", f"{HEIGHT / 2:.1f}", "#eef0f9"),
            "cross": f"M{LEFT:.1f} {middle_y:.1f}H{edge:.1f}M{middle_x:.1f} {TOP:.1f}V{bottom:.1f}",
            "quarters": [
                Text(f"{sum(x) / 2:.1f}", f"{y:.1f}", word) for (x, y), word in zip(corners, quarters, strict=True)
            ],
            "ticks": [Text(f"{x_of(value):.1f}", f"{bottom + 20:.1f}", str(value)) for value in range(low, high + 1)],
            "steps": [Text(f"{LEFT - 12:.1f}", f"{y_of(value):.1f}", str(value)) for value in range(low, high + 1)],
            "right": Text(f"{middle_x:.1f}", f"{bottom + 42:.1f}", f"{right} →"),
            "up": Text("16", f"{middle_y:.1f}", f"{up} →"),
            "labels": _labels(together, edge),
            "empty": None if points else Text(f"{middle_x:.1f}", f"{middle_y - 12:.1f}", empty),
        },
    )


def _labels(together: dict[tuple[str, str], list[Point]], edge: float) -> list[Label]:
    """A label over each place; one that would cover another stands below it or, at the lower edge, above."""
    taken: list[tuple[float, float, float, float]] = []
    labels = []
    for (x_text, y_text), here in sorted(together.items(), key=lambda item: (float(item[0][1]), float(item[0][0]))):
        words = ", ".join(str(point.number) for point in here)
        width = max(LABEL, len(words) * LETTER + 14)
        x, y = float(x_text), float(y_text)
        left = min(x - width / 2, edge - width - 2)
        centre = _free(left, y, width, taken)
        taken.append((left, centre - LABEL / 2, left + width, centre + LABEL / 2))
        labels.append(
            Label(
                Box(
                    f"{left:.1f}",
                    f"{centre - LABEL / 2:.1f}",
                    f"{width:.1f}",
                    f"{LABEL:.1f}",
                    "#222fbe",
                    "; ".join(point.title or str(point.number) for point in here),
                ),
                Text(f"{left + width / 2:.1f}", f"{centre + 5:.1f}", words),
                Text(x_text, y_text, ""),
                f"M{x_text} {y_text}L{left + width / 2:.1f} {centre:.1f}" if abs(centre - y) > 1 else "",
            )
        )
    return labels


def _free(left: float, y: float, width: float, taken: Sequence[tuple[float, float, float, float]]) -> float:
    """The nearest height to `y` at which a label covers none of those there."""
    for away in range(8 * len(taken) + 1):
        step = (LABEL + 2) / 2 * ((away + 1) // 2) * (1 if away % 2 else -1)
        top = y + step - LABEL / 2
        if (
            top >= TOP
            and top + LABEL <= TOP + HEIGHT
            and not any(
                left < other[2] and other[0] < left + width and top < other[3] and other[1] < top + LABEL
                for other in taken
            )
        ):
            return y + step
    return y
