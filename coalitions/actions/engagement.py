"""Working on opportunities and takeaways, and rating how ready the coalition is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef

from coalitions.enums import EngagementStatus, PartnerStatus
from coalitions.models import (
    Coalition,
    CriticalElement,
    Engagement,
    Opportunity,
    Partner,
    ReadinessRating,
    Seat,
    Sector,
    SectorCoverage,
    TakeawayAction,
)
from phast import audit, offers
from phast.constraints import readable
from phast.offers import LinkedStep

if TYPE_CHECKING:
    from phast.access.actor import Actor


@transaction.atomic
def track(*, of: Opportunity | TakeawayAction, values: Mapping[str, Any], version: int | None, by: Actor) -> Engagement:
    """Says how far the coalition is with an opportunity or an action of a takeaway. Without a day of its own, it was touched today.

    Raises EditConflict when somebody saved it since `version` (None: there was nothing yet).
    """
    row, is_new = _row(of, by)
    row.lock(1 if is_new and version is None else (version or 0))
    for name, value in values.items():
        setattr(row, name, value)
    row.touched_on = row.touched_on or by.coalition.today()
    with readable():
        row.save()
    audit.record("engagement.tracked", by=by, target=row, status=row.status)
    return row


@transaction.atomic
def set_status(*, of: Opportunity | TakeawayAction, status: str, by: Actor) -> Engagement:
    """Says how far the coalition is, and nothing else; it was touched today. Who clicks last is right."""
    row, _ = _row(of, by)
    row.lock(None)
    row.status, row.touched_on = status, by.coalition.today()
    row.save()
    audit.record("engagement.tracked", by=by, target=row, status=status)
    return row


@transaction.atomic
def make_step(*, of: Opportunity | TakeawayAction, plan: int | None, by: Actor) -> LinkedStep:
    """Turns it into a step of a plan, which names its lead. What was not begun yet is in progress from now on.

    Raises ValidationError when the plan is none that the person may add to.
    """
    if not offers.steps:
        raise ValidationError("There are no plans in this portal.")
    row, _ = _row(of, by)
    row.lock(None)
    if row.status in (EngagementStatus.NOT_STARTED, EngagementStatus.NOT_APPLICABLE):
        row.status = EngagementStatus.IN_PROGRESS
    row.touched_on = by.coalition.today()
    row.save()
    step = offers.steps[0].add(
        plan=plan, title=of.title, detail=of.text, origin=row, party=row.lead or row.partner, by=by
    )
    audit.record("engagement.made_step", by=by, target=row, step=step.key)
    return step


@transaction.atomic
def rate(*, ratings: Mapping[CriticalElement, tuple[int, str]], on: dt.date, by: Actor) -> None:
    """Rates critical elements on a day, each with its evidence. A second rating on the same day takes the first one's place."""
    for element, (rating, evidence) in ratings.items():
        ReadinessRating.objects.update_or_create(
            coalition=by.coalition,
            element=element,
            on=on,
            defaults={"rating": rating, "evidence": evidence, "by": by.user},
        )
    audit.record(
        "readiness.rated", by=by, target=by.coalition, on=on, ratings={e.pk: r for e, (r, _) in ratings.items()}
    )


def _row(of: Opportunity | TakeawayAction, by: Actor) -> tuple[Engagement, bool]:
    """The row, made when there is none; two people who make it at once get the same one."""
    which = {"opportunity": of} if isinstance(of, Opportunity) else {"action": of}
    return Engagement.objects.get_or_create(coalition=by.coalition, **which)


def record_coverage(*, coalition: Coalition) -> None:
    """Keeps which sectors are filled at the beginning of this month. Later in the month it changes nothing."""
    SectorCoverage.objects.get_or_create(
        coalition=coalition, on=coalition.today().replace(day=1), defaults={"filled": filled_sectors(coalition)}
    )


def filled_sectors(coalition: Coalition) -> list[str]:
    """The keys of the sectors that an active partner or a lived-experience seat is in."""
    active = Partner.objects.of(coalition).filter(status=PartnerStatus.ACTIVE, sectors=OuterRef("pk"))
    seats = Seat.objects.of(coalition).filter(left_on=None, sector=OuterRef("pk"))
    return list(Sector.objects.filter(Exists(active) | Exists(seats)).values_list("key", flat=True))
