"""What deflection says on the home page, in calendars and in the mail about what is due, and which positions it counts on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import F, Max, Q
from django.urls import reverse

from phast.access.funnel import EVERY_ROW
from phast.access.table import Action
from phast.offers import CalendarEntry, DueWork, HomeCard
from phast.together import Answers, Counts, Questions, asking

from .models import ProgramActivity
from .rows import owner_said

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

    from .models.program import ProgramActivityQuerySet


def _unfinished(actor: Actor, action: Action) -> ProgramActivityQuerySet:
    return ProgramActivity.objects.visible_to(actor, action).unfinished()


def _ask(actor: Actor) -> Questions:
    if not actor.can(Action.ACTIVITY_UPDATE):
        return {}
    late = Q(due_on__lt=actor.coalition.today())
    if actor.everywhere(Action.ACTIVITY_UPDATE):
        return {"all": Counts(_unfinished(actor, Action.ACTIVITY_UPDATE), {"late": late})}
    mine = _unfinished(actor, Action.ACTIVITY_UPDATE).owned_by(actor)
    return {"mine": Counts(mine, {"late": late, "open": EVERY_ROW})}


@asking(_ask)
def cards(actor: Actor, known: Answers) -> list[HomeCard]:
    """To a coordinator what is overdue in any program; to everybody else what is theirs."""
    if late := known.get("all", {}).get("late", 0):
        url = reverse("deflection:program_list", args=[actor.coalition.slug])
        text = f"deflection activit{'y' if late == 1 else 'ies'} overdue"
        return [HomeCard(25, text, url, "See which", str(late), urgent=True)]
    mine = known.get("mine", {})
    if not mine.get("open"):
        return []
    url, late = reverse("deflection:activity_mine", args=[actor.coalition.slug]), mine["late"]
    number = late or mine["open"]
    text = f"deflection activit{'y' if number == 1 else 'ies'} of yours{' overdue' if late else ''}"
    return [HomeCard(25 if late else 60, text, url, "Say where they stand", str(number), urgent=bool(late))]


def positions_counted_on(actor: Actor) -> list[int]:
    """Vacant positions that own something open."""
    if not actor.can(Action.DEFLECTION_FOLLOW):
        return []
    rows = _unfinished(actor, Action.DEFLECTION_FOLLOW).filter(position__isnull=False, position__contact=None)
    return list(rows.order_by().values_list("position", flat=True).distinct())


def entries(actor: Actor, kind: str) -> Iterator[CalendarEntry]:
    """The due days of open activities."""
    if not actor.can(Action.DEFLECTION_FOLLOW):
        return
    rows = _unfinished(actor, Action.DEFLECTION_FOLLOW).filter(due_on__isnull=False)
    if kind == "mine":
        rows = rows.owned_by(actor)
    found = rows.select_related("program", "activity", "partner", "contact", "position").annotate(
        changed_at=Max("events__pgh_created_at")
    )
    for row in found.order_by(F("due_on"), "pk"):
        owner = owner_said(row.owner, names=True) or "nobody yet"
        yield CalendarEntry(
            uid=f"activity-{row.pk}",
            starts=row.due_on,
            title=f"Due: {row}",
            url=reverse("deflection:activity_detail", args=[actor.coalition.slug, row.pk]),
            changed=row.changed_at,
            text=f"{row.program}. {row.get_status_display()}. Owner: {owner}.",
        )


def due_work(coalition: Coalition, last_day: dt.date) -> Iterator[DueWork]:
    """Open activities that somebody owns and that are due by that day. One query."""
    rows = ProgramActivity.objects.of(coalition).unfinished().filter(due_on__lte=last_day)
    for row in rows.select_related("program", "activity", "position").order_by("due_on", "pk"):
        contact = row.position.contact_id if row.position else row.contact_id
        if row.partner_id is None and contact is None:
            continue
        yield DueWork(
            title=str(row),
            of=str(row.program),
            kind=("deflection activity", "deflection activities"),
            due_on=row.due_on,
            overdue=row.due_on < coalition.today(),
            url=reverse("deflection:activity_detail", args=[coalition.slug, row.pk]),
            partner=row.partner_id,
            contact=contact,
        )
