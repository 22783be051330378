"""Activities of a program: where they stand, whose they are, and those the program adds itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from deflection.checklist import standing
from deflection.days import refuse_unlikely
from deflection.enums import ActivityStatus
from deflection.models import Program, ProgramActivity, Topic
from deflection.selectors import checklist_of
from phast.audit import record
from phast.constraints import readable
from phast.personal import refuse_personal

from .settling import locked, settle, write_status

if TYPE_CHECKING:
    from coalitions.models import Contact, Partner, Position
    from deflection.checklist import Line
    from phast.access.actor import Actor

    Owner = Partner | Contact | Position

GONE = "This activity was removed from the program. Bring it back first."
NOT_ASKED = "None of the program’s models asks for this. Choose the model first."
FOLLOWS = "This follows its parts: say of each of them where it stands."
OWNED_BY_PARTS = "“{}” follows its parts, so nobody owns it by itself. Choose who does each of them."
THERE = "This activity is on the checklist already."
NO_REASON = "Say why it does not apply."
NOTHING_TO_TAKE = "What this was offered for has changed since. Nothing was changed."


@transaction.atomic
def update_activity(
    *,
    activity: ProgramActivity,
    status: ActivityStatus | None = None,
    reason: str = "",
    topics: Collection[str] | None = None,
    notes: str | None = None,
    version: int | None,
    by: Actor,
) -> ProgramActivity:
    """Where the activity stands. What is None stays as it is; `topics`: keys of all that are done, of those the program's models ask for.

    With all its topics an activity is done, with some in progress, whatever `status` says. Raises ValidationError, by field: done with a
    topic open, not applicable without a reason, an activity that follows its parts, a text about a person; EditConflict when somebody
    saved it since `version`.
    """
    program = locked(activity.program_id)
    activity.lock(version)
    line = _line_of(program, activity)
    row = line.row
    if status is not None and line.follows_parts:
        raise ValidationError({"status": FOLLOWS})
    _refuse_personal(reason=reason, notes=notes or "")
    was = row.status
    ticked = {mark.key for mark in line.topics if mark.done}
    if topics is not None:
        ticked = _tick(line, topics)
    if status is not None:
        _check(line, status, reason, ticked)
        write_status(row, status, reason, by=by)
    elif line.topics and topics is not None and row.status != ActivityStatus.NOT_APPLICABLE:
        # What the last tick made done is not done any more when one is taken away.
        begun = ActivityStatus.IN_PROGRESS if ticked else ActivityStatus.NOT_STARTED
        write_status(row, standing(begun, frozenset(mark.key for mark in line.topics), frozenset(ticked)), by=by)
    row.notes = row.notes if notes is None else notes
    row.version = activity.version
    row.save(update_fields=["notes", "version"])
    settle(program, by=by)
    row.refresh_from_db()
    record("program_activity.updated", by=by, target=row, was=was, status=row.status, topics=sorted(ticked))
    return row


@transaction.atomic
def plan_activity(
    *, activity: ProgramActivity, values: Mapping[str, Any], version: int | None, by: Actor
) -> ProgramActivity:
    """Changes what `values` names: `owner` (a partner, a contact, a position or None), `due_on`, `needed_to_launch`; of the program's own
    activities `title` and `detail`, too. Raises EditConflict, and ValidationError for a text about a person and for the title of another
    activity."""
    activity.lock(version)
    activity.refresh_from_db(fields=["removed_at"])
    if activity.removed_at is not None:
        raise ValidationError(GONE)
    plain = {name: value for name, value in values.items() if name != "owner"}
    _refuse_personal(**{name: plain[name] for name in ("title", "detail") if name in plain})
    refuse_unlikely(plain, by.coalition.today(), held=activity)
    if plain.get("title", activity.title) != activity.title:
        _refuse_there(activity.program, plain["title"], but=activity)
    for name, value in plain.items():
        setattr(activity, name, value)
    fields = [*plain, "version"]
    if "owner" in values:
        fields += _own(activity, values["owner"])
    with readable():
        activity.save(update_fields=fields)
    record("program_activity.planned", by=by, target=activity, fields=sorted(values))
    return activity


@transaction.atomic
def assign_activities(
    *,
    program: Program,
    activities: Iterable[ProgramActivity],
    owner: Owner | None,
    due_on: dt.date | None = None,
    by: Actor,
) -> int:
    """Gives several activities of the program to one owner; with `due_on` that day, too. Answers how many;
    what is removed stays as it is. Raises ValidationError for a day that cannot be right, and for one that follows its parts: then
    nothing is changed."""
    refuse_unlikely({"due_on": due_on}, by.coalition.today())
    locked(program)
    keys = [one.pk for one in activities]
    for line in checklist_of(program):
        if line.follows_parts and line.row.pk in keys:
            raise ValidationError(OWNED_BY_PARTS.format(line.title))
    rows = ProgramActivity.objects.filter(program=program, pk__in=keys, removed_at=None).order_by("pk")
    found = list(rows.select_for_update(of=("self",)))
    for row in found:
        fields = _own(row, owner)
        if due_on is not None:
            row.due_on = due_on
            fields.append("due_on")
        row.version += 1
        row.save(update_fields=[*fields, "version"])
    record("program.assigned", by=by, target=program, activities=len(found), owner=str(owner or ""))
    return len(found)


@transaction.atomic
def take_offer(*, activity: ProgramActivity, by: Actor) -> ProgramActivity:
    """Yes to "is this done, too?": ticks all it asks for. Raises ValidationError when it is not offered any more."""
    program = locked(activity.program_id)
    offered = [offer.line for offer in checklist_of(program).offers if offer.line.row.pk == activity.pk]
    if not offered:
        raise ValidationError(NOTHING_TO_TAKE)
    keys = [mark.key for mark in offered[0].topics]
    return update_activity(activity=activity, status=ActivityStatus.DONE, topics=keys, version=None, by=by)


@transaction.atomic
def add_own_activity(
    *,
    program: Program,
    title: str,
    detail: str = "",
    owner: Owner | None = None,
    due_on: dt.date | None = None,
    needed_to_launch: bool = True,
    by: Actor,
) -> ProgramActivity:
    """Something the program does beside what its models ask for. Raises ValidationError without a title, for one that is there already,
    and for a text about a person."""
    _refuse_personal(title=title, detail=detail)
    refuse_unlikely({"due_on": due_on}, by.coalition.today())
    locked(program)
    _refuse_there(program, title)
    row = ProgramActivity(program=program, title=title, detail=detail, due_on=due_on, needed_to_launch=needed_to_launch)
    _own(row, owner)
    with readable():
        row.save()
    record("program_activity.added", by=by, target=row, program=program.pk)
    return row


@transaction.atomic
def remove_own_activity(*, activity: ProgramActivity, by: Actor) -> None:
    """Takes it off the checklist; `restore_own_activity` brings it back. Raises ValidationError for one that the models ask for."""
    activity.lock(None)
    activity.refresh_from_db(fields=["removed_at"])
    if activity.activity_id is not None:
        raise ValidationError("A model asks for this, so it stays. If it does not apply, say so and why.")
    if activity.removed_at is None:
        activity.removed_at, activity.removed_by = timezone.now(), by.user
        activity.save(update_fields=["removed_at", "removed_by", "version"])
        record("program_activity.removed", by=by, target=activity)


@transaction.atomic
def restore_own_activity(*, activity: ProgramActivity, by: Actor) -> None:
    """Brings it back as it was. Doing so twice changes nothing."""
    activity.lock(None)
    activity.refresh_from_db(fields=["removed_at"])
    if activity.removed_at is not None:
        activity.removed_at = activity.removed_by = None
        activity.save(update_fields=["removed_at", "removed_by", "version"])
        record("program_activity.restored", by=by, target=activity)


def _line_of(program: Program, activity: ProgramActivity) -> Line:
    for line in checklist_of(program):
        if line.row.pk == activity.pk:
            return line
    raise ValidationError(NOT_ASKED if activity.activity_id else GONE)


def _tick(line: Line, topics: Collection[str]) -> set[str]:
    """Ticks these and no others; what only models asked for that the program no longer follows stays ticked."""
    asked = {mark.key for mark in line.topics}
    if not set(topics) <= asked:
        raise ValidationError({"topics_done": NOT_ASKED})
    line.row.topics_done.remove(*Topic.objects.filter(pk__in=asked - set(topics)))
    line.row.topics_done.add(*Topic.objects.filter(pk__in=topics))
    return set(topics)


def _check(line: Line, status: ActivityStatus, reason: str, ticked: set[str]) -> None:
    if status == ActivityStatus.NOT_APPLICABLE and not reason.strip():
        raise ValidationError({"reason": NO_REASON})
    missing = [mark.title for mark in line.topics if mark.key not in ticked]
    if status == ActivityStatus.DONE and missing:
        raise ValidationError({"topics_done": f"Still open: {'; '.join(missing)}. Tick what is done."})


def _refuse_there(program: Program, title: str, but: ProgramActivity | None = None) -> None:
    """Whether the models ask for it or the program added it."""
    taken = {line.title.casefold() for line in checklist_of(program) if line.row != but}
    if title and title.casefold() in taken:
        raise ValidationError({"title": THERE})


def _own(row: ProgramActivity, owner: Owner | None) -> list[str]:
    """Sets who owns it; answers the fields that hold it."""
    fields = ["partner", "contact", "position"]
    for name in fields:
        setattr(row, name, owner if owner is not None and owner._meta.model_name == name else None)
    return fields


def _refuse_personal(**texts: str) -> None:
    for name, text in texts.items():
        try:
            refuse_personal(text)
        except ValidationError as found:
            raise ValidationError({name: found.messages}) from found
