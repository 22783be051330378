"""The whole plan: scenario, challenge, barriers, recommendations, and the nested steps with who is responsible in bold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from phast.reports.kinds import ReportKind, Request
from plans.enums import REPORT

from . import votes
from .common import NO_PLAN, chart, choices_for, flat, in_words, request_for, words_for

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor


def request(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """Fields `plan` or `version`, see `common.request_for`."""
    return request_for(actor, fields, "implementation plan")


def extras(data: dict[str, Any]) -> dict[str, Any]:
    """The same steps one after the other, for the table at the end; the measures with their pictures."""
    return {
        "field": votes.drawing(data["votes"]),
        "rows": list(flat(data["steps"])),
        "measured": [(measure, chart(measure), in_words(measure)) for measure in data["measures"]],
    }


def collect(coalition: Coalition, request: Request) -> dict[str, Any]:
    """The words, and for the plan as it is what was voted: a version keeps what was decided."""
    live = "plan" in request.parameters and not request.is_released
    return words_for(coalition, request) | {"votes": votes.weighed(request.parameters["plan"]) if live else []}


PLAN = ReportKind(
    REPORT,
    "Plan",
    "plans/reports/plan.html",
    request,
    collect,
    choices_for,
    extras,
    topic="Plans",
    about="From the scenario to every step, with who is responsible.",
    missing=NO_PLAN,
)
