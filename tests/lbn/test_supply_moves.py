"""Kits are received, sent, answered for and taken off, as a person does it on the supply pages."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest

from lbn.enums import Movement, TransferState
from lbn.models import Lot, Site, StockMovement, Transfer
from lbn.supply import offer_transfer
from tests.client import ReadingClient

from .conftest import TODAY, Scene
from .shelves import PAST, SOON, SUPPLY, make_site, put, shelf, text


@pytest.fixture
def station(scene: Scene) -> Site:
    return make_site(scene, "Station", par=20)


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
