"""Telling that a plan has changed: to the audit log, to whoever has the plan open, and to who may want it undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from phast.audit import record
from plans.models import Plan, PlanChange

from . import undo as ways

if TYPE_CHECKING:
    from django.db.models import Model

    from phast.access.actor import Actor

# Within `together`: what was changed so far and how to take it back, by the plan's key.
_Gathered = dict[int, list[tuple["Model", dict[str, Any] | None]]]
_gathered: ContextVar[_Gathered | None] = ContextVar("_gathered", default=None)


def changed(
    verb: str, *, plan: Plan | int, target: Model, by: Actor, undo: dict[str, Any] | None = None, **detail: Any
) -> None:
    """Every action on something in a plan ends with this, in its transaction.

    `plan`: the plan or its key. `undo`: plain values that say how to take it back (`plans.actions.undo` has the kinds); None when it
    cannot be. `detail` goes to the audit log: never a free text.
    """
    record(verb, by=by, target=target, **detail)
    key = plan if isinstance(plan, int) else plan.pk
    gathered = _gathered.get()
    if gathered is not None:
        gathered.setdefault(key, []).append((target, undo))
        return
    PlanChange.objects.create(
        plan_id=key,
        verb=verb,
        item=target._meta.model_name or "",
        item_id=target.pk,
        undo=undo or {},
        by=by.user,
    )


@contextmanager
def together(verb: str, *, by: Actor) -> Iterator[None]:
    """Changes made inside are one change of each plan, told by the first of them and undone as one. The audit log has every one.

    The caller holds the transaction.
    """
    gathered: _Gathered = {}
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
    for plan, changes in gathered.items():
        first = changes[0][0]
        PlanChange.objects.create(
            plan_id=plan,
            verb=verb,
            item=first._meta.model_name or "",
            item_id=first.pk,
            undo=ways.all_of(undo for _, undo in changes) or {},
            by=by.user,
        )
