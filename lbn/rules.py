"""The rules of a count, in one place for the form, the import and whatever comes later.

What a person typed becomes values with the `parse_` functions and `month_span`; `check` compares the values with the limits of the
agency. Nothing here asks the database: `limits` are read once (`lbn.selectors.limits_for`), so that 500,000 rows of a file cost
one look-up. Sentences are for people and never repeat what a box held beyond its digits.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Container
from dataclasses import dataclass, field, replace
from enum import StrEnum

from lbn.enums import Place, Recipient, Setting
from phast.geo.zips import ZipError, normalise_zip
from phast.sheets.cells import INVISIBLE

HARD_CAP = 5000  # kits in one entry; more is a slip of the finger
UNUSUAL = 500  # no agency is asked about fewer kits than this
TIMES_LARGEST = 3  # an entry this many times the agency's own largest is asked about
LONGEST = dt.timedelta(days=365)  # from the first to the last day: 366 days with both
# What an agency may say besides the kits, and what it is called in a sentence.
BESIDES = {
    "declined": "times offered and declined",
    "none_available": "times without a kit to leave",
    "reversals": "reversals reported",
}
NOT_A_KIT = "Choose a kit from the list."
NOT_A_SETTING = "Choose a setting from the list."
NOT_A_RECIPIENT = "Choose who received them from the list."
NOT_A_DAY = "This is not a day of the calendar. Enter it like 2026-11-20."

_PLACES, _SETTINGS, _RECIPIENTS = frozenset(Place.values), frozenset(Setting.values), frozenset(Recipient.values)
_FIVE = re.compile(r"[0-9]{5}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGITS = re.compile(r"-?[0-9]+|[0-9]{1,3}(,[0-9]{3})+")


class Severity(StrEnum):
    ERROR = "error"  # cannot be saved
    CONFIRM = "confirm"  # is saved once the person has said that it is right


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, or asked, about one field of an entry. `code` groups alike problems; `token` is what a person agrees to: it
    holds the value, so that a yes to one ZIP is no yes to the next."""

    field: str
    severity: Severity
    code: str
    sentence: str
    value: str = ""

    @property
    def token(self) -> str:
        return f"{self.code}:{self.value}"


class NotReadable(ValueError):
    """A text that is no value of its field. The message is a sentence; `proposal` is what may have been meant, for a person to confirm."""

    def __init__(self, sentence: str, proposal: str | None = None) -> None:
        super().__init__(sentence)
        self.proposal = proposal


@dataclass(frozen=True, slots=True)
class Entry:
    """A count as an agency means it, before it is saved. `zip_code` is empty unless `place` is a ZIP; what is said besides the kits
    (`BESIDES`) is None where it is not said."""

    from_on: dt.date
    to_on: dt.date
    place: str
    zip_code: str
    kits: int
    setting: str = ""
    recipient: str = ""
    kit_type_id: int | None = None
    declined: int | None = None
    none_available: int | None = None
    reversals: int | None = None

    @property
    def likeness(self) -> tuple[object, ...]:
        """Two entries of one agency with the same likeness look alike: the person is asked whether both are real. Numbers are not in
        it: the same visit counted twice may be told with another number."""
        return (self.from_on, self.to_on, self.place, self.zip_code, self.setting, self.recipient, self.kit_type_id)

    @property
    def besides(self) -> dict[str, int]:
        """What is said besides the kits, and only what is said."""
        said = {name: getattr(self, name) for name in BESIDES}
        return {name: number for name, number in said.items() if number is not None}


@dataclass(frozen=True, slots=True)
class Limits:
    """What an agency's entries are compared with. `today` is the coalition's. `area` holds the ZIPs of its counties, or is None
    where it has named none; `known` the ZIPs of the reference data. `largest` is the agency's largest entry so far."""

    today: dt.date
    earliest: dt.date
    known: Container[str]
    area: Container[str] | None
    largest: int = 0
    agency: str = "the agency"
    kit_types: frozenset[int] = field(default_factory=frozenset)

    @property
    def unusual(self) -> int:
        """An entry of more kits than this is asked about."""
        return max(UNUSUAL, TIMES_LARGEST * self.largest)


def _seen(text: str) -> str:
    """Without blanks around, and without the signs that nobody sees and that come along with what is copied from a web page."""
    return INVISIBLE.sub("", text).strip()


def parse_kits(text: str) -> int:
    """A whole number of kits: " 3 " and "3.0" are 3, "1,200" is 1200; "3.5", "1e3", "three" and a minus are not. Raises NotReadable."""
    text = _seen(text)
    if not text:
        raise NotReadable("Enter how many kits. For none, enter 0.")
    return _parse_whole(
        text,
        unreadable="Enter a whole number of kits, such as 3.",
        negative="The number of kits cannot be less than 0.",
        too_many=_too_many(),
    )


def parse_besides(text: str) -> int | None:
    """A whole number as `parse_kits` reads it; None, "not said", for an empty text. Raises NotReadable."""
    text = _seen(text)
    if not text:
        return None
    return _parse_whole(
        text,
        unreadable="Enter a whole number, such as 3, or leave it empty.",
        negative="This number cannot be less than 0.",
        too_many=_too_often(),
    )


def _parse_whole(text: str, *, unreadable: str, negative: str, too_many: str) -> int:
    text = text.removesuffix(".0")
    if not _DIGITS.fullmatch(text):
        raise NotReadable(unreadable)
    if text.startswith("-") and text.strip("-0"):
        raise NotReadable(negative)
    digits = text.replace(",", "").lstrip("-0") or "0"
    if len(digits) > len(str(HARD_CAP)):
        raise NotReadable(too_many)
    return int(digits)


