"""A plan's steps as a tree, read under the plan's lock: where a step may stand, and putting it there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone

from plans.models import Plan, Step

if TYPE_CHECKING:
    from phast.access.actor import Actor

# Deeper than this an outline cannot be read on a phone, nor said in a meeting.
LEVELS = 5
GONE = "This step was removed from the plan meanwhile. Reload the page to see what has changed."
TOO_DEEP = f"Steps nest at most {LEVELS} levels deep. Move it out first, or put it somewhere else."


class Place(NamedTuple):
    """Where a step stands: under which step (None: at the top), behind which of its siblings (None: first)."""

    parent: int | None
    after: int | None


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

    def place_of(self, key: int) -> Place:
        parent = self.parent_of(key)
        siblings = [step.pk for step in self.children_of(parent)]
        at = siblings.index(key)
        return Place(parent, siblings[at - 1] if at else None)

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

    def put(self, key: int, place: Place) -> bool:
        """Puts the step there, last where the sibling it should follow is gone. False when it stands there already.

        Raises ValidationError as `check_place` does.
        """
        self.check_place(key, place.parent)
        if place == self.place_of(key):
            return False
        step = self.steps[key]
        if step.parent_id != place.parent:
            step.parent_id = place.parent
            step.save(update_fields=["parent"])
        siblings = [other for other in self.children_of(place.parent) if other.pk != key]
        insert_after(siblings, step, place.after)
        return True


def insert_after(siblings: list[Any], item: Any, after: int | None) -> None:
    """Puts `item` behind the sibling with the key `after` (None: first; not there: last) and numbers them all."""
    keys = [other.pk for other in siblings]
    siblings.insert(0 if after is None else keys.index(after) + 1 if after in keys else len(siblings), item)
    renumber(siblings)


def renumber(siblings: Sequence[Any]) -> None:
    """Writes 1, 2, 3… where it is not so yet."""
    moved = []
    for order, item in enumerate(siblings, 1):
        if item.order != order:
            item.order = order
            moved.append(item)
    if moved:
        type(moved[0]).objects.bulk_update(moved, ["order"])


def take_out(tree: Tree, key: int, *, by: Actor) -> list[int]:
    """Marks the step and everything below it as removed; returns their keys."""
    gone = tree.below(key)
    Step.objects.filter(pk__in=gone).update(removed_at=timezone.now(), removed_by=by.user)
    return gone


def bring_back(tree: Tree, step: Step) -> list[int]:
    """Brings back the step with what was removed together with it: to its place or, where that is gone or too deep now, to the top.

    Returns the keys of what came back.
    """
    together = Tree(step.plan, Step.objects.filter(plan=step.plan_id, removed_at=step.removed_at))
    back = together.below(step.pk)
    too_deep = step.parent_id in tree.steps and tree.level(step.parent_id) + together.height(step.pk) > LEVELS
    if step.parent_id is not None and (step.parent_id not in tree.steps or too_deep):
        step.parent = None
        step.order = 1 + max((top.order for top in tree.children_of(None)), default=0)
        step.save(update_fields=["parent", "order"])
    Step.objects.filter(pk__in=back).update(removed_at=None, removed_by=None)
    return back
