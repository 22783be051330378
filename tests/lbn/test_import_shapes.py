"""Tables in the shapes people keep: a column for each month, headers in two rows, several sheets, totals among the figures."""

from __future__ import annotations

import datetime as dt

import pytest

from lbn.models import ColumnMapping, Count, CountImport
from tests.sheets.files import text_file, workbook

from .files import Desk, counts, words

ZIPS = ("12207", "12203")
WIDE = [("2025-01-01", "12203", 4), ("2025-01-01", "12207", 1), ("2025-02-01", "12203", 5), ("2025-02-01", "12207", 2)]


@pytest.fixture
def desk(scene) -> Desk:
    return Desk(scene, scene.lead_user)


@pytest.fixture
def coordinators_desk(scene) -> Desk:
    return Desk(scene, scene.coordinator_user)


# ---- wide
@pytest.mark.parametrize(
    "header",
    [
        ("ZIP", "Jan-25", "Feb-25"),
        ("ZIP", "January 2025", "February 2025"),
        ("ZIP", "Jan '25 kits", "Feb '25 kits"),
        ("ZIP", "2025-01", "2025-02"),
        ("ZIP", "1/1/2025", "2/1/2025"),
        ("ZIP", "Kits in Jan 2025", "Kits in Feb 2025"),
    ],
)
def test_a_column_for_each_month_becomes_counts_of_months(desk: Desk, header: tuple[str, ...]) -> None:
    desk.imported(text_file(header, ("12207", 1, 2), ("12203", 4, 5)))
    assert counts() == WIDE
    assert set(Count.objects.values_list("to_on", flat=True)) == {dt.date(2025, 1, 31), dt.date(2025, 2, 28)}


def test_months_that_a_spreadsheet_keeps_as_days_are_months(desk: Desk) -> None:
    header = ("ZIP", dt.date(2025, 1, 1), dt.date(2025, 2, 1))
    desk.imported(workbook(header, (12207, 1, 2), (12203, 4, 5)), "counts.xlsx")
    assert counts() == WIDE


def test_years_above_their_months_are_put_together(desk: Desk) -> None:
    rows = (("Kits left", None, None), (None, 2024, 2025), ("ZIP", "Dec", "Jan"), ("12207", 1, 2))

    def merge(book, sheet) -> None:
        sheet.merge_cells("A1:C1")

    desk.imported(workbook(*rows, change=merge), "counts.xlsx")
    assert counts() == [("2024-12-01", "12207", 1), ("2025-01-01", "12207", 2)]


@pytest.mark.parametrize("above", [2025, "Q1 2025", "2025, first quarter"])
def test_a_year_merged_above_its_months_reaches_all_of_them(desk: Desk, above: object) -> None:
    rows = (("ZIP code", above, None, None), (None, "Jan", "Feb", "Total"), ("12207", 1, 2, 3), ("12203", 4, 5, 9))

    def merge(book, sheet) -> None:
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:D1")

    desk.imported(workbook(*rows, change=merge), "counts.xlsx")
    assert counts() == WIDE


def test_months_without_a_year_ask_once_for_it_and_go_on_after_december(desk: Desk) -> None:
    count_import = desk.taken(text_file(("ZIP", "Nov", "Dec", "Jan"), ("12207", 1, 2, 3)))
    assert "Write the year of the first of these columns" in words(desk.read(count_import))
    desk.read(count_import, year="2024")
    desk.agree(count_import)
    assert [day for day, _, _ in counts()] == ["2024-11-01", "2024-12-01", "2025-01-01"]


def test_the_year_in_the_title_or_the_files_name_is_proposed(desk: Desk) -> None:
    desk.imported(text_file(("Kits by month, 2025",), ("ZIP", "Jan", "Feb"), ("12207", 1, 2), ("12203", 4, 5)))
    assert counts() == WIDE
    form = desk.columns(desk.taken(text_file(("ZIP", "Mar", "Apr"), ("12207", 1, 2)), "kits 2024.csv")).context["form"]
    assert form["year"].value() == "2024"


def test_a_column_of_years_completes_the_months(desk: Desk) -> None:
    desk.imported(text_file(("Year", "ZIP", "Jan", "Feb"), (2025, "12207", 1, 2), (2025, "12203", 4, 5)))
    assert counts() == WIDE


