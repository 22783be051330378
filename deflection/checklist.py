"""What a program has to do, worked out from the models it follows and from what it said so far. Pure: nothing here asks the database.

One `Line` is one piece of work, however many models ask for it. Each model is credited by itself: when what *it* asks for is done.
Nothing is ticked that nobody ticked: where one piece of work may hold another, the checklist asks (`Offer`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .enums import OVER, ActivityStatus, Section

if TYPE_CHECKING:
    from .models import ProgramActivity


@dataclass(frozen=True)
class Work:
    """An activity of the reference: `topics` are all there are for it, by key, with their titles in order."""

    key: str
    title: str
    text: str
    section: Section
    topics: Mapping[str, str]


@dataclass(frozen=True)
class Item:
    """A line of a model's list, by its number ("3.1", below "3"), and the keys of the topics this model asks for."""

    number: str
    parent: str
    work: Work
    topics: frozenset[str]
    place: str


@dataclass(frozen=True)
class ModelList:
    """A model with its lines in its own order."""

    key: str
    number: int
    name: str
    text: str
    items: Sequence[Item]

    @cached_property
    def by_work(self) -> Mapping[str, Item]:
        return {item.work.key: item for item in self.items}

    def below(self, number: str) -> list[Item]:
        """The parts of a line; with "" the lines at the top."""
        return [item for item in self.items if item.parent == number]


@dataclass(frozen=True)
class TopicMark:
    """A topic of a line: whether it is done, and the numbers of the program's models that ask for it."""

    key: str
    title: str
    done: bool
    models: tuple[int, ...]


@dataclass(frozen=True)
class Line:
    """A piece of work and where it stands. `row`: what the program said; `items`: by the model's number, the lines that ask for it;
    `credited`: by the model's number, where it stands for that model alone; empty for an activity of the program's own."""

    row: ProgramActivity
    title: str
    text: str
    section: Section
    status: ActivityStatus
    topics: tuple[TopicMark, ...] = ()
    parts: tuple[Line, ...] = ()
    items: Mapping[int, Item] | None = None
    credited: Mapping[int, ActivityStatus] | None = None

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    @property
    def is_own(self) -> bool:
        return not self.items

    @property
    def follows_parts(self) -> bool:
        """Its status is that of its parts: nobody sets it."""
        return bool(self.parts)

    def is_overdue(self, today: dt.date) -> bool:
        return not self.is_over and self.row.due_on is not None and self.row.due_on < today


