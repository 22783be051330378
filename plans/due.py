"""When a step is due, as people say it.

"6/30", "June 30, 2027", "end of June", "Q3" and "in two weeks" mean a day; "quarterly", "ongoing", "TBD" and anything else mean
none and stay as they were said. The page shows the words, and the day beside them where the words are not the day itself.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import NamedTuple

FIRST_YEAR, LAST_YEAR = 2000, 2100
_MONTHS = {
    name.lower(): n for names in (calendar.month_name, calendar.month_abbr) for n, name in enumerate(names) if name
}
_MONTHS["sept"] = 9
_MONTH = r"(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s*(?P<year>\d{4}))"
_WEEKDAYS = {name.lower(): n for n, name in enumerate(calendar.day_name)}
_NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "eight": 8,
    "ten": 10,
    "twelve": 12,
}

_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_NUMERIC = re.compile(r"(?P<month>\d{1,2})[/.-](?P<day>\d{1,2})(?:[/.-](?P<year>\d{4}|\d{2}))?")
_MONTH_DAY = re.compile(rf"{_MONTH}\s*{_DAY}{_YEAR}?")
_DAY_MONTH = re.compile(rf"{_DAY}\s+(?:of\s+)?{_MONTH}{_YEAR}?")
_MONTH_ALONE = re.compile(rf"(?P<part>mid(?:dle of)?|end of|late)?[\s-]*{_MONTH}{_YEAR}?")
_QUARTER = re.compile(
    r"(?:end of )?(?:q(?P<n>[1-4])|(?P<nth>[1-4])(?:st|nd|rd|th) quarter(?: of)?)(?:,?\s*(?P<year>\d{4}))?"
)
_IN = re.compile(rf"(?:with)?in (?P<n>\d{{1,3}}|{'|'.join(_NUMBERS)}) (?P<unit>day|week|month)s?")
_WEEKDAY = re.compile(rf"(?:on |this |next )?(?P<name>{'|'.join(_WEEKDAYS)})")
_YEAR_ALONE = re.compile(r"(?:end of )?(?P<year>20\d\d)|end of (?:the |this )?year")


class Due(NamedTuple):
    """`said`: what to show; `on`: the last day on which the step is on time, None when the words name no day."""

    said: str
    on: dt.date | None


def read_due(text: str, *, today: dt.date) -> Due:
    """What a due date means that somebody typed on the day `today`.

    A date without a year is the next such day; a month, quarter or year ends with its last day. Words that would mean another
    day tomorrow ("Friday", "in two weeks") are kept as the day. Raises ValueError with a sentence for a day that does not exist.
    """
    said = " ".join(text.split())
    plain = re.sub(r"^(?:by|before|until|due|on)(?: the)? ", "", said.lower().rstrip("."))
    try:
        moved = _relative(plain, today)
        on = moved or _exact(plain, today) or _span(plain, today)
    except (ValueError, OverflowError):
        moved, on = None, dt.date.min
    if on is not None and not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise ValueError(f"“{said}” is not a day in the calendar. Enter one such as 6/30, or say it in words.")
    return Due(_short(moved) if moved else said, on)


def _exact(text: str, today: dt.date) -> dt.date | None:
    for pattern in (_ISO, _NUMERIC, _MONTH_DAY, _DAY_MONTH):
        if found := pattern.fullmatch(text):
            month = found["month"]
            return _day(found["year"], int(_MONTHS.get(month, 0) or month), int(found["day"]), today)
    return None


def _span(text: str, today: dt.date) -> dt.date | None:
    if found := _MONTH_ALONE.fullmatch(text):
        month = _MONTHS[found["month"]]
        if (found["part"] or "").startswith("mid"):
            return _day(found["year"], month, 15, today)
        return _month_end(found["year"], month, today)
    if found := _QUARTER.fullmatch(text):
        return _month_end(found["year"], 3 * int(found["n"] or found["nth"]), today)
    if found := _YEAR_ALONE.fullmatch(text):
        return dt.date(int(found["year"] or today.year), 12, 31)
    if text in {"end of month", "end of the month", "end of this month", "this month"}:
        return _month_end(str(today.year), today.month, today)
    return None


def _relative(text: str, today: dt.date) -> dt.date | None:
    if text in {"today", "tomorrow"}:
        return today + dt.timedelta(days=text == "tomorrow")
    if text in {"next week", "next month"}:
        text = f"in a {text.split()[1]}"
    if found := _IN.fullmatch(text):
        n = _NUMBERS.get(found["n"]) or int(found["n"])
        if found["unit"] == "month":
            year, month = divmod(today.year * 12 + today.month - 1 + n, 12)
            return dt.date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))
        return today + dt.timedelta(days=n * (7 if found["unit"] == "week" else 1))
    if found := _WEEKDAY.fullmatch(text):
        return today + dt.timedelta(days=(_WEEKDAYS[found["name"]] - today.weekday() - 1) % 7 + 1)
    return None


def _day(year: str | None, month: int, day: int, today: dt.date) -> dt.date:
    """Raises ValueError for a day that does not exist."""
    if year:
        return dt.date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    for candidate in range(today.year, today.year + 8):  # eight years hold a February 29
        try:
            found = dt.date(candidate, month, day)
        except ValueError:
            if (month, day) != (2, 29):
                raise
            continue
        if found >= today:
            return found
    raise ValueError("no such day")


def _month_end(year: str | None, month: int, today: dt.date) -> dt.date:
    """The last day of the month: of the year named, else of the next such month, which may be this one."""
    wanted = int(year) if year else today.year + (month < today.month)
    return dt.date(wanted, month, calendar.monthrange(wanted, month)[1])


def in_words(said: str, on: dt.date | None) -> str:
    """What to show: the words, with the day in parentheses where they are not a full date themselves."""
    if on is None:
        return said
    if not said or _is_date(said, on):
        return _short(on)
    return f"{said} ({_short(on)})"


def _is_date(said: str, on: dt.date) -> bool:
    try:
        return _exact(said.lower(), on) == on
    except ValueError:
        return False


def _short(day: dt.date) -> str:
    return f"{day:%b} {day.day}, {day.year}"
