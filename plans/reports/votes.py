"""What partners and seats think of the recommendations: means, and the picture of the field."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString

from phast import charts
from plans.models import Recommendation
from plans.prioritising import QUARTERS, Opinion, in_threes


def weighed(plan_id: int) -> list[dict[str, Any]]:
    """The recommendations that enough have voted on, with the means that every member may see. Two queries."""
    recommendations = Recommendation.objects.present().filter(plan=plan_id).prefetch_related("votes")
    found = []
    for number, recommendation in enumerate(recommendations, 1):
        votes = in_threes(recommendation.votes.all())
        opinion = Opinion(recommendation, number, votes, len(votes))
        if opinion.impact is not None and opinion.feasibility is not None:
            found.append(
                {
                    "number": number,
                    "text": recommendation.text,
                    "votes": len(votes),
                    "impact": str(opinion.impact.mean),
                    "feasibility": str(opinion.feasibility.mean),
                    "score": str(opinion.score),
                    "quarter": opinion.quarter,
                }
            )
    return found


def drawing(weighed: list[dict[str, Any]]) -> SafeString | None:
    """The field with the recommendations by their numbers; None without votes."""
    if not weighed:
        return None
    return charts.field(
        title="Recommendations by impact and feasibility",
        description="The table below has the same numbers.",
        right="Feasibility",
        up="Impact",
        quarters=QUARTERS,
        points=[charts.Point(one["number"], float(one["feasibility"]), float(one["impact"])) for one in weighed],
    )