def test_quarters_are_spans_of_their_own(desk: Desk) -> None:
    desk.imported(text_file(("ZIP", "Q1 2025", "2025 Q2"), ("12207", 1, 2)))
    assert list(Count.objects.order_by("from_on").values_list("from_on", "to_on")) == [
        (dt.date(2025, 1, 1), dt.date(2025, 3, 31)),
        (dt.date(2025, 4, 1), dt.date(2025, 6, 30)),
    ]


def test_totals_beside_and_below_the_months_are_left_out_and_it_is_said(desk: Desk) -> None:
    header = ("ZIP", "Jan 2025", "Feb 2025", "Q1 2025", "YTD", "Total")
    count_import = desk.check(
        text_file(header, ("12207", 1, 2, 3, 3, 3), ("12203", 4, 5, 9, 9, 9), ("Total", 5, 7, 12, 12, 12))
    )
    told = desk.preview(count_import)
    for name in ("Q1 2025", "YTD", "Total"):
        assert f"Column “{name}” is not read." in told
    assert "1 row of totals" in told
    desk.agree(count_import)
    assert counts() == WIDE


def test_a_blank_or_hidden_number_of_a_month_is_no_zero(desk: Desk) -> None:
    count_import = desk.check(text_file(("ZIP", "Jan 2025", "Feb 2025", "Mar 2025"), ("12207", "", "<5", 0)))
    told = desk.preview(count_import)
    assert "1 cell without a number of kits: blank is not zero" in told
    assert "Row 2 Feb 2025 This is a mark for a number that is hidden or missing" in told
    desk.agree(count_import)
    assert counts() == [("2025-03-01", "12207", 0)]


def test_a_wrong_zip_of_a_wide_row_is_one_mistake_with_all_its_numbers(desk: Desk) -> None:
    count_import = desk.check(text_file(("ZIP", "Jan 2025", "Feb 2025"), ("063HH", 1, 2), ("12203", 4, 5)))
    assert [(row, column) for row, column, _ in count_import.findings["problems"]] == [(2, "ZIP")]
    desk.agree(count_import)
    assert counts() == [("2025-01-01", "12203", 4), ("2025-02-01", "12203", 5)]


def test_a_wide_file_with_the_same_place_twice_is_asked_about(desk: Desk) -> None:
    count_import = desk.check(text_file(("ZIP", "Jan 2025", "Feb 2025"), ("12207", 1, 2), ("12207", 1, "")))
    assert "Looks like row 2: 12207, January 2025." in desk.preview(count_import)
    desk.agree(count_import, alike_file="keep_one")
    assert counts() == [("2025-01-01", "12207", 1), ("2025-02-01", "12207", 2)]


# ---- other headers
def test_a_file_without_a_header_is_read_by_its_values(desk: Desk) -> None:
    desk.imported(text_file(("2026-10-05", "12207", 3), ("2026-10-06", "12203", 2)))
    assert counts() == [("2026-10-05", "12207", 3), ("2026-10-06", "12203", 2)]


def test_what_is_said_besides_the_kits_is_read_and_blank_is_not_said(desk: Desk) -> None:
    header = ("Date", "ZIP", "Kits", "Declined", "No kit available", "Reversals reported")
    count_import = desk.check(
        text_file(
            header,
            ("2026-10-05", "12207", 3, 1, 0, ""),
            ("2026-10-06", "12203", 2, "x", "", ""),
            ("2026-10-07", "12203", "", 2, "", ""),
        )
    )
    told = desk.preview(count_import)
    assert "Row 3 Declined Enter a whole number" in told
    assert "Row 4 Kits There is no number of kits beside the other numbers. For none, write 0." in told
    desk.agree(count_import)
    assert list(Count.objects.values_list("kits", "declined", "none_available", "reversals", "channel")) == [
        (3, 1, 0, None, "file")
    ]


# ---- several sheets
def monthly(*names: str, header: tuple[object, ...] = ("ZIP", "Kits")) -> bytes:
    def add(book, sheet) -> None:
        sheet.title = names[0]
        for position, name in enumerate(names[1:], 1):
            other = book.create_sheet(name)
            other.append(header)
            other.append(("12207", position + 1))

    return workbook(header, ("12207", 1), change=add)


