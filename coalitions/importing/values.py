"""What a cell of a roster means: values as the roster keeps them, or a sentence why not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from coalitions.enums import AgencyType, PartnerStatus
from coalitions.names import words_of
from phast.sheets.days import PARTS, day_of_serial

ROOM = {"name": 120, "title": 120, "part": 120, "phone": 40, "email": 254, "website": 200, "address": 200}
_TYPES = {
    **{words_of(label): value for value, label in AgencyType.choices},
    "police": "law_enforcement",
    "police department": "law_enforcement",
    "sheriff": "law_enforcement",
    "fire": "ems_fire",
    "ems": "ems_fire",
    "fire ems": "ems_fire",
    "ems fire": "ems_fire",
    "fire department": "ems_fire",
    "jail": "corrections",
}
_STATUSES = {
    **{words_of(label): value for value, label in PartnerStatus.choices},
    "yes": "active",
    "current": "active",
    "no": "inactive",
    "former": "inactive",
    "pending": "invited",
}
_LISTED = re.compile(r"\s*[;|\n]\s*")


def agency_type(text: str) -> str:
    """The key of a type of agency; empty for what is none."""
    return _TYPES.get(words_of(text), "")


def status(text: str) -> str:
    return _STATUSES.get(words_of(text), "")


def website(text: str) -> str:
    """The address with its scheme; empty for what is no address of the web."""
    url = text if "//" in text else f"https://{text}"
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        return ""
    return url if len(url) <= ROOM["website"] else ""


def email(text: str) -> str:
    found = text.removeprefix("mailto:").strip()
    try:
        validate_email(found)
    except ValidationError:
        return ""
    return found


def day(text: str, *, order: str, since_1904: bool) -> dt.date | None:
    """A day; None for what is none. A year alone or a month is no day. "March 4 2025" is one as "March 4, 2025" is."""
    said = " ".join(text.replace(",", " ").split())
    try:
        if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", said):
            return dt.date(*map(int, said.split("-")))
        if said.isdigit():
            return day_of_serial(float(said), since_1904=since_1904)
        if found := PARTS.fullmatch(said):
            one, two, year = int(found[1]), int(found[2]), int(found[3]) + (2000 if len(found[3]) == 2 else 0)
            return dt.date(year, *((one, two) if order == "mdy" else (two, one)))
        for pattern in ("%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y"):
            try:
                return dt.datetime.strptime(said, pattern).date()  # noqa: DTZ007 (a day, no moment)
            except ValueError:
                continue
    except ValueError:
        return None
    return None


def first_day(text: str) -> dt.date | None:
    """The first day of a year or a month that stands alone, "2021", "3/2021" or "March 2021"; None for anything else."""
    said = " ".join(text.split())
    for pattern in ("%Y", "%m/%Y", "%Y-%m", "%B %Y", "%b %Y"):
        try:
            first = dt.datetime.strptime(said, pattern).date()  # noqa: DTZ007 (a day, no moment)
        except ValueError:
            continue
        return first if 1900 <= first.year <= 2100 else None
    return None


def sectors_in(cell: str, known: Mapping[str, str]) -> list[str]:
    """The names of sectors in a cell. `known`: a sector's words → its key. A sector's own name may hold a slash or an "and"."""
    found: list[str] = []
    for piece in _LISTED.split(cell.strip()):
        if words_of(piece) in known:
            found.append(piece)
            continue
        for part in piece.split(","):
            parts = (
                [part]
                if words_of(part) in known or not all(words_of(p) in known for p in part.split("/"))
                else part.split("/")
            )
            found += [name.strip() for name in parts if name.strip()]
    return list(dict.fromkeys(found))


def alike(name: str, one: str, other: str) -> bool:
    """True when two values of a field say the same: capitals, the signs of a phone number and "https://" tell nothing apart."""
    if name == "phone":
        return re.sub(r"\D", "", one)[-10:] == re.sub(r"\D", "", other)[-10:]
    if name == "website":
        return _bare(one) == _bare(other)
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def _bare(url: str) -> str:
    return url.casefold().partition("//")[2].removeprefix("www.").rstrip("/")
