"""Finding out that a file is about persons. Such a file is refused whole: nothing of it may be stored (DOMAIN, "Privacy")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from phast.personal import FIRST_NAMES
from phast.sheets.cells import words_of
from phast.sheets.personal import kind_of, personal_headers
from phast.sheets.refused import PersonalFile

from .words import EXPORTED, WHO

ENOUGH = 2  # rows with such values, of whatever kind, in one column; one alone may be a footnote
NAMES = "names"
NAMED = 3  # rows that begin with a first name

_PLAIN = {"name", "names"}
_ORGANIZATION = re.compile(
    r"police|pd\b|sheriff|fire|ems|county|city|town|village|department|dept|office|agency|district|health|center|services?|program|university|college|hospital|park|street|avenue|library",
    re.IGNORECASE,
)


def refuse_personal_headers(labels: Sequence[str], rows: Sequence[Sequence[Any]] = ()) -> None:
    """Raises PersonalFile when a column is named for what identifies a person. A plain "Name" may be the agencies': `rows` tell."""
    found = {
        labels[column].strip()[:40]: what
        for column, what in personal_headers(labels)
        if not (words_of(labels[column]) in _PLAIN and _names_agencies(column, rows))
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


def is_own_export(labels: Sequence[str]) -> bool:
    """True for the list of counts as the portal gives it out."""
    return tuple(labels[: len(EXPORTED)]) == EXPORTED and WHO in labels


class PersonalWatch:
    """Counts the rows whose values tell of persons. Raises PersonalFile as soon as a column holds enough of them."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = labels
        # Who counted is in the portal's own export, for the agency itself; it is never read.
        self._passing = frozenset([list(labels).index(WHO)] if is_own_export(labels) else [])
        self._seen: dict[tuple[int, bool], list[str]] = {}

    def see(self, cells: Sequence[Any]) -> None:
        """One row."""
        for column, cell in enumerate(cells):
            if type(cell) is str and column not in self._passing and (what := kind_of(cell)):
                self._count(column, what, ENOUGH)

    def see_names(self, rows: Sequence[Sequence[Any]], *, passing: Sequence[int] = ()) -> None:
        """Persons' names in a column of any header; `passing` are the columns that name agencies or places."""
        passed = self._passing.union(passing)
        for cells in rows:
            for column, cell in enumerate(cells):
                if type(cell) is str and column not in passed and _is_name(cell):
                    self._count(column, NAMES, NAMED)

    def _count(self, column: int, what: str, enough: int) -> None:
        seen = self._seen.setdefault((column, what == NAMES), [])
        seen.append(what)
        if len(seen) >= enough:
            label = self._labels[column].strip()[:40] if column < len(self._labels) else ""
            whats = " and ".join(dict.fromkeys(seen))
            raise _refused(f"its column “{label}” holds" if label else f"its column {column + 1} holds", whats)


def _is_name(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text)
    if not 2 <= len(words) <= 4 or _ORGANIZATION.search(text):
        return False
    first = words[1] if "," in text else words[0]
    return first.casefold() in FIRST_NAMES and all(word[0].isupper() for word in words)


def _refused(subject: str, what: str) -> PersonalFile:
    return PersonalFile(
        f"This file is about persons: {subject} {what}. Only counts may come here, so nothing of it was kept. "
        "Make a table of kits by ZIP code and day or month, without these columns, and try again."
    )
