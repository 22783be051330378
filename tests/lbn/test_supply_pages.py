"""The supply pages, as a person meets them: the shelves, their sites, a recall, the home page."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from lbn.home_supply import cards
from lbn.models import Site
from lbn.supply import offer_transfer
from phast.access.table import Role
from tests.client import ReadingClient
from tests.factories import make_person
from tests.world import actor_of

from .conftest import TODAY, Scene
from .shelves import LATER, MOST_QUERIES, PAST, SOON, SUPPLY, make_site, many, put, queries, text


@pytest.fixture
def station(scene: Scene) -> Site:
    return make_site(scene, "Station", par=20)


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
