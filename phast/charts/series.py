"""What the three charts share: a row of values, the value axis, the label axis, and how a missing value looks."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 760
LETTER = 0.6  # of the font size: what a letter takes, generously
MISSING_HEIGHT = 12.0  # pixels, whatever is behind it


@dataclass(frozen=True, slots=True)
class Series:
    """A named row of counts, one for each label; None is not shown."""

    name: str
    values: Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Text:
    """A text at a point. Numbers for the templates are texts, so that no language setting writes them with a comma."""

    x: str
    y: str
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle and what it says when pointed at; `fill` is a colour."""

    x: str
    y: str
    width: str
    height: str
    fill: str
    title: str = ""
    hatch: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """The rectangle that values are drawn in, in pixels, and the value at its top."""

    left: float
    right: float
    top: float
    bottom: float
    most: int

    def y(self, value: float) -> float:
        """How far down a value lies."""
        return self.bottom - (self.bottom - self.top) * value / max(self.most, 1)

    def ticks(self) -> list[Text]:
        """The value axis: zero to `most` in steps that people count in; zero alone when there is nothing above it."""
        if not self.most:
            return [Text(f"{self.left - 8:.1f}", f"{self.bottom:.1f}", "0")]
        step = tick_step(self.most)
        return [
            Text(f"{self.left - 8:.1f}", f"{self.y(value):.1f}", f"{value:,}")
            for value in range(0, self.most + 1, step)
        ]

    def centres(self, count: int) -> list[float]:
        """The middle of each of `count` equal parts, left to right."""
        part = (self.right - self.left) / max(count, 1)
        return [self.left + part * (number + 0.5) for number in range(count)]


def tick_step(most: int) -> int:
    """A step of 1, 2 or 5 times a power of ten that gives three to five steps up to `most`."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if most <= 5 * factor * power:
                return factor * power
        power *= 10


def round_up(value: int) -> int:
    """The top of a value axis: the first step at or above `value`, and at least 4; 0 stays 0."""
    if not value:
        return 0
    value = max(value, 4)
    step = tick_step(value)
    return -(-value // step) * step


def plot(most: int, *, top: float, height: float) -> Plot:
    """A plot with room for its value axis at the left."""
    ceiling = round_up(most)
    left = 16 + len(f"{ceiling:,}") * 12 * LETTER
    return Plot(left, WIDTH - 8.0, top, top + height, ceiling)


def label_axis(labels: Sequence[str], area: Plot) -> tuple[list[Text], list[Text]]:
    """Two rows of labels. "Jan 2026" stands as "Jan" with 2026 below it once a year; where labels would touch, only every
    second, third … is written."""
    firsts = [label.rsplit(" ", 1)[0] for label in labels]
    seconds = [label.rsplit(" ", 1)[1] if " " in label else "" for label in labels]
    centres = area.centres(len(labels))
    widest = max((len(first) for first in firsts), default=1) * 12 * LETTER + 6
    every = max(1, -(-int(widest * len(labels)) // int(area.right - area.left)))
    upper = [Text(f"{x:.1f}", f"{area.bottom + 18:.1f}", first) for x, first in zip(centres, firsts, strict=True)][
        ::every
    ]
    lower = [
        Text(f"{x:.1f}", f"{area.bottom + 34:.1f}", second)
        for number, (x, second) in enumerate(zip(centres, seconds, strict=True))
        if second and (number == 0 or seconds[number - 1] != second)
    ]
    return upper, lower


def missing_box(x: float, bottom: float, width: float, title: str, height: float = MISSING_HEIGHT) -> Box:
    """The hatched box that stands for a value that is not shown."""
    lines, at = [], 0.0
    while at < width + height:
        start, end = max(0.0, at - height), min(at, width)
        low, high = start - at + height, end - at + height
        lines.append(f"M{x + start:.1f} {bottom - low:.1f}L{x + end:.1f} {bottom - high:.1f}")
        at += 5
    return Box(
        f"{x:.1f}",
        f"{bottom - height:.1f}",
        f"{width:.1f}",
        f"{height:.1f}",
        "#f0f0f0",
        title,
        hatch="".join(lines[1:]),
    )
