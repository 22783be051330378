"""Files that are not what they say, or say it in another way. The numbers are those of the list of threats."""

from __future__ import annotations

import io
import random
import struct
import time
import zipfile

import pytest

from lbn.models import Count, CountImport
from tests.sheets.files import no_more_memory_than, text_file, with_part, workbook

from .files import SHEET, Desk, counts, words

HEADER = ("Date", "ZIP", "Kits")
ROWS = (HEADER, ("2026-10-05", "12207", 3), ("2026-10-06", "12203", 2))
THE_SAME = [("2026-10-05", "12207", 3), ("2026-10-06", "12203", 2)]


@pytest.fixture
def desk(scene) -> Desk:
    return Desk(scene, scene.lead_user)


# 14: byte order mark, UTF-16, Windows
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_usual_encoding_gives_the_same_rows(desk: Desk, encoding: str) -> None:
    rows = [(*row, note) for row, note in zip(ROWS, ("Café", "naïve", "é"), strict=True)]
    desk.imported(text_file(*rows, encoding=encoding))
    assert counts() == THE_SAME


def test_broken_bytes_name_the_line(desk: Desk) -> None:
    data = text_file(("Date", "ZIP", "Kits", "Caf\u00e9"), *ROWS[1:]) + b"2026-10-07,12207,1,\xff\n"
    assert "Line 4 holds bytes that are no text" in desk.refused(data)


# 15
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_usual_separator_gives_the_same_rows(desk: Desk, delimiter: str) -> None:
    desk.imported(text_file(*ROWS, delimiter=delimiter))
    assert counts() == THE_SAME


# 16
@pytest.mark.parametrize("bad", ["\x00", "\u202e", "\u2066"])
def test_characters_nobody_sees_are_an_error_of_their_row(desk: Desk, bad: str) -> None:
    count_import = desk.check(text_file(*ROWS, ("2026-10-07", f"12{bad}210", 4)))
    assert (count_import.findings["accepted"], count_import.findings["rejected"]) == (2, 1)
    assert "Row 4" in desk.preview(count_import)
    assert "characters that cannot be seen" in desk.preview(count_import)


def test_zero_width_characters_are_read_over(desk: Desk) -> None:
    desk.imported(text_file(HEADER, ("2026-10-05\u200b", "\ufeff12207", "3\u00ad")))
    assert counts() == THE_SAME[:1]


def test_a_quotation_mark_that_never_closes_swallows_no_rows(desk: Desk) -> None:
    data = text_file(*ROWS) + b'2026-10-07,"12207,1\n2026-10-08,12203,1\n'
    assert "Row 4 cannot be read: its quotation marks do not match" in desk.refused(data)


# 27
def test_a_zip_bomb_is_refused_at_once(desk: Desk) -> None:
    bomb = with_part(workbook(*ROWS), "xl/media/big.xml", lambda _: b"<a>" + b" " * 60_000_000 + b"</a>")
    assert len(bomb) < 100_000
    with no_more_memory_than(20_000_000):
        told = desk.refused(bomb, "counts.xlsx")
    assert "It is not opened" in told


def test_a_large_workbook_of_many_sheets_is_unpacked_once(desk: Desk) -> None:
    """Each sheet is looked at for persons; unpacking the whole anew for each would hold the web server up for minutes."""
    padding = (random.Random(1).randbytes(600) + bytes(50_000)) * 2_000

    def seconds(sheets: int) -> float:
        def add(book, sheet) -> None:
            for number in range(1, sheets):
                book.create_sheet(f"More {number}").append(("ZIP", "Kits"))

        data = with_part(workbook(*ROWS, change=add), "xl/padding.bin", lambda _: padding)
        began = time.monotonic()
        desk.taken(data, "counts.xlsx")
        return time.monotonic() - began

    one = seconds(1)
    assert seconds(80) < 10 * one


def test_a_part_that_unpacks_to_more_than_it_says_is_refused(desk: Desk) -> None:
    book = workbook(*ROWS)
    data = bytearray(with_part(book, SHEET, lambda xml: xml + b" " * 5_000_000))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo(SHEET)
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(SHEET.encode(), info.header_offset if signature == b"PK\x03\x04" else data.index(b"PK\x01\x02"))
        at -= 30 if signature == b"PK\x03\x04" else 46
        assert data[at : at + 4] == signature
        struct.pack_into("<I", data, at + offset, 400)
    assert "unpacks to more than it says" in desk.refused(bytes(data), "counts.xlsx")


def test_cells_at_the_far_end_of_a_sheet_do_not_fill_the_memory(desk: Desk) -> None:
    far = workbook(*ROWS, change=lambda book, sheet: sheet.__setitem__("XFD1048576", 1))
    assert "cells very far apart" in desk.refused(far, "counts.xlsx")


@pytest.mark.parametrize("at", [1, 500])
def test_a_line_of_a_million_commas_is_refused(desk: Desk, at: int) -> None:
    lines = [b"Date,ZIP,Kits", *[b"2026-10-05,12207,3"] * 600]
    lines[at] = b"," * 1_000_000
    assert f"Row {at + 1:,} has 1,000,001 columns" in desk.refused(b"\n".join(lines))


