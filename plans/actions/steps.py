"""Steps: what is in them, where they stand and who is responsible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from phast.audit import record
from plans.due import read_due
from plans.enums import Move, Part
from plans.models import Plan, Responsibility, Step

from .items import next_order, renumber, swap
from .plan import locked

if TYPE_CHECKING:
    from coalitions.models import Contact, Partner, Position
    from phast.access.actor import Actor

    Party = Partner | Contact | Position

# Deeper than this an outline cannot be read on a phone, nor said in a meeting.
LEVELS = 5
GONE = "This step was removed from the plan meanwhile. Reload the page to see what has changed."
TOO_DEEP = f"Steps nest at most {LEVELS} levels deep. Move it out first, or put it somewhere else."


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
    by: Actor,
) -> Step:
    """A step after its siblings, with its first responsible party when one is named.

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
        order=next_order(Step.objects.filter(plan=plan, parent=parent)),
    )
    record("step.added", by=by, target=step, plan=plan.pk)
    if party is not None:
        set_responsible(step=step, added=[(party, part)], by=by)
    return step


@transaction.atomic
def edit_step(*, step: Step, values: dict[str, Any], version: int | None, by: Actor) -> Step:
    """Changes title, detail or `due_said`. Raises EditConflict when somebody saved the step since `version`.

    What a due date means is read again only when the words change: "end of June" stays this year's.
    """
    was = Step.objects.values_list("due_said", flat=True).get(pk=step.pk)
    step.lock(version)
    for name, value in values.items():
        setattr(step, name, value)
    fields = [*values, "version"]
    if "due_said" in values and values["due_said"] != was:
        step.due_said, step.due_on = read_due(values["due_said"], today=by.coalition.today())
        fields.append("due_on")
    step.save(update_fields=fields)
    record("step.edited", by=by, target=step, fields=sorted(values))
    return step


@transaction.atomic
def place_step(*, step: Step, parent: Step | None, by: Actor) -> None:
    """Puts the step and what is below it under another step, or at the top level, last among its new siblings.

    Raises ValidationError when that would make a circle, go too deep, or either of the two is gone.
    """
    tree = Tree(locked(step.plan))
    new = parent.pk if parent else None
    tree.check_place(step.pk, new)
    if tree.parent_of(step.pk) == new:
        return
    Step.objects.filter(pk=step.pk).update(
        parent=new, order=next_order(Step.objects.filter(plan=step.plan_id, parent=new))
    )
    record("step.moved", by=by, target=step, parent=new)


@transaction.atomic
def move_step(*, step: Step, to: Move, by: Actor) -> None:
    """One place up or down among its siblings; IN makes it the last sub-step of the one above, OUT puts it behind its parent.

    At the end of the road nothing happens. Raises ValidationError as `place_step` does.
    """
    tree = Tree(locked(step.plan))
    tree.check_place(step.pk, None)
    parent = tree.parent_of(step.pk)
    siblings = tree.children_of(parent)
    at = next(n for n, other in enumerate(siblings) if other.pk == step.pk)
    if to in (Move.UP, Move.DOWN):
        moved = swap(siblings, step, to)
    elif to == Move.IN and at > 0:
        above = siblings[at - 1]
        tree.check_place(step.pk, above.pk)
        moved = _put(siblings[at], above.pk, tree.children_of(above.pk))
    elif to == Move.OUT and parent is not None:
        aunts = tree.children_of(tree.parent_of(parent))
        behind = next(n for n, other in enumerate(aunts) if other.pk == parent) + 1
        moved = _put(siblings[at], tree.parent_of(parent), aunts, behind)
    else:
        moved = False
    if moved:
        record("step.moved", by=by, target=step, to=to)


@transaction.atomic
def remove_step(*, step: Step, by: Actor) -> int:
    """Takes the step and everything below it out of the plan; returns how many steps that were. `restore_step` undoes it."""
    tree = Tree(locked(step.plan))
    gone = tree.below(step.pk)
    if gone:
        Step.objects.filter(pk__in=gone).update(removed_at=timezone.now(), removed_by=by.user)
        record("step.removed", by=by, target=step, steps=len(gone))
    return len(gone)


@transaction.atomic
def restore_step(*, step: Step, by: Actor) -> None:
    """Brings back the step with everything that was removed together with it, to its place or, without its parent, to the top."""
    tree = Tree(locked(step.plan))
    step.refresh_from_db()
    if step.removed_at is None:
        return
    if step.parent_id is not None and step.parent_id not in tree.steps:
        step.parent = None
        step.order = next_order(Step.objects.filter(plan=step.plan_id, parent=None))
        step.save(update_fields=["parent", "order"])
    together = Step.objects.filter(plan=step.plan_id, removed_at=step.removed_at)
    Step.objects.filter(pk__in=Tree(step.plan, together).below(step.pk)).update(removed_at=None, removed_by=None)
    record("step.restored", by=by, target=step)


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
    Step.objects.select_for_update(no_key=True).get(pk=step.pk)
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
    record(
        "step.responsible_set",
        by=by,
        target=step,
        parties=[str(r.party) for r in mine.select_related("partner", "contact", "position")],
    )


class Tree:
    """A plan's present steps as they stand under the lock: one query, then answers."""

    def __init__(self, plan: Plan, steps: Any = None) -> None:
        rows = Step.objects.present().filter(plan=plan) if steps is None else steps
        self.steps: dict[int, Step] = {step.pk: step for step in rows.order_by("order", "pk")}

    def parent_of(self, key: int) -> int | None:
        return self.steps[key].parent_id

    def children_of(self, key: int | None) -> list[Step]:
        """In their order."""
        return [step for step in self.steps.values() if step.parent_id == key]

    def below(self, key: int) -> list[int]:
        """The step and everything under it; nothing when it is not there."""
        found = [key] if key in self.steps else []
        for at in found:  # grows while it is read
            found.extend(step.pk for step in self.children_of(at))
        return found

    def level(self, key: int | None) -> int:
        """1 for a top-level step, 0 for the place above them all."""
        return 0 if key is None else 1 + self.level(self.parent_of(key))

    def height(self, key: int) -> int:
        """How many levels the step and what is below it take."""
        return 1 + max((self.height(child.pk) for child in self.children_of(key)), default=0)

    def check_place(self, key: int | None, parent: int | None) -> None:
        """Raises ValidationError when the step (None: a new one) cannot stand under the parent."""
        if (key is not None and key not in self.steps) or (parent is not None and parent not in self.steps):
            raise ValidationError(GONE)
        if key is not None and parent in self.below(key):
            raise ValidationError("A step cannot be a sub-step of itself or of its own sub-steps.")
        if self.level(parent) + (1 if key is None else self.height(key)) > LEVELS:
            raise ValidationError(TOO_DEEP)


def _put(step: Step, parent: int | None, siblings: list[Step], at: int | None = None) -> bool:
    step.parent_id = parent
    step.save(update_fields=["parent"])
    siblings.insert(len(siblings) if at is None else at, step)
    renumber(siblings)
    return True
