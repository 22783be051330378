"""Meetings as people read them: what comes next, who is invited and who was there, what came of it, and who comes over time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from coalitions.enums import MeetingStatus, PartnerStatus
from coalitions.models import (
    AgendaItem,
    Attendance,
    Contact,
    Decision,
    Meeting,
    MeetingAction,
    MeetingMail,
    Partner,
    Position,
    Seat,
    Sector,
)
from phast import mail, offers
from phast.access.table import Action
from phast.jobs.models import JobState
from phast.ui.templatetags.ui import local_date, local_time

if TYPE_CHECKING:
    from phast.access.actor import Actor
    from phast.offers import DueStep, LinkedStep

MEETINGS_SHOWN = 12  # in the attendance over time
MISSED = 3  # meetings in a row


# ------------------------------------------------------------------ which
def meetings(actor: Actor) -> QuerySet[Meeting]:
    """The meetings this person may see, the latest first."""
    return Meeting.objects.visible_to(actor, Action.ENGAGEMENT_SEE)


def coming(actor: Actor) -> QuerySet[Meeting]:
    """Those that are not over, the next one first."""
    return meetings(actor).filter(ends_at__gte=timezone.now()).order_by("starts_at", "pk")


def past(actor: Actor) -> QuerySet[Meeting]:
    """Those that are over, the latest first, each with how many came and what came of it."""
    here = Attendance.objects.visible_to(actor, Action.ENGAGEMENT_SEE).filter(present=True)
    return (
        meetings(actor)
        .filter(ends_at__lt=timezone.now())
        .annotate(
            here=_number(here),
            decided=_number(Decision.objects.visible_to(actor, Action.ENGAGEMENT_SEE)),
            agreed=_number(MeetingAction.objects.visible_to(actor, Action.ENGAGEMENT_SEE)),
        )
    )


def _number(rows: QuerySet) -> Any:
    counted = rows.filter(meeting=OuterRef("pk")).order_by().values("meeting").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def before(meeting: Meeting, actor: Actor) -> Meeting | None:
    """The meeting before this one that took place."""
    held = meetings(actor).filter(starts_at__lt=meeting.starts_at).exclude(status=MeetingStatus.CANCELLED)
    return held.exclude(pk=meeting.pk).first()


def when(meeting: Meeting) -> str:
    """ "Nov 20, 2026, 9:00 am to 10:30 am" in the present time zone."""
    begins, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    same_day = begins.date() == ends.date()
    until = local_time(ends).rpartition(", ")[2] if same_day else local_time(ends)
    return f"{begins:%A}, {local_time(begins)} to {until} {ends:%Z}"


# ------------------------------------------------------------------ who
@dataclass(frozen=True)
class Person:
    """Somebody on the list of a meeting. `mail`: what became of the invitation, in a few words; `refused`: mail came back."""

    row: Attendance
    name: str
    partner: str
    mail: str = ""
    refused: bool = False
    can_be_mailed: bool = False

    @property
    def key(self) -> int:
        return self.row.pk

    @property
    def present(self) -> bool:
        return bool(self.row.present)


@dataclass
class Group:
    """The people of one partner, of the lived-experience seats, or guests."""

    name: str
    people: list[Person] = field(default_factory=list)

    @property
    def present(self) -> list[Person]:
        return [person for person in self.people if person.present]


SEATS, GUESTS = "Lived-experience seats", "Guests"


def people(meeting: Meeting, *, with_mail: bool = False) -> list[Group]:
    """Everybody on the list by partner, then seats, then guests. One query; with what became of the mail, three."""
    rows = list(meeting.attendances.select_related("partner", "contact__partner", "seat"))
    mails, refusing = _mails(meeting, rows) if with_mail else ({}, {})
    groups: dict[tuple[int, str], Group] = {}
    for row in rows:
        place, partner = _place(row)
        person = Person(row, _name(row), partner, *_mail_words(row, mails, refusing, with_mail))
        groups.setdefault((place, partner), Group(partner)).people.append(person)
    for group in groups.values():
        group.people.sort(key=lambda person: person.name.lower())
    return [groups[key] for key in sorted(groups, key=lambda key: (key[0], key[1].lower()))]


def _place(row: Attendance) -> tuple[int, str]:
    if row.seat_id:
        return 1, SEATS
    partner = row.partner or (row.contact.partner if row.contact else None)
    return (0, partner.name) if partner else (2, GUESTS)


def _name(row: Attendance) -> str:
    if row.seat or row.contact or row.guest_name:
        return str(row.seat or row.contact or row.guest_name)
    return "Somebody"  # a partner was there; nobody said who


def _mails(meeting: Meeting, rows: list[Attendance]) -> tuple[dict[str, MeetingMail], dict[str, Any]]:
    latest = {one.address.lower(): one for one in meeting.mails.order_by("pk")}
    return latest, mail.refusals(address_of(row) for row in rows)


def address_of(row: Attendance) -> str:
    """Where mail to this person goes; empty for a seat, and for whoever left none."""
    return row.contact.email if row.contact else row.guest_email


def _mail_words(
    row: Attendance, mails: dict[str, MeetingMail], refusing: dict[str, Any], wanted: bool
) -> tuple[str, bool, bool]:
    if not wanted:
        return "", False, False
    address = address_of(row).lower()
    if not address:
        return "No e-mail: tell them yourself", False, False
    if address in refusing:
        return f"Mail came back: {refusing[address]}", True, False
    sent = mails.get(address)
    if row.invited_at is None or sent is None:
        return "Not invited yet", False, True
    if sent.state == JobState.FAILED:
        return sent.message, True, True
    if sent.state != JobState.DONE:
        return (
            ("Not sent yet: mail is down. It goes out when mail is back" if sent.attempts else "On its way"),
            False,
            True,
        )
    return f"Sent {local_date(sent.finished_at)}", False, True


# ------------------------------------------------------------------ what came of it
@dataclass(frozen=True)
class Agreed:
    """An action of a meeting: who does it, and the steps it became."""

    row: MeetingAction
    who: str
    steps: Sequence[LinkedStep]

    @property
    def key(self) -> int:
        return self.row.pk

    @property
    def open(self) -> bool:
        """True while it is neither done nor a step, whose status says more."""
        return self.row.done_at is None and not self.steps


def agreed(actor: Actor, rows: Iterable[MeetingAction]) -> list[Agreed]:
    """One query for the steps; the rows come with their owners (`owned`)."""
    found = list(rows)
    steps = offers.steps[0].of(actor, found) if offers.steps and found else {}
    return [Agreed(row, owner(row), steps.get(row.pk, ())) for row in found]


def owned(rows: Any) -> Any:
    """The actions, read along with their owners."""
    return rows.select_related("partner", "contact__partner", "position__contact", "item")


def owner(action: MeetingAction) -> str:
    """Who does it, in words; empty when nobody was named."""
    if action.position is not None:
        return holder_of(action.position)
    if action.contact is not None:
        return f"{action.contact}, {action.contact.partner}"
    return str(action.partner or "")


# The role in plans of somebody who speaks from lived experience: never shown with the name of who holds it.
UNNAMED = "person-in-recovery"


def holder_of(position: Position) -> str:
    """A position with who holds it: "Public safety champion (Dana Reyes)", or "(nobody yet)". Lived experience stays without a name."""
    if position.contact is None:
        return f"{position} (nobody yet)"
    return str(position) if position.kind_id == UNNAMED else f"{position} ({position.contact.name})"


def due_steps(actor: Actor) -> Sequence[DueStep]:
    """Steps of plans that are overdue or due within two weeks."""
    return offers.steps[0].due(actor) if offers.steps else ()


@dataclass(frozen=True)
class Item:
    """An agenda item with what was recorded under it. `number` as it stands on the agenda."""

    row: AgendaItem
    number: int
    decisions: list[Decision]
    actions: list[Agreed]
    steps: Sequence[LinkedStep]

    @property
    def key(self) -> int:
        return self.row.pk

    @property
    def recorded(self) -> bool:
        return bool(self.decisions or self.actions or self.row.notes)


@dataclass(frozen=True)
class Course:
    """A meeting from its first item to its last. `present`: the first item that was not dealt with; None when all were."""

    items: list[Item]
    decisions: list[Decision]
    actions: list[Agreed]

    @property
    def present(self) -> Item | None:
        return next((item for item in self.items if item.row.done_at is None), None)

    @property
    def next(self) -> Item | None:
        """What comes after the present item."""
        at = self.items.index(self.present) if self.present else len(self.items)
        return self.items[at + 1] if at + 1 < len(self.items) else None

    @property
    def earlier(self) -> Item | None:
        """The item before the present one; the last when all were dealt with."""
        at = self.items.index(self.present) if self.present else len(self.items)
        return self.items[at - 1] if at and self.items else None

    @property
    def loose_decisions(self) -> list[Decision]:
        return [one for one in self.decisions if one.item_id is None]

    @property
    def loose_actions(self) -> list[Agreed]:
        return [one for one in self.actions if one.row.item_id is None]

    @property
    def open_actions(self) -> list[Agreed]:
        return [one for one in self.actions if one.open]


def course(meeting: Meeting, actor: Actor) -> Course:
    """The agenda with what was recorded. Five queries."""
    decisions = list(meeting.decisions.all())
    actions = agreed(actor, owned(meeting.actions))
    rows = list(meeting.agenda.all())
    steps = offers.steps[0].of(actor, rows) if offers.steps and rows else {}
    items = [
        Item(
            row,
            number,
            [one for one in decisions if one.item_id == row.pk],
            [one for one in actions if one.row.item_id == row.pk],
            steps.get(row.pk, ()),
        )
        for number, row in enumerate(rows, 1)
    ]
    return Course(items, decisions, actions)


def left_open(meeting: Meeting, actor: Actor) -> tuple[Meeting | None, list[Agreed]]:
    """The meeting before this one, and what it agreed on that is not done: neither ticked off, nor a step that is done. Three queries."""
    earlier = before(meeting, actor)
    if earlier is None:
        return None, []
    rows = agreed(actor, owned(earlier.actions).filter(done_at=None))
    return earlier, [one for one in rows if not one.steps or any(step.status != "Done" for step in one.steps)]


# ------------------------------------------------------------------ finding people by what is typed
class Unclear(Exception):
    """What was typed means nobody, or more than one. Its text is a sentence for who typed it."""


def told_apart(rows: Sequence[tuple[str, Any]], typed: str) -> Any:
    """The row whose label was typed, or the only one that has what was typed; None when there is none.

    Raises Unclear when there are several.
    """
    wanted = " ".join(typed.casefold().split())
    labels = [(" ".join(label.casefold().split()), row) for label, row in rows]
    for fits in (
        lambda label: label == wanted,
        lambda label: label.split(",")[0] == wanted,
        lambda label: label.startswith(wanted),
        lambda label: wanted in label,
    ):
        found = [row for label, row in labels if fits(label)]
        if len(found) == 1:
            return found[0]
        if found:
            named = [label for label, row in rows if row in found][:3]
            raise Unclear(f"“{typed}” can be {' or '.join(named)}. Type more of the name.")
    return None


def parties(actor: Actor) -> list[tuple[str, Any]]:
    """Everybody who can have an action, by what they are called. Three queries."""
    positions = Position.objects.visible_to(actor, Action.ROSTER_SEE)
    return [
        *((str(position), position) for position in positions),
        *((partner.name, partner) for partner in active_partners(actor)),
        *((f"{contact.name}, {contact.partner}", contact) for contact in contacts(actor)),
    ]


def active_partners(actor: Actor) -> QuerySet[Partner]:
    return Partner.objects.visible_to(actor, Action.ROSTER_SEE).exclude(status=PartnerStatus.INACTIVE)


def contacts(actor: Actor) -> QuerySet[Contact]:
    """The contacts of partners that take part."""
    seen = Contact.objects.visible_to(actor, Action.CONTACTS_SEE).exclude(partner__status=PartnerStatus.INACTIVE)
    return seen.select_related("partner")


def seats(actor: Actor) -> QuerySet[Seat]:
    """Lived-experience seats that are taken, by alias."""
    return Seat.objects.visible_to(actor, Action.ROSTER_SEE).filter(left_on=None)


# ------------------------------------------------------------------ who comes over time
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


def missing_lately(actor: Actor) -> list[Partner]:
    """Active partners that were asked to the last three meetings and came to none. Three queries."""
    last = list(_held(actor)[:MISSED])
    if len(last) < MISSED:
        return []
    partners = Partner.objects.visible_to(actor, Action.ROSTER_SEE).filter(status=PartnerStatus.ACTIVE)
    rows = (
        Attendance.objects.visible_to(actor, Action.ENGAGEMENT_SEE)
        .filter(meeting__in=last, partner__isnull=False)
        .order_by()
        .values("partner")
        .annotate(asked=Count("meeting", distinct=True), came=Count("pk", filter=Q(present=True)))
        .filter(asked=MISSED, came=0)
    )
    return list(partners.filter(pk__in=rows.values("partner")))


def _held(actor: Actor) -> QuerySet[Meeting]:
    """Meetings where somebody took attendance, the latest first."""
    return meetings(actor).filter(status=MeetingStatus.HELD, attendances__present=True).distinct()


# ------------------------------------------------------------------ elsewhere in the portal
def entries(actor: Actor, kind: str) -> Iterable[offers.CalendarEntry]:
    """Meetings in the calendars people follow, cancelled ones left out; "mine" are those the person is invited to. One query."""
    found = dated(meetings(actor).exclude(status=MeetingStatus.CANCELLED))
    if kind == "mine" and not actor.can(Action.ENGAGEMENT_EDIT):
        invited = Attendance.objects.of(actor.coalition).filter(contact__in=actor.contact_ids)
        found = found.filter(pk__in=invited.values("meeting"))
    for meeting in found.order_by("starts_at"):
        yield entry(meeting, actor)


def dated(found: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """The meetings, each with `changed_at`: when it was last saved."""
    return found.annotate(changed_at=Max("events__pgh_created_at"))


def entry(meeting: Any, actor: Actor) -> offers.CalendarEntry:
    """A meeting that is `dated` as calendars show it, under the uid that its invitations carry."""
    lines = [meeting.place, meeting.link and f"Join: {meeting.link}", meeting.purpose]
    return offers.CalendarEntry(
        uid=str(meeting.uid),
        starts=meeting.starts_at.astimezone(dt.UTC),
        ends=meeting.ends_at.astimezone(dt.UTC),
        title=meeting.title,
        text="\n".join(line for line in lines if line),
        url=url_of(meeting, actor),
        changed=meeting.changed_at,
    )


def url_of(meeting: Meeting, actor: Actor, page: str = "detail") -> str:
    return reverse(f"coalitions:meeting_{page}", args=[actor.coalition.slug, meeting.pk])
