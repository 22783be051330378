"""Steps by the day they are due, as a picture: months across, a line for today, a shape for how each step stands.

SVG with presentation attributes only, so that a page and a PDF draw the same. The shapes differ as well as their colours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import Case, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from phast.charts.series import LETTER, WIDTH, Text
from plans import across
from plans.enums import OVER, StepStatus

if TYPE_CHECKING:
    from phast.access.actor import Actor

SHOWN = 60  # steps in the picture, and beside it; the table has them all
LEFT, RIGHT = 262.0, WIDTH - 12.0
HEAD, ROW, PLAN_ROW = 64.0, 25.0, 34.0
FONT = 12
ROOM = 0.54  # of the font size: what a letter of a name takes; a name that is too long is cut
# Months before and after today that the picture covers at most; what is due further away stands at its edge.
BEFORE, AFTER = 12, 24
APART = 38.0  # pixels between two names of months
OVERDUE = "overdue"
# How a step stands, in the order of the legend.
SHAPES = {
    OVERDUE: "Overdue",
    StepStatus.NOT_STARTED: "Not started",
    StepStatus.IN_PROGRESS: "In progress",
    StepStatus.BLOCKED: "Blocked",
    StepStatus.DONE: "Done",
    StepStatus.DROPPED: "Dropped",
}


@dataclass(frozen=True)
class Timeline:
    """What the page shows: the picture, the first steps without a day, and how many there are of both kinds."""

    svg: SafeString
    drawn: int
    dated: int
    undated: list[across.Row]
    undated_count: int

    @property
    def undated_more(self) -> int:
        return self.undated_count - len(self.undated)


def timeline(actor: Actor, found: QuerySet) -> Timeline:
    """The steps in `found`. What is open comes into the picture first, the next due before the later; then what was done last."""
    still, dated = ~Q(status__in=OVER), Q(due_on__isnull=False)
    order = [Case(When(still, then=F("due_on"))).asc(nulls_last=True), F("due_on").desc(nulls_last=True), F("pk").asc()]
    first = found.annotate(dated=Case(When(dated, then=Value(1)), default=Value(0))).annotate(
        place=Window(RowNumber(), partition_by=F("dated"), order_by=order)
    )
    rows = across.rows(first.filter(place__lte=SHOWN).order_by("place"), actor)
    drawn = [row for row in rows if row.step.due_on]
    counts = found.aggregate(dated=Count("pk", filter=dated), undated=Count("pk", filter=~dated))
    scale = Scale.of([row.step.due_on for row in drawn], actor.coalition.today())
    return Timeline(
        svg=draw(drawn, scale),
        drawn=len(drawn),
        dated=counts["dated"],
        undated=[row for row in rows if not row.step.due_on],
        undated_count=counts["undated"],
    )


# ------------------------------------------------------------------ days across
@dataclass(frozen=True)
class Scale:
    """Whole months from the first day `first` to the day before `end`, left to right."""

    first: dt.date
    end: dt.date
    today: dt.date

    @classmethod
    def of(cls, days: Sequence[dt.date], today: dt.date) -> Scale:
        """From the first of the days to the last, today among them; three months at least."""
        first = max(min([*days, today]), _months_on(today, -BEFORE))
        last = min(max([*days, today]), _months_on(today, AFTER))
        end = max(_months_on(last, 1), _months_on(first, 3))
        return cls(first.replace(day=1), end, today)

    @property
    def months(self) -> int:
        return (self.end.year - self.first.year) * 12 + self.end.month - self.first.month

    def x(self, day: dt.date) -> float:
        """Where a day is; one outside stands at the edge."""
        part = (day - self.first).days / (self.end - self.first).days
        return LEFT + (RIGHT - LEFT) * min(max(part, 0.0), 1.0)

    def holds(self, day: dt.date) -> bool:
        return self.first <= day < self.end

    def ticks(self) -> Iterator[tuple[str, Text, Text | None]]:
        """Where a named month begins, its name, and its year where that is new."""
        width = (RIGHT - LEFT) / self.months
        every = next(n for n in (1, 2, 3, 6, 12) if n * width >= APART or n == 12)
        named = 0
        for n in range(0, self.months, every):
            day = _months_on(self.first, n)
            x = self.x(day)
            year = Text(f"{x + 4:.1f}", f"{HEAD - 24:.0f}", str(day.year)) if day.year != named else None
            named = day.year
            yield f"{x:.1f}", Text(f"{x + 4:.1f}", f"{HEAD - 10:.0f}", f"{day:%b}"), year


def _months_on(day: dt.date, months: int) -> dt.date:
    """The first of the month that many months on."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, 1)


