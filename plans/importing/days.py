"""When a step of a spreadsheet is due. A day is read, words are kept as words, and what is neither is asked about.

A spreadsheet was written on a day we do not know: "Friday" and "in two weeks" stay words, and a date without a year says so.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from phast.sheets.days import CLOCK, PARTS, day_of_serial
from plans.due import FIRST_YEAR, LAST_YEAR, in_words, read_due

_CLOCK_BEHIND = re.compile(rf"(\d{{4}}-\d{{1,2}}-\d{{1,2}}){CLOCK}")
_TWO_PARTS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})")
_THREE_PARTS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})([/.-])(\d{4}|\d{2})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[/.-](\d{4})")
_LIKE_A_DAY = re.compile(
    r"\d\s*[/.–-]\s*\d|\d.*\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*.*\d",
    re.IGNORECASE,
)
NO_DAY = "Kept as words: it names no day."
_FROM_NOW = re.compile(r"\b(this|next|the|today|tomorrow)\b|^end of (month|year)$", re.IGNORECASE)
LONGEST = 60  # characters of what is shown as due
LONGEST_READ = 120  # characters; more is no date


@dataclass(frozen=True)
class Day:
    """What a cell says: `said` and `on` as a step keeps them; `note`: how it was read, where that is worth a look; `wrong`: why it
    cannot be read; `proposal`: what may have been meant, for the person to confirm."""

    said: str = ""
    on: dt.date | None = None
    note: str = ""
    wrong: str = ""
    proposal: str = ""

    @property
    def words(self) -> str:
        return in_words(self.said, self.on)


def read_day(text: str, *, order: str, today: dt.date, since_1904: bool = False) -> Day:
    """`order`: "mdy" or "dmy", which part of 03/04/2025 is the month."""
    said = " ".join(text.split())
    if found := _CLOCK_BEHIND.fullmatch(said):
        said = found[1]
    if not said:
        return Day()
    if len(said) > LONGEST_READ:
        return _as_words(said, NO_DAY)
    if said.isdigit() and len(said) == 5 and (day := day_of_serial(float(said), since_1904=since_1904)):
        return _on(day, f"{said} is how Excel keeps this day.")
    if found := _THREE_PARTS.fullmatch(said):
        return _numeric(said, found, order)
    if order == "dmy" and (found := _TWO_PARTS.fullmatch(said)):
        said = f"{found[3]}{found[2]}{found[1]}"
    return _worded(said, today)


def in_order(text: str) -> bool:
    """True for a date that the order of day and month decides."""
    found = PARTS.fullmatch(text.strip())
    return bool(found) and int(found[1]) <= 12 and int(found[2]) <= 12 and found[1] != found[2]


def _numeric(said: str, found: re.Match[str], order: str) -> Day:
    one, two, year = int(found[1]), int(found[3]), int(found[5]) + (2000 if len(found[5]) == 2 else 0)
    day = _day(year, *((one, two) if order == "mdy" else (two, one)))
    other = _day(year, *((two, one) if order == "mdy" else (one, two)))
    if found[2] != found[4] or day is None:
        meant = day or other
        return Day(said, wrong=f"“{said}” is not a day we can read.", proposal=in_words("", meant) if meant else "")
    return _on(day, f"{said}: a year of two digits." if len(found[5]) == 2 else "")


def _worded(said: str, today: dt.date) -> Day:
    unreadable = Day(said, wrong=f"“{said}” is not a day we can read.", proposal=_month_end(said))
    try:
        due, earlier = read_due(said, today=today), read_due(said, today=today - dt.timedelta(days=400))
    except ValueError:
        return unreadable
    if due.on is None:
        return unreadable if _LIKE_A_DAY.search(said) else _as_words(said, NO_DAY)
    if due.said != said or (due.on != earlier.on and _FROM_NOW.search(said)):
        return _as_words(said, "Kept as words: it counts from a day we do not know.")
    if due.on != earlier.on:
        return Day(said, due.on, note="No year is given: read as the next one.")
    return Day(said if len(said) <= LONGEST else in_words("", due.on), due.on)


def _month_end(said: str) -> str:
    found = _MONTH_YEAR.fullmatch(said)
    return (
        f"{dt.date(int(found[2]), int(found[1]), 1):%B %Y}" if found and _day(int(found[2]), int(found[1]), 1) else ""
    )


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day) if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None


def _on(day: dt.date, note: str = "") -> Day:
    return Day(in_words("", day), day, note)


def _as_words(said: str, note: str) -> Day:
    return Day(said, note=note)
