"""The plan as a PDF: scenario, challenge, barriers, recommendations, and the nested steps with who is responsible in bold.

Observers get plans that are approved, without the names of people; everybody else gets any plan, with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404

from phast.access.table import Action
from phast.reports.kinds import Choice, ReportKind, Request, whole_number
from plans import selectors
from plans.enums import REPORT
from plans.models import Plan
from plans.versions import words_of

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor


def request(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """Field `plan`: its key."""
    plans = Plan.objects.visible_to(actor, Action.PLANS_SEE).carried_out()
    plan = get_object_or_404(plans, pk=whole_number(fields, "plan"))
    names = selectors.sees_names(actor)
    return Request(
        parameters={"plan": plan.pk},
        action=Action.PLANS_SEE,
        title=f"{plan}: implementation plan",
        audience="For the coalition’s own people: it names people."
        if names
        else "Approved for observers; people are not named.",
        is_released=not names,
    )


def collect(coalition: Coalition, request: Request) -> dict[str, Any]:
    """Everything the pages say, in words."""
    plan = Plan.objects.of(coalition).get(pk=request.parameters["plan"])
    return words_of(plan, names=not request.is_released, today=coalition.today())


def extras(data: dict[str, Any]) -> dict[str, Any]:
    """The same steps one after the other, for the table at the end."""
    return {"rows": list(_flat(data["steps"]))}


def _flat(steps: list[dict[str, Any]]) -> Any:
    for step in steps:
        yield step
        yield from _flat(step["steps"])


def choices(actor: Actor) -> list[Choice]:
    plans = Plan.objects.visible_to(actor, Action.PLANS_SEE).carried_out()
    return [Choice(str(plan), {"plan": plan.pk}) for plan in plans]


PLAN = ReportKind(REPORT, "Plan", "plans/reports/plan.html", request, collect, choices, extras)