def test_sheets_named_for_their_month_are_read_together(desk: Desk) -> None:
    count_import = desk.taken(monthly("Jan 2025", "Feb 2025", "Mar 2025"), "kits.xlsx")
    assert "Sheets with the same columns" in words(desk.columns(count_import))
    desk.read(count_import)
    desk.agree(count_import)
    assert counts() == [("2025-01-01", "12207", 1), ("2025-02-01", "12207", 2), ("2025-03-01", "12207", 3)]


def test_one_of_several_sheets_may_be_chosen_and_the_others_are_named(desk: Desk) -> None:
    count_import = desk.taken(monthly("Jan 2025", "Feb 2025"), "kits.xlsx")
    desk.read(count_import, "?sheet=Feb+2025", sheets=[])
    assert "Sheets that are not read: Jan 2025." in desk.preview(count_import)
    desk.agree(count_import)
    assert counts() == [("2025-02-01", "12207", 2)]


def test_a_sheet_that_is_named_for_no_month_is_not_dated_by_guess(desk: Desk) -> None:
    count_import = desk.taken(monthly("Jan 2025", "Notes"), "kits.xlsx")
    assert "the sheet Notes is not named for a month. Import it by itself." in words(desk.read(count_import))


def test_a_mistake_on_another_sheet_names_the_sheet(desk: Desk) -> None:
    def spoil(book, sheet) -> None:
        other = book.create_sheet("East")
        other.append(("Date", "ZIP", "Kits"))
        other.append(("2026-10-05", "12203", "many"))

    rows = (("Date", "ZIP", "Kits"), ("2026-10-05", "12207", 3))
    count_import = desk.check(workbook(*rows, change=spoil), "kits.xlsx")
    assert "East, row 2 Kits Enter a whole number of kits" in desk.preview(count_import)


# ---- remembered
def test_next_years_wide_file_is_read_as_the_last_and_it_is_said(desk: Desk) -> None:
    header = ("Where", "Why", "Jan 2025", "Feb 2025")
    first = (header, ("12207", "overdose", 1, 2))
    desk.imported(text_file(*first), column_0="zip", column_1="setting")
    again = desk.taken(text_file((*header[:2], "Jan 2026", "Feb 2026", "Mar 2026"), ("12207", "event", 1, 2, 3)))
    page = desk.columns(again)
    assert "so they are set as they were then. Change what is different." in words(page)
    assert [page.context["form"][f"column_{n}"].value() for n in range(5)] == ["zip", "setting", *["spread"] * 3]


def test_columns_are_known_again_where_they_stand_elsewhere(desk: Desk) -> None:
    desk.imported(
        text_file(("A1", "B1", "C1"), ("12207", 3, "2026-10-05")), column_0="zip", column_1="kits", column_2="date"
    )
    mapping = ColumnMapping.objects.get()
    assert mapping.partner == desk.scene.agency
    moved = desk.taken(
        text_file(("A1", "B1", "C1", "Row in the file", "What to mend"), ("12203", 2, "2026-10-06", 4, "x"))
    )
    assert "The columns are those of a file imported on" in words(desk.columns(moved))


def test_one_agencys_columns_are_not_shown_to_another(desk: Desk, coordinators_desk: Desk, scene) -> None:
    header = ("A1", "B1", "C1")
    coordinators_desk.imported(
        text_file(header, ("12207", 3, "2026-10-05")),
        column_0="zip",
        column_1="kits",
        column_2="date",
        partner=str(scene.other.pk),
    )
    own = desk.taken(text_file(header, ("12203", 2, "2026-10-06")))
    assert "The columns are those of a file" not in words(desk.columns(own))
    again = coordinators_desk.taken(text_file(header, ("12203", 2, "2026-10-06")))
    page = coordinators_desk.columns(again)
    assert "for Colonie EMS, so they are set as they were then" in words(page)
    assert page.context["form"]["partner"].value() == str(scene.other.pk)


def test_columns_of_a_refused_file_are_not_remembered(desk: Desk) -> None:
    lines = [("2026-10-05", "12207", 1, "fine")] * 1_200 + [("2026-10-05", "12207", 1, "call 518-555-0142")] * 3
    count_import = desk.check(text_file(("Date", "ZIP", "Kits", "Note"), *lines))
    assert count_import.stage == CountImport.Stage.REFUSED
    assert not ColumnMapping.objects.exists()
