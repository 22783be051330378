"""The roster as files and as PDFs: for each role what that role may see, and at full size."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coalitions.models import Contact, Partner, Position, Seat
from coalitions.models.reference import SectorExample
from coalitions.reports.roster import DIRECTORY, ROSTER
from phast.jobs.models import JobState
from phast.jobs.tasks import run_job
from phast.reports.actions import as_it_is_now, request_report
from phast.reports.markup import document
from phast.reports.models import Report
from tests.factories import make_partner
from tests.reports.pdfua import assert_pdf_ua, words

from .conftest import Cast
from .test_roster import contact, text_of

SECRETS = ("Alex Doe", "alex.doe@example.org", "518-555-0199", "Runs nights")


@pytest.fixture
def told(cast: Cast) -> Cast:
    """A contact at each agency, a position that is held, a seat, an inactive partner."""
    for partner in (cast.police, cast.ems):
        one = contact(partner)
        Contact.objects.filter(pk=one.pk).update(part="Runs nights")
    cast.police.sectors.add("law-enforcement")
    Position.objects.create(coalition=cast.coalition, title="Champion", contact=one)
    Position.objects.create(coalition=cast.coalition, title="Peer trainer")
    Seat.objects.create(coalition=cast.coalition, alias="Bluebird", sector_id="parents")
    make_partner(cast.coalition, "Gone Agency", status="inactive")
    return cast


def rows_of(cast: Cast, who: str, part: str, **query: str) -> list[dict[str, str]]:
    answer = cast.client(who).get(cast.url("roster_file", part, "csv"), query)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def collected(cast: Cast, who: str, kind: Any) -> dict[str, Any]:
    return kind.collect(cast.coalition, kind.request(cast.actor(who), {}))


# ------------------------------------------------------------------ files
def test_partners_go_along_as_the_roster_shows_them(told: Cast) -> None:
    assert [row["Partner"] for row in rows_of(told, "coordinator", "partners")] == ["River EMS", "Troy Police"]
    assert [row["Partner"] for row in rows_of(told, "member", "partners", q="troy")] == ["Troy Police"]
    assert [row["Partner"] for row in rows_of(told, "lead", "partners", status="inactive")] == ["Gone Agency"]
    assert "Gone Agency" not in str(rows_of(told, "observer", "partners", status="inactive"))


@pytest.mark.parametrize(("who", "number"), [("coordinator", 2), ("lead", 2), ("member", 2), ("reporter", 1)])
def test_contacts_go_along_as_far_as_the_policy_reaches(told: Cast, who: str, number: int) -> None:
    rows = [row for row in rows_of(told, who, "contacts") if row["Contact"] == "Alex Doe"]
    assert len(rows) == number
    assert {row["Part they play"] for row in rows} == {"Runs nights"}


def test_a_text_in_a_file_is_never_a_formula(told: Cast) -> None:
    Partner.objects.filter(pk=told.police.pk).update(name="=cmd()", address="+1")
    (row,) = rows_of(told, "coordinator", "partners", q="cmd")
    assert (row["Partner"], row["Address"]) == ("'=cmd()", "'+1")
    book = told.client("coordinator").get(told.url("roster_file", "partners", "xlsx"), {"q": "cmd"})
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
    cell = sheet["A2"]
    assert sheet.title == "Partners"
    assert (cell.value, cell.data_type) == ("=cmd()", "s")


def test_observers_find_no_contacts_details_anywhere(told: Cast) -> None:
    client = told.client("observer")
    for page in ("contact_list", "duplicate_list", "roster_import"):
        assert client.get(told.url(page)).status_code == 403
    assert client.get(told.url("roster_file", "contacts", "csv")).status_code == 403
    pages = [text_of(told, "observer", "partner_list"), text_of(told, "observer", "partner_detail", told.police.pk)]
    files = str(rows_of(told, "observer", "partners"))
    reports = [str(collected(told, "observer", kind)) for kind in (ROSTER, DIRECTORY)]
    for text in [*pages, files, *reports]:
        assert not [secret for secret in SECRETS if secret in text]


def test_nothing_tells_who_fills_a_seat(told: Cast) -> None:
    for who in told.people:
        for kind in (ROSTER, DIRECTORY):
            assert "Bluebird" not in str(collected(told, who, kind))
    data = collected(told, "observer", ROSTER)
    assert {"name": "Parents", "partners": []} in data["filled"]


# ------------------------------------------------------------------ the list of contacts
def test_contacts_are_found_by_name_mail_title_part_and_partner(told: Cast) -> None:
    Contact.objects.create(partner=told.ems, name="Kim Poe", title="Medic", email="kim@ems.org")
    for asked in ("kim", "medic", "kim@ems", "river poe"):
        page = text_of(told, "member", "contact_list", q=asked)
        assert "Kim Poe" in page
        assert "Troy Police</a></td>" not in page
    assert "Alex Doe" in text_of(told, "member", "contact_list", sector="law-enforcement")
    assert "Kim Poe" not in text_of(told, "member", "contact_list", partner=str(told.police.pk))
    assert "Kim Poe" not in text_of(told, "reporter", "contact_list")


def test_history_shows_to_who_may_edit(told: Cast) -> None:
    partner, one = told.police, told.police.contacts.first()
    partner.website = "https://new.gov"
    partner.save()
    one.phone = "518-555-0777"
    one.save()
    assert "<ins>https://new.gov</ins>" in text_of(told, "lead", "partner_detail", partner.pk)
    assert "<ins>https://new.gov</ins>" not in text_of(told, "reporter", "partner_detail", partner.pk)
    assert "<ins>518-555-0777</ins>" in text_of(told, "member", "contact_edit", one.pk)


# ------------------------------------------------------------------ PDFs
def test_gaps_and_vacant_positions_come_apart(told: Cast) -> None:
    data = collected(told, "coordinator", ROSTER)
    assert (data["sectors"], len(data["gaps"]), len(data["filled"])) == (17, 15, 2)
    assert data["vacant"] == ["Peer trainer"]
    assert data["held"][0]["by"] == "Alex Doe, River EMS"
    assert collected(told, "observer", ROSTER)["held"][0]["by"] == "Filled"
    assert data["without"] == ["River EMS"]


def test_gaps_without_examples_have_no_column_for_them(told: Cast) -> None:
    def page() -> str:
        by = told.actor("observer")
        return document(ROSTER, as_it_is_now("roster", ROSTER.request(by, {}), by))

    assert "For example" in page()
    SectorExample.objects.all().delete()
    assert "For example" not in page()
    assert "<li>Government</li>" in page()


@pytest.mark.parametrize(("who", "names"), [
    ("coordinator", True), ("lead", True), ("member", True), ("reporter", False), ("observer", False),
])  # fmt: skip
def test_the_directory_names_people_to_who_sees_them_all(told: Cast, who: str, names: bool) -> None:
    data = collected(told, who, DIRECTORY)
    assert [one["name"] for one in data["partners"]] == ["River EMS", "Troy Police"]
    assert ("Alex Doe" in str(data)) == names
    assert DIRECTORY.request(told.actor(who), {}).is_released == (who == "observer")


@pytest.mark.parametrize("kind", ["roster", "directory"])
def test_the_pdfs_are_tagged_and_readable(committed: Any, kind: str) -> None:
    cast = committed()
    cast.police.sectors.add("law-enforcement")
    Contact.objects.create(partner=cast.police, name="Alex Doe", title="Chief", phone="518-555-0199")
    report = request_report(kind=kind, fields={}, by=cast.actor("coordinator"))
    run_job(report._meta.label, report.pk)
    report = Report.objects.get(pk=report.pk)
    assert report.state == JobState.DONE, report.message
    content = Path(report.file.path).read_bytes()
    assert_pdf_ua(content)
    assert "Troy Police" in words(content)


# ------------------------------------------------------------------ full size
@pytest.fixture
def big(cast: Cast) -> Cast:
    """300 partners and 1,500 contacts."""
    partners = Partner.objects.bulk_create(
        Partner(coalition=cast.coalition, name=f"Partner {n:03}", website=f"https://p{n}.org") for n in range(298)
    )
    everybody = [*partners, cast.police, cast.ems]
    through = Partner.sectors.through
    keys = ("government", "parents", "health-care", "pharmacies")
    through.objects.bulk_create(
        through(partner_id=one.pk, sector_id=keys[(n + m) % 4]) for n, one in enumerate(everybody) for m in (0, 1)
    )
    Contact.objects.bulk_create(
        Contact(partner=everybody[n % 300], name=f"Person {n}", email=f"p{n}@example.org", title="Title")
        for n in range(1500)
    )
    return cast


@pytest.mark.parametrize(
    "page",
    [
        "partner_list",
        "contact_list",
        "sector_list",
        "position_list",
        "partner_detail",
        "duplicate_list",
        "roster_import",
    ],
)
def test_with_300_partners_and_1500_contacts_a_page_asks_little(big: Cast, page: str) -> None:
    client = big.client("coordinator")
    url = big.url(page, *([big.police.pk] if page == "partner_detail" else []))
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    asked = len(queries)
    assert 0 < asked <= 15


@pytest.mark.parametrize("part", ["partners", "contacts"])
def test_a_file_costs_the_same_queries_however_long(big: Cast, part: str) -> None:
    client, url = big.client("coordinator"), big.url("roster_file", part, "csv")
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    assert len(queries) <= 10
