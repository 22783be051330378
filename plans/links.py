"""Steps that come of the coalition's other work: what `phast.offers.steps` offers to whoever wants one made or shown."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from coalitions.meetings import UNNAMED
from phast.access.table import Action
from phast.offers import DueStep, LinkedStep, Steps
from plans import actions, selectors
from plans.due import in_words
from plans.enums import PlanStatus
from plans.models import Plan, Responsibility, Step, StepLink
from plans.outline import Party

if TYPE_CHECKING:
    from django.db.models import Model

    from phast.access.actor import Actor

SOON = dt.timedelta(days=14)
KINDS = {
    "engagement": "engagement",
    "meetingaction": "meeting_action",
    "agendaitem": "agenda_item",
    "fundingsource": "funding_source",
}


def open_plans(actor: Actor) -> list[tuple[int, str]]:
    """The plans this person may add a step to, active ones first."""
    plans = Plan.objects.visible_to(actor, Action.PLANS_EDIT).filter(
        is_template=False, status__in=(PlanStatus.ACTIVE, PlanStatus.DRAFT)
    )
    return list(plans.order_by("status", *Plan._meta.ordering).values_list("pk", "title"))


@transaction.atomic
def add(
    *, plan: int | None, title: str, detail: str = "", origin: Model, party: Any = None, due: str = "", by: Actor
) -> LinkedStep:
    """A step at the end of the plan, linked with what it came of; None: of a new plan called as the step is.

    Raises ValidationError when the plan is none this person may add to, ValueError for a due date that does not exist.
    """
    if plan is None:
        found = actions.create_plan(title=title[:160], by=by)
    else:
        rows = Plan.objects.visible_to(by, Action.PLANS_EDIT).filter(is_template=False, pk=plan)
        if (chosen := rows.first()) is None:
            raise ValidationError("Choose one of the plans in the list.")
        found = chosen
    step = actions.add_step(plan=found, title=title[:200], detail=detail, party=party, due=due, by=by)
    link(step=step, origin=origin, by=by)
    return shown(step, by)


@transaction.atomic
def link(*, step: Step, origin: Model, by: Actor) -> None:
    """Says that the step has to do with the row. Twice is once."""
    StepLink.objects.get_or_create(step=step, **{KINDS[origin._meta.model_name or ""]: origin})


def of(actor: Actor, rows: Sequence[Model]) -> dict[int, list[LinkedStep]]:
    """The steps that have to do with each of the rows, which are of one kind, by the row's key. One query, none without rows."""
    found: dict[int, list[LinkedStep]] = defaultdict(list)
    if rows and actor.can(Action.PLANS_FOLLOW):
        kind = KINDS[rows[0]._meta.model_name or ""]
        links = StepLink.objects.visible_to(actor, Action.PLANS_FOLLOW).filter(
            **{f"{kind}__in": [row.pk for row in rows]}, step__removed_at=None
        )
        for one in links.select_related("step__plan"):
            found[getattr(one, f"{kind}_id")].append(shown(one.step, actor))
    return found


def due(actor: Actor) -> list[DueStep]:
    """Unfinished steps of active plans that are overdue or due within two weeks, the first to be due first. Two queries."""
    today, names = actor.coalition.today(), selectors.sees_names(actor)
    steps = Step.objects.visible_to(actor, Action.PLANS_FOLLOW).unfinished().filter(due_on__lte=today + SOON)
    found = []
    for step in steps.prefetch_related(selectors.responsibilities()).order_by("due_on", "pk"):
        who = ", ".join(_who(responsibility, names) for responsibility in step.responsibilities.all())
        url = reverse("plans:step", args=[actor.coalition.slug, step.pk])
        found.append(DueStep(step.title, who, in_words(step.due_said, step.due_on), step.due_on < today, url))
    return found


def _who(responsibility: Responsibility, names: bool) -> str:
    """Somebody who speaks from lived experience is called by the position alone: this stands on a wall."""
    party, position = Party.of(responsibility, names=names), responsibility.position
    hidden = position is not None and position.kind_id == UNNAMED
    return f"{party.name} ({party.who})" if party.who and not hidden else party.name


def shown(step: Step, actor: Actor) -> LinkedStep:
    """A step as other pages show it; its plan is at hand."""
    return LinkedStep(
        key=step.pk,
        plan=step.plan_id,
        title=step.title,
        status=step.get_status_display(),
        due=in_words(step.due_said, step.due_on),
        url=reverse("plans:step", args=[actor.coalition.slug, step.pk]),
        is_over=step.is_over,
    )


STEPS = Steps(plans=open_plans, add=add, of=of, due=due)
