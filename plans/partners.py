"""What each partner carries: its own steps, those of its people, and those of the positions they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import Coalesce, DenseRank

from coalitions.enums import PartnerStatus
from coalitions.models import Partner, Position
from phast.access.table import Action
from plans import across, selectors
from plans.enums import OVER, PlanStatus, StepStatus
from plans.models import Responsibility, Step

if TYPE_CHECKING:
    from phast.access.actor import Actor

PER_PAGE = 20
NEXT = (F("due_on").asc(nulls_last=True), "pk")  # what is due next comes first
SHOWN = 5  # steps of a partner; the rest is in the list
# Whose a responsibility is in the end: a partner's key; for a position that nobody holds its own key, below zero.
BEARER = Coalesce("partner", "contact__partner", "position__contact__partner", F("position") * -1)


@dataclass(frozen=True)
class Share:
    """A partner, or a position that nobody holds, with how many steps it has and the first of them, next due first.

    `rows` are steps still open (`asked` in all), unless the filter asks for steps that are over.
    """

    name: str
    key: int
    open: int
    overdue: int
    done: int
    asked: int
    rows: list[across.Row]
    inactive: bool = False

    @property
    def more(self) -> int:
        return self.asked - len(self.rows)

    @property
    def overdue_words(self) -> str:
        return f"{self.overdue} overdue"


@dataclass(frozen=True)
class Shares:
    """A page of partners that have steps; and whatever the page, who has none, which positions nobody holds, what nobody owns."""

    page: Page
    partners: list[Share]
    idle: list[str]
    vacant: list[Share]
    unowned: list[across.Row]
    unowned_count: int

    @property
    def unowned_more(self) -> int:
        return self.unowned_count - len(self.unowned)


def shares(actor: Actor, wanted: across.Wanted, *, page: Any = None) -> Shares:
    """A step with several partners stands under each of them. The same number of queries for any number of partners."""
    found = across.steps(actor, wanted)
    look = _Look(actor, wanted, Responsibility.objects.filter(step__in=found.values("pk")).order_by())
    partners = Partner.objects.visible_to(actor, Action.ROSTER_SEE)
    everybody = list(partners.filter(pk=wanted.partner) if wanted.partner else partners)
    positions = Position.objects.visible_to(actor, Action.ROSTER_SEE).filter(contact=None)
    counted = look.counts()
    busy = Paginator([partner for partner in everybody if partner.pk in counted], PER_PAGE).get_page(page)
    vacant = [] if wanted.partner else [position for position in positions if -position.pk in counted]
    first = look.first([*(partner.pk for partner in busy), *(-position.pk for position in vacant)])
    orphans = found.filter(~selectors.OWNED).exclude(status__in=OVER)
    unowned = list(orphans.order_by(*NEXT).values_list("pk", Window(Count("pk")))[:SHOWN])
    shown = {key for keys in first.values() for key in keys} | {key for key, _ in unowned}
    rows = {row.step.pk: row for row in across.rows(Step.objects.filter(pk__in=shown), actor)}

    def share(key: int, name: str, *, inactive: bool = False) -> Share:
        return Share(
            name, abs(key), **counted[key], rows=[rows[step] for step in first.get(key, [])], inactive=inactive
        )

    return Shares(
        page=busy,
        partners=[share(p.pk, p.name, inactive=p.status == PartnerStatus.INACTIVE) for p in busy],
        idle=[p.name for p in everybody if p.pk not in counted and p.status != PartnerStatus.INACTIVE],
        vacant=[share(-position.pk, position.title) for position in vacant if -position.pk in first],
        unowned=[rows[key] for key, _ in unowned],
        unowned_count=unowned[0][1] if unowned else 0,
    )


@dataclass(frozen=True)
class _Look:
    """The responsibilities of the steps asked for, grouped by whose they are (BEARER)."""

    actor: Actor
    wanted: across.Wanted
    held: QuerySet

    def counts(self) -> dict[int, dict[str, int]]:
        """Steps of each bearer, every step once."""
        still = ~Q(step__status__in=OVER)
        late = still & Q(step__due_on__lt=self.actor.coalition.today(), step__plan__status=PlanStatus.ACTIVE)
        counted = self._borne.values("bearer").annotate(
            open=Count("step", filter=still, distinct=True),
            overdue=Count("step", filter=late, distinct=True),
            done=Count("step", filter=Q(step__status=StepStatus.DONE), distinct=True),
            asked=Count("step", filter=self._asked, distinct=True),
        )
        return {row.pop("bearer"): row for row in counted}

    def first(self, bearers: list[int]) -> dict[int, list[int]]:
        """The first steps of each. One on which a partner stands twice, itself and with a person, has one rank and counts once."""
        order = [F("step__due_on").asc(nulls_last=True), F("step").asc()]
        ranked = (
            self._borne.filter(self._asked, bearer__in=bearers)
            .annotate(rank=Window(DenseRank(), partition_by=F("bearer"), order_by=order))
            .filter(rank__lte=SHOWN)
            .order_by("rank")
        )
        found: dict[int, dict[int, None]] = {}
        for bearer, step in ranked.values_list("bearer", "step"):
            found.setdefault(bearer, {})[step] = None
        return {bearer: list(steps) for bearer, steps in found.items()}

    @property
    def _borne(self) -> QuerySet:
        return self.held.annotate(bearer=BEARER)

    @property
    def _asked(self) -> Q:
        over = self.wanted.status in OVER
        return Q(step__status=self.wanted.status) if over else ~Q(step__status__in=OVER)
