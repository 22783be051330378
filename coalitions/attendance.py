"""Who comes to meetings over time: by sector, and which partners stopped coming."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from coalitions.enums import MeetingStatus, PartnerStatus
from coalitions.meetings import SEATS, meetings
from coalitions.models import Attendance, Meeting, Partner, Sector
from phast.access.table import Action

if TYPE_CHECKING:
    from phast.access.actor import Actor

MEETINGS_SHOWN = 12
MISSED = 3  # meetings in a row


@dataclass(frozen=True)
class Row:
    """A sector, or the lived-experience seats, and whether somebody of it was at each of the meetings."""

    name: str
    marks: list[bool]

    @property
    def times(self) -> int:
        return sum(self.marks)


@dataclass(frozen=True)
class Attended:
    """The last meetings, the earliest first, and which sectors came."""

    meetings: list[Meeting]
    rows: list[Row]

    @property
    def sectors(self) -> list[int]:
        """How many sectors were at each meeting; the seats count as none, since which one they fill is not shown."""
        return [sum(row.marks[n] for row in self.rows if row.name != SEATS) for n in range(len(self.meetings))]


def attended(actor: Actor) -> Attended:
    """Which sectors came to the last meetings where attendance was taken. Seats have a row of their own: beside an alias on the list of
    who was there, a mark in a sector would tell whose it is. Five queries."""
    held = list(_held(actor)[:MEETINGS_SHOWN])[::-1]
    rows = Attendance.objects.visible_to(actor, Action.ENGAGEMENT_SEE).filter(meeting__in=held, present=True)
    came: dict[int, set[int]] = defaultdict(set)
    with_seats = set()
    for meeting, partner, of_contact, seat in rows.order_by().values_list(
        "meeting_id", "partner_id", "contact__partner_id", "seat_id"
    ):
        if seat:
            with_seats.add(meeting)
        elif here := partner or of_contact:
            came[meeting].add(here)
    sectors: dict[str, set[int]] = defaultdict(set)
    for partner, sector in Partner.sectors.through.objects.filter(
        partner__in=Partner.objects.visible_to(actor, Action.ROSTER_SEE).values("pk")
    ).values_list("partner_id", "sector_id"):
        sectors[sector].add(partner)
    found = [
        Row(sector.name, [bool(came[meeting.pk] & sectors[sector.pk]) for meeting in held])
        for sector in Sector.objects.all()
    ]
    if with_seats:
        found.append(Row(SEATS, [meeting.pk in with_seats for meeting in held]))
    return Attended(held, found)


def missing_lately(actor: Actor) -> QuerySet[Partner]:
    """Active partners that were asked to the last three meetings and came to none."""
    last = _held(actor).values("pk")[:MISSED]
    partners = Partner.objects.visible_to(actor, Action.ROSTER_SEE).filter(status=PartnerStatus.ACTIVE)
    rows = (
        Attendance.objects.visible_to(actor, Action.ENGAGEMENT_SEE)
        .filter(meeting__in=last, partner__isnull=False)
        .order_by()
        .values("partner")
        .annotate(asked=Count("meeting", distinct=True), came=Count("pk", filter=Q(present=True)))
        .filter(asked=MISSED, came=0)
    )
    return partners.filter(pk__in=rows.values("partner"))


def _held(actor: Actor) -> QuerySet[Meeting]:
    """Meetings where somebody took attendance, the latest first."""
    somebody = Exists(Attendance.objects.filter(meeting=OuterRef("pk"), present=True))
    return meetings(actor).filter(somebody, status=MeetingStatus.HELD)
