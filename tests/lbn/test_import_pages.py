"""The pages of an import, and who may use them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lbn.actions import ensure_periods, submit_period
from lbn.models import AgencyRollup, Count, CountImport, Period, ZipRollup
from lbn.tasks import forget_abandoned_uploads
from phast.access.table import Role
from phast.audit.models import Event
from phast.geo.models import Zip
from phast.jobs.lease import run
from tests.factories import make_person
from tests.sheets.files import text_file, workbook

from .files import Desk, counts, words

HEADER = ("Date", "ZIP", "Kits")
GOOD = ("2026-10-05", "12207", 3)


@pytest.fixture
def desk(scene) -> Desk:
    return Desk(scene, scene.lead_user)


@pytest.fixture
def coordinators_desk(scene) -> Desk:
    return Desk(scene, scene.coordinator_user)


# ---- who
@pytest.mark.parametrize("role", [Role.MEMBER, Role.OBSERVER])
def test_members_and_observers_import_nothing(scene, role: Role) -> None:
    partner = scene.agency if role == Role.MEMBER else None
    person = make_person("m@example.org", coalition=scene.coalition, role=role, partner=partner)
    desk = Desk(scene, person)
    assert desk.client.get(desk.url("import_list")).status_code == 403
    assert desk.upload(text_file(HEADER, GOOD)).status_code == 403


def test_an_agency_sees_its_own_imports_and_those_made_for_it(desk: Desk, coordinators_desk: Desk, scene) -> None:
    for_it = coordinators_desk.imported(text_file(HEADER, GOOD), partner=str(scene.agency.pk))
    for_other = coordinators_desk.imported(text_file(HEADER, GOOD), partner=str(scene.other.pk))
    assert desk.client.get(desk.url("import_detail", for_it)).status_code == 200
    assert desk.client.get(desk.url("import_detail", for_other)).status_code == 404
    assert list(Count.objects.filter(source=for_it).values_list("partner", "on_behalf")) == [(scene.agency.pk, True)]


def test_a_reporter_imports_for_their_own_agency_whatever_is_sent(scene) -> None:
    desk = Desk(scene, scene.reporter_user)
    desk.imported(text_file(HEADER, GOOD), partner=str(scene.other.pk))
    assert list(Count.objects.values_list("partner", "created_by", "on_behalf")) == [
        (scene.agency.pk, scene.reporter_user.pk, False)
    ]


def test_who_lost_the_right_while_the_file_waited_imports_nothing(desk: Desk, scene) -> None:
    count_import = desk.check(text_file(HEADER, GOOD))
    count_import.imported_by, count_import.stage, count_import.state = scene.lead_user, "importing", "waiting"
    count_import.save()
    scene.lead_user.memberships.update(partner=scene.other)
    run(CountImport, count_import.pk)
    count_import.refresh_from_db()
    assert (
        count_import.message
        == "Nothing was imported. You can no longer import counts of this agency. Ask the coordinator."
    )
    assert not Count.objects.exists()


def test_what_was_imported_leads_to_its_report(desk: Desk, scene) -> None:
    ensure_periods(coalition=scene.coalition, today=scene.coalition.today())
    count_import = desk.imported(text_file(HEADER, GOOD))
    assert "Report October 2026" in words(desk.client.get(desk.url("import_detail", count_import)))
    period = Period.objects.of(scene.coalition).get(from_on=dt.date(2026, 10, 1))
    submit_period(period=period, partner=scene.agency, by=scene.reporter)
    assert "Report October 2026" not in words(desk.client.get(desk.url("import_detail", count_import)))


# ---- columns
def test_title_rows_and_two_header_rows_are_found(desk: Desk) -> None:
    rows = (
        ("Kits left behind, October 2026",),
        (),
        ("Place", "", "Naloxone", ""),
        ("ZIP", "City", "Kits", "Date"),
        ("12207", "Albany", 3, dt.date(2026, 10, 5)),
    )

    def merge(book, sheet) -> None:
        sheet.merge_cells("A3:B3")
        sheet.merge_cells("C3:D3")

    count_import = desk.taken(workbook(*rows, change=merge), "counts.xlsx")
    assert "Naloxone Kits" in words(desk.columns(count_import))
    desk.read(count_import)
    desk.agree(count_import)
    assert counts() == [("2026-10-05", "12207", 3)]


def test_the_sheet_with_the_kits_is_proposed_and_one_without_rows_is_told(desk: Desk) -> None:
    guide = workbook(("Fill in a sheet a month",), change=lambda book, _: book.create_sheet("October").append(HEADER))
    count_import = desk.taken(guide, "counts.xlsx")
    assert desk.columns(count_import).context["look"].table.sheet == "October"
    desk.read(count_import)
    assert "Below the names of the columns there is no count." in desk.preview(count_import)


def test_a_person_says_where_the_header_is_and_what_the_columns_are(desk: Desk) -> None:
    rows = (("a", "b", "c"), ("Zeta", "Eta", "Theta"), (3, "2026-10-05", "12207"), (2, "2026-10-06", "12203"))
    count_import = desk.taken(text_file(*rows))
    page = desk.columns(count_import, "?header=2")
    assert "Zeta" in words(page)
    desk.read(count_import, "?header=2", column_0="kits", column_1="date", column_2="zip")
    desk.agree(count_import)
    assert counts() == [("2026-10-05", "12207", 3), ("2026-10-06", "12203", 2)]


def test_the_next_file_with_the_same_columns_is_read_as_the_last(desk: Desk) -> None:
    header = ("X1", "X2", "X3", "X4")
    first = text_file(header, ("12207", 3, 9, "03/04/2026"), ("12203", 2, 8, "04/05/2026"))
    desk.imported(first, column_0="zip", column_1="kits", column_2="", column_3="date", date_order="dmy")
    count_import = desk.taken(text_file(header, ("12210", 1, 7, "05/06/2026")))
    assert "The columns are those of a file imported on" in words(desk.columns(count_import))
    desk.read(count_import)
    desk.agree(count_import)
    assert ("2026-06-05", "12210", 1) in counts()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"column_2": ""}, "Say which column holds the number of kits."),
        ({"column_1": ""}, "No column holds a ZIP code."),
        ({"column_0": ""}, "No column holds a date. Say once when the kits were left"),
        ({"column_0": "", "period": "whenever"}, "Write a year, a half, a quarter, a month or a day"),
        ({"column_0": "", "period": "2031"}, "This is in the future."),
        ({"column_0": "kits"}, "Two columns are said to be “Number of kits”."),
    ],
)
def test_what_is_missing_is_asked_and_nothing_chosen_is_lost(desk: Desk, changes: dict[str, str], told: str) -> None:
    count_import = desk.taken(text_file(HEADER, GOOD, ("2026-10-06", "12203", 2)))
    response = desk.read(count_import, setting="reentry", **changes)
    assert response.status_code == 422
    assert told in words(response)
    assert response.context["form"]["setting"].value() == "reentry"


def test_the_coordinator_imports_a_file_of_several_agencies(coordinators_desk: Desk, scene) -> None:
    rows = (("Agency", *HEADER), ("riverbend police", *GOOD), ("Colonie EMS", *GOOD), ("Nobody's Police", *GOOD))
    count_import = coordinators_desk.check(text_file(*rows))
    assert "Row 4 Agency This is not the name of an agency you can import for." in coordinators_desk.preview(
        count_import
    )
    coordinators_desk.agree(count_import)
    assert set(Count.objects.values_list("partner__name", flat=True)) == {"Riverbend Police", "Colonie EMS"}
    events = Event.objects.filter(verb="counts.imported").order_by("acting_for")
    assert [(event.acting_for, event.detail) for event in events] == [
        (name, {"rows": 1, "kits": 3, "on_behalf": True}) for name in ("Colonie EMS", "Riverbend Police")
    ]


def test_an_agency_cannot_bring_in_rows_of_another(desk: Desk) -> None:
    rows = (("Agency", *HEADER), ("Riverbend Police", *GOOD), ("Colonie EMS", *GOOD))
    count_import = desk.check(text_file(*rows))
    assert count_import.findings["rejected"] == 1
    desk.agree(count_import)
    assert list(Count.objects.values_list("partner__name", flat=True)) == ["Riverbend Police"]


def test_a_closed_period_takes_no_row(desk: Desk, scene) -> None:
    Period.objects.create(
        coalition=scene.coalition,
        from_on=dt.date(2026, 10, 1),
        to_on=dt.date(2026, 10, 31),
        due_on=dt.date(2026, 11, 30),
        closed_at=dt.datetime(2026, 11, 5, tzinfo=dt.UTC),
        closed_by=scene.coordinator_user,
    )
    count_import = desk.check(text_file(HEADER, GOOD, ("2026-09-05", "12207", 2)))
    assert "Row 2 Date October 2026 is closed, so its counts cannot change." in desk.preview(count_import)
    desk.agree(count_import)
    assert counts() == [("2026-09-05", "12207", 2)]


# ---- a year of a state, by ZIP code, every row merged with the blank one below it
def test_a_state_sheet_of_merged_rows_becomes_one_span_of_a_year(coordinators_desk: Desk, scene) -> None:
    desk = coordinators_desk
    codes = [f"43{n:03}" for n in range(1, 61)]
    Zip.objects.bulk_create(
        Zip(code=code, county_id="36001", latitude=40, longitude=-83) for code in codes if code != "43215"
    )
    kits = [0 if n % 3 == 0 else n * 12 for n in range(60)]

    def merge(book, sheet) -> None:
        for row in range(2, 122, 2):
            sheet.merge_cells(f"A{row}:A{row + 1}")
            sheet.merge_cells(f"B{row}:B{row + 1}")

    rows = [("Zip", "Nalox_count")]
    for code, number in zip(codes, kits, strict=True):
        rows += [(int(code), number), (None, None)]
    count_import = desk.taken(workbook(*rows, change=merge), "Naloxone.xlsx")
    asked = desk.read(count_import)
    assert asked.status_code == 422
    told = words(asked)
    assert "No column holds a date. Say once when the kits were left, such as 2020 or July 2020." in told
    assert "No column holds the agency. Choose whose counts these are." in told
    desk.read(count_import, period="2020", partner=str(scene.other.pk))
    told = desk.preview(count_import)
    large = sum(number > 500 for number in kits)
    assert count_import.findings["rejected"] == 0
    assert count_import.findings["accepted"] + count_import.findings["asked"] == 60
    assert f"{sum(kits):,} kits in all" in told
    assert "60 blank rows of merged cells" in told
    assert list(count_import.findings["questions"]) == ["kits_unusual"]
    assert f"Unusually large numbers: {large} rows" in told
    desk.agree(count_import, kits_unusual="import")
    assert "60 rows imported" in desk.preview(count_import)
    year = (dt.date(2020, 1, 1), dt.date(2020, 12, 31))
    assert set(Count.objects.values_list("from_on", "to_on")) == {year}
    assert sorted(Count.objects.values_list("zip_code", "kits")) == sorted(zip(codes, kits, strict=True))
    assert set(ZipRollup.objects.values_list("from_on", "to_on")) == {year}
    assert list(AgencyRollup.objects.values_list("kits", "entries")) == [(sum(kits), 60)]
    scene.other.refresh_from_db()
    assert scene.other.counts_since == dt.date(2026, 10, 5)  # history does not make an agency begin to count


# ---- all, the good ones, or none
def test_one_bad_row_at_the_end_is_found_and_nothing_comes_in_unsaid(desk: Desk) -> None:
    """A hundredth of the 500,000 rows of the drill."""
    rows = [
        (f"{2016 + n // 2500}-{1 + n // 200 % 12:02}-{1 + n % 28:02}", f"{10000 + n % 4001}", n % 7)
        for n in range(4_999)
    ]
    count_import = desk.check(text_file(HEADER, *rows, ("2026-10-05", "12207", "many"), ("2026-10-06", "12203", 1)))
    assert count_import.findings["rejected"] == 1
    assert count_import.findings["problems"] == [[5001, "Kits", "Enter a whole number of kits, such as 3."]]
    assert not Count.objects.exists()
    told = desk.preview(count_import)
    assert "Import the others, leave 1 out" in told
    assert "1 row that cannot be imported stays out." in told
    response = desk.client.post(desk.url("import_mend", count_import))
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[1:] == ['2026-10-05,12207,many,5001,"Kits: Enter a whole number of kits, such as 3."']
    desk.agree(count_import, **dict.fromkeys(count_import.findings["questions"], "import"))
    assert Count.objects.count() == 5_000


def test_a_file_with_no_good_row_cannot_be_agreed_to(desk: Desk) -> None:
    count_import = desk.check(text_file(HEADER, ("2026-10-05", "12207", "many")), column_2="kits")
    assert "Import the others" not in desk.preview(count_import)
    assert desk.agree(count_import).status_code == 422


def test_the_page_of_a_job_shows_progress_and_can_be_left(desk: Desk) -> None:
    count_import = desk.taken(text_file(HEADER, GOOD))
    count_import.stage, count_import.state, count_import.progress = "checking", "running", 40
    count_import.save()
    told = desk.preview(count_import)
    assert "Checking every row" in told
    assert "You can leave this page; the work goes on." in told
    fragment = desk.client.get(desk.url("import_detail", count_import), headers={"HX-Request": "true"})
    assert 'value="40"' in fragment.content.decode()
    count_import.stage, count_import.state = "checked", "done"
    count_import.save()
    fragment = desk.client.get(desk.url("import_detail", count_import), headers={"HX-Request": "true"})
    assert fragment.headers["HX-Redirect"] == desk.url("import_detail", count_import)


def test_a_list_of_imports_asks_as_much_for_three_as_for_one(desk: Desk) -> None:
    asked = []
    for n in (1, 2):
        for _ in range(n):
            desk.imported(text_file(HEADER, (f"2026-10-{10 + Count.objects.count()}", "12207", 3)))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert desk.client.get(desk.url("import_list")).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 15


def test_the_file_is_gone_once_its_rows_are_in(desk: Desk) -> None:
    count_import = desk.imported(text_file(HEADER, GOOD))
    assert not count_import.file
    assert count_import.sha256
    assert desk.client.get(desk.url("import_columns", count_import)).headers["Location"] == desk.url(
        "import_detail", count_import
    )
    told = desk.preview(count_import)
    assert "1 row imported" in told
    assert "Oct 5, 2026 12207 3" in told


def test_an_upload_that_nobody_finishes_is_deleted_after_a_month(desk: Desk) -> None:
    abandoned, fresh = desk.check(text_file(HEADER, GOOD)), desk.taken(text_file(HEADER, ("2026-10-06", "12207", 1)))
    CountImport.objects.filter(pk=abandoned.pk).update(created_at=dt.datetime(2026, 10, 1, tzinfo=dt.UTC))
    forget_abandoned_uploads()
    abandoned.refresh_from_db()
    fresh.refresh_from_db()
    assert (abandoned.stage, bool(abandoned.file)) == ("cancelled", False)
    assert (fresh.stage, bool(fresh.file)) == ("uploaded", True)


def test_who_imports_is_named_to_their_own_agency_only(desk: Desk) -> None:
    """As who counts is: a refused file and a download of its errors too."""
    desk.refused(b"Name,DOB\nPat,1980-01-01\n")
    count_import = desk.check(
        text_file(("Date", "ZIP", "Kits"), ("2026-10-05", "12207", 3), ("2026-10-06", "12207", "x"))
    )
    b"".join(desk.client.post(desk.url("import_mend", count_import)).streaming_content)
    desk.agree(count_import)
    events = Event.objects.filter(verb__contains="import")
    assert {event.verb for event in events} >= {
        "import.refused", "import.uploaded", "import.read", "import.errors_downloaded", "import.agreed", "counts.imported"
    }  # fmt: skip
    assert {event.who for event in events} == {str(desk.scene.agency)}
