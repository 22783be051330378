"""When a step that comes again is due next. Pure functions of days and words."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import NamedTuple

from plans.enums import Repeats

MONTHS = {Repeats.MONTHLY: 1, Repeats.QUARTERLY: 3, Repeats.TWICE_A_YEAR: 6, Repeats.YEARLY: 12}
# Regular expressions that Python and a browser read alike: static/js/steps.js proposes with them while somebody types.
WORDS = {
    Repeats.WEEKLY: r"weekly|(?:every|each) week|once a week",
    Repeats.MONTHLY: r"monthly|(?:every|each) month|once a month",
    Repeats.QUARTERLY: r"quarterly|(?:every|each) quarter|every (?:three|3) months|once a quarter",
    Repeats.TWICE_A_YEAR: r"(?:twice|two times|2x) (?:a|per) year|semi-?annually|every (?:six|6) months|half-yearly",
    Repeats.YEARLY: r"yearly|annually|(?:every|each) year|once a year",
}


class Next(NamedTuple):
    """The day the next occurrence is due, and how many periods later that is."""

    on: dt.date
    periods: int


def proposed(said: str) -> Repeats | None:
    """How often the words of a due date say that a step comes again: "quarterly, by the 5th" is every quarter. Never certain: ask."""
    return next((each for each, words in WORDS.items() if re.search(rf"\b(?:{words})\b", said.lower())), None)


def shifted(day: dt.date, repeats: Repeats, periods: int = 1) -> dt.date:
    """The day so many periods later. The end of a month stays the end of a month; a day the month lacks becomes its last."""
    if repeats == Repeats.WEEKLY:
        return day + dt.timedelta(weeks=periods)
    year, month = divmod(day.year * 12 + day.month - 1 + MONTHS[repeats] * periods, 12)
    last = calendar.monthrange(year, month + 1)[1]
    at_end = day.day == calendar.monthrange(day.year, day.month)[1]
    return dt.date(year, month + 1, last if at_end else min(day.day, last))


def next_due(due: dt.date | None, repeats: Repeats, *, done: dt.date, before: dt.date | None = None) -> Next:
    """When a step that was due on `due` and done on `done` is due again: the next day of its row that is not past already.

    Without a due day: one period from the day it was done. `before`: when the occurrence before this one was due. It tells the
    30th, cut short by February, from the end of the month.
    """
    if due is None:
        return Next(shifted(done, repeats), 1)
    start, offset = due, 0
    if before is not None and shifted(before, repeats) == due:
        start, offset = before, 1
    periods = 1
    while (day := shifted(start, repeats, offset + periods)) < done:
        periods += 1
    return Next(day, periods)
