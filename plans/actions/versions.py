"""Approving a plan and taking an approval back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from phast.audit import record
from phast.reports.actions import take_back_released, take_back_summaries
from plans.enums import REPORT, SUMMARY
from plans.models import Plan, PlanVersion
from plans.versions import content_of, same, sha256, standing_version

from .change import changed
from .plan import locked

if TYPE_CHECKING:
    from phast.access.actor import Actor


@transaction.atomic
def approve_plan(*, plan: Plan, note: str = "", seen: str = "", by: Actor) -> PlanVersion:
    """Freezes the plan as its next version, which observers read from now on. `note`: what is new.

    `seen`: the hash of what the person looked at before. Raises ValidationError for a template, when the plan is no longer what they
    saw, and when the version observers read now says the same.
    """
    plan = locked(plan)
    if plan.is_template:
        raise ValidationError("This is a template, for copying. Copy it, and approve the plan you make of it.")
    content = content_of(plan, today=by.coalition.today())
    if seen and seen != sha256(content):
        raise ValidationError(
            "Somebody changed the plan while you read it. It is shown below as it is now: look again."
        )
    standing = standing_version(plan)
    if standing is not None and same(standing.content, content):
        raise ValidationError(f"Nothing has changed since version {standing.number}. Observers read the plan as it is.")
    last = PlanVersion.objects.filter(plan=plan).aggregate(last=Max("number"))["last"] or 0
    version = PlanVersion.objects.create(
        plan=plan,
        number=last + 1,
        note=note,
        content=content,
        sha256=sha256(content),
        approved_at=timezone.now(),
        approved_by=by.user,
    )
    _read_now(plan, version)
    changed("plan.approved", plan=plan, target=plan, by=by, version=version.number)
    return version


@transaction.atomic
def withdraw_version(*, version: PlanVersion, by: Actor) -> None:
    """Observers no longer read the version, nor the PDFs of it that were drawn for them; they read the one before, if there is one.

    Withdrawing twice changes nothing.
    """
    plan = locked(version.plan)
    standing = PlanVersion.objects.filter(pk=version.pk, withdrawn_at=None)
    if not standing.update(withdrawn_at=timezone.now(), withdrawn_by=by.user):
        return
    _read_now(plan, standing_version(plan))
    for kind in (REPORT, SUMMARY):
        take_back_released(kind=kind, parameters={"version": version.pk}, coalition=by.coalition)
    # Before there were versions, observers' PDFs named the plan alone.
    take_back_released(kind=REPORT, parameters={"plan": plan.pk}, coalition=by.coalition)
    take_back_summaries(since=version.approved_at, coalition=by.coalition)
    changed("plan.version_withdrawn", plan=plan, target=plan, by=by, version=version.number)


def freeze_earlier_approvals() -> str:
    """Version 1 for every plan that was approved before there were versions, so that observers keep what they could read.

    Belongs to `manage.py load_reference`, which runs with every deploy; run again, it finds nothing to do.
    """
    waiting = Plan.objects.filter(approved_at__isnull=False, versions=None).values_list("pk", flat=True)
    frozen = sum(_freeze_first(key) for key in list(waiting))
    return f"plan versions: {frozen} earlier approval{'' if frozen == 1 else 's'} frozen as version 1"


@transaction.atomic
def _freeze_first(key: int) -> bool:
    plan = Plan.objects.select_for_update(no_key=True, of=("self",)).select_related("coalition").get(pk=key)
    if plan.approved_at is None or plan.approved_by is None or plan.versions.exists():
        return False
    content = content_of(plan, today=plan.coalition.today())
    PlanVersion.objects.create(
        plan=plan,
        number=1,
        content=content,
        sha256=sha256(content),
        approved_at=plan.approved_at,
        approved_by=plan.approved_by,
    )
    record("plan.version_frozen", coalition=plan.coalition, target=plan, version=1)
    return True


def _read_now(plan: Plan, version: PlanVersion | None) -> None:
    """The plan's own pair says when, and by whom, what observers read now was approved."""
    plan.approved_at = version.approved_at if version else None
    plan.approved_by = version.approved_by if version else None
    plan.save(update_fields=["approved_at", "approved_by"])
