"""The plan itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from plans.models import Plan

from . import undo
from .change import changed

if TYPE_CHECKING:
    from phast.access.actor import Actor


@transaction.atomic
def create_plan(*, title: str, scenario: str = "", challenge: str = "", by: Actor) -> Plan:
    """An empty plan, as a draft."""
    plan = Plan.objects.create(
        coalition=by.coalition, title=title, scenario=scenario, challenge=challenge, created_by=by.user
    )
    changed("plan.created", plan=plan, target=plan, by=by)
    return plan


@transaction.atomic
def edit_plan(*, plan: Plan, values: dict[str, Any], version: int | None, by: Actor) -> Plan:
    """Changes title, scenario, challenge or status. Raises EditConflict when somebody saved it since `version`."""
    plan.lock(version)
    was = undo.snapshot(Plan.objects.get(pk=plan.pk), values)
    for name, value in values.items():
        setattr(plan, name, value)
    plan.save(update_fields=[*values, "version"])
    changed("plan.edited", plan=plan, target=plan, by=by, undo=undo.values(plan, was), fields=sorted(values))
    return plan


def locked(plan: Plan) -> Plan:
    """The plan's row, locked until the transaction ends: whoever changes the order of things in it comes one after the other."""
    return Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
