"""Steps of all plans at once, as one person may follow them: filtered, sorted by what is due, by status.

A plan that is archived, or a template to copy, is left out everywhere here. Only steps of active plans can be late.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from phast.access.table import Action
from plans import selectors
from plans.due import in_words
from plans.enums import OVER, PlanStatus, StepStatus
from plans.models import Plan, Responsibility, Step
from plans.selectors import Party

if TYPE_CHECKING:
    from phast.access.actor import Actor

NAMED = 3
OPEN = "open"  # a status to ask for: whatever still needs somebody
SOON = dt.timedelta(days=14)
# The steps a step waits for that are not over yet.
WAITS = Exists(
    Step.waits_for.through.objects.filter(from_step=OuterRef("pk"), to_step__removed_at=None).exclude(
        to_step__status__in=OVER
    )
)


def plans(actor: Actor) -> QuerySet:
    """The plans whose steps these pages look at."""
    seen = Plan.objects.visible_to(actor, Action.PLANS_FOLLOW)
    return seen.filter(is_template=False).exclude(status=PlanStatus.ARCHIVED)


# ------------------------------------------------------------------ which steps
@dataclass(frozen=True)
class Wanted:
    """Which steps somebody asks for. Empty values ask for nothing in particular.

    `status`: a `StepStatus` or OPEN. `due`: a key of `spans` or "none". `partner`: a partner's key: its own steps, its people's and
    its positions'. `who`: "mine" or "nobody". `waiting`: only those that wait for another step.
    """

    q: str = ""
    plan: int | None = None
    status: str = ""
    due: str = ""
    partner: int | None = None
    who: str = ""
    waiting: bool = False


def steps(actor: Actor, wanted: Wanted) -> QuerySet:
    """The steps asked for, in no particular order."""
    found = Step.objects.visible_to(actor, Action.PLANS_FOLLOW).present().filter(plan__in=plans(actor)).order_by()
    if wanted.q:
        found = found.filter(Q(title__icontains=wanted.q) | Q(detail__icontains=wanted.q))
    if wanted.plan:
        found = found.filter(plan=wanted.plan)
    if wanted.status:
        found = found.exclude(status__in=OVER) if wanted.status == OPEN else found.filter(status=wanted.status)
    if wanted.due:
        found = found.filter(_due(wanted.due, actor.coalition.today()))
    if wanted.partner:
        found = found.filter(pk__in=Responsibility.objects.filter(of_partner(wanted.partner)).values("step"))
    if wanted.who:
        found = found.filter(
            Step.assigned_to(actor) if wanted.who == "mine" else ~selectors.OWNED & ~Q(status__in=OVER)
        )
    return found.filter(WAITS).exclude(status__in=OVER) if wanted.waiting else found


def of_partner(partner: int) -> Q:
    """Responsibilities that a partner carries by itself, through one of its people, or through a position one of them holds."""
    return Q(partner=partner) | Q(contact__partner=partner) | Q(position__contact__partner=partner)


def late(today: dt.date) -> Q:
    """Steps that should be done by now: only active plans promised anything."""
    return Q(due_on__lt=today, plan__status=PlanStatus.ACTIVE) & ~Q(status__in=OVER)


def spans(today: dt.date) -> dict[str, tuple[dt.date, dt.date]]:
    """First and last day of the next two weeks, of this month and of this quarter."""
    quarter = (today.month - 1) // 3 * 3 + 1
    return {
        "soon": (today, today + SOON),
        "month": (today.replace(day=1), _month_end(today)),
        "quarter": (today.replace(month=quarter, day=1), _month_end(today.replace(month=quarter + 2, day=1))),
    }


def _due(due: str, today: dt.date) -> Q:
    if due == "overdue":
        return late(today)
    return Q(due_on=None) if due == "none" else Q(due_on__range=spans(today)[due])


def _month_end(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


# ------------------------------------------------------------------ what a page says of a step
@dataclass(frozen=True)
class Row:
    """A step in a list, on a card or in the picture. `waits`: another step has to be done first."""

    step: Step
    parties: list[Party]
    overdue: bool
    waits: bool
    can_update: bool

    @property
    def due(self) -> str:
        return in_words(self.step.due_said, self.step.due_on)

    @property
    def key(self) -> str:
        """As the page's anchors and forms name it."""
        return str(self.step.pk)

    @property
    def first(self) -> list[Party]:
        """The parties that a line has room for; the step's own page names them all."""
        return self.parties[:NAMED]

    @property
    def others(self) -> int:
        return len(self.parties) - len(self.first)


