"""What all entries of the ledger have in common."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Max

from lbn.actions.standing import record_for
from lbn.models import Lot, Site, StockBalance, StockMovement
from lbn.models.stock_triggers import STOCK_LOCK
from phast.constraints import readable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coalitions.models import Coalition, Partner
    from lbn.enums import Movement
    from phast.access.actor import Actor

MOST = 100_000  # kits in one entry; more is a slip of the finger
FAR = 10  # years from now; a day or an expiry beyond is a slip of the finger
_NOT_IN_A_NUMBER = re.compile(r"[\s\u200b]+")
_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z./-]{0,29}")


def take_turns(partner: Partner) -> None:
    """Whoever changes the agency's shelves waits here for the one before, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [STOCK_LOCK, partner.merged_into_id or partner.pk])


def write(
    site: Site, lot: Lot, kind: Movement, kits: int, *, on: dt.date | None = None, by: Actor, **values: Any
) -> StockMovement:
    """One entry, with its audit event. Raises ValidationError when the shelf does not hold that many, or the day is to come
    or long gone."""
    today = by.coalition.today()
    if on is not None and on > today:
        raise ValidationError("This day is still to come. Enter the day it happened.", code="future")
    if on is not None and is_far(on, today):
        raise ValidationError("This day is long gone. Please check the year.", code="long_gone")
    if not 0 < abs(kits) <= MOST:
        raise ValidationError(f"Enter a whole number of kits from 1 to {MOST:,}.", code="kits")
    with readable():
        entry = StockMovement.objects.create(
            site=site, lot=lot, kind=kind, kits=kits, happened_on=on or today, created_by=by.user, **values
        )
    record_for(f"supply.{kind}", partner=site.partner, by=by, target=entry, kits=kits, site=site.pk, lot=lot.pk)
    return entry


def is_far(day: dt.date, today: dt.date) -> bool:
    """Whether the day is so far off that its year is a slip."""
    return abs(day.year - today.year) > FAR


def written_before(site: Site, client_key: uuid.UUID) -> StockMovement | None:
    """What this key saved already. Ask it once turns are taken."""
    return StockMovement.objects.filter(site=site, client_key=client_key).first()


def settle(site: Site, *, lots: Iterable[Lot] | None = None, **more: Any) -> None:
    """Keeps that the shelves are as the ledger says now: what it took for a count before does not come back to them. `lots`: of these
    alone; `more`: what else the balances keep."""
    there = {"site": site} if lots is None else {"site": site, "lot__in": lots}
    last = StockMovement.objects.filter(**there).aggregate(last=Max("pk"))["last"] or 0
    StockBalance.objects.filter(**there).update(settled_id=last, **more)


def lot_of(coalition: Coalition, *, product: str, number: str, expires_on: dt.date, doses: int) -> Lot:
    """The lot as the coalition knows it, or a new one."""
    with readable():
        lot, _ = Lot.objects.get_or_create(
            coalition=coalition, product=product, number=lot_number(number), expires_on=expires_on, doses=doses
        )
    return lot


def lot_number(text: str) -> str:
    """A lot number as it is kept: capital letters, no spaces, so that " ab 12" and "AB12" are one lot. Raises ValidationError."""
    number = _NOT_IN_A_NUMBER.sub("", text).upper()
    if not _NUMBER.fullmatch(number):
        raise ValidationError(
            "Enter the lot number as it is printed: letters and digits, also with “-”, “.” or “/”.", code="lot_number"
        )
    return number
