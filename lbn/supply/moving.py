"""Kits that come in, get lost, expire, or turn out to be more or fewer."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from lbn.enums import Movement, StockReason
from lbn.models import StockBalance, StockMovement

from .ledger import is_far, lot_of, take_turns, write, written_before

if TYPE_CHECKING:
    from coalitions.models import FundingSource
    from lbn.models import Site
    from phast.access.actor import Actor


@transaction.atomic
def receive(
    *,
    site: Site,
    number: str,
    expires_on: dt.date,
    kits: int,
    product: str,
    doses: int = 2,
    came_from: str = "",
    funding: FundingSource | None = None,
    on: dt.date | None = None,
    client_key: uuid.UUID,
    by: Actor,
) -> StockMovement:
    """Puts kits on the shelf. `on`: the day they came, today if None. Raises ValidationError."""
    take_turns(site.partner)
    if before := written_before(site, client_key):
        return before
    _open(site)
    if is_far(expires_on, by.coalition.today()):
        raise ValidationError("This expiry is many years off. Please check the year.", code="expiry")
    lot = lot_of(by.coalition, product=product, number=number, expires_on=expires_on, doses=doses)
    return write(
        site,
        lot,
        Movement.RECEIVED,
        _some(kits),
        on=on,
        by=by,
        client_key=client_key,
        came_from=came_from,
        funding=funding,
    )


@transaction.atomic
def lose(
    *,
    balance: StockBalance,
    kits: int,
    reason: StockReason,
    on: dt.date | None = None,
    client_key: uuid.UUID,
    by: Actor,
) -> StockMovement:
    """Takes kits off that are lost or damaged. Raises ValidationError."""
    return _take_off(balance, Movement.LOST, -_some(kits), on, client_key, by, reason)


@transaction.atomic
def expire(
    *, balance: StockBalance, kits: int, on: dt.date | None = None, client_key: uuid.UUID, by: Actor
) -> StockMovement:
    """Takes kits off whose printed expiry has passed. Raises ValidationError."""
    if balance.lot.expires_on >= by.coalition.today():
        raise ValidationError("These kits have not expired yet.", code="not_expired")
    return _take_off(balance, Movement.EXPIRED, -_some(kits), on, client_key, by)


@transaction.atomic
def adjust(
    *,
    balance: StockBalance,
    kits: int,
    reason: StockReason,
    on: dt.date | None = None,
    client_key: uuid.UUID,
    by: Actor,
) -> StockMovement:
    """Adds kits, or with a minus takes them off, for a reason. Raises ValidationError."""
    return _take_off(balance, Movement.ADJUSTED, kits, on, client_key, by, reason)


def _take_off(
    balance: StockBalance,
    kind: Movement,
    kits: int,
    on: dt.date | None,
    client_key: uuid.UUID,
    by: Actor,
    reason: str = "",
) -> StockMovement:
    take_turns(balance.site.partner)
    if before := written_before(balance.site, client_key):
        return before
    return write(balance.site, balance.lot, kind, kits, on=on, by=by, client_key=client_key, reason=reason)


def _some(kits: int) -> int:
    if kits <= 0:
        raise ValidationError("Enter a number of kits above 0.", code="kits")
    return kits


def _open(site: Site) -> None:
    if not site.is_active:
        raise ValidationError("This site is closed. Choose another one.", code="closed")
