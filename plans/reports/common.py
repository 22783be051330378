"""What both PDFs share: which reading of a plan somebody may have, and its words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.safestring import SafeString

from phast import charts
from phast.access.table import Action
from phast.reports.kinds import Choice, Missing, Request, whole_number
from phast.ui.templatetags.ui import local_date
from plans import selectors, versions
from plans.models import Plan, PlanVersion

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

NAMED = "For the coalition’s own people: it names people."
PUBLIC = "Approved for observers; people are not named."


def request_for(actor: Actor, fields: Mapping[str, Any], what: str) -> Request:
    """Fields: `version`, the key of one; or `plan`, the key of the plan as it is, of which observers get the version that stands."""
    names = selectors.sees_names(actor)
    version = _version(actor, fields, latest=not names)
    if version is None:
        plan = get_object_or_404(Plan.objects.visible_to(actor, Action.PLANS_SEE), pk=whole_number(fields, "plan"))
        return Request({"plan": plan.pk}, Action.PLANS_SEE, f"{plan}: {what}", NAMED)
    title = versions.words_for(version, names=names)["title"]
    return Request(
        parameters={"version": version.pk},
        action=Action.PLANS_SEE,
        title=f"{title}: {what}",
        audience=NAMED if names else PUBLIC,
        is_released=not names,
        data_as_of=version.approved_at,
    )


def _version(actor: Actor, fields: Mapping[str, Any], *, latest: bool) -> PlanVersion | None:
    visible = PlanVersion.objects.visible_to(actor, Action.PLANS_SEE)
    if fields.get("version"):
        return get_object_or_404(visible, pk=whole_number(fields, "version"))
    if not latest:
        return None
    standing = visible.filter(plan=whole_number(fields, "plan"), withdrawn_at=None).order_by("-number").first()
    if standing is None:
        raise Http404
    return standing


def words_for(coalition: Coalition, request: Request) -> dict[str, Any]:
    """Everything the pages say, in words; `version` says which one it is, or None for the plan as it is."""
    names = not request.is_released
    if "version" in request.parameters:
        version = PlanVersion.objects.of(coalition).get(pk=request.parameters["version"])
        about = {
            "number": version.number,
            "approved": local_date(version.approved_at),
            "note": version.note,
            "sha256": version.sha256,
        }
        return versions.words_for(version, names=names) | {"version": about}
    plan = Plan.objects.of(coalition).get(pk=request.parameters["plan"])
    words = versions.words_of(plan, names=names, today=coalition.today())
    return versions.complete(words) | {"version": None}


NO_PLAN = Missing("No plan is being carried out yet.", "plans:list", "Plans")


def choices_for(actor: Actor) -> list[Choice]:
    """The plans this actor may have drawn: as they are, or as approved."""
    if not selectors.sees_names(actor):
        return [Choice(one.title, {"plan": one.plan_id}) for one in versions.shelf(actor)]
    plans = Plan.objects.visible_to(actor, Action.PLANS_SEE).carried_out()
    return [Choice(str(plan), {"plan": plan.pk}) for plan in plans]


def flat(steps: list[dict[str, Any]], depth: int = 0) -> Iterator[dict[str, Any]]:
    """Steps and what is below them, one after the other, each with its `depth`."""
    for step in steps:
        yield step | {"depth": depth}
        yield from flat(step["steps"], depth + 1)


# ------------------------------------------------------------------ measures
def chart(measure: dict[str, Any], *, small: bool = False) -> SafeString | None:
    """The measure's course; None without a value to draw."""
    dots = [
        charts.Dot(dt.date.fromisoformat(value["on"]), _decimal(value["value"]), value["day"])
        for value in measure["values"]
    ]
    if not any(dot.value is not None for dot in dots):
        return None
    return charts.course(
        title=measure["text"],
        description=in_words(measure),
        dots=dots,
        baseline=_line(measure, "baseline"),
        target=_line(measure, "target"),
        small=small,
    )


def in_words(measure: dict[str, Any]) -> str:
    """ "From 5 to 20 departments; 12 on May 4, 2026": what its picture says, in a sentence."""
    unit = f" {measure['unit']}" if measure["unit"] else ""
    way = [f"{word} {measure[name]}" for word, name in (("from", "baseline"), ("to", "target")) if measure[name]]
    shown = [value for value in measure["values"] if value["value"]]
    now = f"latest {shown[-1]['value']}{'' if way else unit}, {shown[-1]['day']}" if shown else "no value yet"
    said = "; ".join([*([" ".join(way) + unit] if way else []), now])
    return said[0].upper() + said[1:]


def _line(measure: dict[str, Any], name: str) -> charts.Line | None:
    value, on = _decimal(measure[name]), measure[f"{name}_day"]
    return None if value is None else charts.Line(value, dt.date.fromisoformat(on) if on else None)


def _decimal(text: str) -> Decimal | None:
    return Decimal(text.replace(",", "")) if text else None
