"""Whom a program refers people to, and how often it did: counts of a month, nothing about a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from lbn.models import ReferralCount, ReferralPartner
from phast.constraints import readable

from .standing import record_for

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from coalitions.models import Partner
    from phast.access.actor import Actor

EDITED = ("to", "name", "kind", "how", "is_active")


@transaction.atomic
def add_referral_partner(*, partner: Partner, values: Mapping[str, Any], by: Actor) -> ReferralPartner:
    """Adds an organization the agency refers to. Raises ValidationError when it is on the list already."""
    with readable():
        to = ReferralPartner.objects.create(coalition_id=partner.coalition_id, partner=partner, **values)
    record_for("referral.partner_added", partner=partner, by=by, target=to)
    return to


@transaction.atomic
def edit_referral_partner(
    *, to: ReferralPartner, values: Mapping[str, Any], version: int | None, by: Actor
) -> ReferralPartner:
    """Changes what is said about it, or that it is referred to no more. Raises EditConflict, ValidationError."""
    to = ReferralPartner.objects.get(pk=to.pk)
    to.lock(version)
    for name in EDITED:
        if name in values:
            setattr(to, name, values[name])
    with readable():
        to.save()
    record_for("referral.partner_changed", partner=to.partner, by=by, target=to)
    return to


@transaction.atomic
def count_referrals(
    *, partner: Partner, month: dt.date, numbers: Mapping[int, tuple[int | None, int | None]], by: Actor
) -> None:
    """Keeps the referrals of a month: `numbers` has, by the key of each organization, what the page showed and what was entered;
    None is no number.

    Nothing is kept, and ValidationError says which, when somebody entered another number meanwhile, or the month is still to come.
    """
    if month > by.coalition.today():
        raise ValidationError("This month is still to come.")
    month = month.replace(day=1)
    # Locked in key order, so that two who save at once wait for one another.
    rows = ReferralPartner.objects.select_for_update(of=("self",)).filter(partner=partner, pk__in=numbers)
    known = {row.pk: row for row in rows.select_related("to").order_by("pk")}
    counted = {count.to_id: count for count in ReferralCount.objects.filter(to__in=known, month=month)}
    wrong = []
    for key, (seen, entered) in numbers.items():
        count = counted.get(key)
        now = count.referrals if count else None
        if key not in known or entered in (seen, now):
            continue
        if now != seen:
            wrong.append(f"{known[key]}: somebody entered {_said(now)} meanwhile. Save again to keep {_said(entered)}.")
        else:
            _keep(known[key], month, count, entered, by)
    if wrong:
        raise ValidationError(wrong, code="meanwhile")


def _keep(to: ReferralPartner, month: dt.date, count: ReferralCount | None, entered: int | None, by: Actor) -> None:
    if entered is None:
        if count:
            count.delete()
    elif count:
        count.lock(None)
        count.referrals = entered
        count.save()
    else:
        ReferralCount.objects.create(to=to, month=month, referrals=entered)
    record_for("referrals.counted", partner=to.partner, by=by, target=to, month=f"{month:%Y-%m}")


def _said(number: int | None) -> str:
    return "no number" if number is None else f"{number:,}"
