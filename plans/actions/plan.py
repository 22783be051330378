"""The plan itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from phast.audit import record
from phast.reports.actions import take_back_released
from plans.enums import REPORT
from plans.models import Plan

if TYPE_CHECKING:
    from phast.access.actor import Actor


@transaction.atomic
def create_plan(*, title: str, scenario: str = "", challenge: str = "", by: Actor) -> Plan:
    """An empty plan, as a draft."""
    plan = Plan.objects.create(
        coalition=by.coalition, title=title, scenario=scenario, challenge=challenge, created_by=by.user
    )
    record("plan.created", by=by, target=plan)
    return plan


@transaction.atomic
def edit_plan(*, plan: Plan, values: dict[str, Any], version: int | None, by: Actor) -> Plan:
    """Changes title, scenario, challenge or status. Raises EditConflict when somebody saved it since `version`."""
    plan.lock(version)
    for name, value in values.items():
        setattr(plan, name, value)
    plan.save(update_fields=[*values, "version"])
    record("plan.edited", by=by, target=plan, fields=sorted(values))
    return plan


@transaction.atomic
def approve_plan(*, plan: Plan, by: Actor) -> Plan:
    """From now on observers read the plan. Approving twice changes nothing."""
    plan = locked(plan)
    if plan.approved_at is None:
        plan.approved_at, plan.approved_by = timezone.now(), by.user
        plan.save(update_fields=["approved_at", "approved_by"])
        record("plan.approved", by=by, target=plan)
    return plan


@transaction.atomic
def unapprove_plan(*, plan: Plan, by: Actor) -> Plan:
    """Observers no longer read the plan, nor the PDFs of it that were drawn for them."""
    plan = locked(plan)
    if plan.approved_at is not None:
        plan.approved_at, plan.approved_by = None, None
        plan.save(update_fields=["approved_at", "approved_by"])
        take_back_released(kind=REPORT, parameters={"plan": plan.pk}, coalition=by.coalition)
        record("plan.approval_withdrawn", by=by, target=plan)
    return plan


def locked(plan: Plan) -> Plan:
    """The plan's row, locked until the transaction ends: whoever changes the order of things in it comes one after the other."""
    return Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
