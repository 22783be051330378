"""A stock-take: what is on the shelf is what the ledger says from then on."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from lbn.actions.standing import record_for
from lbn.enums import Movement
from lbn.models import Lot, StockBalance, StockMovement, StockTake, StockTakeLine

from .ledger import MOST, settle, take_turns

if TYPE_CHECKING:
    from lbn.models import Site
    from phast.access.actor import Actor


@transaction.atomic
def take_stock(*, site: Site, found: Mapping[Lot, int], client_key: uuid.UUID, by: Actor) -> StockTake:
    """Sets the shelf to what was found today, lot by lot; lots that were not counted stay as they are.

    Counts that ended before today and come in later do not draw on what was counted, since their kits were gone by then. Raises
    ValidationError.
    """
    take_turns(site.partner)
    if before := StockTake.objects.filter(site=site, client_key=client_key).first():
        return before
    if not found:
        raise ValidationError("Enter how many kits there are of at least one lot.", code="empty")
    if any(not 0 <= kits <= MOST for kits in found.values()):
        raise ValidationError(f"Enter a whole number of kits from 0 to {MOST:,} for each lot.", code="kits")
    today = by.coalition.today()
    take = StockTake.objects.create(site=site, taken_on=today, client_key=client_key, created_by=by.user)
    there = dict(StockBalance.objects.filter(site=site, lot__in=found).values_list("lot", "kits"))
    StockTakeLine.objects.bulk_create(
        [StockTakeLine(take=take, lot=lot, expected=there.get(lot.pk, 0), found=kits) for lot, kits in found.items()]
    )
    StockMovement.objects.bulk_create(
        [
            _difference(take, lot, kits - there.get(lot.pk, 0), today)
            for lot, kits in found.items()
            if kits != there.get(lot.pk, 0)
        ]
    )
    settle(site, lots=found, counted_on=today)
    record_for("supply.counted", partner=site.partner, by=by, target=take, lots=len(found))
    return take


def _difference(take: StockTake, lot: Lot, kits: int, today: dt.date) -> StockMovement:
    return StockMovement(
        site_id=take.site_id,
        lot=lot,
        kind=Movement.COUNTED,
        kits=kits,
        happened_on=today,
        take=take,
        created_by_id=take.created_by_id,
    )
