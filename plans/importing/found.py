"""What is found in a spreadsheet: steps as they would come in, and what the person has to say about them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from plans.enums import Part, Repeats, StepStatus

from . import days
from .owners import Named

# What becomes of a name that is nobody's we know.
LEAVE_OUT, NEW_POSITION, NEW_PARTNER = "out", "new-position", "new-partner"
SHOWN = 8  # rows named with a question


@dataclass(frozen=True)
class Owner:
    """A responsible party as it would come in. `key`: which party, or what becomes of a name we do not know; empty while that is open."""

    key: str
    name: str
    part: Part

    @property
    def aside(self) -> str:
        """What to say behind the name."""
        new = {NEW_POSITION: "new position", NEW_PARTNER: "new partner"}.get(self.key, "")
        part = self.part.label.lower() if self.part != Part.LEAD else ""
        return ", ".join(filter(None, [new, part]))


@dataclass
class ImportStep:
    """A step as it would come in. `row`: where it stands in the file. `notes`: what to look at. `kept`: lines that go into the detail,
    so that nothing the file says is lost."""

    row: int
    title: str
    cells: Mapping[str, str]
    number: str = ""
    parent: int | None = None
    level: int = 1
    detail: str = ""
    owners: list[Named] = field(default_factory=list)
    due: days.Day = field(default_factory=days.Day)
    status: StepStatus = StepStatus.NOT_STARTED
    repeats: str = ""
    notes: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    parties: list[Owner] = field(default_factory=list)

    @property
    def full_detail(self) -> str:
        return "\n".join(filter(None, [self.detail, *self.kept]))

    def text(self, name: str) -> str:
        """What the row says in a column."""
        return self.cells.get(name, "").strip()

    @property
    def latest(self) -> str:
        """What was said of the step last, with the day the file names for it. A status alone is no news beside the status."""
        note, on = self.text("latest"), self.text("latest_on")
        if note in StepStatus.labels:
            return ""
        return f"{on}: {note}" if note and on else note

    @property
    def status_label(self) -> str:
        return self.status.label

    @property
    def repeats_label(self) -> str:
        return Repeats(self.repeats).label.lower() if self.repeats else ""


@dataclass
class Question:
    """Something the person decides. `key` names the answer; `rows`: where it comes up; `choices`: what is proposed."""

    key: str
    said: str
    rows: list[int] = field(default_factory=list)
    proposals: list[str] = field(default_factory=list)
    answer: str = ""
    wrong: str = ""

    @property
    def where(self) -> str:
        """ "Rows 3, 5 and 9"."""
        shown = [str(row) for row in self.rows[:SHOWN]]
        if more := self.rows[SHOWN:]:
            shown.append(f"{len(more)} more")
        listed = " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
        return f"Row{'' if len(self.rows) == 1 else 's'} {listed}"


def key_of(text: str) -> str:
    """A short name for an answer about a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
