"""A quarter is published once, small counts hidden, and stays as it is (THREATS 51–53)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client

from coalitions.actions.releases import CannotRelease, CountsChanged, publish_release, request_draft
from coalitions.models import Coalition, Partner, Release, ReleaseDraft
from coalitions.releases import Span, is_intact, make, quarters_to_release, table_of, tables_of, trend
from lbn.models import AreaFigure, AreaFile, Count
from phast.access.actor import Actor
from phast.access.table import Role
from phast.audit.models import Event
from phast.geo.models import County, Zip
from phast.jobs import tasks
from tests.client import body
from tests.factories import make_coalition, make_partner, make_person, sign_in
from tests.world import World, actor_of

SUMMER = Span(dt.date(2026, 7, 1), dt.date(2026, 9, 30))
YEAR = Span(dt.date(2025, 1, 1), dt.date(2025, 12, 31))
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


def run_job(draft: ReleaseDraft) -> None:
    tasks.run_job("coalitions.ReleaseDraft", draft.pk)
    draft.refresh_from_db()
    assert draft.is_ready


def publish(by: Actor, span: Span = SUMMER) -> Release:
    by.coalition.refresh_from_db()
    made = make(by.coalition, span)
    return publish_release(made=made, seen=made.sha256, by=by)


def draft_of(by: Actor, span: Span = SUMMER) -> ReleaseDraft:
    """A draft that a worker has finished."""
    draft = request_draft(span=span, by=by)
    run_job(draft)
    draft.refresh_from_db()
    return draft


def test_small_counts_are_hidden_and_none_can_be_worked_out(summer: Actor) -> None:
    table = table_of(publish(summer))
    assert table.cells["12208"] is None
    assert table.cells["12009"] is None
    assert table.cells["12180"] == 120
    assert table.total == sum(KITS.values())
    hidden = [KITS[label] for label in table.hidden]
    assert sum(hidden) - len(hidden) >= 11  # how far each hidden count can range, seen from outside


@pytest.mark.django_db(transaction=True)
def test_what_was_agreed_to_is_what_is_published(summer: Actor, agency: Partner) -> None:
    draft = draft_of(summer)
    count(agency, summer, "12180", 50)
    with pytest.raises(CountsChanged):
        publish_release(made=draft, seen=draft.sha256, by=summer)
    assert not Release.objects.exists()
    with pytest.raises(CountsChanged):
        publish_release(made=draft_of(summer), seen="something else", by=summer)


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


def test_only_a_quarter_or_a_year_that_is_over_is_released(summer: Actor) -> None:
    for span in (Span.quarter_of(dt.date(2026, 10, 1)), Span.of_months(2026, 1, 12), Span.of_months(2026, 2, 3)):
        with pytest.raises(CannotRelease, match="that is over"):
            publish(summer, span)
    assert SUMMER in quarters_to_release(summer.coalition)
    publish(summer)
    assert SUMMER not in quarters_to_release(summer.coalition)


def test_a_corrected_quarter_is_released_again_and_nothing_is_given_away(summer: Actor, agency: Partner) -> None:
    """THREATS 53: what both releases show differs by nothing or by at least the threshold, and nothing hidden appears."""
    first = publish(summer)
    count(agency, summer, "12180", 4)  # a small correction of a shown figure
    count(agency, summer, "12182", 200)
    second = publish(summer)
    before, after = table_of(first), table_of(second)
    assert after.cells["12180"] is None
    for label in before.hidden:
        assert after.cells[label] is None
    for label, kits in after.cells.items():
        old = before.cells.get(label)
        assert kits is None or old is None or kits == old or abs(kits - old) >= 11


def test_numbers_follow_one_another(summer: Actor) -> None:
    assert [publish(summer).number, publish(summer, SUMMER.quarter_before).number] == [1, 2]


def test_kits_of_a_longer_span_are_left_out_and_their_number_is_not_told(summer: Actor, agency: Partner) -> None:
    count(agency, summer, "12180", 333, dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    release = publish(summer)
    assert table_of(release).total == sum(KITS.values())
    assert release.table["left_out"] is True
    assert "333" not in str(release.table)


def _everything_a_reader_gets(client: Client, release: Release) -> str:
    base = f"/c/ours/naloxone/releases/{release.pk}/"
    paths = [
        base,
        f"{base}table.csv",
        f"{base}table.xlsx",
        "/c/ours/naloxone/releases/",
        "/c/ours/",
        "/c/ours/reports/",
    ]
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
        assert client.post("/c/ours/naloxone/file/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_the_coordinator_looks_then_publishes_in_the_browser(client: Client, summer: Actor) -> None:
    sign_in(client, summer.user)
    draft_url = "/c/ours/naloxone/releases/draft/"
    assert client.post("/c/ours/naloxone/releases/prepare/", {"span": "2026-07"}).status_code == 302
    assert "You can leave this page" in client.get(draft_url).content.decode()
    draft = ReleaseDraft.objects.get()
    run_job(draft)
    page = client.get(draft_url).content.decode()
    assert not Release.objects.exists()
    draft.refresh_from_db()
    assert draft.sha256 in page
    assert "hidden" in page
    again = client.post(draft_url, {"seen": "something else"}, follow=True)
    assert "Counts or settings changed" in again.content.decode()
    run_job(ReleaseDraft.objects.get())
    seen = ReleaseDraft.objects.get().sha256
    done = client.post(draft_url, {"seen": seen}, follow=True)
    assert "Members and observers now see July to September 2026" in done.content.decode()
    assert Event.objects.filter(verb="release.published").count() == 1
    assert not ReleaseDraft.objects.exists()


@pytest.mark.parametrize("span", ["2026-08", "2026-10", "x", "2026-13", "1026-01", "2026", ""])
def test_a_span_that_is_not_over_is_not_prepared(client: Client, summer: Actor, span: str) -> None:
    sign_in(client, summer.user)
    page = client.post("/c/ours/naloxone/releases/prepare/", {"span": span}, follow=True)
    assert "Choose a quarter or a year that is over" in page.content.decode()
    assert not ReleaseDraft.objects.exists()


def test_a_release_holds_the_tables_that_were_chosen_and_no_others(client: Client, summer: Actor) -> None:
    sign_in(client, summer.user)
    summer.coalition.refresh_from_db()
    chosen = {"release_tables": ["kits_by_setting"], "version": summer.coalition.version}
    assert client.post("/c/ours/naloxone/releases/tables/", chosen).status_code == 302
    release = publish(summer)
    assert [table.kind.key for table in tables_of(release)] == ["kits_by_zip", "kits_by_setting"]


def test_agencies_are_named_only_if_they_agreed_and_no_agency_stands_alone_behind_other(
    coalition: Coalition, coordinator: Actor
) -> None:
    kits = {"Albany Police": 100, "Bethlehem EMS": 60, "Colonie Fire": 80, "Delmar Fire": 50}
    agencies = {name: make_partner(coalition, name, agency_type="ems_fire") for name in kits}
    for name, number in kits.items():
        count(agencies[name], coordinator, "12180", number)
    coalition.release_tables = ["kits_by_zip", "kits_by_agency"]
    coalition.save()
    agreed = ["Albany Police", "Bethlehem EMS", "Colonie Fire"]
    Partner.objects.filter(name__in=agreed[:2]).update(named_in_releases=True)
    made = make(coalition, SUMMER)
    assert "Colonie" not in str(made.table)
    shown = {row.label: row.total for row in tables_of(publish(coordinator))[1].rows}
    assert shown == {"Albany Police": 100, "Bethlehem EMS": 60, "Other agencies": 130}


def test_a_single_agency_that_did_not_agree_is_joined_by_another(coalition: Coalition, coordinator: Actor) -> None:
    kits = {"Albany Police": 100, "Bethlehem EMS": 60, "Colonie Fire": 80}
    for name, number in kits.items():
        agency = make_partner(coalition, name, agency_type="ems_fire", named_in_releases=name != "Colonie Fire")
        count(agency, coordinator, "12180", number)
    coalition.release_tables = ["kits_by_zip", "kits_by_agency"]
    coalition.save()
    shown = {row.label: row.total for row in tables_of(publish(coordinator))[1].rows}
    assert shown == {"Albany Police": 100, "Other agencies": 140}


def test_agencies_grouped_in_another_way_than_before_are_left_out(coalition: Coalition, coordinator: Actor) -> None:
    kits = {"Albany Police": 100, "Bethlehem EMS": 60, "Colonie Fire": 80, "Delmar Fire": 5}
    for name, number in kits.items():
        agency = make_partner(coalition, name, agency_type="ems_fire", named_in_releases=name == "Albany Police")
        count(agency, coordinator, "12180", number)
    coalition.release_tables = ["kits_by_zip", "kits_by_agency"]
    coalition.save()
    publish(coordinator)
    Partner.objects.filter(name__in=["Bethlehem EMS", "Colonie Fire"]).update(named_in_releases=True)
    again = publish(coordinator)
    assert {row.label for row in tables_of(again)[1].rows} == {"Albany Police", "Other agencies"}  # as in the first
    Partner.objects.filter(name="Albany Police").update(named_in_releases=False)
    last = publish(coordinator)
    assert [table.kind.key for table in tables_of(last)] == ["kits_by_zip"]
    assert "left out" in last.table["notes"][0]


def test_a_year_adds_up_from_quarters_that_are_published(summer: Actor, agency: Partner) -> None:
    for month in (2, 5, 8, 11):
        count(agency, summer, "12180", 100 + month, dt.date(2025, month, 3))
        count(agency, summer, "12207", month, dt.date(2025, month, 3))
    quarter = publish(summer, Span.quarter_of(dt.date(2025, 2, 1)))
    year = publish(summer, YEAR)
    table = tables_of(year)[0]
    assert table.columns == ["Jan–Mar 2025", "Apr–Jun 2025", "Jul–Sep 2025", "Oct–Dec 2025"]
    row = next(row for row in table.rows if row.label == "12180")
    first = table_of(quarter).cells["12180"]
    assert row.figures[0] in (None, first)
    assert year.span == "2025"
    assert len(trend(Release.objects.all())) == 1  # a year is no quarter


def test_under_the_stricter_setting_an_agency_learns_nothing_by_taking_its_own_kits_away(
    coalition: Coalition, coordinator: Actor
) -> None:
    """12180 has 40 kits, 37 of them one agency's: that agency would know that the others left 3."""
    first, second, third = (make_partner(coalition, name, agency_type="ems_fire") for name in ("One", "Two", "Three"))
    for agency, kits in ((first, 37), (second, 3)):
        count(agency, coordinator, "12180", kits)
    for agency in (first, second, third):
        count(agency, coordinator, "12182", 60)
        count(agency, coordinator, "12207", 50)
    assert tables_of_now(coalition)["12180"] == 40
    coalition.strict_release = True
    coalition.save()
    assert table_of(publish(coordinator)).cells["12180"] is None
    assert table_of(publish(coordinator)).cells["12180"] is None  # and beside the release before


