"""Which source of funding pays for which step."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from phast.access.table import Action
from plans.models import Step, StepLink

from .change import changed

if TYPE_CHECKING:
    from coalitions.models import FundingSource
    from phast.access.actor import Actor


@transaction.atomic
def pay_for_step(*, step: Step, sources: Collection[FundingSource], by: Actor) -> None:
    """Says what pays for the step: these sources and no others."""
    before = set(
        StepLink.objects.filter(step=step).exclude(funding_source=None).values_list("funding_source", flat=True)
    )
    wanted = {source.pk for source in sources}
    _link([(step.pk, source) for source in wanted - before])
    StepLink.objects.filter(step=step, funding_source__in=before - wanted).delete()
    if before != wanted:
        changed("step.funded", plan=step.plan_id, target=step, by=by, sources=len(wanted))


@transaction.atomic
def pay_for_steps(*, source: FundingSource, steps: Collection[int], by: Actor) -> None:
    """Says which unfinished steps of active plans the source pays for, by their keys. What it paid for and is finished stays.

    Raises ValidationError when one is none of them.
    """
    every = {step.pk: step for step in Step.objects.visible_to(by, Action.PLANS_EDIT).unfinished()}
    if not set(steps) <= set(every):
        raise ValidationError("One of these steps is finished or gone. Look at the list again and choose once more.")
    mine = StepLink.objects.filter(funding_source=source, step__in=every)
    before = set(mine.values_list("step", flat=True))
    _link([(step, source.pk) for step in set(steps) - before])
    mine.filter(step__in=before - set(steps)).delete()
    for key in sorted(before ^ set(steps)):
        changed("step.funded", plan=every[key].plan_id, target=every[key], by=by, source=source.pk, ended=key in before)


def _link(pairs: Collection[tuple[int, int]]) -> None:
    """Two people who link the same at once link it once."""
    StepLink.objects.bulk_create(
        (StepLink(step_id=step, funding_source_id=source) for step, source in pairs), ignore_conflicts=True
    )
