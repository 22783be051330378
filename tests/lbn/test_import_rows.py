"""What the rows of a file become. The numbers are those of the list of threats."""

from __future__ import annotations

import datetime as dt

import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from lbn.models import Count, CountImport, KitType
from phast.geo.models import County, Zip
from tests.sheets.files import text_file, workbook

from .files import Desk, counts, words

HEADER = ("Date", "ZIP", "Kits")
GOOD = ("2026-10-05", "12207", 3)


@pytest.fixture
def desk(scene) -> Desk:
    return Desk(scene, scene.lead_user)


def outcome(count_import: CountImport) -> tuple[int, int, int]:
    """Rows accepted, asked about, rejected."""
    found = count_import.findings
    return found["accepted"], found["asked"], found["rejected"]


# 1, 2, 3, 5, 6, 8: the same rules and sentences as on the counting page
@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("2026-10-05", "12207", "-1"), "Row 2 Kits The number of kits cannot be less than 0."),
        (("2026-10-05", "12207", "1e3"), "Row 2 Kits Enter a whole number of kits, such as 3."),
        (("2026-10-05", "12207", "three"), "Row 2 Kits Enter a whole number of kits, such as 3."),
        (("2026-10-05", "12207", "6000"), "Row 2 Kits One entry holds 5,000 kits at most."),
        (("2026-11-21", "12207", "3"), "Row 2 Date This is in the future."),
        (("1925-10-05", "12207", "3"), "Row 2 Date Counts start on January 1, 2015 here."),
        (("2026-02-30", "12207", "3"), "Row 2 Date There is no such day."),
        (("soon", "12207", "3"), "Row 2 Date This is no date, month or year that can be read."),
        (("", "12207", "3"), "Row 2 Date There is no date or month."),
        (("2026-10-05", "063HH", "3"), "Row 2 ZIP A ZIP code has five digits"),
        (("2026-10-05", "K1A 0B1", "3"), "Row 2 ZIP This is a Canadian postal code."),
        (("2026-10-05", "00000", "3"), "Row 2 ZIP 00000 is not a ZIP code."),
        (("2026-10-05", "", "3"), "Row 2 ZIP There is no ZIP code."),
    ],
)
def test_a_bad_value_is_told_with_its_row_and_column(desk: Desk, row: tuple, told: str) -> None:
    count_import = desk.check(
        text_file(HEADER, row, GOOD, ("2026-10-06", "12203", "1,200"), ("2026-10-07", "unknown", " 3 "))
    )
    assert outcome(count_import) == (2, 1, 1)  # 1,200 kits are asked about
    assert told in desk.preview(count_import)


def test_every_problem_of_a_row_is_told(desk: Desk) -> None:
    count_import = desk.check(text_file(HEADER, ("soon", "nowhere", "many"), GOOD))
    assert [(row, column) for row, column, _ in count_import.findings["problems"]] == [
        (2, "Kits"),
        (2, "ZIP"),
        (2, "Date"),
    ]


# 9
def test_the_last_four_digits_of_a_zip_are_kept_nowhere(desk: Desk) -> None:
    count_import = desk.imported(text_file(HEADER, ("2026-10-05", "12207-1234", 3)))
    assert counts() == [("2026-10-05", "12207", 3)]
    assert "1234" not in f"{count_import.findings}{count_import.reading}"


# 10
def test_a_lost_zero_is_proposed_and_never_put_back_unasked(desk: Desk, scene) -> None:
    berkshire = County.objects.create(fips="25003", name="Berkshire County", state="MA")
    Zip.objects.create(code="01201", county=berkshire, latitude=42, longitude=-73)
    scene.coalition.counties.add(berkshire)
    data = text_file(HEADER, ("2026-10-05", "1201", 3), GOOD)
    count_import = desk.check(data)
    assert outcome(count_import) == (1, 1, 0)
    assert "1201 → 01201" in desk.preview(count_import)
    assert desk.agree(count_import).status_code == 422  # it has to be answered
    desk.agree(count_import, padding="leave_out")
    assert counts() == [("2026-10-05", "12207", 3)]


def test_a_lost_zero_is_put_back_when_the_person_says_so(desk: Desk) -> None:
    Zip.objects.create(code="01201", county=County.objects.get(fips="36001"), latitude=42, longitude=-73)
    desk.imported(text_file(HEADER, ("2026-10-05", "1201", 3)))
    assert counts() == [("2026-10-05", "01201", 3)]


# 11
def test_a_zip_that_became_a_number_is_text_again(desk: Desk) -> None:
    desk.imported(workbook(HEADER, (dt.date(2026, 10, 5), 12207.0, 3.0)), "counts.xlsx")
    desk.imported(text_file(HEADER, ("2026-10-06", "12203.0", "2.0")))
    assert counts() == [("2026-10-05", "12207", 3), ("2026-10-06", "12203", 2)]


