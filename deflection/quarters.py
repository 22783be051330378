"""Calendar quarters, as programs count in them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Self

from coalitions.models.release import in_words


@dataclass(frozen=True, order=True)
class Quarter:
    """The quarter that begins on a day."""

    from_on: dt.date

    @classmethod
    def of(cls, day: dt.date) -> Self:
        """The quarter that holds the day."""
        return cls(day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1))

    @classmethod
    def named(cls, slug: str) -> Self | None:
        """The quarter an address names: "2026-Q1"; None for what names none."""
        found = re.fullmatch(r"(20\d\d)-Q([1-4])", slug, re.ASCII)
        return cls(dt.date(int(found[1]), int(found[2]) * 3 - 2, 1)) if found else None

    @property
    def before(self) -> Quarter:
        return Quarter.of(self.from_on - dt.timedelta(days=1))

    @property
    def after(self) -> Quarter:
        return Quarter.of(self.from_on + dt.timedelta(days=100))

    @property
    def to_on(self) -> dt.date:
        """Its last day."""
        return self.after.from_on - dt.timedelta(days=1)

    @property
    def slug(self) -> str:
        return f"{self.from_on.year}-Q{(self.from_on.month + 2) // 3}"

    def __str__(self) -> str:
        return in_words(self.from_on, self.to_on)


def quarters_over(today: dt.date, *, since: dt.date | None, counted: list[dt.date], most: int = 12) -> list[Quarter]:
    """Quarters that are over, the newest first: since the program began (two years back where nobody said), and those counted before."""
    quarter, found = Quarter.of(today).before, []
    first = min([Quarter.of(since or today - dt.timedelta(days=730)), *(Quarter(day) for day in counted)])
    while quarter >= first and len(found) < most:
        found.append(quarter)
        quarter = quarter.before
    return found
