"""Whole months, and the ways people name them: the last twelve months, a year, a quarter, a month."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

MONTHS_SHOWN = 12
MOST_MONTHS = 30 * 12  # each has its line in tables and files
YEARS_OFFERED, QUARTERS_OFFERED, MONTHS_OFFERED = 6, 6, 12
QUARTERS_REPORTED = 4
LAST_YEAR, DATES = "12m", "dates"

_NAMED = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


@dataclass(frozen=True)
class Span:
    """Whole months, from the first day of one to the last day of another."""

    from_on: dt.date
    to_on: dt.date

    @classmethod
    def of_months(cls, first: dt.date, last: dt.date) -> Span:
        """From the month of one day to the month of another, whichever comes first."""
        first, last = sorted((first, last))
        return cls(first.replace(day=1), last.replace(day=calendar.monthrange(last.year, last.month)[1]))

    @classmethod
    def year_to(cls, today: dt.date) -> Span:
        """The month of `today` and the eleven before it."""
        return cls.of_months(_months_on(today, 1 - MONTHS_SHOWN), today)

    @classmethod
    def named(cls, name: str) -> Span | None:
        """The span of "2026", "2026-Q3" or "2026-11"; None for anything else."""
        found = _NAMED.fullmatch(name)
        if not found or not 1990 <= int(found[1]) <= 2100:
            return None
        year, quarter, month = int(found[1]), found[2], found[3]
        first = int(month) if month else 3 * int(quarter) - 2 if quarter else 1
        last = first + (0 if month else 2 if quarter else 11)
        return cls.of_months(dt.date(year, first, 1), dt.date(year, last, 1))

    @property
    def length(self) -> int:
        """How many months it has."""
        return (self.to_on.year - self.from_on.year) * 12 + self.to_on.month - self.from_on.month + 1

    @property
    def months(self) -> list[dt.date]:
        """The first day of each month."""
        return [_months_on(self.from_on, number) for number in range(self.length)]

    @property
    def before(self) -> Span:
        """As many months, right before it."""
        return Span(_months_on(self.from_on, -self.length), self.from_on - dt.timedelta(days=1))

    def so_far(self, today: dt.date) -> str:
        """That it is not over, as a sentence; "" once it is."""
        return f"{self} is not over yet: its figures are those so far." if self.to_on >= today else ""

    def holds(self, first: dt.date, last: dt.date) -> bool:
        """Whether these days lie inside."""
        return self.from_on <= first and last <= self.to_on

    def __str__(self) -> str:
        if (self.from_on.year, self.from_on.month) == (self.to_on.year, self.to_on.month):
            return f"{self.from_on:%B %Y}"
        if self.from_on.month == 1 and self.to_on.month == 12 and self.from_on.year == self.to_on.year:
            return f"{self.from_on.year}"
        if self.from_on.year == self.to_on.year:
            return f"{self.from_on:%B} to {self.to_on:%B %Y}"
        return f"{self.from_on:%B %Y} to {self.to_on:%B %Y}"


def offered(today: dt.date) -> list[tuple[str, object]]:
    """What a list of periods offers on this day, in the shape of a form's choices."""
    quarter = _months_on(today, -((today.month - 1) % 3))
    quarters = [_months_on(quarter, -3 * number) for number in range(QUARTERS_OFFERED)]
    months = [_months_on(today, -number) for number in range(MONTHS_OFFERED)]
    return [
        (LAST_YEAR, "Last 12 months"),
        (DATES, "From one month to another"),
        ("Years", [(str(year), str(year)) for year in range(today.year, today.year - YEARS_OFFERED, -1)]),
        (
            "Quarters",
            [
                (f"{first.year}-Q{first.month // 3 + 1}", str(Span.of_months(first, _months_on(first, 2))))
                for first in quarters
            ],
        ),
        ("Months", [(f"{month:%Y-%m}", f"{month:%B %Y}") for month in months]),
    ]


@dataclass(frozen=True)
class Time:
    """A span a report is offered for: `kind` groups it, `label` names it today, `each` whenever it is asked for."""

    kind: str
    each: str
    label: str
    span: Span


def times(today: dt.date) -> list[Time]:
    """The last twelve months, this year and the last one, four full quarters, twelve full months: the newest first."""
    this_year, quarter = today.replace(month=1, day=1), _months_on(today, -((today.month - 1) % 3))
    year, so_far = Span.year_to(today), Span.of_months(this_year, today)
    before = Span.of_months(_months_on(this_year, -MONTHS_SHOWN), _months_on(this_year, -1))
    spans = [
        ("quarters", "the last full quarter", Span.of_months(first, _months_on(first, 2)))
        for first in (_months_on(quarter, -3 * number) for number in range(1, QUARTERS_REPORTED + 1))
    ] + [
        ("months", "the last full month", Span.of_months(first, first))
        for first in (_months_on(today, -number) for number in range(1, MONTHS_OFFERED + 1))
    ]
    return [
        Time("years", "the last twelve months", f"Last twelve months, {year}", year),
        Time("years", "this year so far", f"{this_year.year} so far", so_far),
        Time("years", "last year", str(before), before),
        *(Time(kind, each, str(span), span) for kind, each, span in spans),
    ]


def _months_on(day: dt.date, number: int) -> dt.date:
    """The first day of the month so many months after that of `day`."""
    months = day.year * 12 + day.month - 1 + number
    return dt.date(months // 12, months % 12 + 1, 1)