@dataclass(frozen=True)
class Tally:
    """How many pieces of work are done, open, and do not apply. A share is of those that apply."""

    done: int = 0
    open: int = 0
    not_applicable: int = 0

    @property
    def of(self) -> int:
        return self.done + self.open

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means all; 100 too when nothing applies."""
        return self.done * 100 // self.of if self.of else 100


@dataclass(frozen=True)
class OwnerTally:
    """What a partner, a contact or a position owns; `owner` None: what nobody does."""

    owner: Any
    tally: Tally


@dataclass(frozen=True)
class Offer:
    """`line` may be done since what it asks for seems to be part of work that is. `text` asks whether it is."""

    line: Line
    text: str


class Why(StrEnum):
    """Why work that is needed may hold up the launch, the gravest first."""

    OVERDUE = "overdue"
    AFTER_START = "after_start"
    NOBODY = "nobody"
    VACANT = "vacant"
    OPEN = "open"

    @property
    def said(self) -> str:
        """As a person reads it."""
        return {
            Why.OVERDUE: "Overdue",
            Why.AFTER_START: "Due after the start",
            Why.NOBODY: "Nobody owns it",
            Why.VACANT: "Nobody holds the position that owns it",
            Why.OPEN: "Not done yet",
        }[self]


@dataclass(frozen=True)
class Blocker:
    """Open work that the program does not start without, and why to look at it."""

    line: Line
    whys: tuple[Why, ...]


@dataclass(frozen=True)
class Checklist:
    """`lines`: the top level. It keeps the order of the first model; what the others add stands where they have it; what the program
    added comes last."""

    models: Sequence[ModelList]
    lines: Sequence[Line]
    offers: Sequence[Offer] = ()

    def __iter__(self) -> Iterator[Line]:
        """Every line, parts behind what they belong to."""
        for line in self.lines:
            yield line
            yield from line.parts

    @cached_property
    def work(self) -> list[Line]:
        """What is counted: every line but those that follow their parts."""
        return [line for line in self if not line.follows_parts]

    def of_model(self, number: int) -> list[tuple[Item, Line]]:
        """A model's own list: its numbers, in its order."""
        found = {key: line for line in self for key in [line.row.activity_id] if key}
        [model] = [model for model in self.models if model.number == number]
        return [(item, found[item.work.key]) for item in model.items]

    @property
    def progress(self) -> Tally:
        return tally(line.status for line in self.work)

    @property
    def by_model(self) -> dict[int, Tally]:
        """By the model's number, as that model credited it."""
        return {
            model.number: tally(
                line.credited[model.number] for line in self.work if model.number in (line.credited or ())
            )
            for model in self.models
        }

    @property
    def by_section(self) -> dict[Section, Tally]:
        """Sections that hold anything, in their order."""
        found = {section: [line.status for line in self.work if line.section == section] for section in Section}
        return {section: tally(statuses) for section, statuses in found.items() if statuses}

    @property
    def by_owner(self) -> list[OwnerTally]:
        """Who has most open work first; what nobody owns last."""
        owners: dict[Any, Any] = {}
        statuses: dict[Any, list[ActivityStatus]] = {}
        for line in self.work:
            owner = line.row.owner
            key = (owner._meta.model_name, owner.pk) if owner else None
            owners[key] = owner
            statuses.setdefault(key, []).append(line.status)
        found = [OwnerTally(owners[key], tally(statuses[key])) for key in statuses]
        return sorted(found, key=lambda one: (one.owner is None, -one.tally.open, str(one.owner)))

    def overdue(self, today: dt.date) -> list[Line]:
        """Whatever should have been done by now, the longest overdue first."""
        late = [(line.row.due_on, line) for line in self if line.is_overdue(today) and line.row.due_on]
        return [line for _, line in sorted(late, key=lambda pair: pair[0])]

    def blockers(self, *, starts_on: dt.date | None, today: dt.date) -> list[Blocker]:
        """Open work that is needed before the launch, by the day it is due, which begins with what is overdue; last what has no day, the
        gravest first."""
        found = []
        for line in self.work:
            if not line.is_over and line.row.needed_to_launch:
                found.append(Blocker(line, _whys(line, starts_on, today)))
        return sorted(found, key=lambda one: (one.line.row.due_on or dt.date.max, list(Why).index(one.whys[0])))


def tally(statuses: Iterable[ActivityStatus]) -> Tally:
    """Counts them."""
    found = list(statuses)
    done, none = found.count(ActivityStatus.DONE), found.count(ActivityStatus.NOT_APPLICABLE)
    return Tally(done, len(found) - done - none, none)


def merged(orders: Sequence[Sequence[str]]) -> list[str]:
    """One order out of several: the first, and what the others add between what it follows there and what follows it."""
    found: list[str] = []
    for order in orders:
        before = -1
        for n, key in enumerate(order):
            if key not in found:
                later = [found.index(other) for other in order[n + 1 :] if other in found]
                found.insert(max(before + 1, min(later, default=0)), key)
            before = found.index(key)
    return found


def standing(said: ActivityStatus, asked: frozenset[str], done: frozenset[str]) -> ActivityStatus:
    """Where work stands for who asks for these topics; without topics, where people said."""
    if said == ActivityStatus.NOT_APPLICABLE or not asked:
        return said
    if asked <= done:
        return ActivityStatus.DONE
    if asked & done or said != ActivityStatus.NOT_STARTED:
        return ActivityStatus.IN_PROGRESS
    return ActivityStatus.NOT_STARTED


def following(parts: Sequence[ActivityStatus]) -> ActivityStatus:
    """Where work stands whose parts stand so: done when each part that applies is."""
    applying = [status for status in parts if status != ActivityStatus.NOT_APPLICABLE]
    if not applying:
        return ActivityStatus.NOT_APPLICABLE
    if all(status == ActivityStatus.DONE for status in applying):
        return ActivityStatus.DONE
    if all(status == ActivityStatus.NOT_STARTED for status in applying):
        return ActivityStatus.NOT_STARTED
    return ActivityStatus.IN_PROGRESS


