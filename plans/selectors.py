"""Plans as people read them. Every function takes the actor and shows no more than they may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from coalitions.models import Position
from phast.access.table import Action
from plans.due import in_words
from plans.enums import OVER, ItemKind, PlanStatus, StepStatus
from plans.models import (
    Barrier,
    Plan,
    PlanTemplate,
    PlanTemplateItem,
    PlanTemplateMeasure,
    Recommendation,
    Responsibility,
    Step,
    Update,
)
from plans.outline import Node, Outline, Party

if TYPE_CHECKING:
    from phast.access.actor import Actor

OWNED = Exists(Responsibility.objects.filter(step=OuterRef("pk")))


# ------------------------------------------------------------------ parties and steps
def responsibilities() -> Prefetch:
    """Steps with their parties: one query."""
    return Prefetch(
        "responsibilities",
        Responsibility.objects.select_related("partner", "contact__partner", "position__contact"),
    )


def sees_names(actor: Actor) -> bool:
    """Observers read what was approved, without the names of people: contacts are not theirs to see."""
    return actor.can(Action.PLANS_FOLLOW)


def outline(plan: Plan, actor: Actor) -> Outline:
    """The plan as this actor reads it: with what is theirs and what they may update. Six queries, however many steps there are."""
    mine = Step.objects.of(actor.coalition).filter(Step.assigned_to(actor), plan=plan)
    can_update = Step.objects.visible_to(actor, Action.STEP_UPDATE).filter(plan=plan)
    return nested(
        plan, names=sees_names(actor), today=actor.coalition.today(), mine=_keys(mine), can_update=_keys(can_update)
    )


def nested(
    plan: Plan, *, names: bool, today: dt.date, mine: Set[int] = frozenset(), can_update: Set[int] = frozenset()
) -> Outline:
    """The plan's present steps with their parties and latest updates, for anybody who may read the plan."""
    steps = Step.objects.in_tree(plan.pk).prefetch_related(responsibilities())
    latest = {u.step_id: u for u in _latest_updates(Q(step__plan=plan))}
    nodes: dict[int, Node] = {}
    top: list[Node] = []
    for step in steps:
        above = nodes.get(step.parent_id)
        siblings = above.children if above else top
        number = f"{above.number}.{len(siblings) + 1}" if above else str(len(siblings) + 1)
        nodes[step.pk] = node = Node(
            step,
            number,
            [Party.of(r, names=names) for r in step.responsibilities.all()],
            is_overdue(step, plan, today),
            step.pk in mine,
            step.pk in can_update,
            latest.get(step.pk),
        )
        siblings.append(node)
    for waiting, first in Step.waits_for.through.objects.filter(from_step__plan=plan).values_list(
        "from_step", "to_step"
    ):
        if waiting in nodes and first in nodes:
            nodes[waiting].before.append(nodes[first])
            if not (nodes[waiting].step.is_over or nodes[first].step.is_over):
                nodes[first].holds_up.append(nodes[waiting])
    return Outline(top)


def is_overdue(step: Step, plan: Plan, today: dt.date) -> bool:
    """Only steps of active plans are late: a draft promised nothing."""
    return plan.status == PlanStatus.ACTIVE and step.due_on is not None and step.due_on < today and not step.is_over


def _keys(steps: QuerySet) -> set[int]:
    return set(steps.order_by().values_list("pk", flat=True))


def _latest_updates(which: Q) -> QuerySet:
    return Update.objects.filter(which).order_by("step_id", "-at", "-pk").distinct("step_id")


# ------------------------------------------------------------------ a plan's other parts
def barriers_of(plan: Plan) -> list[Barrier]:
    return list(Barrier.objects.present().filter(plan=plan))


def recommendations_of(plan: Plan) -> list[Recommendation]:
    """In the order of their priority, each with the barriers it answers."""
    return list(
        Recommendation.objects.present()
        .filter(plan=plan)
        .prefetch_related(Prefetch("barriers", Barrier.objects.present(), to_attr="answered"))
    )


def removed_from(plan: Plan) -> list[Barrier | Recommendation | Step]:
    """What was taken out and can be brought back, latest first. Of steps removed together only the topmost is named."""
    gone: list[Any] = []
    for model in (Barrier, Recommendation, Step):
        gone += (
            model.objects.filter(plan=plan, removed_at__isnull=False)
            .select_related("removed_by")
            .order_by("-removed_at")[:100]
        )
    steps = {item.pk: item for item in gone if isinstance(item, Step)}
    together = {
        step.pk
        for step in steps.values()
        if step.parent_id in steps and steps[step.parent_id].removed_at == step.removed_at
    }
    shown = [item for item in gone if not (isinstance(item, Step) and item.pk in together)]
    return sorted(shown, key=lambda item: item.removed_at, reverse=True)[:10]


# ------------------------------------------------------------------ lists
@dataclass(frozen=True)
class Progress:
    """How far a plan is: steps that count, of them done, overdue and without an owner."""

    steps: int = 0
    done: int = 0
    overdue: int = 0
    unowned: int = 0

    @property
    def overdue_words(self) -> str:
        return f"{self.overdue} overdue"

    @property
    def unowned_words(self) -> str:
        return f"{self.unowned} without an owner"


