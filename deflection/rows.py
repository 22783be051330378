"""A checklist as its page shows it: for this reader, narrowed, in the order of the model they look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coalitions.forms.parties import key_of
from coalitions.models import Contact

from .checklist import Checklist, Item, Line, TopicMark
from .enums import ActivityStatus, Section

if TYPE_CHECKING:
    from .models import Program, ProgramActivity

NOBODY = "nobody"
SOMEBODY = "A person"  # whom the reader is not told


@dataclass(frozen=True)
class Asked:
    """What is asked of a checklist. `model`: its number; `owner`: a key as forms name it, or NOBODY; `mine`: only these rows, by key."""

    model: int | None = None
    section: str = ""
    owner: str = ""
    status: str = ""
    overdue: bool = False
    mine: Collection[int] | None = None

    def wants(self, row: Row) -> bool:
        """Whether the row itself is asked for; what belongs to it is asked for by itself."""
        line = row.line
        owner = key_of(line.row.owner) if line.row.owner else NOBODY
        return (
            self.section in {"", line.section}
            and self.status in {"", row.status}
            and (not self.overdue or row.overdue)
            and (not self.owner or (self.owner == owner and not line.follows_parts))
            and (self.mine is None or (line.row.pk in self.mine and not line.follows_parts))
        )


@dataclass(frozen=True)
class Reader:
    """Who looks. `sees_names`: of the persons who own activities; `updates`: keys of the activities they may update."""

    today: dt.date
    sees_names: bool
    updates: Collection[int]


@dataclass(frozen=True)
class Credit:
    """Where a model stands with an activity."""

    number: int
    name: str
    status: ActivityStatus


@dataclass(frozen=True)
class Row:
    """A line of the list. `number`: the model's own, empty where all models are shown together; `status`: where it stands for the model
    that is shown, or for the program; `topics`: those the model asks for; `around`: it is here for the sake of its parts alone."""

    line: Line
    number: str
    status: ActivityStatus
    topics: Sequence[TopicMark]
    credits: Sequence[Credit]
    owner: str
    vacant: bool
    overdue: bool
    can_update: bool
    parts: Sequence[Row] = ()
    around: bool = False

    @property
    def activity(self) -> ProgramActivity:
        return self.line.row

    @property
    def topics_done(self) -> int:
        return sum(mark.done for mark in self.topics)

    @property
    def differs(self) -> bool:
        """All models are shown together, and they stand differently with it."""
        return not self.number and len({credit.status for credit in self.credits}) > 1

    @property
    def settable(self) -> bool:
        """The reader may say where it stands."""
        return self.can_update and not self.line.follows_parts


def owner_said(owner: Any, *, names: bool) -> str:
    """What an owner is called; a person's name only for those who may read it."""
    if owner is None:
        return ""
    return SOMEBODY if isinstance(owner, Contact) and not names else str(owner)


def coordinator_said(program: Program, *, names: bool) -> str:
    """Who coordinates it; of a person, for those who may not read the name, that somebody does, in the word of the roster."""
    said = owner_said(program.coordinator, names=names)
    return "Filled" if said == SOMEBODY else said


def shown(found: Checklist, asked: Asked, reader: Reader) -> list[Row]:
    """The rows asked for, in the order of the model that is looked at or of the whole checklist."""
    rows = _of_model(found, asked.model, reader) if asked.model else _of_all(found, reader)
    kept = []
    for row in rows:
        parts = [part for part in row.parts if asked.wants(part)]
        wanted = asked.wants(row)
        if wanted or parts:
            kept.append(_with_parts(row, parts, around=not wanted))
    return kept


def counted(rows: Sequence[Row]) -> int:
    """How many rows were asked for."""
    return sum((not row.around) + len(row.parts) for row in rows)


def _of_all(found: Checklist, reader: Reader) -> list[Row]:
    return [
        _with_parts(_row(found, line, None, reader), [_row(found, part, None, reader) for part in line.parts])
        for line in found.lines
    ]


def _of_model(found: Checklist, number: int, reader: Reader) -> list[Row]:
    pairs = found.of_model(number)
    rows = []
    for item, line in pairs:
        if not item.parent:
            parts = [_row(found, part, below, reader, number) for below, part in pairs if below.parent == item.number]
            rows.append(_with_parts(_row(found, line, item, reader, number), parts))
    return rows


def _row(found: Checklist, line: Line, item: Item | None, reader: Reader, model: int | None = None) -> Row:
    credited = line.credited or {}
    return Row(
        line=line,
        number=item.number if item else "",
        status=credited[model] if model else line.status,
        topics=[mark for mark in line.topics if not item or mark.key in item.topics],
        credits=[Credit(one.number, one.name, credited[one.number]) for one in found.models if one.number in credited],
        owner=owner_said(line.row.owner, names=reader.sees_names),
        vacant=bool(line.row.position and line.row.position.contact_id is None),
        overdue=line.is_overdue(reader.today),
        can_update=line.row.pk in reader.updates,
    )


def _with_parts(row: Row, parts: Sequence[Row], *, around: bool = False) -> Row:
    return Row(**{name: getattr(row, name) for name in _PLAIN}, parts=parts, around=around)


_PLAIN = [name for name in Row.__dataclass_fields__ if name not in {"parts", "around"}]


def owners_of(found: Checklist, *, names: bool) -> list[tuple[str, str]]:
    """Who owns something of it, as choices; persons only for those who may read their names."""
    owners = {key_of(line.row.owner): line.row.owner for line in found.work if line.row.owner}
    seen = {key: str(owner) for key, owner in owners.items() if names or not isinstance(owner, Contact)}
    return sorted(seen.items(), key=lambda pair: pair[1].casefold())


def sections_of(found: Checklist) -> list[tuple[str, str]]:
    """Its sections, as choices."""
    return [(section.value, section.label) for section in Section if any(line.section == section for line in found)]