# 28
def test_a_false_dimension_hides_no_rows(desk: Desk) -> None:
    def shrink(xml: bytes) -> bytes:
        assert b'<dimension ref="A1:C3"' in xml
        return xml.replace(b'<dimension ref="A1:C3"', b'<dimension ref="A1"')

    desk.imported(with_part(workbook(*ROWS), SHEET, shrink), "counts.xlsx")
    assert counts() == THE_SAME


# 29
@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_xml_entities_are_refused(desk: Desk, part: str) -> None:
    def entity(xml: bytes) -> bytes:
        head, _, rest = xml.rpartition(b"?>")
        return (head + b"?>" if head else b"") + b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + rest

    assert "XML entities" in desk.refused(with_part(workbook(*ROWS), part, entity), "counts.xlsx")


def test_a_damaged_workbook_is_an_answer_and_no_error_page(desk: Desk) -> None:
    whole = workbook(*ROWS)
    for data in (
        whole[: len(whole) // 2],
        with_part(whole, SHEET, lambda xml: xml[:200]),
        with_part(whole, "xl/workbook.xml", lambda _: b"<"),
    ):
        assert "damaged" in desk.refused(data, "counts.xlsx")


# 30
def test_a_formula_without_a_value_is_an_error_and_never_zero(desk: Desk) -> None:
    count_import = desk.check(workbook(*ROWS, ("2026-10-07", "12210", "=1+1")), "counts.xlsx")
    told = desk.preview(count_import)
    assert (count_import.findings["accepted"], count_import.findings["rejected"]) == (2, 1)
    assert "Row 4 Kits This cell holds a formula without a value" in told
    desk.agree(count_import)
    assert counts() == THE_SAME


def test_a_cell_that_shows_an_excel_error_is_named(desk: Desk) -> None:
    def fail(book, sheet) -> None:
        sheet["C4"].value, sheet["C4"].data_type = "#REF!", "e"

    count_import = desk.check(workbook(*ROWS, ("2026-10-07", "12210", 0), change=fail), "counts.xlsx")
    assert "Row 4 Kits This cell shows an Excel error" in desk.preview(count_import)


# 33
@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (workbook(*ROWS), "counts.csv", "called .csv but is an Excel workbook"),
        (b"<html><table><tr><td>ZIP</td></tr></table></html>", "counts.csv", "This is a web page"),
        (b"\xef\xbb\xbf  <?xml version='1.0'?><Workbook/>", "counts.xls", "This is a web page"),
        (text_file(*ROWS), "counts.xlsx", "called .xlsx but is no Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "counts.xls", "old Excel file, or one with a password"),
        (b"%PDF-1.7 ...", "counts.csv", "This is a PDF"),
        (b"\r\n \t", "counts.csv", "This file is empty"),
        (text_file(*ROWS), "counts.docx", "Only .xlsx and .csv are read"),
    ],
)
def test_a_file_that_is_something_else_is_told_what_it_is(desk: Desk, data: bytes, name: str, told: str) -> None:
    assert told in desk.refused(data, name)


def test_a_zip_without_a_workbook_is_refused(desk: Desk) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert "holds no Excel workbook" in desk.refused(out.getvalue(), "counts.xlsx")


# 18
def test_the_same_file_again_adds_nothing_and_says_when_it_came(desk: Desk) -> None:
    desk.imported(text_file(*ROWS))
    again = desk.upload(text_file(*ROWS), "another name.csv")
    assert again.status_code == 422
    assert "already imported on Nov 20, 2026, with 2 rows. Nothing was added." in words(again)
    assert Count.objects.count() == 2
    assert CountImport.objects.count() == 1


def test_a_file_given_up_may_come_again(desk: Desk, django_capture_on_commit_callbacks) -> None:
    count_import = desk.check(text_file(*ROWS))
    with django_capture_on_commit_callbacks(execute=True):
        response = desk.client.post(desk.url("import_cancel", count_import), follow=True)
    assert "Nothing was imported, and the file is deleted." in words(response)
    count_import.refresh_from_db()
    assert not count_import.file
    desk.imported(text_file(*ROWS))
    assert counts() == THE_SAME


def test_two_people_agree_to_the_same_file_and_it_is_in_once(desk: Desk, scene) -> None:
    first, second = desk.check(text_file(*ROWS)), desk.check(text_file(*ROWS), "copy.csv")
    desk.agree(first)
    told = desk.agree(second, **dict.fromkeys(second.findings["questions"], "import"))
    assert told.status_code == 422
    assert "already imported" in words(told)
    assert counts() == THE_SAME


@pytest.mark.parametrize("query", ["?header=999", "?header=-1", "?header=x", "?sheet=Nowhere", "?header=0"])
def test_a_header_row_or_sheet_that_is_not_there_is_no_error_page(desk: Desk, query: str) -> None:
    for data, name in ((text_file(*ROWS), "counts.csv"), (workbook(*ROWS), "counts.xlsx")):
        assert desk.columns(desk.taken(data, name), query).status_code == 200


def test_a_header_with_characters_nobody_sees_is_read(desk: Desk) -> None:
    desk.imported(text_file(("Date", "Z\x00IP", "\u202eKits"), *ROWS[1:]))
    assert counts() == THE_SAME


def test_a_sheet_with_hundreds_of_columns_is_refused(desk: Desk) -> None:
    assert "more than 100 columns" in desk.refused(text_file([f"c{n}" for n in range(300)], list(range(300))))
