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
QUIET = dt.timedelta(days=90)


@dataclass(frozen=True)
class Work:
    """An opportunity or an action of a takeaway as the coalition works on it. The addresses are for who may change it."""

    thing: Opportunity | TakeawayAction
    status: str
    engagement: Engagement | None
    steps: Sequence[LinkedStep]
    edit_url: str
    step_url: str

    status_url: str

    @property
    def is_open(self) -> bool:
        return self.status in (EngagementStatus.CONTACTED, EngagementStatus.IN_PROGRESS)

    def is_quiet(self, today: dt.date) -> bool:
        """Whether it was begun and then not touched for 90 days."""
        touched = self.engagement.touched_on if self.engagement else None
        return self.is_open and (touched is None or touched < today - QUIET)

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
                _url("engagement_status", thing, actor),
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

    @property
    def trend(self) -> str:
        """The latest rating against the one before it: "better than in June", with the year when that is another one. Empty when there
        is none before."""
        given = [rating for rating in self.ratings if rating is not None]
        if len(given) < 2:
            return ""
        now, before = given[:2]
        way = "as" if now.rating == before.rating else "better than" if now.rating > before.rating else "less than"
        if (now.on.year, now.on.month) == (before.on.year, before.on.month):
            return f"{way} on {before.on:%B} {before.on.day}"
        return f"{way} in {before.on:%B}" + (f" {before.on.year}" if before.on.year != now.on.year else "")


def readiness(actor: Actor) -> tuple[list[dt.date], list[Rated]]:
    """The days of the last ratings, the latest first, and the six elements with what they were on each. Two queries."""
    ratings = ReadinessRating.objects.visible_to(actor, Action.ENGAGEMENT_SEE)
    return rated(list(CriticalElement.objects.all()), list(ratings))


def rated(elements: Sequence[CriticalElement], ratings: Sequence[ReadinessRating]) -> tuple[list[dt.date], list[Rated]]:
    """The days on which anything was rated last, and each element with what it was on each of them."""
    days = sorted({rating.on for rating in ratings}, reverse=True)[:SHOWN]
    by_day = {(rating.element_id, rating.on): rating for rating in ratings}
    return days, [Rated(element, [by_day.get((element.pk, day)) for day in days]) for element in elements]


def coverage(actor: Actor, now: int) -> list[tuple[str, int]]:
    """How many sectors were filled at the start of each month, at most the last twelve, and `now` as the last point."""
    rows = SectorCoverage.objects.visible_to(actor, Action.ROSTER_SEE).order_by("-on")[:12]
    points: list[tuple[str, Any]] = [(f"{row.on:%b %Y}", len(row.filled)) for row in reversed(rows)]
    return [*points, ("Now", now)]
