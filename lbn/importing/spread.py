"""Wide tables: a column of kits for each month, quarter or other period, by what the header calls it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from phast.sheets.cells import shown, words_of
from phast.sheets.days import PARTS

from .dates import Span, span_named

FEWEST = 2  # columns of periods that make a table wide
A_YEAR = "2000"  # any leap year: asked whether a label needs only its year to be a period
_NOISE = re.compile(
    r"\b(number of|no of|#|kits?|naloxone|narcan|lbn|distributed|given|left|behind|counts?|qty|total|for|in|of|cy|calendar year)\b|#"
)
# A quarter or half that stands above its months: the month says it more closely.
_ABOVE = re.compile(r"\b(?:q|qtr|quarter) ?[1-4]\b|\bh[12]\b|\b(?:1st|2nd|3rd|4th|first|second) (?:quarter|qtr|half)\b")
_GLUED = re.compile(r"\bcy(?=\d)")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")


class Period(NamedTuple):
    """What a label stands for. `span`: None while the year is missing; `text`: what a year completes; `unit`: "month", "quarter" …"""

    text: str
    span: Span | None
    unit: str


class Spread(NamedTuple):
    """A column, counted from 0, that holds the kits of a period."""

    column: int
    period: Period


def period_of(label: str) -> Period | None:
    """The period a label names, alone or among words such as "kits" and "total"; None when it names none."""
    plain = " ".join(_NOISE.sub(" ", _GLUED.sub("", words_of(label))).split())
    for text in (label.strip(), plain, " ".join(_ABOVE.sub(" ", plain).split())):
        if not text or (text.isdigit() and len(text) != 4):
            continue
        span = span_named(text)
        if span and span[0] != span[1]:
            return Period(text, span, _unit(span))
        if span is None and (whole := span_named(text, A_YEAR)):
            return Period(text, None, _unit(whole))
    return None


def spread_of(labels: Sequence[str]) -> tuple[list[Spread], list[int]]:
    """The columns of periods, and those that are totals of others: a quarter beside its months, a year beside its quarters. Both empty
    when fewer than two columns are left."""
    found = [Spread(index, period) for index, label in enumerate(labels) if label and (period := period_of(label))]
    totals = [each.column for each in found if any(_holds(each.period, other.period) for other in found)]
    kept = [each for each in found if each.column not in totals]
    return (kept, totals) if len(kept) >= FEWEST else ([], [])


def is_header(cells: Sequence[Any]) -> bool:
    """True for a row that names two periods of one kind and has few numbers beside: the header of a wide table."""
    as_months = month_names(cells)
    units = [
        period.unit
        for index, cell in enumerate(cells)
        if cell != "" and (period := period_of(as_months.get(index, shown(cell))))
    ]
    return any(units.count(unit) >= FEWEST for unit in set(units))


def month_names(cells: Sequence[Any]) -> dict[int, str]:
    """Of a header with days, one in each month, the months they stand for: a spreadsheet keeps "Jan-25" as a day."""
    days: dict[int, dt.date | None] = {index: day for index, cell in enumerate(cells) if (day := _day(cell))}
    numbers = {
        index: tuple(map(int, found.groups()))
        for index, cell in enumerate(cells)
        if type(cell) is str and (found := PARTS.fullmatch(cell.strip()))
    }
    if not days and len(numbers) >= FEWEST:
        if len({two for _, two, _ in numbers.values()}) == 1:
            days = {index: _made(year, one) for index, (one, _, year) in numbers.items()}
        elif len({one for one, _, _ in numbers.values()}) == 1:
            days = {index: _made(year, two) for index, (_, two, year) in numbers.items()}
    dated = {index: day for index, day in days.items() if day}
    if len(dated) < FEWEST or len({(day.year, day.month) for day in dated.values()}) < len(dated):
        return {}
    return {index: f"{day:%B %Y}" for index, day in dated.items()}


def with_years(spread: Sequence[Spread], first_year: int) -> list[Span | None]:
    """The spans of columns in order; those that lack a year begin in `first_year` and go on to the next after December."""
    year, before = first_year, 0
    spans = []
    for _, period in spread:
        if period.span is None:
            month = (span_named(period.text, A_YEAR) or (dt.date.max, dt.date.max))[0].month
            year, before = year + (month < before), month
        spans.append(period.span or span_named(period.text, str(year)))
    return spans


def _holds(wide: Period, narrow: Period) -> bool:
    """True when the first covers the second and more. Where only one has its year, as "2025" beside "Jan", any month is in it."""
    if (wide.span is None) != (narrow.span is None):
        return wide.span is not None and wide.unit == "year"
    outer, inner = (each.span or span_named(each.text, A_YEAR) for each in (wide, narrow))
    return bool(outer and inner and outer != inner and outer[0] <= inner[0] and inner[1] <= outer[1])


def _unit(span: Span) -> str:
    days = (span[1] - span[0]).days
    return "month" if days < 31 else "quarter" if days < 100 else "half" if days < 200 else "year"


def _day(cell: Any) -> dt.date | None:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    found = _ISO.fullmatch(cell.strip()) if type(cell) is str else None
    return _made(int(found[1]), int(found[2])) if found else None


def _made(year: int, month: int) -> dt.date | None:
    return dt.date(year if year > 99 else 2000 + year, month, 1) if 1 <= month <= 12 else None