def side_by_side(models: Sequence[ModelList]) -> list[tuple[Work, bool, list[Item | None]]]:
    """For comparing models: each piece of work once, whether it is a part of another, and the line of each model or None."""
    found: list[tuple[Work, bool, list[Item | None]]] = []
    for key in merged([[item.work.key for item in model.below("")] for model in models]):
        tops = [model.by_work.get(key) for model in models]
        found.append((next(item.work for item in tops if item), False, tops))
        below = [model.below(item.number) if item else [] for model, item in zip(models, tops, strict=True)]
        for part in merged([[item.work.key for item in items] for items in below]):
            cells = [model.by_work.get(part) for model in models]
            found.append((next(item.work for item in cells if item), True, cells))
    return found


def checklist(
    models: Sequence[ModelList],
    rows: Sequence[ProgramActivity],
    done: Mapping[int, frozenset[str]],
    offers: Mapping[str, tuple[frozenset[str], str]],
) -> Checklist:
    """The checklist of a program that follows `models`.

    `rows`: all its activities, with a row for each line of the models; `done`: topics ticked, by the key of the row; `offers`: by the
    narrower activity, the richer ones and what to ask. Work that no model asks for any more is left out, but still counts as richer.
    """
    said = {row.activity_id: row for row in rows if row.activity_id}
    comparison = side_by_side(models)
    lines: list[Line] = []
    parts: list[Line] = []
    # Backwards, so that parts are there when what they belong to is made.
    for work, is_part, cells in reversed(comparison):
        items = {model.number: item for model, item in zip(models, cells, strict=True) if item}
        row = said[work.key]
        if is_part:
            parts.insert(0, _line(row, work, items, done.get(row.pk, frozenset()), ()))
        else:
            lines.insert(0, _line(row, work, items, done.get(row.pk, frozenset()), tuple(parts)))
            parts = []
    own = [row for row in rows if not row.activity_id and row.removed_at is None]
    lines += [Line(row, row.title, row.detail, Section.OWN, ActivityStatus(row.status)) for row in own]
    found = Checklist(models, lines)
    return Checklist(models, lines, _offers(found, said, offers))


def _line(
    row: ProgramActivity, work: Work, items: Mapping[int, Item], done: frozenset[str], parts: tuple[Line, ...]
) -> Line:
    said = ActivityStatus(row.status)
    asked = frozenset().union(*(item.topics for item in items.values()))
    credited = {number: standing(said, item.topics, done) for number, item in items.items()}
    if parts:
        credited = {
            number: following([part.credited[number] for part in parts if number in (part.credited or ())])
            for number in items
        }
    return Line(
        row=row,
        title=work.title,
        text=work.text,
        section=work.section,
        status=following([part.status for part in parts]) if parts else standing(said, asked, done),
        topics=tuple(
            TopicMark(key, title, key in done, tuple(number for number, item in items.items() if key in item.topics))
            for key, title in work.topics.items()
            if key in asked
        ),
        parts=parts,
        items=items,
        credited=credited,
    )


def _offers(
    found: Checklist, said: Mapping[str, ProgramActivity], offers: Mapping[str, tuple[frozenset[str], str]]
) -> list[Offer]:
    standings = {key: ActivityStatus(row.status) for key, row in said.items()}
    standings |= {line.row.activity_id: line.status for line in found if line.row.activity_id}
    finished = {key for key, status in standings.items() if status == ActivityStatus.DONE}
    open_lines = [(line, offers.get(line.row.activity_id or "")) for line in found if not line.is_over]
    return [Offer(line, offer[1]) for line, offer in open_lines if offer and offer[0] <= finished]


def _whys(line: Line, starts_on: dt.date | None, today: dt.date) -> tuple[Why, ...]:
    row, found = line.row, []
    if line.is_overdue(today):
        found.append(Why.OVERDUE)
    if starts_on and row.due_on and row.due_on > starts_on:
        found.append(Why.AFTER_START)
    if row.owner is None:
        found.append(Why.NOBODY)
    elif row.position and row.position.contact_id is None:
        found.append(Why.VACANT)
    return tuple(found) or (Why.OPEN,)
