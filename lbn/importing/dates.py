"""The span a cell means: a day, a month, a quarter, a half or a year, in the ways people write them."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Any

from lbn.rules import NotReadable
from phast.sheets.days import CLOCK, PARTS, day_of_serial

Span = tuple[dt.date, dt.date]

_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){CLOCK}", re.IGNORECASE)
_PACKED = re.compile(r"(19|20)(\d{2})(\d{2})(\d{2})")
_NAMED_DAY = re.compile(
    rf"({_MONTH})\.? +(\d{{1,2}})(?:st|nd|rd|th)?,? +(\d{{4}})|(\d{{1,2}})[ -]({_MONTH})\.?[ ,-]+(\d{{4}}|\d{{2}})",
    re.IGNORECASE,
)
_NAMED_MONTH = re.compile(
    rf"({_MONTH})\.?,?(?: +of)?[ -/']*(\d{{4}}|\d{{2}})|(\d{{4}})[ -/]*({_MONTH})\.?", re.IGNORECASE
)
_NUMBER_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/. ](\d{4})")
_PART_OF_YEAR = re.compile(
    r"(?:q|quarter|qtr)[ -]?([1-4])[ ,/-]*(\d{4})"
    r"|(\d{4})[ ,/-]*(?:q|quarter|qtr)[ -]?([1-4])|([1-4])(?:st|nd|rd|th) (?:quarter|qtr),? +(\d{4})",
    re.IGNORECASE,
)
_HALF = re.compile(
    r"h([12])[ ,/-]*(\d{4})|(\d{4})[ ,/-]*h([12])|(first|second|1st|2nd) half(?: of)?,? +(\d{4})", re.IGNORECASE
)
_YEAR = re.compile(r"(19|20)\d{2}")

UNREADABLE = "This is no date, month or year that can be read. Write a day as 2026-11-05 or a month as 2026-11."


def span_of(cell: Any, order: str, *, since_1904: bool = False, year: str = "") -> tuple[Span, bool]:
    """First and last day, and whether the cell held Excel's number of a day. `order`: "mdy" or "dmy" for 03/04/2025. `year` completes
    a month or quarter that stands without one. Raises NotReadable."""
    if isinstance(cell, dt.datetime):
        return _day(cell.date()), False
    if isinstance(cell, dt.date):
        return _day(cell), False
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    if isinstance(cell, float) or (text.isdigit() and len(text) == 5):
        day = day_of_serial(float(text), since_1904=since_1904)
        if day is not None:
            return _day(day), True
    try:
        return _from_text(text, order) or (_from_text(f"{text} {year}", order) if year else None) or _fail(), False
    except ValueError as error:
        if isinstance(error, NotReadable):
            raise
        raise NotReadable("There is no such day. Check day and month.") from None


def span_named(text: str, year: str = "") -> Span | None:
    """The period a label is, such as "Jan 2025", "2025 Q1" or, with `year`, "January"; None when it is none."""
    try:
        return _from_text(text, "") or (_from_text(f"{text} {year}", "") if year else None)
    except ValueError:
        return None


def _fail() -> Span:
    raise NotReadable(UNREADABLE)


def _from_text(text: str, order: str) -> Span | None:
    if found := _ISO.fullmatch(text):
        return _day(dt.date(*map(int, found.groups())))
    if found := _PACKED.fullmatch(text):
        century, years, month, day = found.groups()
        return _day(dt.date(int(century + years), int(month), int(day)))
    if found := PARTS.fullmatch(text):
        one, two, years = found.groups()
        if order not in ("mdy", "dmy"):
            raise NotReadable("Say above whether the month or the day comes first in dates like this.")
        month, day = (one, two) if order == "mdy" else (two, one)
        return _day(dt.date(_full(years), int(month), int(day)))
    if found := _NAMED_DAY.fullmatch(text):
        month, day, years, other_day, other_month, other_years = found.groups()
        name = (month or other_month).casefold()
        return _day(dt.date(_full(years or other_years), _MONTHS[name], int(day or other_day)))
    if found := _NUMBER_MONTH.fullmatch(text):
        years, month, other_month, other_years = found.groups()
        return months(int(years or other_years), int(month or other_month), 1)
    if found := _NAMED_MONTH.fullmatch(text):
        month, years, other_years, other_month = found.groups()
        return months(_full(years or other_years), _MONTHS[(month or other_month).casefold()], 1)
    if found := _PART_OF_YEAR.fullmatch(text):
        a, year_a, year_b, b, c, year_c = found.groups()
        return months(int(year_a or year_b or year_c), int(a or b or c) * 3 - 2, 3)
    if found := _HALF.fullmatch(text):
        a, year_a, year_b, b, c, year_c = found.groups()
        half = a or b or ("1" if c.casefold() in ("first", "1st") else "2")
        return months(int(year_a or year_b or year_c), int(half) * 6 - 5, 6)
    if _YEAR.fullmatch(text):
        return months(int(text), 1, 12)
    return None


def months(year: int, month: int, length: int) -> Span:
    """The span of `length` months from that month on. Raises ValueError."""
    last = month + length - 1
    return dt.date(year, month, 1), dt.date(year, last, calendar.monthrange(year, last)[1])


def so_far(span: Span, today: dt.date) -> Span:
    """Of a span that is running, the days so far."""
    first, last = span
    return (first, min(last, today)) if first <= today else span


def in_words(first: dt.date, last: dt.date) -> str:
    """ "2020", "July 2020", "July 5, 2020", or both days."""
    if first == last:
        return f"{first:%B} {first.day}, {first.year}"
    if (first, last) == months(first.year, 1, 12):
        return str(first.year)
    if (first, last) == months(first.year, first.month, 1):
        return f"{first:%B %Y}"
    return f"{in_words(first, first)} to {in_words(last, last)}"


def _day(day: dt.date) -> Span:
    return day, day


def _full(years: str) -> int:
    return int(years) if len(years) == 4 else 2000 + int(years)
