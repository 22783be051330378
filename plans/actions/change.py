"""Telling that a plan has changed: to the audit log, to whoever has the plan open, and to who may want it undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phast.audit import record
from plans.models import Plan, PlanChange

if TYPE_CHECKING:
    from django.db.models import Model

    from phast.access.actor import Actor


def changed(
    verb: str, *, plan: Plan | int, target: Model, by: Actor, undo: dict[str, Any] | None = None, **detail: Any
) -> None:
    """Every action on something in a plan ends with this, in its transaction.

    `plan`: the plan or its key. `undo`: plain values that say how to take it back (`plans.actions.undo` has the kinds); None when it
    cannot be. `detail` goes to the audit log: never a free text.
    """
    record(verb, by=by, target=target, **detail)
    PlanChange.objects.create(
        plan_id=plan if isinstance(plan, int) else plan.pk,
        verb=verb,
        item=target._meta.model_name or "",
        item_id=target.pk,
        undo=undo or {},
        by=by.user,
    )
