"""Changing several steps at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from plans.enums import Part, StepStatus
from plans.models import Plan, Responsibility, Step

from .change import together
from .steps import edit_step, remove_step, set_responsible
from .updates import update_step

if TYPE_CHECKING:
    from phast.access.actor import Actor

    from .steps import Party

CHANGED, REMOVED = "step.bulk_edited", "step.bulk_removed"


@transaction.atomic
def change_steps(
    *,
    steps: Sequence[Step],
    due: str = "",
    status: StepStatus | None = None,
    add: tuple[Party, Part] | None = None,
    off: Party | None = None,
    by: Actor,
) -> None:
    """Gives every one of the steps this due date, this status and this responsible party, and takes one off; what is empty stays.

    All or none, and undone as one in each plan. Raises ValidationError when one of them was removed meanwhile, ValueError for a due
    date that does not exist.
    """
    _lock_plans(steps)
    with together(CHANGED, by=by):
        for step in steps:
            if due:
                edit_step(step=step, values={"due_said": due}, version=None, by=by)
            if add or off:
                held = Responsibility.objects.filter(step=step, **{str(off._meta.model_name): off}) if off else ()
                set_responsible(step=step, parts={r.pk: None for r in held}, added=[add] if add else [], by=by)
            if status and step.status != status:
                update_step(step=step, status=status, by=by)


@transaction.atomic
def remove_steps(*, steps: Sequence[Step], by: Actor) -> int:
    """Takes the steps and everything below them out of their plans, undone as one in each; returns how many that were."""
    _lock_plans(steps)
    with together(REMOVED, by=by):
        return sum(remove_step(step=step, by=by) for step in steps)


def _lock_plans(steps: Sequence[Step]) -> None:
    """In the order of their keys, so that two people who change the same plans wait for one another instead of for ever."""
    keys = {step.plan_id for step in steps}
    list(Plan.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