# ------------------------------------------------------------------ drawing
@dataclass(frozen=True, slots=True)
class Mark:
    """A step in the picture: its name at the left, a line to its shape, the day beside it. `says` is all of it in words."""

    shape: str
    x: str
    y: str
    name: Text
    day: Text
    anchor: str
    line: str
    says: str


def draw(rows: Sequence[across.Row], scale: Scale, *, prefix: str = "timeline") -> SafeString:
    """The picture of steps that have a day. `prefix` begins its ids: give each drawing on a page its own."""
    marks: list[Mark] = []
    heads: list[Text] = []
    bottom = HEAD

    def by_plan(row: across.Row) -> tuple[str, int]:
        return row.step.plan.title.lower(), row.step.plan_id

    ordered = sorted(rows, key=lambda row: (*by_plan(row), row.step.due_on, row.step.pk))
    for _, group in groupby(ordered, key=by_plan):
        listed = list(group)
        heads.append(Text("6", f"{bottom + 22:.0f}", _short(str(listed[0].step.plan), WIDTH - 24)))
        bottom += PLAN_ROW
        for row in listed:
            marks.append(_mark(row, scale, bottom + ROW / 2))
            bottom += ROW
    bottom += 8
    late = sum(mark.shape == OVERDUE for mark in marks)
    return render_to_string(
        "plans/timeline.svg",
        {
            "mark_shape": "plans/_mark.svg",
            "prefix": prefix,
            "title": "Steps by the day they are due",
            "description": f"{len(marks)} steps, {late} of them overdue. The table has the same.",
            "width": WIDTH,
            "height": f"{bottom:.0f}",
            "head": f"{HEAD:.0f}",
            "left": f"{LEFT:.0f}",
            "heads": heads,
            "marks": marks,
            "ticks": list(scale.ticks()),
            "today": f"{scale.x(scale.today):.1f}",
            "legend": _legend({mark.shape for mark in marks}),
        },
    )


def _mark(row: across.Row, scale: Scale, y: float) -> Mark:
    step = row.step
    x, shape = scale.x(step.due_on), OVERDUE if row.overdue else step.status
    inside = scale.holds(step.due_on)
    day = f"{step.due_on:%b} {step.due_on.day}" + ("" if inside else f", {step.due_on.year}")
    wide = len(day) * FONT * LETTER
    left_of_it = x + 12 + wide > RIGHT + 8
    x = min(max(x, LEFT + 8), RIGHT - 8)
    return Mark(
        shape=shape,
        x=f"{x:.1f}",
        y=f"{y:.1f}",
        name=Text("14", f"{y + 4:.1f}", _short(step.title, LEFT - 26)),
        day=Text(f"{x - 12 if left_of_it else x + 12:.1f}", f"{y + 4:.1f}", day),
        anchor="end" if left_of_it else "start",
        line=f"M{LEFT:.0f} {y:.1f}H{max(x - (wide + 16 if left_of_it else 9), LEFT):.1f}",
        says=f"{step.title}: {SHAPES[shape].lower()}, due {step.due_on:%b} {step.due_on.day}, {step.due_on.year}",
    )


def _legend(shapes: set[str]) -> list[tuple[str, str, Text]]:
    """A sample and a name for each shape in the picture: which, where, what it is called."""
    found, x = [], 8.0
    for shape, name in SHAPES.items():
        if shape in shapes:
            found.append((str(shape), f"{x:.1f}", Text(f"{x + 13:.1f}", "16", name)))
            x += 34 + len(name) * FONT * LETTER
    return found


def _short(text: str, width: float) -> str:
    """As much of a text as fits, in pixels; a longer one ends in …"""
    most = int(width / (FONT * ROOM))
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def ordered(found: QuerySet) -> QuerySet:
    """As the table has them: by day, those without one last."""
    return found.order_by(F("due_on").asc(nulls_last=True), "plan__title", "order", "pk")