def tables_of_now(coalition: Coalition) -> dict[str, int | None]:
    """Kits by ZIP as a release would show them now."""
    made = make(coalition, SUMMER)
    return dict(table_of(Release(from_on=made.from_on, to_on=made.to_on, threshold=11, table=made.table)).cells)


def test_months_of_a_quarter_and_what_belongs_to_none(summer: Actor, agency: Partner) -> None:
    summer.coalition.release_by_month = True
    summer.coalition.save()
    count(agency, summer, "12180", 77, dt.date(2026, 7, 1), dt.date(2026, 9, 30))
    count(agency, summer, "12180", 40, dt.date(2026, 9, 5))
    table = tables_of(publish(summer))[0]
    assert table.columns == ["Jul 2026", "Aug 2026", "Sep 2026", "In no month"]
    row = next(row for row in table.rows if row.label == "12180")
    assert row.total == 237
    assert [one for one in row.figures if one] == [one for one in (120, 40, 77) if one in row.figures]


def test_deaths_by_zip_are_published_under_the_same_rule(summer: Actor) -> None:
    file = AreaFile.objects.create(
        coalition=summer.coalition, kind="deaths", origin="Vital records", file_label="d.csv", sha256="0" * 64,
        created_by=summer.user,
    )  # fmt: skip
    for zip_code, deaths in {"12180": 31, "12182": 14, "12207": 4, "12009": 6}.items():
        AreaFigure.objects.create(
            coalition=summer.coalition, file=file, kind="deaths", year=2025, zip_code=zip_code, figure=deaths
        )
    summer.coalition.release_tables = ["kits_by_zip", "deaths_by_zip"]
    summer.coalition.save()
    deaths = tables_of(publish(summer))[1]
    shown = {row.label: row.total for row in deaths.rows}
    assert deaths.span == "2025"
    assert shown["12180"] == 31
    assert shown["12207"] is shown["12009"] is None


def test_a_release_from_before_there_were_several_tables_is_still_read(client: Client, world: World) -> None:
    old = Release.objects.of(world.ours.coalition).first()
    assert old is not None
    assert "cells" in old.table
    sign_in(client, world.ours.users[Role.MEMBER])
    page = client.get(f"/c/{world.ours.coalition.slug}/naloxone/releases/{old.pk}/").content.decode()
    assert "12180" in page
    assert "hidden" in page


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
    assert {"12180,120,Troy", "12208,hidden,"} <= set(lines)
    assert "Troy" not in str(release.table)
