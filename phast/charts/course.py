"""The course of a measure over days: its values joined by a line, where it began, and where it should be."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .series import LETTER, WIDTH, Text, missing_box

TOP, HEIGHT = 30.0, 190.0
ON_PHONE = 18  # the size of letters there, in units of the drawing: names must not touch values there either
DOTS = 40  # more values than this are a line without a dot for each
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
MOST_LABELS = 8
SMALL_WIDTH, SMALL_HEIGHT = 200.0, 48.0


@dataclass(frozen=True)
class Dot:
    """A value on a day; None is not shown. `label`: the time as people say it, when it is longer than the day."""

    on: dt.date
    value: Decimal | None
    label: str = ""

    @property
    def time(self) -> str:
        return self.label or f"{self.on:%b} {self.on.day}, {self.on.year}"


@dataclass(frozen=True)
class Line:
    """A number that stands beside the values, such as a target: on a day or, without one, at all times."""

    value: Decimal
    on: dt.date | None = None


def course(
    *,
    title: str,
    description: str,
    dots: Sequence[Dot],
    baseline: Line | None = None,
    target: Line | None = None,
    missing: str = "not shown",
    prefix: str = "course",
    small: bool = False,
) -> SafeString:
    """The values in the order of their days; a value of None breaks the line and stands as a hatched box on the axis.

    The baseline is an open square and a dotted line, the target a dashed one with a diamond on its day, each with its name beside it, so
    that nothing depends on colour. `small`: the same without words, for a list that has them beside it. See the package for `prefix`.
    """
    days = [dot.on for dot in dots] + [line.on for line in (baseline, target) if line and line.on]
    shown = [dot.value for dot in dots if dot.value is not None] + [line.value for line in (baseline, target) if line]
    field = _Field.of(days, shown, small=small)
    lines, points, boxes = _drawn(dots, field, missing)
    marks = {"prefix": prefix, "title": title, "description": description, "lines": lines, "boxes": boxes}
    marks |= {"left": f"{field.left:.1f}", "right": f"{field.right:.1f}"}
    marks |= {"baseline": _mark(baseline, field, at_left=True), "target": _mark(target, field, at_left=False)}
    last = next((point for point in reversed(points) if point), None)
    if small:
        size = {"width": f"{SMALL_WIDTH:.0f}", "height": f"{SMALL_HEIGHT:.0f}", "last": last}
        return render_to_string("charts/course_small.svg", marks | size)
    upper, lower = _days(field) if days else ([], [])
    marks |= {
        "width": WIDTH,
        "height": f"{field.bottom + 42:.0f}",
        "ticks": field.ticks(),
        "upper": upper,
        "lower": lower,
        "points": [point for point in points if point]
        if len(points) <= DOTS
        else [point for point in (last,) if point],
        "last": (number := _last(dots, field)),
        "words": _names(baseline, target, field, points, number),
        "empty": None
        if shown or dots
        else Text(f"{(field.left + field.right) / 2:.1f}", f"{(field.top + field.bottom) / 2:.1f}", "No values yet"),
    }
    return render_to_string("charts/course.svg", marks)


def figure(value: Decimal | float | None) -> str:
    """A number as people write it: 1200.50 is "1,200.5", 12.00 is "12"; nothing for None."""
    if value is None:
        return ""
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".")


@dataclass(frozen=True)
class _Field:
    """Where days and values lie, in pixels."""

    left: float
    right: float
    top: float
    bottom: float
    first: dt.date
    last: dt.date
    low: float
    high: float
    step: float

    @classmethod
    def of(cls, days: Sequence[dt.date], values: Sequence[Decimal], *, small: bool) -> _Field:
        low, high = min(0.0, *map(float, values), 0.0), max(0.0, *map(float, values), 0.0)
        step = _step((high - low) or 4.0)
        low, high = math.floor(low / step) * step, math.ceil((high or 4.0) / step) * step if high or not low else 0.0
        first, last = (min(days), max(days)) if days else (dt.date(2000, 1, 1), dt.date(2000, 12, 31))
        if small:
            return cls(5.0, SMALL_WIDTH - 5, 5.0, SMALL_HEIGHT - 5, first, last, low, high, step)
        longest = max(len(figure(end)) for end in (low, high, high - step))
        return cls(16 + longest * 12 * LETTER, WIDTH - 14.0, TOP, TOP + HEIGHT, first, last, low, high, step)

    def x(self, day: dt.date) -> float:
        """A single day stands in the middle."""
        length = (self.last - self.first).days
        inset = min(14.0, (self.right - self.left) / 20)
        left, right = self.left + inset, self.right - inset
        return left + (right - left) * (day - self.first).days / length if length else (left + right) / 2

    def y(self, value: Decimal | float) -> float:
        return self.bottom - (self.bottom - self.top) * (float(value) - self.low) / (self.high - self.low)

    def ticks(self) -> list[Text]:
        """From the lowest value up, so that the first is the axis."""
        count = round((self.high - self.low) / self.step)
        values = (self.low + n * self.step for n in range(count + 1))
        return [Text(f"{self.left - 8:.1f}", f"{self.y(value):.1f}", figure(value + 0.0)) for value in values]


def _step(reach: float) -> float:
    """1, 2 or 5 times a power of ten, at least a hundredth, that divides the reach into three to five parts."""
    power = 0.01
    while True:
        for factor in (1, 2, 5):
            if reach <= 5 * factor * power * 1.0000001:
                return factor * power
        power *= 10


def _drawn(dots: Sequence[Dot], field: _Field, missing: str) -> tuple[list[str], list[Text | None], list[object]]:
    """Lines, a point for each value (None where it is not shown), and a box for each that is not."""
    lines: list[list[str]] = [[]]
    points: list[Text | None] = []
    boxes: list[object] = []
    for dot in dots:
        x = field.x(dot.on)
        if dot.value is None:
            width = 6.0 if field.right <= SMALL_WIDTH else 16.0
            boxes.append(missing_box(x - width / 2, field.bottom, width, f"{dot.time}: {missing}", height=width * 0.75))
            points.append(None)
            lines.append([])
            continue
        y = field.y(dot.value)
        lines[-1].append(f"{x:.1f},{y:.1f}")
        points.append(Text(f"{x:.1f}", f"{y:.1f}", f"{dot.time}: {figure(dot.value)}"))
    return [" ".join(line) for line in lines if len(line) > 1], points, boxes


def _mark(line: Line | None, field: _Field, *, at_left: bool) -> dict[str, str] | None:
    """Where a baseline or a target lies; without a day its mark stands at an end."""
    if line is None:
        return None
    x = field.x(line.on) if line.on else (field.left if at_left else field.right)
    return {"x": f"{x:.1f}", "y": f"{field.y(line.value):.1f}"}


def _names(
    baseline: Line | None, target: Line | None, field: _Field, points: Sequence[Text | None], last: Text | None
) -> list[dict[str, str]]:
    """ "Baseline 5" and "Target 20" beside their lines, where they cover the fewest values."""
    taken = [(float(point.x), float(point.y)) for point in points if point]
    taken += [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in pairwise(taken)]
    if last:
        taken += [(float(last.x) + aside, float(last.y) - 5) for aside in (-16, 0, 16)]
    words = []
    for name, line, first_end in (("Baseline", baseline, "start"), ("Target", target, "end")):
        if line is None:
            continue
        text, y = f"{name} {figure(line.value)}", field.y(line.value)
        places = [_Place(field, text, end, y + down) for end in (first_end, "start", "end") for down in (-9, 20)]
        best = min(
            (place for place in places if place.y < field.bottom - 3),
            key=lambda place: place.covers(taken),
            default=places[0],
        )
        words.append({"x": f"{best.x:.1f}", "y": f"{best.y:.1f}", "anchor": best.anchor, "text": text})
        taken += [(best.left + best.width * n / 4, best.y - 5) for n in range(5)]
    return words


class _Place:
    """Where a name could stand: at the start or the end of the field."""

    def __init__(self, field: _Field, text: str, anchor: str, y: float) -> None:
        self.anchor, self.y, self.width = anchor, y, len(text) * ON_PHONE * LETTER
        self.x = field.left + 8 if anchor == "start" else field.right - 10
        self.left = self.x if anchor == "start" else self.x - self.width

    def covers(self, taken: Sequence[tuple[float, float]]) -> int:
        """How many of these points it would cover."""
        return sum(self.left - 6 < x < self.left + self.width + 6 and self.y - 17 < y < self.y + 7 for x, y in taken)


def _last(dots: Sequence[Dot], field: _Field) -> Text | None:
    """The latest value in bold, on the side of its point where the line does not run."""
    shown = [dot for dot in dots if dot.value is not None]
    if not shown or shown[-1].value is None:
        return None
    x, y, text = field.x(shown[-1].on), field.y(shown[-1].value), figure(shown[-1].value)
    rises = len(shown) < 2 or (shown[-2].value or 0) <= shown[-1].value
    half = len(text) * 13 * LETTER / 2
    x = min(max(x, field.left + half), field.right - half)
    return Text(f"{x:.1f}", f"{y - 12 if rises else y + 22:.1f}", text)


def _days(field: _Field) -> tuple[list[Text], list[Text]]:
    """Two rows below the axis: month above, year below it once; or, for a short while, days above and months with the year below."""
    length = (field.last - field.first).days
    if length < 62:
        marks = sorted({field.first + dt.timedelta(days=round(length * n / 3)) for n in range(4)})
        upper = [Text(f"{field.x(day):.1f}", f"{field.bottom + 18:.1f}", f"{day:%b} {day.day}") for day in marks]
    else:
        marks = _months(field.first, field.last)
        upper = [Text(f"{field.x(day):.1f}", f"{field.bottom + 18:.1f}", f"{day:%b}") for day in marks]
    lower = [
        Text(f"{field.x(day):.1f}", f"{field.bottom + 34:.1f}", f"{day.year}")
        for n, day in enumerate(marks)
        if n == 0 or marks[n - 1].year != day.year
    ]
    return upper, lower


def _months(first: dt.date, last: dt.date) -> list[dt.date]:
    """The first days of months between two days, every second, third… of the calendar year where they would be too many."""
    begin, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    begin += first.day > 1
    step = next((step for step in MONTH_STEPS if (end - begin) // step < MOST_LABELS), MONTH_STEPS[-1])
    return [dt.date(month // 12, month % 12 + 1, 1) for month in range(begin + -begin % step, end + 1, step)]
