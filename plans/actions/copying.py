"""A plan out of a template, or out of another plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Model

from coalitions.models import Position
from phast.audit import record
from plans.enums import ItemKind, Standing
from plans.models import (
    Barrier,
    Intervention,
    Measure,
    Plan,
    PlanTemplate,
    PlanTemplateItem,
    PlanTemplateMeasure,
    Recommendation,
    Responsibility,
    Step,
)

from .change import changed
from .plan import locked

if TYPE_CHECKING:
    from coalitions.models import PositionKind
    from phast.access.actor import Actor

# What a copy keeps of each. What it leaves behind is what was done and decided, and every day: words that name none stay.
KEPT: dict[type[Model], tuple[str, ...]] = {
    Barrier: ("order", "text", "detail", "standing", "how_learned"),
    Recommendation: ("order", "text", "detail"),
    Step: ("order", "title", "detail", "resources", "funding", "repeats"),
    Responsibility: ("order", "part", "partner_id", "contact_id", "position_id"),
    Intervention: ("order", "text"),
    Measure: ("order", "text", "unit", "direction", "target", "source"),
}


# ------------------------------------------------------------------ of a plan
@transaction.atomic
def copy_plan(*, plan: Plan, title: str, as_template: bool = False, by: Actor) -> Plan:
    """A draft with what the plan consists of, or with `as_template` one of the coalition's own templates.

    Statuses, updates, files, votes, decisions, where partners stand, what was measured, due days and versions stay behind. The number of
    queries is the same for ten steps and three hundred: it grows only with the levels they nest in.
    """
    source = locked(plan)
    copy = Plan.objects.create(
        coalition=by.coalition,
        title=title,
        scenario=source.scenario,
        challenge=source.challenge,
        copied_from=source.copied_from,
        is_template=as_template,
        created_by=by.user,
    )
    barriers = _copied(Barrier.objects.present().filter(plan=source), plan=copy)
    recommendations = _copied(Recommendation.objects.present().filter(plan=source), plan=copy)
    _copy_links(Recommendation.barriers.through, "recommendation", recommendations, "barrier", barriers)
    steps = _copy_outline(source, copy, recommendations)
    _copy_links(Step.waits_for.through, "from_step", steps, "to_step", steps)
    interventions = _copied(Intervention.objects.present().filter(plan=source), plan=copy)
    measures = _copied(
        Measure.objects.present().filter(plan=source),
        plan=copy,
        more=lambda measure: {"intervention": interventions.get(measure.intervention_id)},
    )
    _copy_links(Measure.steps.through, "measure", measures, "step", steps)
    changed("plan.created", plan=copy, target=copy, by=by, copy_of=source.pk, template=as_template)
    return copy


def _copied(rows: Iterable[Any], *, more: Any = None, **same: Any) -> dict[int, Any]:
    """New rows with what is kept of each, by the key of the old one. Two queries."""
    old = list(rows)
    if not old:
        return {}
    model, kept = type(old[0]), KEPT[type(old[0])]
    new = [
        model(**{name: getattr(row, name) for name in kept}, **same, **(more(row) if more is not None else {}))
        for row in old
    ]
    return {row.pk: made for row, made in zip(old, model.objects.bulk_create(new), strict=True)}


def _copy_links(through: Any, one: str, ones: dict[int, Any], other: str, others: dict[int, Any]) -> None:
    """The links between rows that were both copied. Two queries."""
    links = through.objects.filter(**{f"{one}__in": ones, f"{other}__in": others})
    through.objects.bulk_create(
        through(**{one: ones[a], other: others[b]}) for a, b in links.values_list(f"{one}_id", f"{other}_id")
    )


def _copy_outline(source: Plan, copy: Plan, recommendations: dict[int, Any]) -> dict[int, Any]:
    """The steps, one level after the other, with who is responsible; by the keys of the old ones."""
    levels: dict[int, list[Any]] = defaultdict(list)
    for step in Step.objects.in_tree(source.pk):
        levels[step.tree_depth].append(step)
    steps: dict[int, Any] = {}

    def above_and_due(step: Any) -> dict[str, Any]:
        return {
            "parent": steps.get(step.parent_id),
            "recommendation": recommendations.get(step.recommendation_id),
            "due_said": "" if step.due_on else step.due_said,
        }

    for depth in sorted(levels):
        steps |= _copied(levels[depth], plan=copy, more=above_and_due)
    _copied(
        Responsibility.objects.filter(step__in=steps),
        more=lambda responsibility: {"step": steps[responsibility.step_id]},
    )
    return steps


# ------------------------------------------------------------------ of a template that the portal brings
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
    items = list(template.items.order_by("order").prefetch_related("answers", "parties__position_kind"))
    of_kind = {kind: [item for item in items if item.kind == kind] for kind in ItemKind}
    barriers = {
        item.pk: Barrier.objects.create(
            plan=plan,
            order=item.order,
            text=item.title,
            detail=item.detail,
            standing=item.standing or Standing.SUSPECTED,
            how_learned=item.how_learned,
        )
        for item in of_kind[ItemKind.BARRIER]
    }
    recommendations = {}
    for item in of_kind[ItemKind.RECOMMENDATION]:
        recommendation = Recommendation.objects.create(plan=plan, order=item.order, text=item.title, detail=item.detail)
        recommendation.barriers.set([barriers[barrier.pk] for barrier in item.answers.all()])
        recommendations[item.pk] = recommendation
    steps = _make_steps(of_kind[ItemKind.STEP], plan, recommendations, by=by)
    for measure in template.measures.prefetch_related("items"):
        _make_measure(measure, plan, steps)
    changed("plan.created", plan=plan, target=plan, by=by, template=template.key)
    return plan


def _make_steps(
    items: list[PlanTemplateItem], plan: Plan, recommendations: dict[int, Recommendation], *, by: Actor
) -> dict[int, Step]:
    """By the keys of the items. A step is made before those below it."""
    steps: dict[int, Step] = {}
    positions: dict[str, Position] = {}
    waiting = [item for item in items if item.parent_id is None]
    for item in waiting:  # grows while it is read
        waiting.extend(below for below in items if below.parent_id == item.pk)
        step = steps[item.pk] = Step.objects.create(
            plan=plan,
            parent=steps[item.parent_id] if item.parent_id else None,
            order=item.order,
            title=item.title,
            detail=item.detail,
            recommendation=next((recommendations[answered.pk] for answered in item.answers.all()), None),
        )
        for party in item.parties.all():
            kind = party.position_kind
            if kind.pk not in positions:
                positions[kind.pk] = _position(kind, by=by)
            Responsibility.objects.create(step=step, position=positions[kind.pk], order=party.order)
    return steps


def _make_measure(measure: PlanTemplateMeasure, plan: Plan, steps: dict[int, Step]) -> None:
    made = Measure.objects.create(
        plan=plan,
        order=measure.order,
        text=measure.text,
        unit=measure.unit,
        direction=measure.direction,
        source=measure.source,
    )
    made.steps.set([steps[item.pk] for item in measure.items.all()])


def _position(kind: PositionKind, *, by: Actor) -> Position:
    """The coalition's position of that kind, or of that title; a vacant one when it has neither."""
    positions = Position.objects.of(by.coalition)
    found = positions.filter(kind=kind).first() or positions.filter(title__iexact=kind.title).first()
    if found is None:
        found = Position.objects.create(coalition=by.coalition, kind=kind, title=kind.title)
        record("position.created", by=by, target=found)
    return found