# 12
def test_excels_number_of_a_day_is_read_in_the_date_column_only_and_shown(desk: Desk) -> None:
    count_import = desk.check(text_file(HEADER, ("45000", "12207", 3), ("2026-10-06", "12203", 45000)))
    assert outcome(count_import) == (0, 1, 1)
    assert "45000 → March 15, 2023" in desk.preview(count_import)
    desk.agree(count_import, serial="import")
    assert counts() == [("2023-03-15", "12207", 3)]


def test_a_workbook_that_counts_from_1904_is_read_so(desk: Desk) -> None:
    def since_1904(book, sheet) -> None:
        book.epoch = CALENDAR_MAC_1904

    rows = (HEADER, (43538, "12207", 3), (dt.date(2023, 3, 15), "12203", 2))
    count_import = desk.check(workbook(*rows, change=since_1904), "counts.xlsx")
    assert "43538 → March 15, 2023" in desk.preview(count_import)
    desk.agree(count_import, serial="import")
    assert counts() == [("2023-03-15", "12203", 2), ("2023-03-15", "12207", 3)]


# 13
def test_dates_that_can_be_read_two_ways_are_asked_about_once(desk: Desk) -> None:
    count_import = desk.taken(text_file(HEADER, ("03/04/25", "12207", 3), ("05/06/2025", "12203", 2)))
    response = desk.read(count_import)
    assert response.status_code == 422
    assert "The dates can be read in two ways. Say once which part is the month." in words(response)
    desk.read(count_import, date_order="dmy")
    desk.agree(count_import)
    assert counts() == [("2025-04-03", "12207", 3), ("2025-06-05", "12203", 2)]


def test_dates_of_which_one_tells_are_not_asked_about(desk: Desk) -> None:
    desk.imported(text_file(HEADER, ("03/04/25", "12207", 3), ("05/16/2025", "12203", 2)))
    assert counts() == [("2025-03-04", "12207", 3), ("2025-05-16", "12203", 2)]


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2026-07", "2026-07-01", "2026-07-31"),
        ("Jul 2026", "2026-07-01", "2026-07-31"),
        ("Q3 2026", "2026-07-01", "2026-09-30"),
        ("H1 2026", "2026-01-01", "2026-06-30"),
        ("2025", "2025-01-01", "2025-12-31"),
        ("2026-11", "2026-11-01", "2026-11-20"),  # the days so far
        ("2026-10-05T14:30:00", "2026-10-05", "2026-10-05"),  # no clock time is kept
    ],
)
def test_a_period_is_one_span_and_never_divided(desk: Desk, written: str, first: str, last: str) -> None:
    desk.imported(text_file(("Period", "ZIP", "Kits"), (written, "12207", 3)))
    count = Count.objects.get()
    assert (f"{count.from_on}", f"{count.to_on}") == (first, last)


def test_a_year_column_completes_a_month_column(desk: Desk) -> None:
    desk.imported(text_file(("Year", "Month", "ZIP", "Kits"), (2025, "March", "12207", 3), (2026, 4, "12203", 2)))
    assert counts() == [("2025-03-01", "12207", 3), ("2026-04-01", "12203", 2)]


# 17
ALIKE = text_file(
    (*HEADER, "Setting"),
    (*GOOD, "Overdose scene"),
    ("2026-10-05", "12207", 1, "Overdose scene"),
    ("2026-10-05", "12207", 2, ""),
)


def test_rows_that_look_alike_are_both_shown_and_both_kept_when_they_are_two_visits(desk: Desk) -> None:
    count_import = desk.check(ALIKE)
    assert outcome(count_import) == (2, 1, 0)
    assert "Row 3: Looks like row 2: 12207, October 5, 2026." in desk.preview(count_import)
    desk.agree(count_import, alike_file="import")
    assert counts() == [("2026-10-05", "12207", kits) for kits in (1, 2, 3)]


def test_of_rows_that_look_alike_one_is_kept(desk: Desk) -> None:
    count_import = desk.check(ALIKE)
    desk.agree(count_import, alike_file="keep_one")
    assert counts() == [("2026-10-05", "12207", 2), ("2026-10-05", "12207", 3)]


@pytest.mark.parametrize(("answer", "kits"), [("import", [3, 4]), ("leave_out", [4])])
def test_a_row_like_an_entry_that_is_there_is_asked_about(desk: Desk, scene, answer: str, kits: list[int]) -> None:
    scene.log(day=dt.date(2026, 10, 5), kits=4)
    count_import = desk.check(text_file(HEADER, GOOD))
    assert outcome(count_import) == (0, 1, 0)
    assert "Looks like an entry of October 5, 2026 that is there." in desk.preview(count_import)
    response = desk.agree(count_import, alike_there=answer)
    assert response.status_code == (302 if answer == "import" else 422)  # nothing would be left to import
    assert sorted(Count.objects.values_list("kits", flat=True)) == kits


