"""What the demo's partners think of its recommendations, and where they stand on what they may adopt."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from coalitions.models import Partner, Seat
from coalitions.reference import rows as coalition_rows
from plans.models import Intervention, Plan, Recommendation, Stance, Vote
from plans.templates import rows

if TYPE_CHECKING:
    from phast.access.actor import Actor


def weigh(plan: Plan, key: str, recommendations: dict[str, Recommendation], by: Actor) -> None:
    """Votes, decisions and the adoption grid of one plan of the demo."""
    named = {partner.name: partner for partner in Partner.objects.of(plan.coalition)}
    partners = {row["key"]: named[row["name"]] for row in coalition_rows("demo/partners.csv")}
    seats = {seat.alias: seat for seat in Seat.objects.of(plan.coalition)}
    for row in _of(key, "plan_votes.csv"):
        voter: dict[str, Any] = (
            {"seat": seats[row["voter"]]} if row["voter_kind"] == "seat" else {"partner": partners[row["voter"]]}
        )
        Vote.objects.create(
            recommendation=recommendations[row["recommendation"]],
            impact=int(row["impact"]),
            feasibility=int(row["feasibility"]),
            by=by.user,
            **voter,
        )
    for row in _of(key, "plan_decisions.csv"):
        Recommendation.objects.filter(pk=recommendations[row["recommendation"]].pk).update(
            decision=row["decision"],
            decision_reason=row["reason"],
            decided_at=timezone.now() + dt.timedelta(days=int(row["days"])),
            decided_by=by.user,
        )
    interventions = {
        row["key"]: Intervention.objects.create(plan=plan, text=row["text"], order=int(row["order"]))
        for row in _of(key, "plan_interventions.csv")
    }
    for row in _of(key, "plan_stances.csv"):
        Stance.objects.create(
            intervention=interventions[row["intervention"]],
            partner=partners[row["partner"]],
            adoption=row["adoption"],
            reason=row["reason"],
            since=plan.coalition.today() + dt.timedelta(days=int(row["days"])),
            by=by.user,
        )


def _of(key: str, name: str) -> list[dict[str, str]]:
    return [row for row in rows(f"demo/{name}") if row["plan"] == key]
