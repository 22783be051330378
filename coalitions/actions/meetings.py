"""Meetings: planned, changed, cancelled, held again; and their agenda."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from coalitions.enums import InviteMethod, MeetingStatus, PartnerStatus
from coalitions.models import AgendaItem, Attendance, Meeting
from phast import audit
from phast.constraints import readable

from .meeting_people import tell

if TYPE_CHECKING:
    from phast.access.actor import Actor

# What stands in calendars: when one of these changes, everybody invited is told.
TOLD = ("title", "starts_at", "ends_at", "place", "link")
AGAIN = dt.timedelta(weeks=4)


@transaction.atomic
def plan_meeting(*, values: Mapping[str, Any], agenda: Sequence[tuple[str, str]] = (), by: Actor) -> Meeting:
    """A new meeting; `values`: its fields. `agenda`: title and speakers of each item. Nobody is invited yet."""
    meeting = Meeting(coalition=by.coalition, created_by=by.user, **values)
    with readable():
        meeting.save()
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, order=order, title=title, speakers=speakers)
        for order, (title, speakers) in enumerate(agenda, 1)
    )
    audit.record("meeting.planned", by=by, target=meeting)
    return meeting


@transaction.atomic
def change_meeting(*, meeting: Meeting, values: Mapping[str, Any], version: int | None, by: Actor) -> int:
    """Changes what `values` names, and tells everybody invited when it is something their calendar shows: how many.

    Raises EditConflict when somebody saved it since `version`.
    """
    meeting = Meeting.objects.get(pk=meeting.pk)
    meeting.lock(version)
    earlier = [getattr(meeting, name) for name in TOLD]
    for name, value in values.items():
        setattr(meeting, name, value)
    moved = earlier != [getattr(meeting, name) for name in TOLD]
    if moved:
        meeting.sequence += 1
    with readable():
        meeting.save()
    audit.record("meeting.changed", by=by, target=meeting, fields=sorted(values))
    tells = moved and meeting.status == MeetingStatus.PLANNED and meeting.ends_at > timezone.now()
    return tell(meeting, InviteMethod.REQUEST, only_invited=True) if tells else 0


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, by: Actor) -> int:
    """It does not take place; everybody invited is told: how many. Twice is once.

    Raises ValidationError for one that took place.
    """
    meeting = _locked(meeting)
    if meeting.status == MeetingStatus.HELD:
        raise ValidationError("This meeting took place: somebody was there. Take that back first.")
    if meeting.status == MeetingStatus.CANCELLED:
        return 0
    meeting.status, meeting.sequence, meeting.version = (
        MeetingStatus.CANCELLED,
        meeting.sequence + 1,
        meeting.version + 1,
    )
    meeting.save()
    audit.record("meeting.cancelled", by=by, target=meeting)
    return tell(meeting, InviteMethod.CANCEL, only_invited=True) if meeting.ends_at > timezone.now() else 0


@transaction.atomic
def hold_again(*, meeting: Meeting, by: Actor) -> Meeting:
    """The same frame four weeks later, at the same time of day: title, place, length, agenda, and who is on the list, but for
    partners and seats that have left. Nobody is invited yet. When that day is over already, the next such day to come."""
    zone = ZoneInfo(by.coalition.time_zone)
    begins, lasts = meeting.starts_at.astimezone(zone).replace(tzinfo=None), meeting.ends_at - meeting.starts_at
    begins += AGAIN
    while begins.replace(tzinfo=zone) < timezone.now():
        begins += AGAIN
    starts_at = begins.replace(tzinfo=zone)
    same = {name: getattr(meeting, name) for name in ("title", "place", "link", "purpose")}
    copy = plan_meeting(values=same | {"starts_at": starts_at, "ends_at": starts_at + lasts}, by=by)
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=copy, order=n, title=item.title, speakers=item.speakers, minutes=item.minutes)
        for n, item in enumerate(meeting.agenda.all(), 1)
    )
    Attendance.objects.bulk_create(
        Attendance(
            meeting=copy,
            partner_id=row.partner_id,
            contact_id=row.contact_id,
            seat_id=row.seat_id,
            guest_name=row.guest_name,
            guest_email=row.guest_email,
        )
        for row in meeting.attendances.select_related("seat", "contact__partner")
        if row.guest_name
        or (row.contact and row.contact.partner.status != PartnerStatus.INACTIVE)
        or (row.seat and row.seat.left_on is None)
    )
    return copy


# ------------------------------------------------------------------ agenda
@transaction.atomic
def add_item(*, meeting: Meeting, values: Mapping[str, Any], by: Actor) -> AgendaItem:
    """At the end of the agenda."""
    meeting = _locked(meeting)
    last = meeting.agenda.aggregate(last=Max("order"))["last"] or 0
    item = AgendaItem.objects.create(meeting=meeting, order=last + 1, **values)
    audit.record("agenda_item.added", by=by, target=item)
    return item


@transaction.atomic
def edit_item(*, item: AgendaItem, values: Mapping[str, Any], version: int | None, by: Actor) -> None:
    """Raises EditConflict when somebody saved it since `version`."""
    item.lock(version)
    for name, value in values.items():
        setattr(item, name, value)
    item.save(update_fields=[*values, "version"])
    audit.record("agenda_item.changed", by=by, target=item, fields=sorted(values))


@transaction.atomic
def move_item(*, item: AgendaItem, up: bool, by: Actor) -> None:
    """One place up or down; at the end it stays. The meeting is locked, so two people moving keep an order."""
    rows = list(_locked(item.meeting).agenda.all())
    at = next(n for n, row in enumerate(rows) if row.pk == item.pk)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(rows):
        return
    rows.insert(to, rows.pop(at))
    for order, row in enumerate(rows, 1):
        if row.order != order:
            row.order = order
            row.save(update_fields=["order"])
    audit.record("agenda_item.moved", by=by, target=item, to=to + 1)


@transaction.atomic
def remove_item(*, item: AgendaItem, by: Actor) -> None:
    """Takes it off the agenda. Decisions and actions recorded under it stay with the meeting."""
    audit.record("agenda_item.removed", by=by, target=item)
    item.delete()


def _locked(meeting: Meeting) -> Meeting:
    return Meeting.objects.select_for_update().get(pk=meeting.pk)
