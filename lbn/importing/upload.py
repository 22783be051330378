"""The first look at a file, while it is still in the hands of the web server and nothing of it is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, BinaryIO

from phast.sheets.cells import shown
from phast.sheets.refused import FileRefused, PersonalFile
from phast.sheets.source import Table, open_table
from phast.sheets.workbook import WorkbookTable

from .dates import Span, span_named
from .headers import LOOK_AT, SAMPLE, SPREAD, Column, Rows, columns_of, header_row, labels_of, signature
from .personal import PersonalWatch, refuse_personal_headers
from .units import refuse_other_units

SHOWN = 8
MOST_COLUMNS = 100
MOST_SHEETS = 60  # looked at for the same columns
_A_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


@dataclass(frozen=True)
class SameSheet:
    """A sheet with the same columns. `span`: the period it is named for."""

    name: str
    header: int
    span: Span | None


@dataclass(frozen=True)
class Look:
    """The beginning of a sheet. `rows`: up to 1,000 of them, with numbers and marks. `same_sheets`: the other sheets that can be seen and
    have the same columns, where they were looked for (`sheets_like`)."""

    table: Table
    rows: Rows
    header: int
    same_sheets: Sequence[SameSheet] = ()

    @property
    def labels(self) -> list[str]:
        """The header's names, without empty ones at the end."""
        width = max((len(cells) for _, cells, _ in self.rows), default=0)
        labels = labels_of(self.rows, self.header, width) if self.header else [""] * width
        while labels and not labels[-1] and self.header:
            labels.pop()
        return labels

    @property
    def signature(self) -> str:
        return signature(self.labels)

    @property
    def width(self) -> int:
        """Cells of the header row in a text file; 0 in a workbook, where cells cannot slip."""
        if self.table.sheets or not self.header:
            return 0
        return next((len(cells) for number, cells, _ in self.rows if number == self.header), 0)

    @cached_property
    def columns(self) -> list[Column]:
        return columns_of(self.rows, self.header)

    @property
    def is_wide(self) -> bool:
        """A column for each month or other period."""
        return any(column.guess == SPREAD for column in self.columns)

    @property
    def has_kits(self) -> bool:
        """A column is taken for the number of kits."""
        return self.is_wide or any(column.guess == "kits" for column in self.columns)

    @property
    def titles(self) -> str:
        """What stands above the header."""
        above = [cells for number, cells, mark in self.rows if number < self.header and not mark]
        return " ".join(shown(cell, 200) for cells in above for cell in cells if cell != "")

    def likely_year(self, file_label: str) -> str:
        """The one year that the titles, the sheet or the file's name hold; "" when they hold none or several."""
        for text in (self.titles, self.table.sheet, file_label):
            years = set(_A_YEAR.findall(text))
            if len(years) == 1:
                return years.pop()
        return ""

    @property
    def data(self) -> list[list[Any]]:
        """Cells of the rows below the header."""
        return [cells for number, cells, mark in self.rows if number > self.header and not mark]

    @property
    def first(self) -> list[tuple[int, list[str]]]:
        """The first rows that hold anything, from the top of the sheet, all of one length."""
        rows = [(number, [shown(cell) for cell in cells]) for number, cells, mark in self.rows if not mark][:SHOWN]
        width = max(len(cells) for _, cells in rows)
        return [(number, cells + [""] * (width - len(cells))) for number, cells in rows]


def look_over(table: Table, header: int | None = None) -> Look:
    """Reads the beginning of a sheet. `header`: the number of the row with the columns' names, when the person has said it.

    Raises FileRefused when there is nothing to read, or when it is about persons.
    """
    rows = list(islice(table.rows(), SAMPLE))
    if not any(not mark for _, _, mark in rows):
        raise FileRefused("This sheet has no rows. Check that the counts are there, and try again.")
    if max(len(cells) for _, cells, _ in rows) > MOST_COLUMNS:
        raise FileRefused(
            f"This sheet has more than {MOST_COLUMNS} columns. Keep those about the counts, and try again."
        )
    look = Look(table, rows, header_row(rows) if header is None else header)
    labels, data = look.labels, look.data
    refuse_personal_headers(labels, data)
    watch = PersonalWatch(labels)
    for cells in data:
        watch.see(cells)
    watch.see_names(data, passing=[column.index for column in look.columns if column.guess == "agency"])
    return look


def likely_sheet(look: Look) -> Look:
    """The first sheet with a column of kits, where this one has none: a page of instructions often comes first."""
    if look.has_kits or not isinstance(look.table, WorkbookTable):
        return look
    for name in look.table.sheets[:MOST_SHEETS]:
        try:
            other = look_over(look.table.another(name))
        except FileRefused:
            continue
        if other.has_kits:
            return other
    return look


def sheets_like(look: Look) -> list[SameSheet]:
    """The other sheets that can be seen and have the same columns; asked while the file is open."""
    if not isinstance(look.table, WorkbookTable):
        return []
    found = []
    for name in look.table.sheets[:MOST_SHEETS]:
        if name == look.table.sheet:
            continue
        table = look.table.another(name)
        rows = list(islice(table.rows(), LOOK_AT))
        other = Look(table, rows, header_row(rows))
        if other.labels and other.signature == look.signature:
            found.append(SameSheet(name, other.header, span_named(name)))
    return found


def look_over_all(file: BinaryIO, name: str) -> Look:
    """The first sheet; the others, the hidden ones too, are looked at for persons only. Raises FileRefused, also for a file that holds
    no counts of kits."""
    first = open_table(file, name)
    look = look_over(first)
    if len(first.sheets) < 2:  # of several the person chooses
        values = [[cells[column.index] for cells in look.data if column.index < len(cells)] for column in look.columns]
        refuse_other_units(look.columns, values, look.titles)
    if isinstance(first, WorkbookTable):
        for sheet in [*first.sheets, *first.hidden_sheets]:
            if sheet != first.sheet:
                _refuse_persons(first.another(sheet))
    return look


def _refuse_persons(table: Table) -> None:
    try:
        look_over(table)
    except PersonalFile:
        raise
    except FileRefused:
        pass  # an empty sheet, or one that cannot be read: it is no reason against the first
