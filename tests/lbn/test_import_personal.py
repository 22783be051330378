"""A file about persons is refused whole, says why, and leaves nothing behind (35)."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from lbn.models import Count, CountImport
from phast.audit.models import Event
from tests.sheets.files import text_file, workbook

from .files import Desk

HEADER = ("Date", "ZIP", "Kits")


@pytest.fixture
def desk(scene) -> Desk:
    return Desk(scene, scene.lead_user)


def kept() -> list[Path]:
    """Uploaded files on disk."""
    return [path for path in Path(settings.FILES_ROOT).glob("imports/*") if path.is_file()]


@pytest.mark.parametrize(
    "column",
    [
        "Name",
        "First_Name",
        "DOB",
        "DateOfBirth",
        "Case #",
        "Case Number",
        "Incident No.",
        "Phone",
        "Address",
        "SSN",
        "Sex",
        "Age",
        "Latitude",
        "Narrative",
    ],
)
def test_a_column_about_persons_is_told_by_its_name(desk: Desk, column: str) -> None:
    before = kept()
    told = desk.refused(text_file((*HEADER, column), ("2026-10-05", "12207", 1, "x"), ("2026-10-06", "12203", 2, "y")))
    assert "This file is about persons" in told
    assert f"“{column}”" in told
    assert "nothing of it was kept" in told
    assert kept() == before


@pytest.mark.parametrize(
    ("values", "what"),
    [
        (("Mary Smith", "Jones, Robert", "Linda May"), "names"),
        (("24-001234", "24-001235", ""), "case numbers"),
        (("518-555-0142", "(518) 555-0143", ""), "phone numbers"),
        (("a@example.org", "b@example.org", ""), "e-mail addresses"),
        (("123-45-6789", "123-45-6780", ""), "Social Security numbers"),
        (("12 Main Street", "140 N Pearl St", ""), "street addresses"),
        (("DOB 1/2/80", "born 3/4/1979", ""), "dates of birth"),
        (("J. Doe 518-555-0142", "R. Roe DOB 1/2/80", ""), "phone numbers and dates of birth"),
    ],
)
def test_a_column_about_persons_is_told_by_its_values(desk: Desk, values: tuple[str, ...], what: str) -> None:
    rows = [(f"2026-10-0{day}", "12207", 1, value) for day, value in enumerate(values, 1)]
    told = desk.refused(text_file((*HEADER, "Remarks"), *rows))
    assert f"“Remarks” holds {what}" in told


def test_a_sheet_about_persons_behind_the_first_is_found(desk: Desk) -> None:
    def add(book, sheet) -> None:
        log = book.create_sheet("Log")
        log.append(("Client name", "ZIP", "Kits"))
        log.append(("Somebody", "12207", 1))
        log.sheet_state = "hidden"

    assert "This file is about persons" in desk.refused(
        workbook(HEADER, ("2026-10-05", "12207", 1), change=add), "counts.xlsx"
    )


def test_persons_far_down_are_found_by_the_check_and_the_file_is_deleted(desk: Desk) -> None:
    rows = [(f"2026-{1 + n % 10:02}-01", "12207", n % 9, "") for n in range(1_500)]
    rows += [("2026-10-05", "12203", 1, "call 518-555-0142"), ("2026-10-06", "12203", 1, "call 518-555-0143")]
    before = kept()
    count_import = desk.check(text_file((*HEADER, "Remarks"), *rows), "Mary Smith and others.csv")
    assert count_import.stage == CountImport.Stage.REFUSED
    assert "“Remarks” holds phone numbers" in desk.preview(count_import)
    assert kept() == before
    everything = f"{CountImport.objects.values()}{Event.objects.values()}"
    assert "Mary" not in everything
    assert "518" not in everything
    assert not Count.objects.exists()


@pytest.mark.parametrize(
    "column",
    [
        ("Agency", "Troy Police"),
        ("City", "Saint James"),
        ("Name", "Albany County Sheriff"),
        ("Report month", "Oct-26"),
        ("Incident type", "Overdose"),
    ],
)
def test_what_only_looks_like_it_is_taken(desk: Desk, column: tuple[str, str]) -> None:
    name, value = column
    rows = [(f"2026-10-0{day}", "12207-1234", day, value) for day in range(1, 6)]
    assert desk.taken(text_file((*HEADER, name), *rows), "counts 518-555-0142.csv")


def test_a_phone_number_in_a_title_or_one_footnote_is_no_person(desk: Desk) -> None:
    rows = [("Questions? 518-555-0142", "", ""), HEADER, ("2026-10-05", "12207", 3), ("Source: 518-555-0143", "", "")]
    count_import = desk.check(text_file(*rows))
    assert "1 note below or between the counts" in desk.preview(count_import)
