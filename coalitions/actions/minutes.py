"""What a meeting records: decisions, actions, notes, and how far it is. Several people may record at once: nothing takes the place of
what another added.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from coalitions.models import AgendaItem, Contact, Decision, Meeting, MeetingAction, Partner, Position
from phast import audit, offers

if TYPE_CHECKING:
    from phast.access.actor import Actor
    from phast.offers import LinkedStep

OWNERS: dict[type[Any], str] = {Partner: "partner", Contact: "contact", Position: "position"}


@transaction.atomic
def decide(*, meeting: Meeting, item: AgendaItem | None, text: str, by: Actor) -> Decision:
    """Keeps a decision, under an item of the agenda where it was made under one."""
    row = Decision.objects.create(meeting=meeting, item=item, text=text)
    audit.record("decision.recorded", by=by, target=row)
    return row


@transaction.atomic
def agree(*, meeting: Meeting, item: AgendaItem | None, text: str, owner: Any, due: str, by: Actor) -> MeetingAction:
    """Keeps an action. `owner`: a partner, a contact, a position, or None; `due` as it was said."""
    row = MeetingAction.objects.create(meeting=meeting, item=item, text=text, due_said=due, **_owner(owner))
    audit.record("meeting_action.recorded", by=by, target=row)
    return row


@transaction.atomic
def note(*, meeting: Meeting, item: AgendaItem | None, text: str, by: Actor) -> None:
    """Adds a line to what was said on an item, or on the meeting as a whole."""
    row: Any = type(item or meeting)._default_manager.select_for_update().get(pk=(item or meeting).pk)
    row.notes = f"{row.notes}\n{text}" if row.notes else text
    row.version += 1
    row.save(update_fields=["notes", "version"])
    audit.record("meeting.noted", by=by, target=row)


@transaction.atomic
def go_to(*, meeting: Meeting, item: AgendaItem | None, by: Actor) -> None:
    """The meeting is at this item: those before it are dealt with, it and those after it are not. None: everything is.

    Two people who go on at the same moment end at the same item.
    """
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    before = True
    for row in meeting.agenda.all():
        before = before and row.pk != (item.pk if item else None)
        if before != (row.done_at is not None):
            row.done_at = timezone.now() if before else None
            row.save(update_fields=["done_at"])
    audit.record("meeting.went_on", by=by, target=meeting, item=item.pk if item else None)


@transaction.atomic
def mend(*, row: Decision | MeetingAction, values: Mapping[str, Any], version: int | None, by: Actor) -> None:
    """Changes what was recorded. `owner` among the values: as in `agree`. Raises EditConflict when somebody saved it since."""
    row.lock(version)
    values = dict(values)
    if "owner" in values:
        values |= dict.fromkeys(OWNERS.values()) | _owner(values.pop("owner"))
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    audit.record(f"{_noun(row)}.changed", by=by, target=row, fields=sorted(values))


@transaction.atomic
def strike(*, row: Decision | MeetingAction, by: Actor) -> None:
    """Removes what was recorded by mistake. A step that came of it stays."""
    audit.record(f"{_noun(row)}.removed", by=by, target=row)
    row.delete()


@transaction.atomic
def finish_action(*, action: MeetingAction, done: bool, by: Actor) -> None:
    """An action that became no step is done, or is not after all."""
    action.lock(None)
    action.done_at = timezone.now() if done else None
    action.save(update_fields=["done_at", "version"])
    audit.record("meeting_action.finished", by=by, target=action, done=done)


@transaction.atomic
def make_steps(*, actions: list[MeetingAction], plan: int | None, by: Actor) -> list[LinkedStep]:
    """Makes steps of actions that are none yet, all in one plan: a new one, called after the meeting's first action, when `plan` is None.

    Raises ValidationError when the plan is none that the person may add to, or when a due date does not exist.
    """
    if not offers.steps:
        raise ValidationError("There are no plans in this portal.")
    rows = list(
        MeetingAction.objects.select_for_update().filter(pk__in=[one.pk for one in actions]).order_by("at", "pk")
    )
    known = offers.steps[0].of(by, rows)
    made = []
    for row in rows:
        if known.get(row.pk):
            continue
        party = row.partner or row.contact or row.position
        try:
            step = offers.steps[0].add(plan=plan, title=row.text, origin=row, party=party, due=row.due_said, by=by)
        except ValueError as wrong:
            raise ValidationError(f"“{row.text}”: {wrong}") from None
        made.append(step)
        audit.record("meeting_action.made_step", by=by, target=row, step=step.key)
        plan = step.plan
    return made


def _owner(owner: Any) -> dict[str, Any]:
    return {OWNERS[type(owner)]: owner} if owner is not None else {}


def _noun(row: Any) -> str:
    return "decision" if isinstance(row, Decision) else "meeting_action"
