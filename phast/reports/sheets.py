"""The data of a report as tables, read out of the very document that is drawn: what stands in the one stands in the other. Only a kind
whose pages are no tables gives its own, from the same frozen data.

Nothing is collected again, so a table holds what the report's audience may read, hidden figures hidden.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any
from xml.etree.ElementTree import Element

import tinyhtml5
from tablib import Dataset

from phast.exports import Money, sheet_names
from phast.ui.templatetags.ui import local_time

from .kinds import ReportKind
from .markup import document
from .models import Report


@dataclass(frozen=True)
class Change:
    """A row that is not as it was: what it is about, how it stood and how it stands; "" where it is missing."""

    about: str
    before: str
    now: str


Changes = list[tuple[str, list[Change]]]  # by table
TEXT = "Text"
ABOUT = "About"
SECTION, SAYS = "Section", "Text"
GOES_ON = ", continued"  # ends the caption of a table that was cut
WHOLE = re.compile(r"[-−]?(?:\d{1,3}(?:,\d{3})*|\d+)")
DECIMAL = re.compile(WHOLE.pattern + r"\.\d+")
DAY = re.compile(r"[A-Z][a-z]{2} \d{1,2}, (?:19|20)\d\d")  # as `local_date` writes it
DOLLARS = re.compile(r"\$(?:\d{1,3}(?:,\d{3})*|\d+)(?:\.\d\d)?")
HEADINGS = ("h1", "h2", "h3", "h4")
SENTENCES = ("p", "li", "dt", "dd")


def sheets_of(kind: ReportKind, report: Report) -> list[Dataset]:
    """The tables of a report in their order, each with its title, and last, as "Text", what else it says, by section."""
    return kind.tables(report.data) if kind.tables else read(document(kind, report))


def book_of(kind: ReportKind, report: Report) -> list[Dataset]:
    """The same as the sheets of a workbook: before the tables one about the report, which says for whom it is."""
    markup = document(kind, report)
    tables = kind.tables(report.data) if kind.tables else read(markup)
    return [_about(report, markup, tables), *map(counted_with, tables)]


def _about(report: Report, markup: str, tables: Sequence[Dataset]) -> Dataset:
    """Title, coalition, audience and date, the whole title of each table whose sheet has a shorter name, and what the report says about
    itself, such as what is hidden in it."""
    names = sheet_names([Dataset(title=ABOUT), *tables])[1:]
    tree = tinyhtml5.parse(markup, namespace_html_elements=False)
    notes = [part for part in tree.iter("section") if "notes" in part.get("class", "").split()]
    told = [header.get("data-footnote", "").strip() for header in tree.iter("header")]
    told += [words(each) for part in notes for each in part.iter() if each.tag in ("p", "li")]
    return Dataset(
        ("Coalition", report.coalition.name),
        ("For whom", report.audience),
        ("Data as of", local_time(report.data_as_of)),
        *((f"Sheet: {name}", data.title) for name, data in zip(names, tables, strict=True) if name != data.title),
        *(("Note", sentence) for sentence in told if sentence),
        headers=["Report", report.title],
        title=ABOUT,
    )


def counted_with(data: Dataset) -> Dataset:
    """A table in which days and money are more than words."""
    if data.title == TEXT:
        return data
    return Dataset(*(map(_meant, row) for row in data), headers=data.headers, title=data.title)


def _meant(said: Any) -> Any:
    """The day or the amount of money that a cell says; everything else as it is."""
    if isinstance(said, str) and DAY.fullmatch(said):
        with suppress(ValueError):  # there is no such day
            return dt.datetime.strptime(said, "%b %d, %Y").date()  # noqa: DTZ007 (a day, no moment)
    if isinstance(said, str) and DOLLARS.fullmatch(said):
        return Money(said.strip("$").replace(",", ""))
    return said


def read(markup: str) -> list[Dataset]:
    """The tables of a document and its text. Tables of one heading with the same columns, and no captions or one that says "continued",
    are one that was cut."""
    tree = tinyhtml5.parse(markup, namespace_html_elements=False)
    main = tree.find(".//main")
    found = _Found()
    found.read(tree if main is None else main)
    return found.sheets()


def differences(before: Sequence[Dataset], after: Sequence[Dataset]) -> Changes:
    """What changed from one to the other, by table. What is in both alike is not told."""
    then, now = ({data.title: _by_first(data) for data in sheets if data.title != TEXT} for sheets in (before, after))
    changed: Changes = []
    for title in dict.fromkeys([*then, *now]):
        was, is_now = then.get(title, {}), now.get(title, {})
        rows = [
            Change(about[0], was.get(about, ""), is_now.get(about, ""))
            for about in dict.fromkeys([*was, *is_now])
            if was.get(about) != is_now.get(about)
        ]
        if rows:
            changed.append((title, rows))
    said = _sentences(*map(_by_section, (before, after)))
    return [*changed, (TEXT, said)] if said else changed


def _by_section(sheets: Sequence[Dataset]) -> dict[str, list[str]]:
    """The sentences of each section, in their order."""
    found: dict[str, list[str]] = {}
    for section, says in (row for data in sheets if data.title == TEXT for row in data):
        found.setdefault(section, []).append(says)
    return found


def _sentences(then: Mapping[str, Sequence[str]], now: Mapping[str, Sequence[str]]) -> list[Change]:
    """Sentences that came or went, by section; what stands in the place of another is told beside it."""
    changed = []
    for section in dict.fromkeys([*then, *now]):
        was, is_now = then.get(section, []), now.get(section, [])
        for _, first, last, first_now, last_now in SequenceMatcher(a=was, b=is_now, autojunk=False).get_opcodes():
            went = [said for said in was[first:last] if said not in is_now]
            came = [said for said in is_now[first_now:last_now] if said not in was]
            changed += [Change(section, *each) for each in zip_longest(went, came, fillvalue="")]
    return changed


def _by_first(data: Dataset) -> dict[tuple[str, str], str]:
    """Each row by its first cell, and by a number where several begin alike."""
    found: dict[tuple[str, str], str] = {}
    for first, *rest in data:
        said = [f"{head}: {value}" for head, value in zip(data.headers[1:], rest, strict=True) if value != ""]
        number = 1
        while (str(first), str(number)) in found:
            number += 1
        found[str(first), str(number)] = "; ".join(said)
    return found


class _Found:
    """What was found so far, walking through a document in its order."""

    def __init__(self) -> None:
        self.heading = ""
        self.tables: list[Dataset] = []
        self.under: list[str] = []  # the heading that each table stands under
        self.text: list[tuple[str, str]] = []

    def read(self, element: Element) -> None:
        for child in element:
            if child.tag in HEADINGS:
                self.heading = words(child)
            elif child.tag == "table":
                self.table(child)
            elif child.tag in SENTENCES:
                self.sentence(child)
            elif isinstance(child.tag, str):
                self.read(child)

    def sentence(self, element: Element) -> None:
        """A paragraph, or an entry of a list with what is nested in it after it."""
        nested = [each for each in element if each.tag in ("ul", "ol", "dl", "table")]
        said = words(element, without=nested)
        if said:
            self.text.append((self.heading, said))
        for each in nested:
            self.read(each) if each.tag != "table" else self.table(each)

    def table(self, element: Element) -> None:
        caption = element.find("caption")
        title = words(caption) if caption is not None else self.heading
        lines = [list(_cells(row)) for row in element.iter("tr")]
        heads = [words(cell) for cell in lines[0]] if lines and element.find("thead") is not None else []
        body = lines[1:] if heads else lines
        width = max([len(heads), *(len(line) for line in body)])
        heads += [""] * (width - len(heads))
        rows = [[_value(cell) for cell in line] + [""] * (width - len(line)) for line in body]
        goes_on = title.endswith(GOES_ON) or (caption is None and self.under[-1:] == [self.heading])
        if goes_on and self.tables and self.tables[-1].headers == heads:
            self.tables[-1].extend(rows)
            return
        self.tables.append(Dataset(*rows, headers=heads, title=title))
        self.under.append(self.heading)

    def sheets(self) -> list[Dataset]:
        found = [data for data in self.tables if len(data)]
        if self.text:
            found.append(Dataset(*self.text, headers=[SECTION, SAYS], title=TEXT))
        named: Counter[str] = Counter()
        for data in found:
            title = data.title or "Table"
            named[title] += 1
            data.title = title if named[title] == 1 else f"{title} {named[title]}"
        return found


def words(element: Element, without: list[Element] | None = None) -> str:
    """What an element says, white space made one blank. Pictures and `without` say nothing."""
    return " ".join("".join(_texts(element, without or [])).split())


def _texts(element: Element, without: list[Element]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child not in without and isinstance(child.tag, str):
            yield " " if child.tag in ("br", "p", "li", "div") else ""
            yield from _texts(child, without)
        yield child.tail or ""


def _cells(row: Element) -> Iterator[Element]:
    """Each cell as often as it is wide."""
    for cell in row:
        if cell.tag in ("th", "td"):
            for _ in range(int(cell.get("colspan", "1"))):
                yield cell


def _value(cell: Element) -> Any:
    """A number where the column holds numbers, else the text: a ZIP code stays one. Of a day (`time`) with words beside it, the day."""
    day = cell.find("time")
    said = words(cell if day is None else day)
    if cell.tag != "td" or "number" not in cell.get("class", "").split():
        return said
    bare = said.replace(",", "").replace("−", "-")
    return int(bare) if WHOLE.fullmatch(said) else Decimal(bare) if DECIMAL.fullmatch(said) else said