def parse_day(text: str) -> dt.date:
    """A day written as 2026-11-20 and in no other way: 03/04/25 is two days. Raises NotReadable."""
    text = _seen(text)
    if not text:
        raise NotReadable("Enter the day.")
    try:
        if not _DAY.fullmatch(text):
            raise NotReadable(NOT_A_DAY)
        return dt.date.fromisoformat(text)
    except ValueError:
        raise NotReadable(NOT_A_DAY) from None


def parse_zip(text: str) -> str:
    """The five digits of a ZIP code; what follows a hyphen is dropped and kept nowhere. Raises NotReadable."""
    text = _seen(text)
    if not text:
        raise NotReadable("Enter a ZIP code, or say that it is not known.")
    try:
        return normalise_zip(text)
    except ZipError as error:
        raise NotReadable(str(error), error.proposal) from None


def month_span(month: dt.date, today: dt.date) -> tuple[dt.date, dt.date]:
    """The first and last day of the month; of the month that is running, the days so far."""
    first = month.replace(day=1)
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    return first, min(last, today) if first <= today else last


def check(entry: Entry, limits: Limits) -> tuple[Entry, list[Problem]]:
    """The entry as it would be saved, and everything that is wrong or asked about it.

    A known ZIP outside the coalition's counties is asked about and then saved as "outside our area" without the ZIP: a place out
    there is nobody's business here.
    """
    problems = [*_span(entry, limits), *_kits(entry, limits), *_besides(entry), *_choices(entry, limits)]
    if entry.place != Place.ZIP:
        if entry.zip_code:
            entry = replace(entry, zip_code="")
    elif not _FIVE.fullmatch(entry.zip_code):
        problems.append(_error("zip_code", "shape", "A ZIP code has five digits, such as 12203."))
    elif limits.area is not None and entry.zip_code in limits.known and entry.zip_code not in limits.area:
        problems.append(
            Problem(
                "zip_code",
                Severity.CONFIRM,
                "zip_outside",
                f"{entry.zip_code} is outside our counties. It will be saved as “outside our area”, without the ZIP code.",
                entry.zip_code,
            )
        )
        entry = replace(entry, place=Place.OUTSIDE, zip_code="")
    elif entry.zip_code not in limits.known:
        problems.append(
            Problem(
                "zip_code",
                Severity.CONFIRM,
                "zip_unknown",
                f"{entry.zip_code} is not in our list of ZIP codes. A few new ones are missing there.",
                entry.zip_code,
            )
        )
    return entry, problems


def errors(problems: list[Problem]) -> list[Problem]:
    """Those that cannot be saved."""
    return [problem for problem in problems if problem.severity == Severity.ERROR]


def _span(entry: Entry, limits: Limits) -> list[Problem]:
    if entry.from_on > limits.today:
        return [_error("from_on", "future", f"This is in the future. The latest day is today, {_day(limits.today)}.")]
    if entry.from_on < limits.earliest:
        return [_error("from_on", "too_early", f"Counts start on {_day(limits.earliest)} here. Please check the year.")]
    if entry.to_on < entry.from_on:
        return [_error("to_on", "order", "The last day is before the first day.")]
    if entry.to_on > limits.today:
        return [_error("to_on", "future", f"The last day is in the future. The latest is today, {_day(limits.today)}.")]
    if entry.to_on - entry.from_on > LONGEST:
        return [_error("to_on", "too_long", "One entry covers a year at most. Please enter each year by itself.")]
    return []


def _kits(entry: Entry, limits: Limits) -> list[Problem]:
    if entry.kits < 0:
        return [_error("kits", "negative", "The number of kits cannot be less than 0.")]
    if entry.kits > HARD_CAP:
        return [_error("kits", "too_many", _too_many())]
    if entry.kits > limits.unusual:
        usual = f"the largest so far is {limits.largest:,}" if limits.largest else "it is the first entry"
        return [
            Problem(
                "kits",
                Severity.CONFIRM,
                "kits_unusual",
                f"{entry.kits:,} kits in one entry is unusual for {limits.agency}: {usual}.",
                str(entry.kits),
            )
        ]
    return []


def _besides(entry: Entry) -> list[Problem]:
    found = []
    for name, number in entry.besides.items():
        if number < 0:
            found.append(_error(name, "negative", "This number cannot be less than 0."))
        elif number > HARD_CAP:
            found.append(_error(name, "too_many", _too_often()))
        elif number > UNUSUAL:
            sentence = f"{number:,} {BESIDES[name]} in one entry is unusual."
            found.append(Problem(name, Severity.CONFIRM, f"{name}_unusual", sentence, str(number)))
    return found


def _choices(entry: Entry, limits: Limits) -> list[Problem]:
    found = []
    if entry.place not in _PLACES:
        found.append(_error("place", "choice", "Choose a ZIP code, “not known” or “outside our area”."))
    if entry.setting not in _SETTINGS:
        found.append(_error("setting", "choice", NOT_A_SETTING))
    if entry.recipient not in _RECIPIENTS:
        found.append(_error("recipient", "choice", NOT_A_RECIPIENT))
    if entry.kit_type_id is not None and entry.kit_type_id not in limits.kit_types:
        found.append(_error("kit_type", "choice", NOT_A_KIT))
    return found


def _error(field: str, code: str, sentence: str) -> Problem:
    return Problem(field, Severity.ERROR, code, sentence)


def _too_many() -> str:
    return f"One entry holds {HARD_CAP:,} kits at most. Please check the number."


def _too_often() -> str:
    return f"One entry holds {HARD_CAP:,} of these at most. Please check the number."


def _day(day: dt.date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
