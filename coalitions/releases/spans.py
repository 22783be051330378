"""The spans that can be released: calendar quarters and years that are over."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Self

from coalitions.models import Coalition, Release
from coalitions.models.release import in_words

YEARS_OFFERED = 3


@dataclass(frozen=True)
class Span:
    """Whole months, from the first day of one to the last day of another."""

    from_on: dt.date
    to_on: dt.date

    @classmethod
    def of_months(cls, year: int, month: int, months: int) -> Self:
        """So many months from this one on, within the year."""
        last = month + months - 1
        return cls(dt.date(year, month, 1), dt.date(year, last, calendar.monthrange(year, last)[1]))

    @classmethod
    def quarter_of(cls, day: dt.date) -> Self:
        """The calendar quarter that holds the day."""
        return cls.of_months(day.year, 3 * ((day.month - 1) // 3) + 1, 3)

    @property
    def quarter_before(self) -> Span:
        """The quarter that ends on the day before."""
        return Span.quarter_of(self.from_on - dt.timedelta(days=1))

    @property
    def is_month(self) -> bool:
        return (self.to_on - self.from_on).days < 31

    @property
    def is_quarter(self) -> bool:
        """True for a quarter, and for a month."""
        return (self.to_on - self.from_on).days < 93

    @property
    def slug(self) -> str:
        """How an address names it: a quarter by its first month, "2026-07", a year as "2026"."""
        return f"{self.from_on:%Y-%m}" if self.is_quarter else f"{self.from_on.year}"

    @property
    def label(self) -> str:
        """What a table calls it: "2026-07", "2026-Q3", "2026". The same days have the same label in every release."""
        if self.is_month:
            return f"{self.from_on:%Y-%m}"
        return f"{self.from_on.year}-Q{self.to_on.month // 3}" if self.is_quarter else f"{self.from_on.year}"

    @property
    def rest(self) -> str:
        """What a table calls the figures that belong to it but to none of its parts."""
        return f"{self.label} rest"

    @property
    def short(self) -> str:
        """For the head of a column: "Jul 2026", "Jul–Sep 2026", "2026"."""
        if self.is_month:
            return f"{self.from_on:%b %Y}"
        return f"{self.from_on:%b}–{self.to_on:%b %Y}" if self.is_quarter else f"{self.from_on.year}"

    def parts(self, *, by_month: bool) -> list[Span]:
        """What its tables have a column for: a year its quarters, a quarter its months or nothing but itself. The whole span stands
        last, for what belongs to no part of it."""
        year, first = self.from_on.year, self.from_on.month
        if not self.is_quarter:
            return [*(Span.of_months(year, month, 3) for month in (1, 4, 7, 10)), self]
        return [*(Span.of_months(year, first + n, 1) for n in range(3 if by_month else 0)), self]

    def __str__(self) -> str:
        return in_words(self.from_on, self.to_on)

    @classmethod
    def labelled(cls, label: str) -> Span:
        """The span that a table calls so."""
        year, _, part = label.partition("-")
        if not part:
            return Span.of_months(int(year), 1, 12)
        if part.startswith("Q"):
            return Span.of_months(int(year), 3 * int(part[1:]) - 2, 3)
        return Span.of_months(int(year), int(part), 1)


def spans_over(coalition: Coalition) -> list[Span]:
    """What can be released: quarters and years that are over, the newest first, at most three years back."""
    found: list[Span] = []
    quarter = Span.quarter_of(coalition.today())
    for _ in range(4 * YEARS_OFFERED):
        quarter = quarter.quarter_before
        if quarter.to_on >= coalition.program_start:
            if quarter.to_on.month == 12:
                found.append(Span.of_months(quarter.to_on.year, 1, 12))
            found.append(quarter)
    return found


def quarters_to_release(coalition: Coalition) -> list[Span]:
    """The quarters of these that were never released."""
    released = set(Release.objects.of(coalition).values_list("from_on", "to_on"))
    return [span for span in spans_over(coalition) if span.is_quarter and (span.from_on, span.to_on) not in released]


def span_named(coalition: Coalition, slug: str) -> Span | None:
    """The span an address names, if it can be released."""
    return next((span for span in spans_over(coalition) if span.slug == slug), None)
