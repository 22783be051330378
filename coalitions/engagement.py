"""What there is to work on, and how far the coalition is with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from coalitions.enums import EngagementStatus
from coalitions.models import (
    CriticalElement,
    Engagement,
    Opportunity,
    ReadinessRating,
    SectorCoverage,
    TakeawayAction,
)
from phast import offers
from phast.access.table import Action
from phast.offers import LinkedStep

if TYPE_CHECKING:
    from phast.access.actor import Actor

SHOWN = 4  # ratings side by side


@dataclass(frozen=True)
class Work:
    """An opportunity or an action of a takeaway as the coalition works on it. `edit_url` and `step_url` are for who may."""

    thing: Opportunity | TakeawayAction
    status: str
    engagement: Engagement | None
    steps: Sequence[LinkedStep]
    edit_url: str
    step_url: str

    @property
    def is_open(self) -> bool:
        return self.status in (EngagementStatus.CONTACTED, EngagementStatus.IN_PROGRESS)

    @property
    def status_label(self) -> str:
        return str(EngagementStatus(self.status).label)


def work(actor: Actor, things: Iterable[Opportunity | TakeawayAction]) -> list[Work]:
    """Two queries, for all of them."""
    rows = Engagement.objects.visible_to(actor, Action.ENGAGEMENT_SEE).select_related("lead__partner", "partner")
    known = {row.opportunity_id or row.action_id: row for row in rows}
    steps = offers.steps[0].of(actor, list(known.values())) if offers.steps and known else {}
    found = []
    for thing in things:
        row = known.get(thing.pk)
        found.append(
            Work(
                thing,
                row.status if row else EngagementStatus.NOT_STARTED,
                row,
                steps.get(row.pk, ()) if row else (),
                _url("engagement_edit", thing, actor),
                _url("engagement_step", thing, actor),
            )
        )
    return found


def _url(name: str, thing: Opportunity | TakeawayAction, actor: Actor) -> str:
    kind = "opportunity" if isinstance(thing, Opportunity) else "action"
    return reverse(f"coalitions:{name}", args=[actor.coalition.slug, kind, thing.pk])


def counted(found: Iterable[Work]) -> list[tuple[str, int]]:
    """How many are at each status, in the order of the statuses."""
    every = [one.status for one in found]
    return [(str(status.label), every.count(status)) for status in EngagementStatus]


# ------------------------------------------------------------------ readiness
@dataclass
class Rated:
    """A critical element with its last ratings, one for each of the days shown (None: not rated then)."""

    element: CriticalElement
    ratings: list[ReadinessRating | None] = field(default_factory=list)

    @property
    def latest(self) -> ReadinessRating | None:
        return next((rating for rating in self.ratings if rating is not None), None)


def readiness(actor: Actor) -> tuple[list[dt.date], list[Rated]]:
    """The days of the last ratings, the latest first, and the six elements with what they were on each. Two queries."""
    ratings = list(ReadinessRating.objects.visible_to(actor, Action.ENGAGEMENT_SEE))
    days = sorted({rating.on for rating in ratings}, reverse=True)[:SHOWN]
    by_day = {(rating.element_id, rating.on): rating for rating in ratings}
    elements = CriticalElement.objects.all()
    return days, [Rated(element, [by_day.get((element.pk, day)) for day in days]) for element in elements]


def coverage(actor: Actor, now: int) -> list[tuple[str, int]]:
    """How many sectors were filled at the start of each month, at most the last twelve, and `now` as the last point."""
    rows = SectorCoverage.objects.visible_to(actor, Action.ROSTER_SEE).order_by("-on")[:12]
    points: list[tuple[str, Any]] = [(f"{row.on:%b %Y}", len(row.filled)) for row in reversed(rows)]
    return [*points, ("Now", now)]
