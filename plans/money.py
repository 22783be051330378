"""Steps and money: what pays for a step, what nothing pays for yet, and how far plans are, for who asks a funder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from coalitions.models import FundingSource
from phast.access.table import Action
from phast.offers import PayableStep, PlanProgress, StepMoney
from plans import actions, selectors
from plans.enums import PlanStatus
from plans.links import shown
from plans.models import Plan, Step, StepLink

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor


def sources_of(step: Step, actor: Actor) -> list[Any]:
    """What pays for the step, each with the `url` of its page; empty for who does not see funding. One query."""
    if not actor.can(Action.ENGAGEMENT_SEE):
        return []
    mine = StepLink.objects.filter(step=step).exclude(funding_source=None).values("funding_source")
    found: list[Any] = list(FundingSource.objects.visible_to(actor, Action.ENGAGEMENT_SEE).filter(pk__in=mine))
    for source in found:
        source.url = reverse("coalitions:funding_source_detail", args=[actor.coalition.slug, source.pk])
    return found


def open_steps(actor: Actor) -> list[PayableStep]:
    """The unfinished steps of active plans in their plans' order, each with whether something pays for it. One query."""
    if not actor.can(Action.PLANS_FOLLOW):
        return []
    paid = StepLink.objects.filter(step=OuterRef("pk")).exclude(funding_source=None)
    steps = Step.objects.visible_to(actor, Action.PLANS_FOLLOW).unfinished().annotate(is_paid=Exists(paid))
    return [
        PayableStep(
            shown(step, actor),
            step.plan.title,
            step.is_paid,
            step.funding,
        )
        for step in steps.select_related("plan").order_by("plan__title", "plan", "parent__order", "order", "pk")
    ]


def progress(coalition: Coalition) -> list[PlanProgress]:
    """The active plans by title. Two queries."""
    plans = Plan.objects.of(coalition).carried_out().filter(status=PlanStatus.ACTIVE)
    known = selectors.progress(plans, coalition.today())
    return [
        PlanProgress(plan.title, known[plan.pk].done, known[plan.pk].steps)
        for plan in plans.order_by("title")
        if plan.pk in known
    ]


MONEY = StepMoney(open=open_steps, pay=actions.pay_for_steps)
