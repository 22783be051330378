"""The columns of tables are wide enough for their words, and the same in tables with the same heads."""

from __future__ import annotations

import re

import pytest
from lxml import html

from phast.reports.columns import Room, shares, with_columns
from phast.reports.pdf import draw_pdf

from .pdfua import pages_of

MONTHS = "<table><caption>A</caption><tr><th>Month<th class=number>Kits<tr><th>Jan 2026<td class=number>{}</table>"
LONG = (
    "<table><thead><tr><th>Partner<th>What it does<th class=number>Kits</thead><tbody>"
    "<tr><th>{}<td>{}<td class=number>1,234,567</table>"
)


def widths(markup: str) -> list[list[float]]:
    return [
        [float(re.findall(r"[\d.]+", column.get("style"))[0]) for column in table.iter("col")]
        for table in html.document_fromstring(markup).iter("table")
    ]


def test_columns_of_tables_with_the_same_heads():
    """Figures stand below figures from page to page."""
    few, many, other = widths(with_columns(MONTHS.format(1) + MONTHS.format("1,234,567") + LONG.format("A", "B")))
    assert few == many
    assert len(other) == 3
    assert sum(few) == pytest.approx(100, abs=0.1)


def test_columns_come_after_the_caption():
    table = html.document_fromstring(with_columns(MONTHS.format(1))).find(".//table")
    assert [child.tag for child in table][:2] == ["caption", "colgroup"]


def test_every_line_fits_when_there_is_room():
    assert shares([Room(30, 10), Room(10, 10)], 100) == [0.75, 0.25]


def test_every_word_fits_when_lines_do_not():
    rooms = [Room(400, 40), Room(100, 40), Room(15, 15)]
    found = shares(rooms, 200)
    assert sum(found) == pytest.approx(1)
    assert all(share * 200 >= room.word for share, room in zip(found, rooms, strict=True))
    assert found[0] > found[1] > found[2]


def test_words_wider_than_the_page_share_it():
    assert shares([Room(900, 900), Room(300, 300)], 200) == [0.75, 0.25]


@pytest.mark.parametrize(
    "markup",
    [
        "<table class=directory-people><tr><th>Name<td>Role</table>",
        "<div class=one-page><table><tr><th>Name<td>Role</table></div>",
        "<table><tr><th rowspan=2>Name<td>Role</table>",
    ],
)
def test_tables_with_columns_of_their_own_are_left_alone(markup):
    assert with_columns(markup) == markup


def test_no_word_is_broken_on_paper():
    """Letters are added up from the font, and the printed word is no wider than that."""
    words = ["Responsibilities", "MMMMMMMMMMMM", "1111111111", "Überdosierungsprävention", "WWWWiiiiijjjj"]
    long = "Leaves kits with the people it meets and those who live with them. " * 9
    markup = "<!DOCTYPE html><html lang=en><head><title>A</title></head><body><main><h1>A</h1>" + "".join(
        LONG.format(word, long) for word in words
    )
    printed = " ".join(pages_of(draw_pdf(markup).content))
    for word in words:
        assert word in printed