def test_another_agencys_entry_is_nobodys_look_alike(desk: Desk, scene) -> None:
    scene.log(partner=scene.other, by=scene.coordinator, day=dt.date(2026, 10, 5))
    assert outcome(desk.check(text_file(HEADER, GOOD))) == (1, 0, 0)


def test_a_months_total_over_entries_of_its_days_is_asked_about(desk: Desk, scene) -> None:
    scene.log(day=dt.date(2026, 10, 5), kits=4)
    count_import = desk.check(text_file(("Month", "ZIP", "Kits"), ("2026-10", "12207", 9), ("2026-09", "12207", 2)))
    assert outcome(count_import) == (1, 1, 0)
    assert "Riverbend Police has 1 entry with 4 kits over a shorter or longer time in October 2026." in desk.preview(
        count_import
    )
    desk.agree(count_import, overlap="leave_out")
    assert counts() == [("2026-09-01", "12207", 2), ("2026-10-05", "12207", 4)]


def test_entries_that_came_while_the_person_decided_are_asked_about_again(desk: Desk, scene) -> None:
    count_import = desk.check(text_file(HEADER, GOOD, ("2026-10-06", "12203", 2)))
    count_import.findings["checked_at"] = "2026-11-20T16:00:00+00:00"
    count_import.save()
    scene.log(day=dt.date(2026, 10, 5), kits=4)
    desk.agree(count_import)
    assert count_import.stage == CountImport.Stage.CHECKED
    assert Count.objects.count() == 1
    assert "please look once more" in desk.preview(count_import)
    desk.agree(count_import, alike_there="leave_out")
    assert counts() == [("2026-10-05", "12207", 4), ("2026-10-06", "12203", 2)]


# 2, 7, 8
def test_unusual_counts_and_places_are_confirmed_once_for_all_rows(desk: Desk) -> None:
    rows = [(f"2026-10-{day:02}", "12207", 600 + day) for day in range(1, 10)] + [
        ("2026-10-01", "99998", 1),
        ("2026-10-02", "43215", 2),
    ]
    count_import = desk.check(text_file(HEADER, *rows))
    assert outcome(count_import) == (0, 11, 0)
    assert set(count_import.findings["questions"]) == {"zip_unknown", "zip_outside", "kits_unusual"}
    told = desk.preview(count_import)
    assert "Unusually large numbers: 9 rows, 5,445 kits" in told
    assert "Row 2: 12207: 601 kits in one entry is unusual for Riverbend Police" in told
    desk.agree(count_import, zip_unknown="import", zip_outside="import", kits_unusual="leave_out")
    # A place outside the area is nobody's business here: its ZIP is not kept.
    assert counts() == [("2026-10-01", "99998", 1), ("2026-10-02", "outside", 2)]


# 32
def test_totals_running_totals_hidden_rows_and_sheets_are_left_out_and_said_so(desk: Desk) -> None:
    def hide(book, sheet) -> None:
        sheet.row_dimensions[3].hidden = True
        book.create_sheet("Old").sheet_state = "hidden"

    rows = (
        (*HEADER, "YTD", "Total"),
        (*GOOD, 3, 3),
        ("2026-10-06", "12203", 2, 5, 5),
        ("Total", "", 5, 5, 5),
        ("", "12210 Total", 4, 4, 4),
    )
    count_import = desk.check(workbook(*rows, change=hide), "counts.xlsx")
    told = desk.preview(count_import)
    assert "2 rows of totals" in told
    assert "1 hidden row" in told
    assert "1 hidden sheet left out." in told
    page = desk.columns(count_import)
    assert "A running total: left out, or kits would count twice." in words(page)
    desk.agree(count_import)
    assert counts() == [("2026-10-05", "12207", 3)]


# 4
def test_a_blank_number_is_not_reported_and_zero_is_a_count(desk: Desk) -> None:
    count_import = desk.imported(
        text_file(HEADER, ("2026-10-05", "12207", ""), ("2026-10-06", "12203", 0), ("", "", ""))
    )
    assert counts() == [("2026-10-06", "12203", 0)]
    assert "1 row without a number of kits: blank is not zero, so it counts as not reported" in desk.preview(
        count_import
    )


