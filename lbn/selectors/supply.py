"""What is on the shelves, what expires, and who holds a lot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from lbn.enums import Movement, TransferState
from lbn.models import Count, Lot, Site, StockBalance, StockMovement, Transfer
from lbn.supply.ledger import lot_number
from phast.access.table import Action

if TYPE_CHECKING:
    from coalitions.models import Partner
    from phast.access.actor import Actor

SOON = dt.timedelta(days=90)  # kits whose printed expiry comes within these days "expire soon"
USE_OVER = dt.timedelta(days=90)  # days of supply are reckoned from what was left behind in these last days


@dataclass(frozen=True)
class Holding:
    """What one site has to do with a lot: kits on the shelf, left behind from it, and on their way to it."""

    agency: str
    site: str
    site_id: int
    lot: Lot
    kits: int
    left_behind: int
    coming: int = 0


def on_shelves(actor: Actor) -> QuerySet[StockBalance]:
    """Kits on the shelves the actor may see, the first to expire first."""
    return (
        StockBalance.objects.visible_to(actor, Action.PROGRAM_SEE)
        .filter(kits__gt=0)
        .select_related("lot", "site__partner")
        .order_by("lot__expires_on", "lot", "site")
    )


def expiring(actor: Actor, within: dt.timedelta = SOON) -> QuerySet[StockBalance]:
    """Those on the shelves that expire within this time, or have expired and are still there."""
    return on_shelves(actor).filter(lot__expires_on__lte=actor.coalition.today() + within)


def below_par(actor: Actor) -> QuerySet[Site]:
    """Sites that hold fewer kits that can be used than they are to have; `usable` says how many."""
    usable = Sum("balances__kits", filter=Q(balances__lot__expires_on__gte=actor.coalition.today()))
    return (
        Site.objects.visible_to(actor, Action.PROGRAM_SEE)
        .filter(is_active=True, par__isnull=False)
        .select_related("partner")
        .annotate(usable=Coalesce(usable, 0))
        .filter(usable__lt=F("par"))
    )


def days_of_supply(actor: Actor) -> dict[int, int | None]:
    """For each agency that keeps kits here, for how many days they last at the pace of the last 90 days; None: none were left behind.
    Expired kits do not count. Two queries."""
    today = actor.coalition.today()
    usable = on_shelves(actor).filter(lot__expires_on__gte=today).order_by()
    held = dict(usable.values_list("site__partner").annotate(Sum("kits")))
    moved = StockMovement.objects.visible_to(actor, Action.PROGRAM_SEE).filter(
        kind__in=[Movement.LEFT, Movement.RETURNED], happened_on__gt=today - USE_OVER
    )
    used = dict(moved.order_by().values_list("site__partner").annotate(Sum("kits")))
    return {
        partner: kits * USE_OVER.days // -used[partner] if used.get(partner, 0) < 0 else None
        for partner, kits in held.items()
    }


def who_holds(actor: Actor, number: str, product: str = "") -> list[Holding]:
    """A recall: every site that holds kits of a lot, left some behind, or has some on their way to it; those that hold most first.

    One query for the shelves and one for what is on its way. Raises ValidationError when `number` is no lot number.
    """
    lots = Lot.objects.of(actor.coalition).filter(number=lot_number(number))
    if product:
        lots = lots.filter(product=product)
    shelves = (
        StockBalance.objects.visible_to(actor, Action.PROGRAM_SEE)
        .filter(lot__in=lots)
        .select_related("lot", "site__partner")
        .order_by("-kits", "site")
    )
    under_way = (
        Transfer.objects.visible_to(actor, Action.PROGRAM_SEE)
        .filter(lot__in=lots, state=TransferState.OFFERED)
        .select_related("lot", "to_site__partner")
        .order_by("pk")
    )
    found = [_holding(one.site, one.lot, one.kits, one.left_behind) for one in shelves if one.kits or one.left_behind]
    return found + [_holding(one.to_site, one.lot, 0, 0, one.kits) for one in under_way]


def _holding(site: Site, lot: Lot, kits: int, left_behind: int, coming: int = 0) -> Holding:
    return Holding(site.partner.name, site.name, site.pk, lot, kits, left_behind, coming)


def not_drawn(partner: Partner) -> int:
    """Kits the agency counted since it keeps supply here, for which no shelf held any: receipts that were never entered, or kits that
    were gone before a stock-take."""
    since = Site.objects.filter(partner=partner).order_by("tracked_from").values_list("tracked_from", flat=True).first()
    if since is None:
        return 0
    counted = Count.objects.filter(partner=partner, voided_at=None, to_on__gte=since)
    kits = counted.aggregate(kits=Sum("kits"))["kits"] or 0
    return kits - _drawn(counted.values("pk"))


def _drawn(counts: Collection[int] | QuerySet) -> int:
    moved = StockMovement.objects.filter(count__in=counts, kind__in=[Movement.LEFT, Movement.RETURNED])
    return -(moved.aggregate(kits=Sum("kits"))["kits"] or 0)
