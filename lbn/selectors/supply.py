"""What is on the shelves, what expires, and who holds a lot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from lbn.enums import Movement, Product, TransferState
from lbn.models import Count, Site, StockBalance, StockMovement, Transfer
from lbn.supply.ledger import lot_number
from phast.access.table import Action

if TYPE_CHECKING:
    from coalitions.models import Partner
    from phast.access.actor import Actor

SOON = dt.timedelta(days=90)  # kits whose printed expiry comes within these days "expire soon"
USE_OVER = dt.timedelta(days=90)  # days of supply are reckoned from what was left behind in these last days


@dataclass(frozen=True)
class Holding:
    """What one site has to do with a lot: kits on the shelf, left behind from it, and on their way to it. `balance`: the key of the
    shelf's balance, 0 for what is on its way."""

    agency: str
    site: str
    product: str
    expires_on: dt.date
    doses: int
    kits: int
    left_behind: int
    coming: int
    balance: int

    @property
    def product_words(self) -> str:
        return Product(self.product).label


def on_shelves(actor: Actor) -> QuerySet[StockBalance]:
    """Kits on the shelves the actor may see, the first to expire first."""
    return (
        StockBalance.objects.visible_to(actor, Action.PROGRAM_SEE)
        .filter(kits__gt=0)
        .select_related("lot", "site__partner")
        .order_by("lot__expires_on", "lot", "site")
    )


def can_receive(actor: Actor) -> QuerySet[Site]:
    """Every agency's open sites, by name, for whoever sends kits: who is in the roster may be sent some. What is on their shelves is
    another right."""
    return Site.objects.visible_to(actor, Action.ROSTER_SEE).filter(is_active=True).select_related("partner")


def expiring(actor: Actor, within: dt.timedelta = SOON) -> QuerySet[StockBalance]:
    """Those on the shelves that expire within this time, or have expired and are still there."""
    return on_shelves(actor).filter(lot__expires_on__lte=actor.coalition.today() + within)


def below_par(actor: Actor) -> QuerySet[Site]:
    """Sites that hold fewer kits that can be used than they are to have; `usable` says how many."""
    here = StockBalance.objects.filter(site=OuterRef("pk"), lot__expires_on__gte=actor.coalition.today())
    usable = here.order_by().values("site").annotate(kits_here=Sum("kits")).values("kits_here")
    return (
        Site.objects.visible_to(actor, Action.PROGRAM_SEE)
        .filter(is_active=True, par__isnull=False)
        .select_related("partner")
        .annotate(usable=Coalesce(Subquery(usable), 0))
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

    One query. Raises ValidationError when `number` is no lot number.
    """
    lot = {"lot__number": lot_number(number), **({"lot__product": product} if product else {})}
    of_lot, nothing = ("lot__product", "lot__expires_on", "lot__doses"), Value(0)
    shelves = (
        StockBalance.objects.visible_to(actor, Action.PROGRAM_SEE)
        .filter(Q(kits__gt=0) | Q(left_behind__gt=0), lot__coalition=actor.coalition.pk, **lot)
        .order_by()
        .values_list("site__partner__name", "site__name", *of_lot, "kits", "left_behind", nothing, "pk")
    )
    under_way = (
        Transfer.objects.visible_to(actor, Action.PROGRAM_SEE)
        .filter(state=TransferState.OFFERED, lot__coalition=actor.coalition.pk, **lot)
        .order_by()
        .values_list("to_site__partner__name", "to_site__name", *of_lot, nothing, nothing, "kits", nothing)
    )
    found = [Holding(*row) for row in shelves.union(under_way, all=True)]
    return sorted(found, key=lambda one: (-one.kits, -one.coming, one.agency, one.site))


def not_drawn(partner: Partner) -> int:
    """Kits the agency counted since it keeps supply here, for which no shelf held any: receipts that were not entered yet, or kits
    that were gone before a stock-take."""
    since = Site.objects.filter(partner=partner).order_by("tracked_from").values_list("tracked_from", flat=True).first()
    if since is None:
        return 0
    counted = Count.objects.filter(partner=partner, voided_at=None, to_on__gte=since)
    kits = counted.aggregate(kits=Sum("kits"))["kits"] or 0
    return kits - _drawn(counted.values("pk"))


def _drawn(counts: Collection[int] | QuerySet) -> int:
    moved = StockMovement.objects.filter(count__in=counts, kind__in=[Movement.LEFT, Movement.RETURNED])
    return -(moved.aggregate(kits=Sum("kits"))["kits"] or 0)
