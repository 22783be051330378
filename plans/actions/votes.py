"""Weighing recommendations: votes, the order that follows from them, and what is decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from coalitions.models import Partner, Seat
from plans.enums import Decision
from plans.models import Plan, Recommendation, Vote
from plans.prioritising import ranked

from . import undo
from .change import changed
from .items import GONE
from .plan import locked

if TYPE_CHECKING:
    from phast.access.actor import Actor

LEFT = "This seat has ended, so it votes no more."


@transaction.atomic
def cast_votes(*, plan: Plan, voter: Partner | Seat, votes: Mapping[int, tuple[int, int]], by: Actor) -> None:
    """What a partner or a seat thinks: the key of a recommendation → its impact and its feasibility, 1 to 5.

    It replaces what the same voter thought of these before; other recommendations keep what they have. `by` may be the coordinator,
    who entered it for the voter. Raises ValidationError when the seat has ended.
    """
    whose = _whose(voter)
    if isinstance(voter, Seat) and not Seat.objects.filter(pk=voter.pk, left_on=None).exists():
        raise ValidationError(LEFT)
    there = Recommendation.objects.present().filter(plan=plan, pk__in=votes).values_list("pk", flat=True)
    before = {
        vote.recommendation_id: (vote.impact, vote.feasibility)
        for vote in Vote.objects.filter(recommendation__in=there, **whose)
    }
    new = [
        Vote(recommendation_id=key, impact=votes[key][0], feasibility=votes[key][1], by=by.user, **whose)
        for key in there
        if before.get(key) != votes[key]
    ]
    if not new:
        return
    # Two who enter for the same voter at once: the later one counts, and neither meets an error.
    Vote.objects.bulk_create(
        new,
        update_conflicts=True,
        unique_fields=["recommendation", *whose],
        update_fields=["impact", "feasibility", "at", "by"],
    )
    changed("votes.cast", plan=plan, target=plan, by=by, votes=len(new), **_on_behalf(voter))


@transaction.atomic
def take_back_votes(*, plan: Plan, voter: Partner | Seat, by: Actor) -> None:
    """As if the voter had not voted on the plan."""
    gone, _ = Vote.objects.filter(recommendation__plan=plan, **_whose(voter)).delete()
    if gone:
        changed("votes.taken_back", plan=plan, target=plan, by=by, votes=gone, **_on_behalf(voter))


@transaction.atomic
def order_by_votes(*, plan: Plan, by: Actor) -> bool:
    """Puts the recommendations in the order of their votes; tied ones stay as they stood to each other, and those without a vote
    come last. False when they are in that order already."""
    locked(plan)
    ways = []
    for place, recommendation in enumerate(ranked(plan), 1):
        if recommendation.order != place:
            was = undo.snapshot(recommendation, ["order"])
            recommendation.order = place
            recommendation.save(update_fields=["order"])
            ways.append(undo.values(recommendation, was))
    if ways:
        changed("recommendations.ordered", plan=plan, target=plan, by=by, undo=undo.all_of(ways))
    return bool(ways)


@transaction.atomic
def decide(
    *, recommendation: Recommendation, decision: Decision | None, reason: str, seen: dt.datetime | None, by: Actor
) -> None:
    """Records what the coalition decided, and why; None takes the decision back.

    `seen`: `decided_at` as it was when the form was opened. Raises ValidationError, which says what was decided meanwhile, when it is
    another one, or when the recommendation was removed.
    """
    locked(recommendation.plan)
    current = Recommendation.objects.select_related("decided_by").get(pk=recommendation.pk)
    if current.removed_at is not None:
        raise ValidationError(GONE)
    if current.decided_at != seen:
        raise ValidationError(_decided_meanwhile(current), code="meanwhile")
    was = undo.snapshot(current, ["decision", "decision_reason", "decided_at", "decided_by"])
    current.decision, current.decision_reason = decision or "", reason if decision else ""
    current.decided_at, current.decided_by = (timezone.now(), by.user) if decision else (None, None)
    current.save(update_fields=list(was))
    changed(
        "recommendation.decided",
        plan=current.plan_id,
        target=current,
        by=by,
        undo=undo.values(current, was),
        decision=str(decision or "none"),
    )


def _decided_meanwhile(current: Recommendation) -> str:
    if not current.decision:
        return "Somebody took the decision back while you had this open. Save again to record yours."
    return (
        f"{current.decided_by} decided “{current.get_decision_display()}” while you had this open, because: "
        f"{current.decision_reason} Save again to record yours in its place."
    )


def _whose(voter: Partner | Seat) -> dict[str, Partner | Seat]:
    return {"seat" if isinstance(voter, Seat) else "partner": voter}


def _on_behalf(voter: Partner | Seat) -> dict[str, Any]:
    """For the audit log: the partner acted for, or the seat by its alias."""
    return {"seat": str(voter)} if isinstance(voter, Seat) else {"partner": voter}
