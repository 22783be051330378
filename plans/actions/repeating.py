"""The next occurrence of a step that comes again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plans.due import in_words
from plans.enums import PlanStatus, Repeats, StepStatus
from plans.models import Responsibility, Step
from plans.repeating import Next, next_due, proposed, shifted

from .change import changed
from .tree import Tree, bring_back, insert_after

if TYPE_CHECKING:
    from phast.access.actor import Actor


def make_next(*, step: Step, by: Actor) -> Step | None:
    """The step once more, right after it, not started and due a period later, with its parties and its sub-steps.

    Once only: a step that was reopened and is done again has its next one already; was that removed, it comes back. None when it is
    there, and in a plan that is over. The caller holds the locks of the plan and of the step.
    """
    plan = step.plan
    tree = Tree(plan)
    if made := Step.objects.filter(repeat_of=step).first():
        if made.removed_at is None:
            return None
        bring_back(tree, made)
        changed("step.restored", plan=plan, target=made, by=by)
        return made
    if plan.status not in (PlanStatus.DRAFT, PlanStatus.ACTIVE):
        return None
    before = step.repeat_of.due_on if step.repeat_of else None
    due = next_due(step.due_on, Repeats(step.repeats), done=by.coalition.today(), before=before)
    made = _once_more(step, due, parent=step.parent_id)
    insert_after(tree.children_of(step.parent_id), made, step.pk)
    copies = {step.pk: made}
    _copy_below(tree, step, copies, Repeats(step.repeats), due)
    for old, new in copies.items():
        kept = tree.steps[old].waits_for.filter(pk__in=copies).values_list("pk", flat=True)
        new.waits_for.set([copies[key] for key in kept])
    changed("step.repeated", plan=plan, target=made, by=by, of=step.pk, steps=len(copies))
    return made


def _copy_below(tree: Tree, step: Step, copies: dict[int, Step], repeats: Repeats, due: Next) -> None:
    """The sub-steps, except those that were dropped, and of a sub-step that itself comes again the first occurrence only."""
    children = tree.children_of(step.pk)
    keys = {child.pk for child in children}
    for child in children:
        if child.status == StepStatus.DROPPED or child.repeat_of_id in keys:
            continue
        on = shifted(child.due_on, repeats, due.periods) if child.due_on else None
        copies[child.pk] = _once_more(
            child, Next(on, due.periods) if on else None, parent=copies[step.pk].pk, top=False
        )
        _copy_below(tree, child, copies, repeats, due)


def _once_more(step: Step, due: Next | None, *, parent: int | None, top: bool = True) -> Step:
    """A copy that is not started. Words such as "quarterly" stay as they were said; a day is said anew."""
    said = step.due_said
    if due is not None and not proposed(said):
        said = in_words("", due.on)
    made = Step.objects.create(
        plan_id=step.plan_id,
        parent_id=parent,
        title=step.title,
        detail=step.detail,
        due_said=said,
        due_on=due.on if due else None,
        resources=step.resources,
        funding=step.funding,
        repeats=step.repeats,
        repeat_of=step if top else None,
        recommendation=step.recommendation,
        order=step.order,
    )
    Responsibility.objects.bulk_create(
        Responsibility(
            step=made,
            partner_id=r.partner_id,
            contact_id=r.contact_id,
            position_id=r.position_id,
            part=r.part,
            order=r.order,
        )
        for r in step.responsibilities.all()
    )
    made.measures.set(step.measures.all())
    return made