def progress(plans: Iterable[Plan], today: dt.date) -> dict[int, Progress]:
    """One query for all of them."""
    rows = (
        Step.objects.present()
        .filter(plan__in=list(plans))
        .exclude(status=StepStatus.DROPPED)
        .annotate(owned=OWNED)
        .order_by()
        .values("plan")
        .annotate(
            steps=Count("pk"),
            done=Count("pk", filter=Q(status=StepStatus.DONE)),
            overdue=Count("pk", filter=_late(today)),
            unowned=Count("pk", filter=~Q(status__in=OVER) & Q(owned=False)),
        )
    )
    return {row.pop("plan"): Progress(**row) for row in rows}


def _late(today: dt.date) -> Q:
    return Q(due_on__lt=today, plan__status=PlanStatus.ACTIVE) & ~Q(status__in=OVER)


@dataclass(frozen=True)
class Duty:
    """A step that is somebody's: the step, its parties, and when it is due in words."""

    step: Step
    parties: list[Party]
    overdue: bool
    latest: Update | None

    @property
    def due(self) -> str:
        return in_words(self.step.due_said, self.step.due_on)


def my_steps(actor: Actor) -> QuerySet:
    """Unfinished steps of active plans that are assigned to the person, their partner or a position they hold; dated ones first."""
    return (
        Step.objects.visible_to(actor, Action.PLANS_FOLLOW)
        .unfinished()
        .filter(Step.assigned_to(actor))
        .select_related("plan")
        .order_by(F("due_on").asc(nulls_last=True), "plan__title", "order", "pk")
    )


def duties(steps: QuerySet, actor: Actor) -> list[Duty]:
    """The steps with what a person needs to act on them. Three queries."""
    today, found = actor.coalition.today(), list(steps.prefetch_related(responsibilities()))
    latest = {u.step_id: u for u in _latest_updates(Q(step__in=[step.pk for step in found]))}
    return [
        Duty(
            step,
            [Party.of(r, names=sees_names(actor)) for r in step.responsibilities.all()],
            is_overdue(step, step.plan, today),
            latest.get(step.pk),
        )
        for step in found
    ]


def overdue_steps(actor: Actor) -> QuerySet:
    """Every late step the actor may see."""
    return Step.objects.visible_to(actor, Action.PLANS_FOLLOW).unfinished().filter(_late(actor.coalition.today()))


def unowned_steps(actor: Actor) -> QuerySet:
    """Every unfinished step of an active plan without a responsible party."""
    return Step.objects.visible_to(actor, Action.PLANS_FOLLOW).unfinished().filter(~OWNED)


def vacant_positions(actor: Actor) -> QuerySet:
    """Positions that nobody holds and that unfinished steps of active plans count on."""
    counted_on = Responsibility.objects.filter(
        step__in=Step.objects.of(actor.coalition).unfinished().values("pk"), position=OuterRef("pk")
    )
    return Position.objects.visible_to(actor, Action.ROSTER_SEE).filter(Exists(counted_on), contact=None)


# ------------------------------------------------------------------ templates
@dataclass
class PreviewStep:
    """A step of a template with its parties and sub-steps."""

    title: str
    detail: str
    parties: list[str]
    sub_steps: list[PreviewStep] = field(default_factory=list)


@dataclass(frozen=True)
class Preview:
    """What copying a template would make."""

    barriers: list[PlanTemplateItem]
    recommendations: list[PlanTemplateItem]
    steps: list[PreviewStep]
    sub_step_count: int
    party_count: int
    measures: list[PlanTemplateMeasure]

    @property
    def counts(self) -> list[tuple[int, str]]:
        """How many of what."""
        numbers = {
            "barrier": len(self.barriers),
            "recommendation": len(self.recommendations),
            "step": len(self.steps),
            "sub-step": self.sub_step_count,
            "responsible party": self.party_count,
            "measure": len(self.measures),
        }
        return [(n, word if n == 1 else f"{word}s".replace("partys", "parties")) for word, n in numbers.items() if n]


def preview(template: PlanTemplate) -> Preview:
    """Three queries."""
    items = list(template.items.order_by("order").prefetch_related("parties"))
    steps = {
        item.pk: PreviewStep(item.title, item.detail, [party.name for party in item.parties.all()])
        for item in items
        if item.kind == ItemKind.STEP
    }
    top: list[PreviewStep] = []
    for item in items:
        if item.pk in steps:
            siblings = steps[item.parent_id].sub_steps if item.parent_id else top
            siblings.append(steps[item.pk])
    return Preview(
        [item for item in items if item.kind == ItemKind.BARRIER],
        [item for item in items if item.kind == ItemKind.RECOMMENDATION],
        top,
        len(steps) - len(top),
        sum(len(step.parties) for step in steps.values()),
        list(template.measures.all()),
    )