# 34
@pytest.mark.parametrize("mark", ["<5", "*", "NA", "n/a", "-", "suppressed", "3.5", "12%"])
def test_a_mark_or_a_rate_is_never_a_number(desk: Desk, mark: str) -> None:
    count_import = desk.check(text_file(HEADER, GOOD, ("2026-10-06", "12203", mark), ("2026-10-07", "12203", 1)))
    assert outcome(count_import) == (2, 0, 1)
    assert "Row 3 Kits" in desk.preview(count_import)
    desk.agree(count_import)
    assert Count.objects.filter(zip_code="12203").count() == 1


HALVES = (("2026-10-05", "12207", 2.5), ("2026-10-06", "12203", 0.75), ("2026-10-06", "12203", 1))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((HEADER, *HALVES), "Column “Kits” of this file holds rates, averages or percentages, not counts of kits."),
        (
            (("ZIP", "Rate per 1,000"), ("12207", "3.1"), ("12203", "2.0")),
            "Column “Rate per 1,000” of this file holds rates",
        ),
        ((("Date", "ZIP", "Doses"), ("2026-10-05", "12207", 4)), "so doses are never turned into kits here"),
        ((("Doses of naloxone by ZIP",), ("ZIP", "Naloxone"), ("12207", 4)), "holds doses, not kits"),
        ((("Month", "ZIP", "Amount"), ("2026-10", "12207", "$1,200"), ("2026-10", "12203", "$90")), "holds money"),
        ((("Year", "ZIP", "Overdose deaths"), ("2025", "12207", 4)), "something else than kits"),
    ],
)
def test_a_file_that_holds_no_counts_is_refused_with_the_reason(desk: Desk, rows, told: str) -> None:
    page = desk.refused(text_file(*rows))
    assert told in page
    assert "Nothing of the file was kept." in page


def test_another_unit_beside_the_kits_is_left_out_and_cannot_be_chosen(desk: Desk) -> None:
    count_import = desk.taken(text_file((*HEADER, "Doses"), (*GOOD, 6)))
    assert "Another unit than kits: left out." in words(desk.columns(count_import))
    chosen = desk.read(count_import, column_2="", column_3="kits")
    assert "This column holds doses, not kits." in words(chosen)
    desk.read(count_import)
    desk.agree(count_import)
    assert "Column “Doses” is not read. Another unit than kits: left out." in desk.preview(count_import)
    assert [kits for _, _, kits in counts()] == [3]


# 36
def test_the_file_of_rows_to_mend_holds_no_formula(desk: Desk) -> None:
    count_import = desk.check(text_file((*HEADER, "Note"), (*GOOD, ""), ("=cmd|' /C calc'!A0", "+1", "@x", "\t-3")))
    response = desk.client.post(desk.url("import_mend", count_import))
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "Date,ZIP,Kits,Note,Row in the file,What to mend"
    assert lines[1].startswith("""'=cmd|' /C calc'!A0,'+1,'@x,'\t-3,3,"Kits: Enter a whole number of kits""")
    assert len(lines) == 2


def test_a_columns_name_is_no_formula_in_what_to_mend_either(desk: Desk) -> None:
    count_import = desk.check(text_file(("Date", "ZIP", "+Kits"), GOOD, ("2026-10-06", "12207", "x")))
    lines = b"".join(desk.client.post(desk.url("import_mend", count_import)).streaming_content).decode("utf-8-sig")
    assert lines.splitlines()[1].startswith("2026-10-06,12207,x,3,\"'+Kits: Enter a whole number")


def test_rows_that_were_mended_can_be_imported_by_themselves(desk: Desk) -> None:
    count_import = desk.check(text_file(HEADER, GOOD, ("2026-10-06", "122", "2.5"), ("2026-10-07", "12207", 1)))
    lines = b"".join(desk.client.post(desk.url("import_mend", count_import)).streaming_content)
    desk.agree(count_import)
    desk.imported(lines.replace(b"122,2.5", b"12203,2"), "mended.csv")
    assert counts() == [("2026-10-05", "12207", 3), ("2026-10-06", "12203", 2), ("2026-10-07", "12207", 1)]


# settings, recipients, kits
def test_words_are_matched_and_unknown_ones_are_asked_about(desk: Desk, scene) -> None:
    kit = KitType.objects.create(coalition=scene.coalition, name="Nasal 4 mg")
    header = (*HEADER, "Setting", "Given to", "Kit type")
    rows = (
        (*GOOD, "overdose", "family member", "nasal 4 MG"),
        ("2026-10-06", "12203", 2, "Mobile clinic", "unknown", "Pen"),
    )
    count_import = desk.check(text_file(header, *rows))
    assert "“Mobile clinic” is not in the list: saved as “Other”." in desk.preview(count_import)
    desk.agree(count_import, choices="import")
    found = list(Count.objects.order_by("from_on").values_list("setting", "recipient", "kit_type"))
    assert found == [("overdose_scene", "family", kit.pk), ("other", "", None)]
