"""The kit summary as PDF: exact for those who count, from a release for everybody else (THREATS 41, 51)."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.http import Http404

from coalitions.actions.releases import publish_release
from coalitions.models import Coalition, Partner
from coalitions.releases import Span, make, table_of
from lbn.reports import KITS as KITS_KIND
from phast.access.actor import Actor
from phast.access.table import Action, Role
from phast.geo.models import County
from phast.jobs.lease import run
from phast.jobs.models import JobState
from phast.reports.actions import request_report
from phast.reports.kinds import Choice
from phast.reports.models import Report
from phast.reports.schedules import repeating
from tests.client import ReadingClient
from tests.factories import make_coalition, make_partner, make_person, sign_in
from tests.lbn.world import make_count
from tests.reports.pdfua import assert_pdf_ua, words
from tests.world import actor_of

SUMMER = Span(dt.date(2026, 7, 1), dt.date(2026, 9, 30))
KITS = {"12180": 1204, "12182": 517, "12207": 9, "12208": 4}


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(dt.datetime(2026, 11, 20, 17, tzinfo=dt.UTC), tick=True):
        yield


@pytest.fixture
def coalition(transactional_db: None) -> Coalition:
    coalition = make_coalition(name="Rensselaer Overdose Response")
    coalition.counties.add(
        County.objects.get_or_create(fips="36083", defaults={"name": "Rensselaer County", "state": "NY"})[0]
    )
    return coalition


@pytest.fixture
def agency(coalition: Coalition) -> Partner:
    return make_partner(coalition, "Troy Police", agency_type="law_enforcement")


@pytest.fixture
def coordinator(coalition: Coalition, agency: Partner) -> Actor:
    user = make_person("ana@example.org", coalition=coalition, role=Role.COORDINATOR, name="Ana Reyes")
    for zip_code, kits in KITS.items():
        make_count(agency, user, dt.date(2026, 8, 3), zip_code=zip_code, kits=kits)
    return actor_of(user, coalition)


def person(agency: Partner, role: Role) -> Actor:
    partner = agency if role in {Role.LEAD, Role.REPORTER} else None
    user = make_person(f"{role}@example.org", coalition=agency.coalition, role=role, partner=partner)
    return actor_of(user, agency.coalition)


def drawn(by: Actor, **fields: object) -> tuple[Report, bytes]:
    report = request_report(kind="kits", fields=fields, by=by)
    run(Report, report.pk)
    report.refresh_from_db()
    assert report.state == JobState.DONE, report.message
    with report.file.open() as file:
        return report, file.read()


def test_a_years_total_is_not_told_as_twelve_months_without_kits(agency: Partner, coordinator: Actor) -> None:
    year = dt.date(2019, 1, 1)
    make_count(agency, coordinator.user, year, to_on=dt.date(2019, 12, 31), zip_code="12180", kits=45)
    report, pdf = drawn(coordinator, first="2019-01", last="2019-12")
    assert report.data["total"] == 45
    assert "Kits by month" not in words(pdf)
    assert "Hidden counts" not in words(pdf)
    client = ReadingClient()
    sign_in(client, coordinator.user)
    page = client.get("/c/ours/naloxone/?first=2019-01&last=2019-12").content.decode()
    assert "By month" not in page
    assert "kits in no single month" in page


def test_a_readers_summary_holds_no_hidden_count_anywhere(agency: Partner, coordinator: Actor) -> None:
    release = publish_release(made=(made := make(coordinator.coalition, SUMMER)), seen=made.sha256, by=coordinator)
    report, pdf = drawn(person(agency, Role.OBSERVER), release=release.pk)
    hidden = table_of(release).hidden
    assert hidden >= {"12207", "12208"}
    text = words(pdf)
    assert "1,204" in text or "12180" in hidden
    for label in hidden:
        assert all(following.startswith("hidden") for following in re.findall(rf"\b{label} (\w+)", text)), text
    assert not re.search(r'"12207", (9|4)\b', str(report.data))
    assert {label: kits for label, kits, *_ in report.data["rows"] if label in hidden} == dict.fromkeys(hidden)
    assert "Small counts are hidden" in text
    assert release.sha256[:20] in text.replace(" ", "")
    assert_pdf_ua(pdf)


def test_a_readers_summary_has_every_table_of_the_release(agency: Partner, coordinator: Actor) -> None:
    coordinator.coalition.release_tables = ["kits_by_zip", "kits_by_agency", "kits_by_setting"]
    coordinator.coalition.release_by_month = True
    coordinator.coalition.save()
    release = publish_release(made=(made := make(coordinator.coalition, SUMMER)), seen=made.sha256, by=coordinator)
    _, pdf = drawn(person(agency, Role.MEMBER), release=release.pk)
    text = words(pdf)
    for said in (
        "Kits by agency, part by part",
        "Kits by setting",
        "Kits by ZIP code, part by part",
        "Aug 2026",
        "Other agencies",
    ):
        assert said in text
    assert agency.name not in text
    assert_pdf_ua(pdf)


def test_an_agencys_summary_is_exact_and_says_for_whom_it_is(agency: Partner, coordinator: Actor) -> None:
    other = make_partner(agency.coalition, "Albany EMS", agency_type="ems_fire")
    make_count(other, coordinator.user, dt.date(2026, 8, 3), zip_code="12203", kits=333)
    report, pdf = drawn(person(agency, Role.REPORTER), first="2026-07", last="2026-09")
    assert report.data["total"] == sum(KITS.values())
    text = words(pdf)
    assert "for Troy Police and the coordinator only" in text
    assert "333" not in text
    assert_pdf_ua(pdf)


def test_the_coordinators_summary_is_of_everybody(agency: Partner, coordinator: Actor) -> None:
    make_count(agency, coordinator.user, dt.date(2026, 1, 1), to_on=dt.date(2026, 12, 31), zip_code="12180", kits=77)
    report, pdf = drawn(coordinator, first="2026-01", last="2026-12")
    assert report.data["total"] == sum(KITS.values()) + 77
    assert "77 of the kits were counted for a quarter, a half or a year" in words(pdf)
    assert_pdf_ua(pdf)


def test_an_empty_summary_says_so(coalition: Coalition) -> None:
    user = make_person("ana@example.org", coalition=coalition, role=Role.COORDINATOR)
    _, pdf = drawn(actor_of(user, coalition), first="2026-01", last="2026-03")
    assert "No kits were reported." in words(pdf)
    assert_pdf_ua(pdf)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.OBSERVER])
def test_readers_cannot_ask_for_exact_figures(agency: Partner, coordinator: Actor, role: Role) -> None:
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        request_report(kind="kits", fields={"first": "2026-07", "last": "2026-09"}, by=person(agency, role))


def test_an_agency_cannot_ask_for_anothers(agency: Partner, coordinator: Actor) -> None:
    other = make_partner(agency.coalition, "Albany EMS", agency_type="ems_fire")
    with pytest.raises(Http404):
        request_report(
            kind="kits",
            fields={"first": "2026-07", "last": "2026-09", "partner": other.pk},
            by=person(agency, Role.LEAD),
        )


def test_a_report_of_ten_thousand_years_is_refused_and_the_page_shows_the_usual_months(
    agency: Partner, client: ReadingClient
) -> None:
    lead = person(agency, Role.LEAD)
    with pytest.raises(ValidationError, match="30 years or less"):
        request_report(kind="kits", fields={"first": "0001-01", "last": "9999-12"}, by=lead)
    sign_in(client, lead.user)
    page = client.get(f"/c/{agency.coalition.slug}/naloxone/", {"first": "0001-01", "last": "9999-12"})
    assert page.context["seen"].span.length == 12


def test_an_exact_report_is_for_nobody_else(agency: Partner, coordinator: Actor) -> None:
    report, _ = drawn(coordinator, first="2026-07", last="2026-09")
    for role in (Role.LEAD, Role.REPORTER, Role.MEMBER, Role.OBSERVER):
        assert not Report.objects.readable_by(person(agency, role)).filter(pk=report.pk).exists()


# ------------------------------------------------------------------ the times that are offered
def exact_of(by: Actor) -> dict[str, Choice]:
    return {one.label: one for one in KITS_KIND.choices(by) if one.is_exact}


def test_each_time_since_counting_began_is_offered_and_no_other(agency: Partner, coordinator: Actor) -> None:
    """In November 2026, with counts since August."""
    assert list(exact_of(coordinator)) == [
        "Last twelve months, December 2025 to November 2026",
        "2026 so far",
        "July to September 2026",
        "October 2026",
        "September 2026",
        "August 2026",
    ]
    make_count(agency, coordinator.user, dt.date(2025, 3, 3), zip_code="12180", kits=5)
    offered = list(exact_of(coordinator))
    assert [one for one in offered if " to " in one][1:] == [
        "July to September 2026",
        "April to June 2026",
        "January to March 2026",
        "October to December 2025",
    ]
    assert "2025" in offered
    assert (offered[-1], len(offered)) == ("November 2025", 3 + 4 + 12)


def test_each_time_draws_the_kits_of_just_that_time(agency: Partner, coordinator: Actor) -> None:
    for day, kits in ((dt.date(2025, 3, 3), 1), (dt.date(2025, 12, 31), 10), (dt.date(2026, 7, 1), 100)):
        make_count(agency, coordinator.user, day, zip_code="12180", kits=kits)
    august = sum(KITS.values())
    told = {}
    for label, choice in exact_of(coordinator).items():
        asked = KITS_KIND.request(coordinator, choice.fields)
        told[label] = KITS_KIND.collect(coordinator.coalition, asked)["total"]
        assert asked.action == Action.COUNTS_SEE
        assert not asked.is_released
    assert {label: kits for label, kits in told.items() if kits} == {
        "Last twelve months, December 2025 to November 2026": august + 110,
        "2026 so far": august + 100,
        "2025": 11,
        "July to September 2026": august + 100,
        "October to December 2025": 10,
        "August 2026": august,
        "July 2026": 100,
        "December 2025": 10,
    }


def test_exact_times_are_an_agencys_own_and_nobodys_who_reads_releases(agency: Partner, coordinator: Actor) -> None:
    other = make_partner(agency.coalition, "Albany EMS", agency_type="ems_fire")
    make_count(other, coordinator.user, dt.date(2025, 3, 3), zip_code="12203", kits=333)
    own = exact_of(person(agency, Role.LEAD))
    assert "August 2026, Troy Police" in own
    assert not any("2025, Troy" in label for label in own)  # when the other began is not told
    assert {one.fields["partner"] for one in own.values()} == {agency.pk}
    for role in (Role.MEMBER, Role.OBSERVER):
        assert not exact_of(person(agency, role))


def test_what_was_made_regularly_before_there_was_more_to_choose_goes_on(coordinator: Actor) -> None:
    assert "Exact figures of the last twelve months" in {one.key for one in repeating(KITS_KIND, coordinator)}
