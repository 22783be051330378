"""The rows that cannot be imported, as a file to mend and to import by itself."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from coalitions.selectors import actor_for
from phast.exports import for_csv
from phast.sheets.workbook import Broken

from .around import surroundings
from .reading import Reading
from .rows import RowReader
from .source import opened

if TYPE_CHECKING:
    from lbn.models import CountImport


class _Echo:
    """A file that gives back what is written to it, so that lines can be sent as they are made."""

    def write(self, line: str) -> str:
        return line


def rows_to_mend(count_import: CountImport) -> Iterator[str]:
    """Lines of CSV: the file's own columns, then the row's number in the file and what is wrong with it."""
    reading = Reading.from_json(count_import.reading)
    actor = actor_for(user=count_import.created_by, slug=count_import.coalition.slug)
    if actor is None:
        return
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([*map(for_csv, reading.labels), "Row in the file", "What to mend"])
    with opened(count_import, reading.sheet) as table:
        reader = RowReader(reading, surroundings(count_import, actor, since_1904=table.since_1904))
        for number, cells, mark in table.rows():
            found = reader.read(cells, mark) if number > reading.header else None
            if found and found.problems:
                told = " ".join(
                    f"{reading.label(name)}: {sentence}" if name else sentence for name, sentence in found.problems
                )
                own = [_plain(cell) for cell in cells[: len(reading.labels)]]
                own += [""] * (len(reading.labels) - len(own))
                # What to mend begins with the name of a column, which is the file's own.
                yield writer.writerow([*map(for_csv, own), number, for_csv(told)])


def _plain(cell: Any) -> str:
    if isinstance(cell, Broken):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return str(cell)