def rows(found: QuerySet, actor: Actor, *, may_update: bool = False) -> list[Row]:
    """The steps with what a page says of them: two queries however many there are, and one more for `can_update` when it is asked."""
    listed = list(found.annotate(waits=WAITS).select_related("plan").prefetch_related(selectors.responsibilities()))
    today, names = actor.coalition.today(), selectors.sees_names(actor)
    theirs: set[int] = set()
    if may_update:
        reach = Step.objects.visible_to(actor, Action.STEP_UPDATE).filter(pk__in=[step.pk for step in listed])
        theirs = set(reach.order_by().values_list("pk", flat=True))
    return [
        Row(
            step,
            [Party.of(r, names=names) for r in step.responsibilities.all()],
            selectors.is_overdue(step, step.plan, today),
            step.waits and not step.is_over,
            step.pk in theirs,
        )
        for step in listed
    ]


# ------------------------------------------------------------------ the list: what is due
BANDS = (
    "Overdue",
    "Past, in a plan that is not active",
    "This week",
    "This month",
    "Later",
    "No date",
    "Done or dropped",
)


def by_due(found: QuerySet, today: dt.date) -> QuerySet:
    """Sorted into BANDS (`band` is the place in it), then by the day. A week ends on Sunday."""
    sunday = today + dt.timedelta(days=6 - today.weekday())
    band = Case(
        When(status__in=OVER, then=Value(6)),
        When(due_on=None, then=Value(5)),
        When(due_on__lt=today, plan__status=PlanStatus.ACTIVE, then=Value(0)),
        When(due_on__lt=today, then=Value(1)),
        When(due_on__lte=sunday, then=Value(2)),
        When(due_on__lte=_month_end(today), then=Value(3)),
        default=Value(4),
    )
    return found.annotate(band=band).order_by(
        "band", F("finished_at").desc(nulls_last=True), F("due_on").asc(nulls_last=True), "plan__title", "order", "pk"
    )


def banded(listed: list[Row]) -> list[tuple[str, list[Row]]]:
    """Rows that `by_due` sorted, under the names of their bands; empty bands are left out."""
    found: dict[str, list[Row]] = {}
    for row in listed:
        found.setdefault(BANDS[row.step.band], []).append(row)
    return list(found.items())


# ------------------------------------------------------------------ the board: by status
SHOWN = 20  # cards in a column; the rest is in the list
COLUMNS = (
    StepStatus.NOT_STARTED,
    StepStatus.IN_PROGRESS,
    StepStatus.BLOCKED,
    StepStatus.DONE,
    StepStatus.DROPPED,
)


@dataclass(frozen=True)
class Pile:
    """A column of the board: the first cards, and how many there are in all."""

    status: StepStatus
    cards: list[Row]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


def piles(actor: Actor, wanted: Wanted) -> list[Pile]:
    """A column for each status, next due first; of what is done the latest first."""
    found = steps(actor, wanted)
    counts: dict[Any, int] = dict(found.values_list("status").annotate(n=Count("pk")))
    order = [F("finished_at").desc(nulls_last=True), F("due_on").asc(nulls_last=True), F("pk").asc()]
    first = found.annotate(place=Window(RowNumber(), partition_by=F("status"), order_by=order))
    cards = rows(first.filter(place__lte=SHOWN).order_by("place"), actor, may_update=True)
    return [
        Pile(status, [card for card in cards if card.step.status == status], counts.get(status, 0))
        for status in COLUMNS
    ]
