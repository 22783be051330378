"""How wide the columns of a report's tables are.

Tables with the same heads get the same columns, all through a report: figures stand below figures from page to page, and in every part of
a long one. The layout need not try every cell twice to find a width, which takes a seventh of the time a report takes.

A table whose class is one of its own has its columns in the style sheet, and so has what must fit on one page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from fontTools.ttLib import TTFont
from lxml import etree
from lxml import html as lxml_html

FONTS = {400: "Regular", 600: "SemiBold", 700: "Bold"}
SIZE = 9.0  # points: report.css, `table`
GAP = 2 * 2 * 72 / 25.4  # points between two columns: report.css, `th, td`
ROOM = 1.04  # what a word may be wider than its letters say: kerning, tabular figures
UNKNOWN = 1.0  # the width of a letter that our font does not have, in em
PLACES = {
    "main": 504.57,
    "columns": 240.94,
    "summary-pair": 238.11,
}  # points; the width of the page's text, and of what holds less
OTHERS = {"one-page", "halves", "thirds", "pack", "phrase-halves"}  # their tables are left as they are
PLAIN_CLASSES = {"keep"}  # of tables, and say nothing of columns
BREAKS = {"br", "p", "li", "div", "ul", "ol"}


class Room(NamedTuple):
    """What a column needs, in points: its longest line, and its longest word."""

    line: float
    word: float


def with_columns(markup: str) -> str:
    """The document, with the width of each column said."""
    document = lxml_html.document_fromstring(markup)
    alike: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for table in document.iter("table"):
        place = _place(table)
        if place and not set(table.get("class", "").split()) - PLAIN_CLASSES and _is_even(table):
            alike[place, *_heads(table)].append(table)
    if not alike:
        return markup
    for (place, *_), tables in alike.items():
        _set(tables, shares(_rooms(tables), PLACES[place]))
    return "<!DOCTYPE html>\n" + str(lxml_html.tostring(document, encoding="unicode"))


def shares(rooms: Sequence[Room], width: float) -> list[float]:
    """Which part of the width each column gets: every line fits, or else every word and the longer lines more of the rest."""
    lines, words = sum(room.line for room in rooms), sum(room.word for room in rooms)
    if lines <= width:
        return [room.line / lines for room in rooms]
    if words >= width or lines == words:
        return [room.word / words for room in rooms]
    more = (width - words) / (lines - words)
    return [(room.word + more * (room.line - room.word)) / width for room in rooms]


def _place(table: Any) -> str:
    """What says how wide it is, or "" when that is not known."""
    around = {name for above in table.iterancestors() for name in above.get("class", "").split()}
    if around & OTHERS:
        return ""
    return next((name for name in PLACES if name in around), "main")


def _is_even(table: Any) -> bool:
    """Every row has as many cells as the first, as far as no cell goes over several."""
    return table.find("colgroup") is None and not table.xpath(".//*[@rowspan]")


def _rows(table: Any) -> list[list[Any]]:
    return [[cell for cell in row if cell.tag in ("th", "td")] for row in table.iter("tr")]


def _heads(table: Any) -> tuple[str, ...]:
    """What tells which tables are alike."""
    return tuple(" ".join("".join(cell.itertext()).split()) for cell in _rows(table)[0])


def _rooms(tables: Iterable[Any]) -> list[Room]:
    rows = [row for table in tables for row in _rows(table)]
    most = max(len(row) for row in rows)
    rooms = [Room(GAP, GAP)] * most
    for row in rows:
        if any(cell.get("colspan") for cell in row):
            continue
        for at, cell in enumerate(row):
            room, before = _room(cell), rooms[at]
            rooms[at] = Room(max(before.line, room.line), max(before.word, room.word))
    return rooms


def _room(cell: Any) -> Room:
    weight = 400 if cell.tag == "td" else 700 if cell.getparent().getparent().tag in ("thead", "tfoot") else 600
    if cell.find(".//b") is not None or cell.find(".//strong") is not None:
        weight = 700
    lines = [_width(line, weight) for line in _lines(cell)]
    line = max(lines, default=0.0)
    is_whole = "number" in cell.get("class", "").split()
    words = [_width(word, weight) for word in "".join(cell.itertext()).split()]
    return Room(line + GAP, (line if is_whole else max(words, default=0.0)) + GAP)


def _lines(cell: Any) -> list[str]:
    pieces: list[str] = []
    for event, element in etree.iterwalk(cell, events=("start", "end")):
        text = element.text if event == "start" else element.tail if element is not cell else ""
        pieces += ["\n"] * (element.tag in BREAKS)
        pieces.append(" ".join((text or "").replace("\n", " ").split(" ")))
    return [" ".join(line.split()) for line in "".join(pieces).split("\n")]


def _set(tables: Iterable[Any], parts: Sequence[float]) -> None:
    for table in tables:
        columns = lxml_html.fragment_fromstring(
            "<colgroup>" + "".join(f'<col style="width:{part:.2%}">' for part in parts) + "</colgroup>"
        )
        caption = table.find("caption")
        table.insert(0 if caption is None else table.index(caption) + 1, columns)
        table.set("class", f"{table.get('class', '')} set".strip())


def _width(text: str, weight: int) -> float:
    widths = _letters(weight)
    return sum(widths.get(ord(letter), UNKNOWN) for letter in text) * SIZE * ROOM


@cache
def _letters(weight: int) -> dict[int, float]:
    """How wide each letter is, in em."""
    with TTFont(Path(settings.ROOT) / f"static/fonts/PublicSans-{FONTS[weight]}.woff2") as font:
        widths, units = font["hmtx"], font["head"].unitsPerEm
        return {code: widths[name][0] / units for code, name in font.getBestCmap().items()}
