"""Which steps come first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from plans.models import Step

from .change import changed
from .plan import locked
from .tree import GONE, Tree

if TYPE_CHECKING:
    from phast.access.actor import Actor

FAMILY = "A step does not wait for its own sub-steps, nor they for it: they belong together."


@transaction.atomic
def set_waits_for(*, step: Step, added: Iterable[Step] = (), removed: Iterable[int] = (), by: Actor) -> None:
    """Changes which steps of the plan come before this one: `added` steps, and keys `removed` from them.

    Only what is named changes, so two people who add at once both succeed. Raises ValidationError when that would make a circle.
    """
    tree = Tree(locked(step.plan))
    new = [other.pk for other in added]
    if any(key not in tree.steps for key in [step.pk, *new]):
        raise ValidationError(GONE)
    step.waits_for.remove(*removed)
    for key in new:
        if key in tree.below(step.pk) or step.pk in tree.below(key):
            raise ValidationError(FAMILY)
        if step.pk in _everything_before(key, step.plan_id):
            raise ValidationError(
                f"“{tree.steps[key]}” waits for “{tree.steps[step.pk]}” already, perhaps by way of others. Each would wait for the other."
            )
        step.waits_for.add(key)
    changed("step.waits_set", plan=step.plan_id, target=step, by=by, waits_for=sorted(_before(step.pk)))


def _before(key: int) -> list[int]:
    return list(Step.waits_for.through.objects.filter(from_step=key).values_list("to_step", flat=True))


def _everything_before(key: int, plan_id: int) -> set[int]:
    """What a step waits for, and what that waits for, and so on; removed steps too, for they may come back."""
    pairs: dict[int, list[int]] = {}
    for first, second in Step.waits_for.through.objects.filter(from_step__plan=plan_id).values_list(
        "from_step", "to_step"
    ):
        pairs.setdefault(first, []).append(second)
    found, left = set(), [key]
    while left:
        at = left.pop()
        if at not in found:
            found.add(at)
            left.extend(pairs.get(at, []))
    return found
