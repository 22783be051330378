"""Who is on the list of a meeting, who is told, and who was there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from coalitions.enums import InviteMethod, MeetingStatus
from coalitions.meeting_mail import recipients
from coalitions.meetings import address_of
from coalitions.models import Attendance, Contact, Meeting, MeetingMail, Partner, Seat
from coalitions.typed_names import Unclear, active_partners, contacts, seats, told_apart
from phast import audit
from phast.jobs.queue import enqueue

if TYPE_CHECKING:
    from phast.access.actor import Actor


@transaction.atomic
def add_contacts(*, meeting: Meeting, found: Iterable[Contact], by: Actor) -> int:
    """Puts contacts on the list: how many were not on it. Nobody is told before `invite`."""
    return _add(meeting, [{"contact": one, "partner_id": one.partner_id} for one in found], "contact_id", by)


@transaction.atomic
def add_seats(*, meeting: Meeting, found: Iterable[Seat], by: Actor) -> int:
    """Puts lived-experience seats on the list, by alias: how many were not on it. They have no address: somebody tells them."""
    return _add(meeting, [{"seat": one} for one in found], "seat_id", by)


@transaction.atomic
def add_guest(*, meeting: Meeting, name: str, email: str, by: Actor) -> Attendance:
    """Puts somebody on the list who has no account and is no contact. Raises ValidationError when the address is on it."""
    _lock(meeting)
    taken = {address_of(row).lower() for row in meeting.attendances.select_related("contact")}
    if email and email.lower() in taken:
        raise ValidationError("Somebody with this address is on the list.")
    row = Attendance.objects.create(meeting=meeting, guest_name=name, guest_email=email)
    audit.record("meeting.guest_added", by=by, target=meeting)
    return row


@transaction.atomic
def take_off(*, row: Attendance, by: Actor) -> bool:
    """Takes somebody off the list. Who was invited to a meeting to come is told so: True when they are."""
    meeting, address = row.meeting, address_of(row)
    told = bool(row.invited_at and address and meeting.ends_at > timezone.now())
    if told:
        name = row.contact.name if row.contact else row.guest_name
        _send(meeting, [(None, address, name)], InviteMethod.CANCEL)
    audit.record("meeting.person_removed", by=by, target=meeting)
    row.delete()
    return told


@transaction.atomic
def invite(*, meeting: Meeting, by: Actor) -> int:
    """Sends an invitation to everybody on the list who has none: how many.

    Raises ValidationError for a meeting that is over or cancelled.
    """
    meeting = _lock(meeting)
    if meeting.status == MeetingStatus.CANCELLED or meeting.ends_at < timezone.now():
        raise ValidationError("This meeting is over or cancelled. Nobody is invited any more.")
    number = tell(meeting, InviteMethod.REQUEST, only_invited=False)
    audit.record("meeting.invited", by=by, target=meeting, mails=number)
    return number


def tell(meeting: Meeting, method: InviteMethod, *, only_invited: bool) -> int:
    """A mail to everybody who was invited (of a change or a cancellation), or to those who were not yet: how many. The caller holds the
    transaction."""
    invited = set(meeting.attendances.filter(invited_at__isnull=False).values_list("pk", flat=True))
    wanted = [one for one in recipients(meeting) if (one[0] in invited) == only_invited]
    _send(meeting, wanted, method)
    Attendance.objects.filter(pk__in=[key for key, _, _ in wanted], invited_at=None).update(invited_at=timezone.now())
    return len(wanted)


def _send(meeting: Meeting, wanted: Iterable[tuple[int | None, str, str]], method: InviteMethod) -> None:
    rows = MeetingMail.objects.bulk_create(
        MeetingMail(
            meeting=meeting, attendance_id=key, address=address, name=name, method=method, sequence=meeting.sequence
        )
        for key, address, name in wanted
    )
    for row in rows:
        enqueue(row)


# ------------------------------------------------------------------ who was there
@transaction.atomic
def mark(*, row: Attendance, present: bool, by: Actor) -> None:
    """Somebody on the list was there, or was not. A meeting where somebody was took place."""
    _lock(row.meeting)
    row.present = present
    row.save(update_fields=["present"])
    if present:
        _took_place(row.meeting)
    audit.record("meeting.attendance", by=by, target=row.meeting, present=present)


@transaction.atomic
def arrive(*, meeting: Meeting, typed: str, by: Actor) -> Attendance:
    """Somebody is here, by name: on the list already, else a contact, a seat or a partner, else a guest.

    Raises ValidationError when the name means several people or is empty.
    """
    _lock(meeting)
    typed = " ".join(typed.split())[:120]
    if not typed:
        raise ValidationError("Type a name.")
    try:
        row = _on_list(meeting, typed) or _from_roster(meeting, typed, by)
    except Unclear as unclear:
        raise ValidationError(str(unclear)) from None
    row = row or Attendance.objects.create(meeting=meeting, guest_name=typed)
    mark(row=row, present=True, by=by)
    return row


def _on_list(meeting: Meeting, typed: str) -> Attendance | None:
    rows = list(meeting.attendances.select_related("contact__partner", "partner", "seat"))
    labels = [
        (f"{row}, {row.contact.partner}" if row.contact else str(row), row)
        for row in rows
    ]  # fmt: skip
    found: Attendance | None = told_apart(labels, typed)
    return found


def _from_roster(meeting: Meeting, typed: str, by: Actor) -> Attendance | None:
    """A contact, a seat or a partner that was not on the list; a partner's row says that somebody came, not who."""
    exact = contacts(by).filter(name__icontains=typed.split(",")[0])[:20]
    labels: list[tuple[str, Any]] = [(f"{one.name}, {one.partner}", one) for one in exact]
    labels += [(seat.alias, seat) for seat in seats(by)]
    labels += [(partner.name, partner) for partner in active_partners(by).filter(name__icontains=typed)[:20]]
    found = told_apart(labels, typed)
    if isinstance(found, Contact):
        return Attendance.objects.create(meeting=meeting, contact=found, partner_id=found.partner_id)
    if isinstance(found, Seat):
        return Attendance.objects.create(meeting=meeting, seat=found)
    return Attendance.objects.create(meeting=meeting, partner=found) if isinstance(found, Partner) else None


def _took_place(meeting: Meeting) -> None:
    Meeting.objects.filter(pk=meeting.pk, status=MeetingStatus.PLANNED).update(status=MeetingStatus.HELD)


def _add(meeting: Meeting, rows: list[dict[str, Any]], key: str, by: Actor) -> int:
    _lock(meeting)
    there = set(meeting.attendances.values_list(key, flat=True))
    fresh = [Attendance(meeting=meeting, **row) for row in rows]
    fresh = [row for row in fresh if getattr(row, key) not in there]
    Attendance.objects.bulk_create(fresh)
    audit.record("meeting.people_added", by=by, target=meeting, people=len(fresh))
    return len(fresh)


def _lock(meeting: Meeting) -> Meeting:
    """Two people at the list of one meeting take turns, so nobody is on it twice."""
    return Meeting.objects.select_for_update().get(pk=meeting.pk)
