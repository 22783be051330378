"""Finding out that a file is about persons. Such a file is refused whole: nothing of it may be stored (DOMAIN, "Privacy")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .refused import PersonalFile

ENOUGH = 2  # rows with such a value in one column; one alone may be a footnote
NAMED = 3  # rows that begin with a first name

_NUMBER = r"(no|num|nbr|number|id|#)"
_HEADERS = {
    "names": r"(first|last|full|middle|maiden|client|patient|recipient|person|individual|participant|subject|victim"
    r"|suspect|offender|contact)s? ?names?|names?|surname|given name|family name|initials|alias",
    "dates of birth": r"dob|d o b|birth ?dates?|dates? of birth|birthday|year of birth|birth year",
    "ages": r"ages?|age group|age range|age at .*",
    "sex, gender, race or ethnicity": r"sex|gender|race|ethnicity|race ethnicity|hispanic",
    "case or incident numbers": rf"(case|incident|report|call|cad|cfs|event|run|complaint|docket|booking|arrest|warrant)s? ?{_NUMBER}"
    rf"|case|incident|cad|cfs|mrn|medical record.*|record {_NUMBER}|(client|patient|participant|person|inmate) ?{_NUMBER}",
    "Social Security, license or phone numbers": rf"ssn|social security.*|(driver s? ?)?licen[cs]e( {_NUMBER})?"
    rf"|((cell|home|mobile) )?(tele)?phones?( {_NUMBER})?|cell|mobile",
    "addresses or positions": r"((home|street|mailing|incident) )?address(es)?( line)?( \d)?|street( name)?|house number|apt|apartment"
    r"|lat|long|lng|latitude|longitude|coordinates|geocode|[xy] coord.*",
    "e-mail addresses": r"e ?mails?( address(es)?)?",
    "what happened to a person": r"narrative|diagnosis|medical.*|(drug|substance)s? used?|charges?|arrested|warrants?"
    rf"|(kit )?serial ?{_NUMBER}",
}
_PLAIN = {"name", "names"}
_HEADER = {what: re.compile(f"(?:{pattern})") for what, pattern in _HEADERS.items()}

_VALUES = {
    "e-mail addresses": re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"),
    "Social Security numbers": re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"),
    "phone numbers": re.compile(r"(?<!\d)\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)"),
    "street addresses": re.compile(
        r"(?<!\w)\d{1,5} +(?:[NSEW]\.? +)?[A-Z]\w+(?: [A-Z]\w+)? +(?:st|street|ave|avenue|rd|road|blvd|ln|lane|dr|drive|ct|court|way|pl)\b",
        re.IGNORECASE,
    ),
    "case numbers": re.compile(
        r"(?<![\w-])(?:(?:case|inc|cr|cfs|rpt)[ #:-]*)?(?:(?:19|20)\d\d|\d\d)-(?!(?:19|20)\d\d(?!\d))\d{4,8}(?![\w-])"
        r"|(?<!\w)[A-Z]{1,3}\d{2}-?\d{4,8}(?!\w)"
    ),
    "dates of birth": re.compile(r"\b(?:dob|born|birth)\b.{0,12}\d", re.IGNORECASE),
}
_ORGANIZATION = re.compile(
    r"police|pd\b|sheriff|fire|ems|county|city|town|village|department|dept|office|agency|district|health|center|services?|program|university|college|hospital|park|street|avenue|library",
    re.IGNORECASE,
)
# Common first names of adults in the United States, less those that are also places or words which stand in such files (Troy,
# Austin, Jordan, Madison, Virginia, Grant). One a line.
_FIRST_NAMES = frozenset((Path(__file__).parents[1] / "data" / "first_names.txt").read_text().split())


def words_of(label: str) -> str:
    """A header in plain words: "Date_Of-Birth (Client)" is "date of birth client"."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label)
    return " ".join(re.sub(r"[^0-9a-z#]+", " ", spaced.casefold().replace("#", " # ")).split())


def refuse_personal_headers(labels: Sequence[str], rows: Sequence[Sequence[Any]] = ()) -> None:
    """Raises PersonalFile when a column is named for what identifies a person. A plain "Name" may be the agencies': `rows` tell."""
    found = {
        label.strip()[:40]: what
        for column, label in enumerate(labels)
        for what, pattern in _HEADER.items()
        if pattern.fullmatch(words_of(label)) and not (words_of(label) in _PLAIN and _names_agencies(column, rows))
    }
    if found:
        names, whats = (
            " and ".join(dict.fromkeys(part)) for part in ([f"“{label}”" for label in found], found.values())
        )
        raise _refused(f"its columns {names} hold" if len(found) > 1 else f"its column {names} holds", whats)


def _names_agencies(column: int, rows: Sequence[Sequence[Any]]) -> bool:
    texts = [
        cells[column] for cells in rows if column < len(cells) and type(cells[column]) is str and cells[column].strip()
    ]
    return bool(texts) and sum(bool(_ORGANIZATION.search(text)) for text in texts) > len(texts) / 2


def kind_of(text: str) -> str:
    """What about a person the text holds ("phone numbers"), or ""."""
    if len(text) > 5:
        for what, pattern in _VALUES.items():
            if pattern.search(text):
                return what
    return ""


class PersonalWatch:
    """Counts the rows whose values tell of persons. Raises PersonalFile as soon as a column holds enough of them."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = labels
        self._seen: dict[tuple[int, str], int] = {}

    def see(self, cells: Sequence[Any]) -> None:
        """One row."""
        for column, cell in enumerate(cells):
            if type(cell) is str and (what := kind_of(cell)):
                self._count(column, what, ENOUGH)

    def see_names(self, rows: Sequence[Sequence[Any]], *, passing: Sequence[int] = ()) -> None:
        """Persons' names in a column of any header; `passing` are the columns that name agencies or places."""
        for cells in rows:
            for column, cell in enumerate(cells):
                if type(cell) is str and column not in passing and _is_name(cell):
                    self._count(column, "names", NAMED)

    def _count(self, column: int, what: str, enough: int) -> None:
        seen = self._seen[column, what] = self._seen.get((column, what), 0) + 1
        if seen >= enough:
            label = self._labels[column].strip()[:40] if column < len(self._labels) else ""
            raise _refused(f"its column “{label}” holds" if label else f"its column {column + 1} holds", what)


def _is_name(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text)
    if not 2 <= len(words) <= 4 or _ORGANIZATION.search(text):
        return False
    first = words[1] if "," in text else words[0]
    return first.casefold() in _FIRST_NAMES and all(word[0].isupper() for word in words)


def _refused(subject: str, what: str) -> PersonalFile:
    return PersonalFile(
        f"This file is about persons: {subject} {what}. Only counts may come here, so nothing of it was kept. "
        "Make a table of kits by ZIP code and day or month, without these columns, and try again."
    )
