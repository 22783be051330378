"""Steps: what is in them, where they stand and who is responsible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction

from plans.due import read_due
from plans.enums import Move, Part
from plans.models import Plan, Recommendation, Responsibility, Step

from . import undo
from .change import changed
from .items import next_order, set_many, split
from .plan import locked
from .tree import Place, Tree, bring_back, take_out

if TYPE_CHECKING:
    from coalitions.models import Contact, Partner, Position
    from phast.access.actor import Actor

    Party = Partner | Contact | Position


@transaction.atomic
def add_step(
    *,
    plan: Plan,
    title: str,
    detail: str = "",
    due: str = "",
    parent: Step | None = None,
    party: Party | None = None,
    part: Part = Part.LEAD,
    recommendation: Recommendation | None = None,
    repeats: str = "",
    by: Actor,
) -> Step:
    """A step after its siblings, with its first responsible party when one is named, and the recommendation it carries out.

    Raises ValidationError when the parent is no longer there or is too deep, ValueError for a due date that does not exist.
    """
    tree = Tree(locked(plan))
    if parent is not None:
        tree.check_place(None, parent.pk)
    said, on = read_due(due, today=by.coalition.today())
    step = Step.objects.create(
        plan=plan,
        parent=parent,
        title=title,
        detail=detail,
        due_said=said,
        due_on=on,
        recommendation=recommendation,
        repeats=repeats,
        order=next_order(Step.objects.filter(plan=plan, parent=parent)),
    )
    if party is not None:
        Responsibility.objects.create(step=step, part=part, order=1, **{str(party._meta.model_name): party})
    changed(
        "step.added",
        plan=plan,
        target=step,
        by=by,
        undo=undo.removing(step),
        parties=[str(party)] if party is not None else [],
    )
    return step


@transaction.atomic
def edit_step(*, step: Step, values: dict[str, Any], version: int | None, by: Actor) -> Step:
    """Changes what `values` names, such as title, detail or `due_said`. Raises EditConflict when somebody saved the step since `version`.

    What a due date means is read again only when the words change: "end of June" stays this year's.
    """
    step.lock(version)
    before = Step.objects.get(pk=step.pk)
    was = undo.snapshot(before, [*values, *(["due_on"] if "due_said" in values else [])])
    plain, many = split(Step, values)
    for name, value in plain.items():
        setattr(step, name, value)
    step.due_on = before.due_on
    if "due_said" in values and values["due_said"] != before.due_said:
        step.due_said, step.due_on = read_due(values["due_said"], today=by.coalition.today())
    step.save(update_fields=[*plain, "due_on", "version"])
    set_many(step, many)
    changed("step.edited", plan=step.plan_id, target=step, by=by, undo=undo.values(step, was), fields=sorted(values))
    return step


@transaction.atomic
def place_step(*, step: Step, parent: Step | None, after: int | None = -1, by: Actor) -> None:
    """Puts the step and what is below it under another step, or at the top level: behind the sibling with the key `after`, first
    for None, else last.

    Raises ValidationError when that would make a circle, go too deep, or either of the two is gone.
    """
    tree = Tree(locked(step.plan))
    new = parent.pk if parent else None
    tree.check_place(step.pk, new)
    siblings = [other.pk for other in tree.children_of(new) if other.pk != step.pk]
    if after is not None and after not in siblings:
        if tree.parent_of(step.pk) == new:
            return
        after = siblings[-1] if siblings else None
    _put(tree, step, Place(new, after), by=by)


@transaction.atomic
def move_step(*, step: Step, to: Move, by: Actor) -> None:
    """One place up or down among its siblings; IN makes it the last sub-step of the one above, OUT puts it behind its parent.

    At the end of the road nothing happens. Raises ValidationError as `place_step` does.
    """
    tree = Tree(locked(step.plan))
    tree.check_place(step.pk, None)
    parent = tree.parent_of(step.pk)
    siblings = [other.pk for other in tree.children_of(parent)]
    at = siblings.index(step.pk)
    if to == Move.UP and at > 0:
        _put(tree, step, Place(parent, siblings[at - 2] if at > 1 else None), by=by)
    elif to == Move.DOWN and at + 1 < len(siblings):
        _put(tree, step, Place(parent, siblings[at + 1]), by=by)
    elif to == Move.IN and at > 0:
        above = siblings[at - 1]
        last = [other.pk for other in tree.children_of(above)][-1:]
        _put(tree, step, Place(above, last[0] if last else None), by=by)
    elif to == Move.OUT and parent is not None:
        _put(tree, step, Place(tree.parent_of(parent), parent), by=by)


def _put(tree: Tree, step: Step, place: Place, *, by: Actor) -> None:
    was = tree.place_of(step.pk)
    if tree.put(step.pk, place):
        way = undo.placing(tree.steps[step.pk], parent=was.parent, after=was.after)
        changed("step.moved", plan=step.plan_id, target=step, by=by, undo=way, parent=place.parent)


@transaction.atomic
def remove_step(*, step: Step, by: Actor) -> int:
    """Takes the step and everything below it out of the plan; returns how many steps that were. `restore_step` brings them back."""
    gone = take_out(Tree(locked(step.plan)), step.pk, by=by)
    if gone:
        changed("step.removed", plan=step.plan_id, target=step, by=by, undo=undo.restoring(step), steps=len(gone))
    return len(gone)


@transaction.atomic
def restore_step(*, step: Step, by: Actor) -> None:
    """Brings back the step with everything that was removed together with it, to its place or, where that is gone, to the top."""
    tree = Tree(locked(step.plan))
    step.refresh_from_db()
    if step.removed_at is None:
        return
    bring_back(tree, step)
    changed("step.restored", plan=step.plan_id, target=step, by=by, undo=undo.removing(step))


@transaction.atomic
def set_responsible(
    *,
    step: Step,
    parts: Mapping[int, Part | None] | None = None,
    added: Sequence[tuple[Party, Part]] = (),
    by: Actor,
) -> None:
    """Changes who is responsible: `parts` maps a responsibility's key to its new part, or to None to take the party off.

    Only what is named changes, so two people who add parties at once both succeed.
    """
    step = Step.objects.select_for_update(no_key=True).get(pk=step.pk)
    was = undo.parties_of(step)
    mine = Responsibility.objects.filter(step=step)
    for key, part in (parts or {}).items():
        if part is None:
            mine.filter(pk=key).delete()
        else:
            mine.filter(pk=key).update(part=part)
    order = next_order(mine)
    for n, (party, part) in enumerate(added):
        Responsibility.objects.update_or_create(
            step=step,
            **{str(party._meta.model_name): party},
            defaults={"part": part},
            create_defaults={"part": part, "order": order + n},
        )
    changed(
        "step.responsible_set",
        plan=step.plan_id,
        target=step,
        by=by,
        undo=undo.parties(step, was),
        parties=[str(r.party) for r in mine.select_related("partner", "contact", "position")],
    )
