"""The ledger of a site and its stock-take, as a person meets them."""

from __future__ import annotations

import uuid

import openpyxl
import pytest
from django.core.files.base import ContentFile

from lbn.enums import StockReason
from lbn.models import Site, StockTake
from lbn.supply import accept_transfer, lose, offer_transfer, take_stock
from phast.access.table import Role
from phast.audit.models import Event
from tests.client import ReadingClient
from tests.factories import make_person, sign_in

from .conftest import Scene
from .shelves import LATER, MOST_QUERIES, SOON, SUPPLY, make_site, put, queries, shelf, text


@pytest.fixture
def station(scene: Scene) -> Site:
    return make_site(scene, "Station", par=20)


# ------------------------------------------------------------------ the ledger
def test_the_ledger_tells_what_came_and_went_and_what_was_there_then(
    reporter: ReadingClient, scene: Scene, station: Site
) -> None:
    balance = put(scene, station, "SOON", SOON, 10, came_from="Health department", by=scene.reporter)
    lose(balance=balance, kits=2, reason=StockReason.HEAT, client_key=uuid.uuid4(), by=scene.coordinator)
    scene.log(kits=3)
    url = f"{SUPPLY}sites/{station.pk}/ledger/"
    said = text(reporter.get(url))
    assert "Left behind SOON −3 5 Rae Reporter" in said
    assert "Lost or damaged Kept too hot or too cold SOON −2 8 The coordinator, on behalf" in said
    assert "Received from Health department SOON +10 10 Rae Reporter" in said
    filtered = text(reporter.get(f"{url}?kind=lost"))
    assert "1 entry" in filtered
    assert "On the shelf then" not in filtered
    assert "Nothing fits" in text(reporter.get(f"{url}?month=2026-01"))


def test_who_made_an_entry_is_told_to_nobody_outside_the_agency(
    reporter: ReadingClient, coordinator: ReadingClient, scene: Scene, station: Site
) -> None:
    other = make_site(scene, "Engine 2", partner=scene.other)
    balance = put(scene, station, "SOON", SOON, 10, by=scene.reporter)
    pat = make_person(
        "pat@example.org", coalition=scene.coalition, role=Role.LEAD, partner=scene.other, name="Pat Other"
    )
    transfer = offer_transfer(balance=balance, to_site=other, kits=4, client_key=uuid.uuid4(), by=scene.reporter)
    theirs = ReadingClient()
    sign_in(theirs, pat)
    theirs.post(f"{SUPPLY}transfers/{transfer.pk}/", {"answer": "decline"})
    url = f"{SUPPLY}sites/{station.pk}/ledger/"
    inside, outside = text(reporter.get(url)), text(coordinator.get(url))
    assert ("Rae Reporter" in inside, "Pat Other" in inside, "Colonie EMS" in inside) == (True, False, True)
    assert ("Rae Reporter" in outside, "Pat Other" in outside) == (False, False)
    assert theirs.get(url).status_code == 404


def test_the_ledger_is_downloaded_as_it_is_filtered(reporter: ReadingClient, scene: Scene, station: Site) -> None:
    put(scene, station, "00012", SOON, 10, came_from="=HYPERLINK(1)")
    scene.log(kits=3)
    url = f"{SUPPLY}sites/{station.pk}/ledger/file/"
    sheet = openpyxl.load_workbook(ContentFile(reporter.post(url, {"format": "xlsx"}).content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:4] == ("Day", "What", "From, to, why", "Lot")
    assert [(row[1], row[3], row[7]) for row in rows[1:]] == [("Left behind", "00012", -3), ("Received", "00012", 10)]
    one = reporter.post(f"{url}?kind=received", {"format": "csv"}).content.decode("utf-8-sig")
    assert one.count("\n") == 2
    assert "from =HYPERLINK(1)" in one
    assert Event.objects.filter(verb="supply.downloaded").count() == 2


@pytest.mark.parametrize("page", ["", "ledger/", "count/", "edit/"])
def test_the_pages_of_a_site_ask_as_often_for_many_lots_as_for_one(
    reporter: ReadingClient, scene: Scene, station: Site, page: str
) -> None:
    put(scene, station, "SOON", SOON, 10)
    url = f"{SUPPLY}sites/{station.pk}/{page}"
    few = queries(reporter, url)
    for number in range(4):
        balance = put(scene, station, f"N{number}", SOON, 10)
    scene.log(kits=3)
    to_site = make_site(scene, "Engine 2", partner=scene.other)
    send = {"client_key": uuid.uuid4(), "by": scene.coordinator}
    accept_transfer(transfer=offer_transfer(balance=balance, to_site=to_site, kits=1, **send), by=scene.coordinator)
    take_stock(site=station, found={balance.lot: 1}, client_key=uuid.uuid4(), by=scene.reporter)
    assert queries(reporter, url) == few <= MOST_QUERIES


# ------------------------------------------------------------------ a stock-take
def test_a_stock_take_shows_what_differs_before_it_saves(reporter: ReadingClient, scene: Scene, station: Site) -> None:
    soon, late = put(scene, station, "SOON", SOON, 10), put(scene, station, "LATE", LATER, 5)
    untouched = put(scene, station, "REST", LATER, 5)
    url = f"{SUPPLY}sites/{station.pk}/count/"
    typed = {"client_key": str(uuid.uuid4()), f"found-{soon.pk}": "7", f"found-{late.pk}": "5"}
    checked = reporter.post(url, typed)
    assert "1 difference 2 of 3 lots counted. Nothing is saved yet." in text(checked)
    assert "SOON 10 7 −3" in text(checked)
    assert not StockTake.objects.exists()
    back = reporter.post(url, typed | {"back": "1"})
    assert f'name="found-{soon.pk}" value="7"' in back.content.decode()
    seen = {f"seen-{soon.pk}": "10", f"seen-{late.pk}": "5", "save": "1"}
    for _ in range(2):
        saved = reporter.post(url, typed | seen, follow=True)
    assert "2 lots counted, 1 difference." in text(saved)
    assert shelf(station) == {"SOON": 7, "LATE": 5, "REST": 5}
    assert StockTake.objects.get().lines.count() == 2
    untouched.refresh_from_db()
    assert untouched.counted_on is None


def test_kits_that_leave_while_somebody_counts_are_shown_before_it_saves(
    reporter: ReadingClient, scene: Scene, station: Site
) -> None:
    soon = put(scene, station, "SOON", SOON, 10)
    scene.log(kits=2)
    sent = {"client_key": str(uuid.uuid4()), f"found-{soon.pk}": "10", f"seen-{soon.pk}": "10", "save": "1"}
    page = reporter.post(f"{SUPPLY}sites/{station.pk}/count/", sent)
    assert "Kits came or went while you counted" in text(page)
    assert "SOON 8 10 +2" in text(page)
    assert not StockTake.objects.exists()


@pytest.mark.parametrize(("typed", "sentence"), [("", "at least one lot"), ("some", "whole number"), ("-1", "0")])
def test_a_stock_take_that_cannot_be_read_keeps_what_was_typed(
    reporter: ReadingClient, scene: Scene, station: Site, typed: str, sentence: str
) -> None:
    soon = put(scene, station, "SOON", SOON, 10)
    sent = {"client_key": str(uuid.uuid4()), f"found-{soon.pk}": typed}
    page = reporter.post(f"{SUPPLY}sites/{station.pk}/count/", sent)
    assert page.status_code == 422
    assert sentence in text(page)
    assert f'value="{typed}"' in page.content.decode() or not typed
