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

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor


def request(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """Field `plan`: its key."""
    plans = Plan.objects.visible_to(actor, Action.PLANS_SEE)
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
    outline = selectors.nested(plan, names=not request.is_released, today=coalition.today())
    return {
        "status": plan.get_status_display(),
        "scenario": plan.scenario,
        "challenge": plan.challenge,
        "barriers": [
            {"text": b.text, "detail": b.detail, "standing": b.get_standing_display(), "how_learned": b.how_learned}
            for b in selectors.barriers_of(plan)
        ],
        "recommendations": [
            {"text": r.text, "detail": r.detail, "answers": [barrier.text for barrier in r.answered]}
            for r in selectors.recommendations_of(plan)
        ],
        "steps": [_step(node) for node in outline.top],
        "done": outline.done,
        "counted": outline.counted,
    }


def _step(node: selectors.Node) -> dict[str, Any]:
    return {
        "number": node.number,
        "title": node.step.title,
        "detail": node.step.detail,
        "parties": [_party(party) for party in node.parties],
        "due": node.due,
        "status": node.step.get_status_display() + (", overdue" if node.overdue else ""),
        "steps": [_step(child) for child in node.children],
    }


def _party(party: selectors.Party) -> dict[str, str]:
    """`more` follows the name: who holds the position, and the part when it is not the lead."""
    who = "nobody holds this yet" if party.is_vacant else party.who
    part = "" if party.part == "lead" else f", {party.part_label.lower()}"
    return {"name": party.name, "more": (f" ({who})" if who else "") + part}


def extras(data: dict[str, Any]) -> dict[str, Any]:
    """The same steps one after the other, for the table at the end."""
    return {"rows": list(_flat(data["steps"]))}


def _flat(steps: list[dict[str, Any]]) -> Any:
    for step in steps:
        yield step
        yield from _flat(step["steps"])


def choices(actor: Actor) -> list[Choice]:
    return [Choice(str(plan), {"plan": plan.pk}) for plan in Plan.objects.visible_to(actor, Action.PLANS_SEE)]


PLAN = ReportKind(REPORT, "Plan", "plans/reports/plan.html", request, collect, choices, extras)
