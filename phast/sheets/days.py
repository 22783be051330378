"""Days as spreadsheets hold them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

EPOCH = {False: dt.date(1899, 12, 30), True: dt.date(1904, 1, 1)}
SERIALS = range(20_000, 80_000)  # 1954 to 2119: what is a day and neither a year nor a count

CLOCK = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]\.?m\.?)?(?:Z|[+-]\d\d:?\d\d)?)?"  # read over: no clock time is kept
PARTS = re.compile(rf"(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{4}}|\d{{2}}){CLOCK}", re.IGNORECASE)


def day_of_serial(number: float, *, since_1904: bool) -> dt.date | None:
    """The day that Excel means by a number; None for a number that is no likely day."""
    return EPOCH[since_1904] + dt.timedelta(days=int(number)) if int(number) in SERIALS else None


def order_of(cells: Iterable[Any]) -> str:
    """Which of the first two parts of dates like 03/04/2025 is the month: "mdy" or "dmy" when a value tells, "mixed" when
    values contradict each other, "ask" when none tells, "" when there are no such dates."""
    firsts = seconds = others = 0
    for cell in cells:
        found = PARTS.fullmatch(cell.strip()) if type(cell) is str else None
        if found:
            one, two = int(found[1]), int(found[2])
            firsts += one > 12
            seconds += two > 12
            others += 1
    if firsts and seconds:
        return "mixed"
    return "dmy" if firsts else "mdy" if seconds else "ask" if others else ""


def may_be_two(cell: str) -> bool:
    """True for a date such as 03/04/2025, which is another day where the day comes first."""
    found = PARTS.fullmatch(cell.strip())
    return found is not None and int(found[1]) != int(found[2]) and max(int(found[1]), int(found[2])) <= 12


def order_in_words(cells: Iterable[str]) -> str:
    """How dates are read, where one tells it for others: "Dates are read day first, because of 13/05/2026."; or that they contradict
    each other. Empty where no date could be two days, or none tells."""
    held = list(cells)
    order = order_of(held)
    clear = {order_of([cell]): cell.strip() for cell in reversed(held)}  # the first of each
    if {"dmy", "mdy"} <= clear.keys():
        return f"Dates are written in two ways: the day first in {clear['dmy']}, the month first in {clear['mdy']}."
    if order not in ("mdy", "dmy") or not any(map(may_be_two, held)):
        return ""
    return f"Dates are read {'month' if order == 'mdy' else 'day'} first, because of {clear[order]}."
