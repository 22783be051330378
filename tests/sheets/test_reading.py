"""What is told of cells and columns, whatever a spreadsheet is about. Files as people keep them are in tests/lbn and tests/plans."""

from __future__ import annotations

import datetime as dt
import io

import pytest

from phast.sheets.cells import letter_of, shown, words_of
from phast.sheets.days import day_of_serial, order_of
from phast.sheets.personal import kind_of, personal_headers
from phast.sheets.refused import FileRefused
from phast.sheets.source import open_table
from tests.sheets.files import no_more_memory_than, text_file, with_part, workbook


def test_the_same_rows_come_from_both_kinds_of_file() -> None:
    rows = (("Step", "Due"), ("Écrire", "TBD"))
    read = [
        [[shown(cell) for cell in cells] for _, cells, _ in open_table(io.BytesIO(data), name).rows()]
        for data, name in (
            (text_file(*rows), "a.csv"),
            (text_file(*rows, encoding="utf-16"), "a.csv"),
            (workbook(*rows), "a.xlsx"),
        )
    ]
    assert read[0] == read[1] == read[2] == [["Step", "Due"], ["Écrire", "TBD"]]


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "a.csv", "This file is empty."),
        (b"%PDF-1.7", "a.csv", "This is a PDF"),
        (b"<html>", "a.xlsx", "This is a web page"),
        (workbook(("A",)), "a.csv", "is an Excel workbook"),
        (b"a,b", "a.xlsx", "is no Excel workbook"),
        (b"a,b", "a.docx", "Only .xlsx and .csv are read."),
    ],
)
def test_a_file_is_told_by_its_content(data: bytes, name: str, sentence: str) -> None:
    with pytest.raises(FileRefused, match=sentence):
        open_table(io.BytesIO(data), name)


def test_a_bomb_is_refused_at_once() -> None:
    bomb = with_part(workbook(("A",)), "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * 40_000_000)
    with pytest.raises(FileRefused, match="Unpacked, this file would take"), no_more_memory_than(10_000_000):
        open_table(io.BytesIO(bomb), "a.xlsx")


def test_entities_are_refused() -> None:
    def entity(xml: bytes) -> bytes:
        return b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml.partition(b"?>")[2]

    with pytest.raises(FileRefused, match="XML entities"):
        open_table(io.BytesIO(with_part(workbook(("A",)), "xl/worksheets/sheet1.xml", entity)), "a.xlsx")


def test_columns_about_persons_are_told_by_name() -> None:
    labels = ["Step", "Client_DOB", "DateOfBirth", "Case #", "Phone"]
    assert personal_headers(labels) == [
        (2, "dates of birth"),
        (3, "case or incident numbers"),
        (4, "phone numbers"),
    ]
    assert personal_headers(labels, {"phone numbers"}) == [(4, "phone numbers")]
    assert kind_of("call 518-555-0100") == "phone numbers"
    assert kind_of("11/30.2018") == ""


def test_days_and_labels_as_spreadsheets_hold_them() -> None:
    assert day_of_serial(45000, since_1904=False) == dt.date(2023, 3, 15)
    assert day_of_serial(45000, since_1904=True) == dt.date(2027, 3, 16)
    assert day_of_serial(2027, since_1904=False) is None
    assert [
        order_of(cells) for cells in (["03/04/25"], ["13/04/25"], ["03/14/25"], ["13/1/25", "1/13/25"], ["TBD"])
    ] == [
        "ask",
        "dmy",
        "mdy",
        "mixed",
        "",
    ]
    assert (letter_of(0), letter_of(27)) == ("A", "AB")
    assert words_of("Date_Of-Birth (Client)") == "date of birth client"
    assert shown("a\u200bb\u202ec\x00") == "abc"
