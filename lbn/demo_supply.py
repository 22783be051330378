"""The demo coalition's kits on shelves: sites, receipts that the counts drew on, a transfer under way, a stock-take."""

from __future__ import annotations

import calendar
import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pgtrigger
from django.db.models import Sum

from coalitions.demo_history import moment, telling
from coalitions.models import Partner
from coalitions.reference import rows
from lbn.enums import Movement, StockReason
from lbn.models import Count, Site, StockBalance, StockMovement, StockTake, Transfer
from lbn.supply import lose, offer_transfer, open_site, receive, send, take_stock

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

    Happened = Callable[[dt.datetime], None]

COORDINATOR, LEAD = "coordinator@example.org", "lead@example.org"
LEADS_AT = "riverbend-police"  # the lead's agency; elsewhere the coordinator enters on behalf
KEPT_FOR = dt.timedelta(days=150)


def load(coalition: Coalition, by_email: Mapping[str, Actor]) -> None:
    """Creates the sites and what became of their kits, once: it is dated from that day."""
    if Site.objects.of(coalition).exists():
        return
    with telling(coalition) as happened:
        sites, by = _open(coalition, by_email, happened)
        _receive(coalition, sites, by, happened)
        _take_stock(coalition, sites["headquarters"], by["headquarters"], happened)
        _move(coalition, sites, by, happened)


def _open(
    coalition: Coalition, by_email: Mapping[str, Actor], happened: Happened
) -> tuple[dict[str, Site], dict[str, Actor]]:
    names = {row["key"]: row["name"] for row in rows("demo/partners.csv")}
    partners = {partner.name: partner for partner in Partner.objects.of(coalition)}
    since = coalition.today() - KEPT_FOR
    sites, by = {}, {}
    for row in rows("demo/supply_sites.csv"):
        by[row["key"]] = by_email[LEAD if row["partner"] == LEADS_AT else COORDINATOR]
        sites[row["key"]] = open_site(
            partner=partners[names[row["partner"]]],
            name=row["name"],
            gives_out=bool(row["gives_out"]),
            par=int(row["fill_up_below"]) if row["fill_up_below"] else None,
            tracked_from=since,
            by=by[row["key"]],
        )
        happened(moment(coalition, since, 10))
    return sites, by


def _receive(coalition: Coalition, sites: dict[str, Site], by: dict[str, Actor], happened: Happened) -> None:
    """Receipts in the order of the file: the first of an agency holds what it has left behind since, and some more or fewer."""
    today = coalition.today()
    for row in rows("demo/supply_receipts.csv"):
        site, on = sites[row["site"]], today - dt.timedelta(days=int(row["days_ago"]))
        kits = int(row["kits"]) + (_left_since(site, on) if row["with_what_was_left"] else 0)
        receive(
            site=site,
            number=row["lot"],
            product=row["product"],
            expires_on=_end_of_month(today + dt.timedelta(days=int(row["expires_after_days"]))),
            kits=kits,
            came_from=row["came_from"],
            on=on,
            client_key=uuid.uuid4(),
            by=by[row["site"]],
        )
        happened(moment(coalition, on, 11))


def _move(coalition: Coalition, sites: dict[str, Site], by: dict[str, Actor], happened: Happened) -> None:
    """Kits that moved, one offer that waits, and two kits that lay in a hot car."""
    today = coalition.today()
    coordinator, lead = by["public-health"], by["headquarters"]
    stock = _shelf(sites["public-health"], "4F32277")
    waiting = offer_transfer(balance=stock, to_site=sites["east"], kits=24, client_key=uuid.uuid4(), by=coordinator)
    offered = moment(coalition, today - dt.timedelta(days=2), 14, 10)
    Transfer.objects.filter(pk=waiting.pk).update(offered_at=offered)
    happened(offered)
    yesterday = moment(coalition, today - dt.timedelta(days=1), 9, 40)
    send(balance=_shelf(sites["store"], "4F30516"), to_site=sites["east"], kits=6, client_key=uuid.uuid4(), by=lead)
    happened(yesterday)
    happened(yesterday)
    hot = _shelf(sites["headquarters"], "4F21873")
    day = today - dt.timedelta(days=1)
    lose(balance=hot, kits=2, reason=StockReason.HEAT, on=day, client_key=uuid.uuid4(), by=lead)
    happened(yesterday)


def _take_stock(coalition: Coalition, site: Site, by: Actor, happened: Happened) -> None:
    """Counted three days ago, and one kit was not there."""
    day = coalition.today() - dt.timedelta(days=3)
    shelf = site.balances.filter(kits__gt=0).select_related("lot").order_by("lot__expires_on")
    found = {balance.lot: balance.kits - (number == 0) for number, balance in enumerate(shelf)}
    take = take_stock(site=site, found=found, client_key=uuid.uuid4(), by=by)
    happened(moment(coalition, day, 16, 30))
    StockTake.objects.filter(pk=take.pk).update(taken_on=day, created_at=moment(coalition, day, 16, 30))
    StockBalance.objects.filter(site=site, lot__in=found).update(counted_on=day)
    with pgtrigger.ignore("lbn.StockMovement:append_only"):
        StockMovement.objects.filter(take=take, kind=Movement.COUNTED).update(happened_on=day)


def _left_since(site: Site, day: dt.date) -> int:
    counts = Count.objects.filter(partner=site.partner, voided_at=None, to_on__gte=day)
    return counts.aggregate(kits=Sum("kits"))["kits"] or 0


def _shelf(site: Site, number: str) -> StockBalance:
    return StockBalance.objects.select_related("lot", "site__partner").get(site=site, lot__number=number)


def _end_of_month(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
