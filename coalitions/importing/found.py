"""What is found in a spreadsheet of partners and contacts, and what the person has to decide."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coalitions.models import Contact, Partner
from phast.ui.templatetags.ui import local_date

NEW, LEAVE_OUT = "new", "out"
FIRST = "first"  # of the choices, for all questions of a kind
SHOWN = 8  # rows named with a question


def key_of(*texts: object) -> str:
    """A short fingerprint of what a question is about. Text and all, the answer can be remembered without the text."""
    return hashlib.sha256("\n".join(str(text).casefold() for text in texts).encode()).hexdigest()[:12]


@dataclass
class Question:
    """Something the person decides. `choices`: value and words, the likeliest first; `answer`: empty while it is open; `is_for_all`: it was
    given for all questions of the kind, not for this one."""

    key: str
    said: str
    rows: list[int]
    choices: list[tuple[str, str]]
    answer: str = ""
    is_for_all: bool = False

    def answer_from(self, said: Mapping[str, str], for_all: str = "") -> None:
        """Takes what the person said, as long as it is among the choices; else what they said `for_all`: FIRST or a choice, or nothing."""
        answer = said.get(self.key, "")
        self.answer = answer if any(answer == key for key, _ in self.choices) else ""
        if for_all and not self.answer:
            self.answer = self.choices[0][0] if for_all == FIRST else for_all
            self.is_for_all = True

    @property
    def answer_in_words(self) -> str:
        """The choice that is the answer; empty while it is open."""
        return dict(self.choices).get(self.answer, "")

    @property
    def where(self) -> str:
        """ "Rows 3, 5 and 9"."""
        shown = [str(row) for row in self.rows[:SHOWN]]
        if more := self.rows[SHOWN:]:
            shown.append(f"{len(more)} more")
        return (
            f"Row{'' if len(self.rows) == 1 else 's'} {' and '.join(filter(None, [', '.join(shown[:-1]), shown[-1]]))}"
        )


@dataclass(eq=False)
class Organization:
    """An organization of the file. `partner`: which partner it is; None for a new one, and while that is open. `values`: what the
    file says of it; `changes`: what the roster's partner gets of that."""

    key: str
    name: str
    rows: list[int] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    sectors: set[str] = field(default_factory=set)
    partner: Partner | None = None
    same_as: Organization | None = None
    is_open: bool = False
    changes: dict[str, Any] = field(default_factory=dict)
    new_sectors: set[str] = field(default_factory=set)

    @property
    def more(self) -> str:
        """The day it joined on, as it would come in."""
        return f"joined {local_date(day)}" if (day := self.values.get("joined_on")) else ""

    @property
    def standing(self) -> str:
        """What becomes of it, in a word."""
        if self.is_open:
            return "which?"
        if self.partner is None:
            return "new"
        return "changes it" if self.changes or self.new_sectors else "on the roster"


@dataclass(eq=False)
class Person:
    """A contact of the file, at `organization`. `contact`: who it is on the roster, if anybody."""

    key: str
    row: int
    organization: Organization
    values: dict[str, str]
    contact: Contact | None = None
    same_as: Person | None = None
    is_open: bool = False
    changes: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.values["name"]

    @property
    def more(self) -> str:
        """Title, e-mail address and phone, as far as the file has them."""
        return ", ".join(self.values[field] for field in ("title", "email", "phone") if self.values.get(field))

    @property
    def standing(self) -> str:
        if self.is_open:
            return "who?"
        if self.same_as is not None:
            return "again"
        if self.contact is None:
            return "new"
        return "changes it" if self.changes else "on the roster"


@dataclass
class Line:
    """A row of the file as it would come in. `notes`: what to look at."""

    row: int
    organization: Organization
    person: Person | None
    notes: list[str]


def open_ones(questions: Sequence[Question]) -> list[Question]:
    return [question for question in questions if not question.answer]
