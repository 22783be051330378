"""A quarter is published once, small counts hidden, and stays as it is (THREATS 51–53)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client

from coalitions.actions.releases import CannotRelease, CountsChanged, publish_release
from coalitions.models import Coalition, Partner, Release
from coalitions.releases import Quarter, is_intact, preview, quarters_to_release, table_of
from lbn.models import Count
from phast.access.actor import Actor
from phast.access.table import Role
from phast.audit.models import Event
from phast.geo.models import County, Zip
from tests.client import body
from tests.factories import make_coalition, make_partner, make_person, sign_in
from tests.world import actor_of

SUMMER = Quarter(dt.date(2026, 7, 1), dt.date(2026, 9, 30))
AUTUMN = dt.datetime(2026, 11, 20, 17, tzinfo=dt.UTC)
KITS = {"12180": 120, "12182": 45, "12207": 14, "12208": 3, "12009": 7}
SECRETS = ["3", "7", "14"]  # two small ones, and the one that has to go with them


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(AUTUMN, tick=False):
        yield


@pytest.fixture
def coalition(db) -> Coalition:
    coalition = make_coalition()
    coalition.counties.add(
        County.objects.get_or_create(fips="36083", defaults={"name": "Rensselaer", "state": "NY"})[0]
    )
    return coalition


@pytest.fixture
def agency(coalition: Coalition) -> Partner:
    return make_partner(coalition, "Troy Police", agency_type="law_enforcement")


@pytest.fixture
def coordinator(coalition: Coalition) -> Actor:
    return actor_of(
        make_person("ana@example.org", coalition=coalition, role=Role.COORDINATOR, name="Ana Reyes"), coalition
    )


def count(
    agency: Partner,
    by: Actor,
    zip_code: str,
    kits: int,
    day: dt.date = dt.date(2026, 8, 3),
    until: dt.date | None = None,
) -> Count:
    return Count.objects.create(
        coalition=agency.coalition,
        partner=agency,
        from_on=day,
        to_on=until or day,
        zip_code=zip_code,
        kits=kits,
        client_key=uuid.uuid4(),
        created_by=by.user,
    )


@pytest.fixture
def summer(agency: Partner, coordinator: Actor) -> Actor:
    for zip_code, kits in KITS.items():
        count(agency, coordinator, zip_code, kits)
    return coordinator


def publish(by: Actor, quarter: Quarter = SUMMER) -> Release:
    return publish_release(quarter=quarter, seen=preview(by.coalition, quarter).sha256, by=by)


def test_small_counts_are_hidden_and_none_can_be_worked_out(summer: Actor) -> None:
    table = table_of(publish(summer))
    assert table.cells["12208"] is None
    assert table.cells["12009"] is None
    assert table.cells["12180"] == 120
    assert table.total == sum(KITS.values())
    hidden = [KITS[label] for label in table.hidden]
    assert sum(hidden) - len(hidden) >= 11  # how far each hidden count can range, seen from outside


def test_what_was_agreed_to_is_what_is_published(summer: Actor, agency: Partner) -> None:
    seen = preview(summer.coalition, SUMMER).sha256
    count(agency, summer, "12180", 50)
    with pytest.raises(CountsChanged):
        publish_release(quarter=SUMMER, seen=seen, by=summer)
    assert not Release.objects.exists()


def test_a_release_is_frozen_while_counts_go_on(summer: Actor, agency: Partner) -> None:
    release = publish(summer)
    count(agency, summer, "12180", 500)
    release.refresh_from_db()
    assert table_of(release).cells["12180"] == 120
    assert is_intact(release)
    with pytest.raises(DatabaseError), transaction.atomic():
        Release.objects.update(threshold=5)
    with pytest.raises(DatabaseError), transaction.atomic():
        release.delete()


def test_a_quarter_is_released_once_and_only_when_it_is_over(summer: Actor) -> None:
    publish(summer)
    with pytest.raises(CannotRelease, match="has been released"):
        publish(summer)
    with pytest.raises(CannotRelease, match="not over"):
        publish(summer, Quarter(dt.date(2026, 10, 1), dt.date(2026, 12, 31)))
    assert SUMMER not in quarters_to_release(summer.coalition)


def test_numbers_follow_one_another(summer: Actor) -> None:
    assert [publish(summer).number, publish(summer, SUMMER.before).number] == [1, 2]


def test_kits_of_a_longer_span_are_left_out_and_their_number_is_not_told(summer: Actor, agency: Partner) -> None:
    count(agency, summer, "12180", 333, dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    release = publish(summer)
    assert table_of(release).total == sum(KITS.values())
    assert release.table["left_out"] is True
    assert "333" not in str(release.table)


def _everything_a_reader_gets(client: Client, release: Release) -> str:
    base = f"/c/ours/naloxone/releases/{release.pk}/"
    paths = [base, f"{base}table.csv", "/c/ours/naloxone/releases/", "/c/ours/", "/c/ours/reports/"]
    return " ".join(body(client.get(path)).decode() for path in paths)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.OBSERVER])
def test_no_hidden_count_reaches_a_reader_anywhere(
    client: Client, agency: Partner, coordinator: Actor, role: Role
) -> None:
    odd = {"12180": 7120, "12182": 8045, "12207": 6014, "12208": 9, "12009": 4}  # numbers that occur nowhere else
    for zip_code, kits in odd.items():
        count(agency, coordinator, zip_code, min(kits, 5000))
    release = publish(coordinator)
    sign_in(client, make_person("reader@example.org", coalition=agency.coalition, role=role))
    text = _everything_a_reader_gets(client, release)
    hidden = table_of(release).hidden
    assert hidden >= {"12208", "12009"}
    for label in hidden:
        for row in text.split("<tr>"):
            if label in row and "<td" in row:
                assert "hidden" in row
    assert "12208,hidden" in text.replace("\r", "")


def test_nothing_live_reaches_members_and_observers(client: Client, agency: Partner, coordinator: Actor) -> None:
    """A count that is in no release is on no page that they can open."""
    count(agency, coordinator, "12180", 4321, dt.date(2026, 11, 2))
    for role in (Role.MEMBER, Role.OBSERVER):
        sign_in(client, make_person(f"{role}@example.org", coalition=agency.coalition, role=role))
        for path in ("/c/ours/", "/c/ours/naloxone/releases/", "/c/ours/reports/", "/c/ours/partners/"):
            text = client.get(path).content.decode()
            assert "4,321" not in text
            assert "4321" not in text
        assert client.get("/c/ours/naloxone/").status_code == 403
        assert client.get("/c/ours/naloxone/kits.csv").status_code == 403


def test_the_coordinator_looks_then_publishes_in_the_browser(client: Client, summer: Actor) -> None:
    sign_in(client, summer.user)
    page = client.get("/c/ours/naloxone/releases/publish/2026-07/")
    assert page.status_code == 200
    assert not Release.objects.exists()
    seen = preview(summer.coalition, SUMMER).sha256
    assert seen in page.content.decode()
    assert client.post("/c/ours/naloxone/releases/publish/2026-07/", {"seen": "something else"}).status_code == 422
    done = client.post("/c/ours/naloxone/releases/publish/2026-07/", {"seen": seen}, follow=True)
    assert "Members and observers now see July to September 2026" in done.content.decode()
    assert Event.objects.filter(verb="release.published").count() == 1
    assert client.get("/c/ours/naloxone/releases/publish/2026-07/").status_code == 404


def test_the_home_page_says_that_the_last_quarter_can_be_published(client: Client, summer: Actor) -> None:
    words = "July to September 2026 can be published"
    sign_in(client, summer.user)
    assert words not in client.get("/c/ours/").content.decode()  # nobody counted yet
    Partner.objects.of(summer.coalition).update(counts_since=dt.date(2026, 9, 1), agency_type="ems_fire")
    assert words in client.get("/c/ours/").content.decode()
    publish(summer)
    assert "can be published" not in client.get("/c/ours/").content.decode()  # older quarters do not press
    sign_in(client, make_person("lee@example.org", coalition=summer.coalition, role=Role.MEMBER))
    assert "can be published" not in client.get("/c/ours/").content.decode()


def test_a_reader_finds_the_name_of_a_place_beside_its_zip_code(client: Client, summer: Actor) -> None:
    Zip.objects.create(code="12180", place="Troy", latitude=42.7, longitude=-73.6)
    release = publish(summer)
    sign_in(client, summer.user)
    base = f"/c/ours/naloxone/releases/{release.pk}/"
    assert '12180 <span class="place">Troy</span>' in client.get(base).content.decode()
    lines = body(client.get(f"{base}table.csv")).decode().splitlines()
    assert {"ZIP code,Kits,Place", "12180,120,Troy", "12208,hidden,"} <= set(lines)
    assert "Troy" not in str(release.table)


@pytest.mark.parametrize("quarter", ["2026-08", "2026-10", "x", "2026-13", "1026-01"])
def test_an_address_that_names_no_quarter_to_release_is_not_found(client: Client, summer: Actor, quarter: str) -> None:
    sign_in(client, summer.user)
    assert client.get(f"/c/ours/naloxone/releases/publish/{quarter}/").status_code == 404
