"""The demo coalition's meetings, from `data/demo/`: half a year of them and the next one. Days are counted from today, each moved to
its week's Wednesday."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from .enums import MeetingStatus, PartnerStatus
from .models import AgendaItem, Attendance, Contact, Decision, Meeting, MeetingAction, Partner
from .reference import rows

if TYPE_CHECKING:
    from phast.access.actor import Actor

    from .models import Coalition

WEDNESDAY, BEGINS = 2, dt.time(9)


def load(coalition: Coalition, actors: dict[str, Actor]) -> None:
    """Creates them when the coalition has no meetings. Nobody is mailed."""
    if Meeting.objects.of(coalition).exists():
        return
    names = {row["key"]: row["name"] for row in rows("demo/partners.csv")}
    by_name = {partner.name: partner for partner in Partner.objects.of(coalition)}
    partners = {key: by_name[name] for key, name in names.items() if name in by_name}
    first = {contact.partner_id: contact for contact in Contact.objects.of(coalition).order_by("-pk")}
    creator = actors["coordinator@example.org"].user
    for row in rows("demo/meetings.csv"):
        _meeting(row, coalition, creator, partners, first)


def _meeting(
    row: dict[str, str], coalition: Coalition, creator: Any, partners: dict[str, Partner], first: dict
) -> None:
    day = coalition.today() + dt.timedelta(days=int(row["days"]))
    day += dt.timedelta(days=WEDNESDAY - day.weekday())
    begins = dt.datetime.combine(day, BEGINS, ZoneInfo(coalition.time_zone))
    over = int(row["days"]) < 0
    meeting = Meeting.objects.create(
        coalition=coalition,
        title=row["title"],
        starts_at=begins,
        ends_at=begins + dt.timedelta(minutes=int(row["minutes"])),
        place=row["place"],
        purpose=row["purpose"],
        status=MeetingStatus.HELD if over else MeetingStatus.PLANNED,
        created_by=creator,
        created_at=begins - dt.timedelta(days=28),
    )
    missing = row["missing"].split()
    invited = [
        (key, first[partner.pk])
        for key, partner in partners.items()
        if partner.pk in first and partner.status == PartnerStatus.ACTIVE
    ]
    Attendance.objects.bulk_create(
        Attendance(
            meeting=meeting,
            partner_id=contact.partner_id,
            contact=contact,
            invited_at=begins - dt.timedelta(days=14) if over else None,
            present=key not in missing if over else None,
        )
        for key, contact in invited
    )
    for seat in coalition.seats.all()[:1]:
        Attendance.objects.create(meeting=meeting, seat=seat, present=True if over else None)
    _course(meeting, row["key"], partners)


def _course(meeting: Meeting, key: str, partners: dict[str, Partner]) -> None:
    """The agenda, and what was decided and agreed on."""
    items = {}
    for order, row in enumerate((row for row in rows("demo/meeting_items.csv") if row["meeting"] == key), 1):
        items[row["title"]] = item = AgendaItem.objects.create(
            meeting=meeting,
            order=order,
            title=row["title"],
            speakers=row["speakers"],
            minutes=int(row["minutes"]),
            notes=row["notes"],
            done_at=meeting.ends_at if meeting.status == MeetingStatus.HELD else None,
        )
        if row["decision"]:
            Decision.objects.create(meeting=meeting, item=item, text=row["decision"], at=meeting.ends_at)
    for row in rows("demo/meeting_actions.csv"):
        if row["meeting"] == key:
            MeetingAction.objects.create(
                meeting=meeting,
                item=items[row["item"]],
                text=row["text"],
                partner=partners[row["owner"]],
                due_said=row["due"],
                done_at=meeting.ends_at if row["done"] else None,
                at=meeting.ends_at,
            )
