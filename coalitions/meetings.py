"""Meetings as people read them: what comes next, who is invited and who was there, what came of it, and who comes over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from coalitions.enums import MeetingStatus
from coalitions.models import (
    AgendaItem,
    Attendance,
    Decision,
    Meeting,
    MeetingAction,
    MeetingMail,
    Position,
)
from phast import mail, offers
from phast.access.table import Action
from phast.jobs.models import JobState
from phast.ui.templatetags.ui import local_date, local_time

if TYPE_CHECKING:
    from phast.access.actor import Actor
    from phast.offers import DueStep, LinkedStep


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


def before(meeting: Meeting, actor: Actor) -> QuerySet[Meeting]:
    """The meeting before this one that took place, if there was one."""
    held = meetings(actor).filter(starts_at__lt=meeting.starts_at).exclude(status=MeetingStatus.CANCELLED)
    return held.exclude(pk=meeting.pk)[:1]


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
) -> tuple[str, bool]:
    if not wanted:
        return "", False
    address = address_of(row).lower()
    if not address:
        return "No e-mail: tell them yourself", False
    if address in refusing:
        return f"Mail came back: {refusing[address]}", True
    sent = mails.get(address)
    if row.invited_at is None or sent is None:
        return "Not invited yet", False
    if sent.state == JobState.FAILED:
        return sent.message, True
    if sent.state != JobState.DONE:
        return "Not sent yet: mail is down. It goes out when mail is back" if sent.attempts else "On its way", False
    return f"Sent {local_date(sent.finished_at)}", False


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

    @property
    def needs_doing(self) -> bool:
        """True while it is neither ticked off nor a step that is over."""
        return self.row.done_at is None and (not self.steps or any(not step.is_over for step in self.steps))


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
    """A meeting from its first item to its last. `present`: the first item that was not dealt with; None when all were.

    `still_open`: what the meeting before agreed on that is not done.
    """

    items: list[Item]
    decisions: list[Decision]
    actions: list[Agreed]
    still_open: list[Agreed]

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
    def earlier_meeting(self) -> Meeting | None:
        """The meeting that left something open."""
        return self.still_open[0].row.meeting if self.still_open else None

    @property
    def loose_decisions(self) -> list[Decision]:
        return [one for one in self.decisions if one.item_id is None]

    @property
    def open_actions(self) -> list[Agreed]:
        return [one for one in self.actions if one.open]


def course(meeting: Meeting, actor: Actor) -> Course:
    """The agenda with what was recorded, and what is left of the meeting before. Five queries."""
    both = Q(meeting=meeting) | Q(meeting__in=before(meeting, actor).values("pk"))
    rows = MeetingAction.objects.visible_to(actor, Action.ENGAGEMENT_SEE).filter(both).select_related("meeting")
    found = agreed(actor, owned(rows))
    actions = [one for one in found if one.row.meeting_id == meeting.pk]
    decisions = list(meeting.decisions.all())
    agenda = list(meeting.agenda.all())
    steps = offers.steps[0].of(actor, agenda) if offers.steps and agenda else {}
    items = [
        Item(
            row,
            number,
            [one for one in decisions if one.item_id == row.pk],
            [one for one in actions if one.row.item_id == row.pk],
            steps.get(row.pk, ()),
        )
        for number, row in enumerate(agenda, 1)
    ]
    left = [one for one in found if one.row.meeting_id != meeting.pk and one.needs_doing]
    return Course(items, decisions, actions, left)


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
