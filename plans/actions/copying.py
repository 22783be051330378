"""A plan out of a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from coalitions.models import Position
from phast.audit import record
from plans.enums import ItemKind, Standing
from plans.models import Barrier, Plan, PlanTemplate, PlanTemplateItem, Recommendation, Responsibility, Step

if TYPE_CHECKING:
    from coalitions.models import PositionKind
    from phast.access.actor import Actor


@transaction.atomic
def copy_template(*, template: PlanTemplate, title: str = "", by: Actor) -> Plan:
    """A draft plan with everything the template holds; its parties become the coalition's positions of that kind.

    A position that the coalition lacks is created, vacant, so that the plan's page says who is still to be found.
    """
    plan = Plan.objects.create(
        coalition=by.coalition,
        title=title or template.title,
        scenario=template.scenario,
        challenge=template.challenge,
        copied_from=template.key,
        created_by=by.user,
    )
    items = list(template.items.order_by("order").prefetch_related("parties__position_kind"))
    of_kind = {kind: [item for item in items if item.kind == kind] for kind in ItemKind}
    barriers = [
        Barrier.objects.create(
            plan=plan,
            order=item.order,
            text=item.title,
            detail=item.detail,
            standing=item.standing or Standing.SUSPECTED,
            how_learned=item.how_learned,
        )
        for item in of_kind[ItemKind.BARRIER]
    ]
    for item in of_kind[ItemKind.RECOMMENDATION]:
        recommendation = Recommendation.objects.create(plan=plan, order=item.order, text=item.title, detail=item.detail)
        recommendation.barriers.set(barriers)
    _copy_steps(of_kind[ItemKind.STEP], plan, by=by)
    record("plan.created", by=by, target=plan, template=template.key)
    return plan


def _copy_steps(
    items: list[PlanTemplateItem],
    plan: Plan,
    *,
    by: Actor,
    parent: PlanTemplateItem | None = None,
    under: Step | None = None,
) -> None:
    for item in items:
        if item.parent_id != (parent.pk if parent else None):
            continue
        step = Step.objects.create(plan=plan, parent=under, order=item.order, title=item.title, detail=item.detail)
        for party in item.parties.all():
            position = _position(party.position_kind, by=by)
            Responsibility.objects.create(step=step, position=position, order=party.order)
        _copy_steps(items, plan, by=by, parent=item, under=step)


def _position(kind: PositionKind, *, by: Actor) -> Position:
    """The coalition's position of that kind, or of that title; a vacant one when it has neither."""
    positions = Position.objects.of(by.coalition)
    found = positions.filter(kind=kind).first() or positions.filter(title__iexact=kind.title).first()
    if found is None:
        found = Position.objects.create(coalition=by.coalition, kind=kind, title=kind.title)
        record("position.created", by=by, target=found)
    return found
