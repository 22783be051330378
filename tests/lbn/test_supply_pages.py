"""The supply pages, as a person meets them: the shelves, receiving and sending, a stock-take, the ledger, a recall."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lbn.enums import Movement, StockReason, TransferState
from lbn.home_supply import cards
from lbn.models import Lot, Site, StockBalance, StockMovement, StockTake, Transfer
from lbn.supply import accept_transfer, lose, offer_transfer, take_stock
from phast.access.table import Role
from phast.audit.models import Event
from tests.client import ReadingClient
from tests.factories import make_person, sign_in
from tests.world import actor_of

from .conftest import TODAY, Scene
from .test_supply import LATER, SOON, make_site, put, shelf

SUPPLY = "/c/ours/naloxone/supply/"
PAST = dt.date(2026, 10, 31)
MOST_QUERIES = 15


@pytest.fixture
def station(scene: Scene) -> Site:
    return make_site(scene, "Station", par=20)


@pytest.fixture
def reporter(client: ReadingClient, scene: Scene) -> ReadingClient:
    sign_in(client, scene.reporter_user)
    return client


@pytest.fixture
def coordinator(scene: Scene) -> ReadingClient:
    client = ReadingClient()
    sign_in(client, scene.coordinator_user)
    return client


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


# ------------------------------------------------------------------ the shelves
def test_the_page_shows_each_site_what_expires_first_first(
    reporter: ReadingClient, scene: Scene, station: Site
) -> None:
    put(scene, station, "LATE", LATER, 10)
    put(scene, station, "SOON", SOON, 3)
    put(scene, station, "OLD", PAST, 2)
    put(scene, make_site(scene, "Engine 2", partner=scene.other), "OTHER", SOON, 7)
    scene.log(kits=1, day=TODAY)
    said = text(reporter.get(SUPPLY))
    assert said.index("OLD") < said.index("SOON") < said.index("LATE")
    assert "14 kits on the shelves" in said
    assert "1,080 days of supply" in said
    assert "4 expiring in 90 days 2 of them have expired" in said
    assert "1 site to fill up" in said
    assert "fill up below 20 Fill up" in said
    assert "OTHER" not in said


def test_a_coordinator_sees_all_agencies_and_chooses_one_in_the_address(
    coordinator: ReadingClient, scene: Scene, station: Site
) -> None:
    put(scene, station, "OURS", SOON, 3)
    put(scene, make_site(scene, "Engine 2", partner=scene.other), "OTHER", SOON, 7)
    both, one = text(coordinator.get(SUPPLY)), text(coordinator.get(f"{SUPPLY}?agency={scene.other.pk}"))
    assert "10 kits on the shelves" in both
    assert "OURS" in both
    assert "7 kits on the shelves" in one
    assert "OURS" not in one
    assert coordinator.get(f"{SUPPLY}?agency=0").status_code == 404


def test_counted_kits_that_no_shelf_held_are_told(reporter: ReadingClient, scene: Scene, station: Site) -> None:
    scene.log(kits=2)
    assert "2 kits were counted as left behind, but no shelf held them" in text(reporter.get(SUPPLY))


def test_what_expires_and_what_to_fill_up_are_lists_of_their_own(
    reporter: ReadingClient, scene: Scene, station: Site
) -> None:
    put(scene, station, "LATE", LATER, 30)
    put(scene, make_site(scene, "Annex", par=5), "SOON", SOON, 3)
    soon, low = text(reporter.get(f"{SUPPLY}?show=expiring")), text(reporter.get(f"{SUPPLY}?show=below"))
    assert ("SOON" in soon, "LATE" in soon) == (True, False)
    assert ("Annex" in low, "Station" in low) == (True, False)
    assert "No closed sites" in text(reporter.get(f"{SUPPLY}?show=closed"))


def test_an_agency_without_sites_is_shown_how_to_begin(reporter: ReadingClient, scene: Scene) -> None:
    assert "No shelves here yet" in text(reporter.get(SUPPLY))


@pytest.mark.parametrize("show", ["", "?show=expiring", "?show=below"])
def test_the_page_asks_as_often_for_ten_thousand_balances_as_for_one(
    coordinator: ReadingClient, scene: Scene, station: Site, show: str
) -> None:
    put(scene, station, "SOON", SOON, 10)
    balance = put(scene, make_site(scene, "Engine 2", partner=scene.other), "SOON", SOON, 9)
    offer_transfer(balance=balance, to_site=station, kits=1, client_key=uuid.uuid4(), by=scene.coordinator)
    few = queries(coordinator, SUPPLY + show)
    many(scene, sites=100, lots=100)
    assert queries(coordinator, SUPPLY + show) == few <= MOST_QUERIES
    one = SUPPLY + (show or "?") + f"&agency={scene.agency.pk}"
    assert queries(coordinator, one) <= MOST_QUERIES


# ------------------------------------------------------------------ receiving, sending, taking off
def received(station: Site, **values: str) -> dict[str, str]:
    return {
        "client_key": str(uuid.uuid4()),
        "site": str(station.pk),
        "kits": "24",
        "number": "ab 12",
        "expires_on": "06/2027",
        "came_from": "Health department",
        "product": "nasal_4",
        "doses": "2",
        "on": TODAY.isoformat(),
    } | values


def test_kits_received_twice_with_one_press_too_many_are_saved_once(
    reporter: ReadingClient, scene: Scene, station: Site
) -> None:
    form = received(station)
    page = reporter.post(f"{SUPPLY}receive/", form, follow=True)
    reporter.post(f"{SUPPLY}receive/", form)
    assert "24 kits of lot AB12 received at Station." in text(page)
    assert shelf(station) == {"AB12": 24}
    entry = StockMovement.objects.get()
    assert (entry.lot.expires_on, entry.came_from) == (dt.date(2027, 6, 30), "Health department")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("06/2027", dt.date(2027, 6, 30)),
        ("2027-06", dt.date(2027, 6, 30)),
        ("EXP 02/28", dt.date(2028, 2, 29)),
        ("Jun 2027", dt.date(2027, 6, 30)),
        ("6/15/2027", dt.date(2027, 6, 15)),
        ("2027-06-15", dt.date(2027, 6, 15)),
        ("15 Jun 2027", dt.date(2027, 6, 15)),
    ],
)
def test_the_expiry_is_entered_as_it_is_printed(
    reporter: ReadingClient, station: Site, typed: str, day: dt.date
) -> None:
    reporter.post(f"{SUPPLY}receive/", received(station, expires_on=typed))
    assert Lot.objects.get().expires_on == day


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"number": "A?"}, "as it is printed: letters and digits"),
        ({"kits": "0"}, "Enter 1 or more"),
        ({"expires_on": "soon"}, "such as 06/2027"),
        ({"expires_on": "06/2127"}, "This expiry is many years off"),
        ({"on": "1926-11-20"}, "This day is long gone"),
        ({"on": "2026-11-21"}, "still to come"),
        ({"came_from": "call 518-555-0199"}, "phone numbers"),
        ({"client_key": ""}, "Please press Save again"),
    ],
)
def test_nothing_typed_is_lost_when_a_receipt_cannot_be_saved(
    reporter: ReadingClient, station: Site, wrong: dict[str, str], sentence: str
) -> None:
    page = reporter.post(f"{SUPPLY}receive/", received(station, **wrong))
    assert page.status_code == 422
    assert sentence in text(page)
    assert 'value="24"' in page.content.decode() or "kits" in wrong
    assert not StockMovement.objects.exists()


def test_kits_that_came_with_a_past_expiry_are_to_be_taken_off(reporter: ReadingClient, station: Site) -> None:
    page = reporter.post(f"{SUPPLY}receive/", received(station, expires_on="06/2025"), follow=True)
    assert "This lot has expired" in text(page)
    assert "This lot has expired" not in text(reporter.post(f"{SUPPLY}receive/", received(station), follow=True))


def test_a_coordinator_says_first_whose_shelf_it_is(coordinator: ReadingClient, scene: Scene, station: Site) -> None:
    assert "Which agency?" in text(coordinator.get(f"{SUPPLY}receive/"))
    coordinator.post(f"{SUPPLY}receive/?agency={scene.agency.pk}", received(station))
    assert shelf(station) == {"AB12": 24}


def test_kits_move_at_once_within_an_agency_and_are_offered_to_another(
    reporter: ReadingClient, scene: Scene, station: Site
) -> None:
    balance = put(scene, station, "SOON", SOON, 10)
    annex, other = make_site(scene, "Annex"), make_site(scene, "Engine 2", partner=scene.other)
    url = f"{SUPPLY}lots/{balance.pk}/send/"
    form = {"client_key": str(uuid.uuid4()), "site": str(annex.pk), "kits": "4"}
    for _ in range(2):
        assert "4 kits moved to Annex." in text(reporter.post(url, form, follow=True))
    assert (shelf(station), shelf(annex)) == ({"SOON": 6}, {"SOON": 4})
    page = reporter.post(url, {"client_key": str(uuid.uuid4()), "site": str(other.pk), "kits": "2"}, follow=True)
    assert "2 kits offered to Engine 2, Colonie EMS." in text(page)
    assert (shelf(station), shelf(other)) == ({"SOON": 4}, {})
    page = reporter.post(url, {"client_key": str(uuid.uuid4()), "site": str(other.pk), "kits": "5"})
    assert page.status_code == 422
    assert "not that many kits" in text(page)


def test_each_side_answers_an_offer_for_itself(reporter: ReadingClient, scene: Scene, station: Site) -> None:
    other = make_site(scene, "Engine 2", partner=scene.other)
    theirs = put(scene, other, "SOON", SOON, 10)
    ours = put(scene, station, "SOON", SOON, 10)
    send = {"client_key": uuid.uuid4(), "by": scene.coordinator}
    coming = offer_transfer(balance=theirs, to_site=station, kits=4, **send)
    going = offer_transfer(balance=ours, to_site=other, kits=3, **send)
    page = reporter.get(SUPPLY).content.decode()
    assert re.findall(r'value="(accept|decline|withdraw)"', page) == ["accept", "decline", "withdraw"]
    assert reporter.post(f"{SUPPLY}transfers/{going.pk}/", {"answer": "accept"}).status_code == 403
    said = text(reporter.post(f"{SUPPLY}transfers/{coming.pk}/", {"answer": "accept"}, follow=True))
    assert "4 kits are on the shelf of Station." in said
    reporter.post(f"{SUPPLY}transfers/{going.pk}/", {"answer": "withdraw"})
    assert set(Transfer.objects.values_list("state", flat=True)) == {TransferState.ACCEPTED, TransferState.WITHDRAWN}
    late = text(reporter.post(f"{SUPPLY}transfers/{coming.pk}/", {"answer": "decline"}, follow=True))
    assert "This offer was accepted already" in late


def test_an_answer_goes_back_to_its_page_and_nowhere_else(reporter: ReadingClient, scene: Scene, station: Site) -> None:
    balance = put(scene, make_site(scene, "Engine 2", partner=scene.other), "SOON", SOON, 10)
    send = {"client_key": uuid.uuid4(), "by": scene.coordinator}
    transfer = offer_transfer(balance=balance, to_site=station, kits=4, **send)
    for asked, to in ((f"{SUPPLY}?show=offers", f"{SUPPLY}?show=offers"), ("https://elsewhere.example/", SUPPLY)):
        assert reporter.post(f"{SUPPLY}transfers/{transfer.pk}/", {"next": asked}).headers["Location"] == to


def test_kits_are_taken_off_or_put_right_with_a_reason(reporter: ReadingClient, scene: Scene, station: Site) -> None:
    balance = put(scene, station, "SOON", SOON, 10)
    url = f"{SUPPLY}lots/{balance.pk}/change/"
    form = {"what": "lost", "kits": "2", "reason": "heat", "on": TODAY.isoformat()}
    key = str(uuid.uuid4())
    for _ in range(2):
        reporter.post(url, form | {"client_key": key})
    assert shelf(station) == {"SOON": 8}
    for what, left in (("fewer", 6), ("more", 8)):
        reporter.post(url, form | {"client_key": str(uuid.uuid4()), "what": what, "reason": "mistake"})
        assert shelf(station) == {"SOON": left}
    page = reporter.post(url, form | {"client_key": str(uuid.uuid4()), "reason": ""})
    assert page.status_code == 422
    assert "Choose a reason." in text(page)
    page = reporter.post(url, form | {"client_key": str(uuid.uuid4()), "kits": "9"})
    assert "not that many kits" in text(page)
    assert shelf(station) == {"SOON": 8}


def test_expired_kits_are_taken_off_with_one_press(reporter: ReadingClient, scene: Scene, station: Site) -> None:
    balance = put(scene, station, "OLD", PAST, 6)
    page = reporter.get(f"{SUPPLY}lots/{balance.pk}/change/")
    form = page.context["form"]
    sent = {name: str(form[name].value() or "") for name in form.fields}
    assert "6 kits of lot OLD taken off." in text(
        reporter.post(f"{SUPPLY}lots/{balance.pk}/change/", sent, follow=True)
    )
    assert StockMovement.objects.latest("pk").kind == Movement.EXPIRED


# ------------------------------------------------------------------ sites
def test_a_site_is_named_as_a_place_and_not_by_somebodys_phone(reporter: ReadingClient) -> None:
    form = {"name": "Jane, 518-555-0199", "gives_out": "on", "tracked_from": "2026-11-01"}
    page = reporter.post(f"{SUPPLY}sites/new/", form)
    assert page.status_code == 422
    assert "phone numbers" in text(page)
    reporter.post(f"{SUPPLY}sites/new/", form | {"name": "45 Elm Street"})
    assert Site.objects.get().name == "45 Elm Street"


def test_a_site_is_opened_changed_closed_and_opened_again(reporter: ReadingClient, scene: Scene) -> None:
    form = {"name": "Station 1", "par": "12", "gives_out": "on", "tracked_from": "2026-11-01"}
    reporter.post(f"{SUPPLY}sites/new/", form)
    site = Site.objects.get()
    assert (site.partner, site.par, site.gives_out, site.tracked_from) == (
        scene.agency,
        12,
        True,
        dt.date(2026, 11, 1),
    )
    page = reporter.post(f"{SUPPLY}sites/new/", form)
    assert page.status_code == 422
    assert "has a site with this name" in text(page)
    url = f"{SUPPLY}sites/{site.pk}/"
    changed = {"name": "Station One", "par": "", "version": "1"}
    reporter.post(f"{url}edit/", changed)
    site.refresh_from_db()
    assert (site.name, site.par, site.gives_out) == ("Station One", None, False)
    page = reporter.post(f"{url}edit/", changed | {"name": "Mine", "initial-name": "Station 1"})
    assert page.status_code == 422
    assert "Somebody else saved this" in text(page)
    assert "closed" in text(reporter.post(f"{url}close/", follow=True))
    assert "Station One" in text(reporter.get(f"{SUPPLY}?show=closed"))
    reporter.post(f"{url}close/")
    site.refresh_from_db()
    assert site.is_active


def test_a_site_with_kits_does_not_close_and_says_why(reporter: ReadingClient, scene: Scene, station: Site) -> None:
    put(scene, station, "SOON", SOON, 1)
    said = text(reporter.post(f"{SUPPLY}sites/{station.pk}/close/", follow=True))
    assert "There are kits here." in said


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


# ------------------------------------------------------------------ a recall, the home page
def test_a_recall_tells_who_has_the_lot(coordinator: ReadingClient, scene: Scene, station: Site) -> None:
    balance = put(scene, station, "AB12", SOON, 10)
    other = make_site(scene, "Engine 2", partner=scene.other)
    scene.log(kits=2)
    send = {"client_key": uuid.uuid4(), "by": scene.coordinator}
    offer_transfer(balance=balance, to_site=other, kits=3, **send)
    said = text(coordinator.get(f"{SUPPLY}recall/?lot=ab+12"))
    assert "5 still on shelves 3 on their way 2 left behind already" in said
    assert "2 sites of 2 agencies" in said
    link = f"{SUPPLY}lots/{balance.pk}/change/?reason=recalled"
    assert link in coordinator.get(f"{SUPPLY}recall/?lot=ab+12").content.decode()
    assert 'value="recalled" selected' in coordinator.get(link).content.decode()
    assert "Nobody here has this lot" in text(coordinator.get(f"{SUPPLY}recall/?lot=nope"))
    assert "as it is printed" in text(coordinator.get(f"{SUPPLY}recall/?lot=a%3F"))


def test_a_recall_asks_as_often_for_many_sites_as_for_one(
    coordinator: ReadingClient, scene: Scene, station: Site
) -> None:
    put(scene, station, "AB12", SOON, 10)
    few = queries(coordinator, f"{SUPPLY}recall/?lot=AB12")
    for number in range(5):
        put(scene, make_site(scene, f"Site {number}"), "AB12", SOON, 10)
    assert queries(coordinator, f"{SUPPLY}recall/?lot=AB12") == few


def test_the_home_page_says_what_the_shelves_need(scene: Scene, station: Site) -> None:
    assert [card.text for card in cards(scene.reporter)] == ["Station is to be filled up"]
    put(scene, station, "OLD", PAST, 6)
    other = make_site(scene, "Engine 2", partner=scene.other)
    balance = put(scene, other, "LATE", LATER, 10)
    offer_transfer(balance=balance, to_site=station, kits=4, client_key=uuid.uuid4(), by=scene.coordinator)
    assert [card.text for card in cards(scene.reporter)] == [
        "4 kits from Engine 2 are on the way to Station",
        "A lot has expired or will in 90 days",
        "Station is to be filled up",
    ]
    assert next(card.text for card in cards(scene.coordinator)) == "An offer of kits waits for an answer"
    observer = make_person("obs@example.org", coalition=scene.coalition, role=Role.OBSERVER, name="Obs")
    assert cards(actor_of(observer, scene.coalition)) == []
