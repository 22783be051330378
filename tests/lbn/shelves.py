"""Shelves with kits, and the pages about them."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from lbn.enums import Product
from lbn.models import Lot, Site, StockBalance
from lbn.supply import open_site, receive
from tests.client import ReadingClient

from .conftest import TODAY, Scene

SOON, LATER = dt.date(2026, 12, 31), dt.date(2027, 6, 30)
SUPPLY = "/c/ours/naloxone/supply/"
PAST = dt.date(2026, 10, 31)
MOST_QUERIES = 15


def make_site(scene: Scene, name: str, **values: Any) -> Site:
    values = {"partner": scene.agency, "tracked_from": dt.date(2026, 9, 1), "by": scene.coordinator} | values
    return open_site(name=name, **values)


def put(scene: Scene, site: Site, number: str, expires_on: dt.date, kits: int, **values: Any) -> StockBalance:
    values = {"product": Product.NASAL_4, "client_key": uuid.uuid4(), "by": scene.coordinator} | values
    entry = receive(site=site, number=number, expires_on=expires_on, kits=kits, **values)
    return StockBalance.objects.get(site=site, lot=entry.lot)


def shelf(site: Site) -> dict[str, int]:
    return dict(StockBalance.objects.filter(site=site).order_by("lot__expires_on").values_list("lot__number", "kits"))


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def queries(client: ReadingClient, url: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def many(scene: Scene, *, sites: int, lots: int) -> None:
    """Balances as the ledger would have summed them up."""
    made = Site.objects.bulk_create(
        Site(coalition=scene.coalition, partner=scene.agency, name=f"Site {n:04}", tracked_from=TODAY, par=lots * 2)
        for n in range(sites)
    )
    known = Lot.objects.bulk_create(
        Lot(coalition=scene.coalition, number=f"N{n:05}", expires_on=TODAY + dt.timedelta(days=n % 80))
        for n in range(lots)
    )
    StockBalance.objects.bulk_create(StockBalance(site=site, lot=lot, kits=1) for site in made for lot in known)
