"""The rows that cannot be imported, as a file to mend and to import by itself."""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook

from coalitions.selectors import actor_for
from phast.exports import for_csv, for_xlsx
from phast.sheets.workbook import Broken

from .around import surroundings
from .reading import Reading
from .rows import RowReader
from .source import data_rows, opened
from .words import MENDING

if TYPE_CHECKING:
    from lbn.models import CountImport


class _Echo:
    """A file that gives back what is written to it, so that lines can be sent as they are made."""

    def write(self, line: str) -> str:
        return line


def mend_csv(count_import: CountImport) -> Iterator[str]:
    """The rows as lines of CSV, sent as they are made."""
    writer = csv.writer(_Echo())
    for number, row in enumerate(_rows(count_import)):
        # What to mend begins with the name of a column, which is the file's own: it is escaped like the rest.
        yield ("" if number else "\ufeff") + writer.writerow(map(for_csv, row))


def mend_xlsx(count_import: CountImport) -> Any:
    """The rows as a workbook, in a temporary file at its start; whoever takes it closes it."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Rows to mend")
    for row in _rows(count_import):
        sheet.append([for_xlsx(sheet, value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it when it is sent
    book.save(file)
    file.seek(0)
    return file


def _rows(count_import: CountImport) -> Iterator[list[Any]]:
    """The header and the rows: the file's own columns, then the row's number in the file and what is wrong with it."""
    reading = Reading.from_json(count_import.reading)
    actor = actor_for(user=count_import.created_by, slug=count_import.coalition.slug)
    if actor is None:
        return
    yield [*reading.labels, *MENDING]
    with opened(count_import, reading.sheet) as table:
        reader = RowReader(reading, surroundings(count_import, actor, since_1904=table.since_1904))
        for number, cells, mark in data_rows(table, reading):
            problems = [each for found in reader.read(number, cells, mark) for each in found.problems]
            if problems:
                told = " ".join(
                    f"{reading.label(name)}: {sentence}" if name else sentence for name, sentence in problems
                )
                own = [_plain(cell) for cell in cells[: len(reading.labels)]]
                own += [""] * (len(reading.labels) - len(own))
                yield [*own, reading.place_of(number) if reading.more else number, told]


def _plain(cell: Any) -> str:
    if isinstance(cell, Broken):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return str(cell)
