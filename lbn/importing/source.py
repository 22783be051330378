"""The uploaded file of an import, and its rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from phast.sheets.refused import FileRefused
from phast.sheets.source import Row, Table, open_table
from phast.sheets.workbook import WorkbookTable

from .reading import Reading, row_number

# First key of the advisory lock that lets one worker at a time write or undo an import; the second is the import.
IMPORT_LOCK = 1818389059

if TYPE_CHECKING:
    from lbn.models import CountImport


@contextmanager
def opened(count_import: CountImport, sheet: str = "") -> Iterator[Table]:
    """The rows of the uploaded file while it is open. Raises FileRefused, also when the file is no longer there."""
    try:
        file = count_import.file.open("rb")
    except (FileNotFoundError, ValueError):
        raise FileRefused("The file is no longer here. Please upload it again.") from None
    with file:
        yield open_table(cast("BinaryIO", file), count_import.file_label, sheet)


def data_rows(table: Table, reading: Reading, tell: Callable[[int, str], None] = lambda *_: None) -> Iterator[Row]:
    """The rows below the header, of every sheet that is read, numbered as in `reading.row_number`; about once a second `tell` hears how
    far it is, in percent and words. Raises FileRefused when a sheet is not there."""
    told = time.monotonic()
    parts = reading.parts
    for position, part in enumerate(parts):
        own = sheet_of(table, part.sheet) if position else table
        for number, cells, mark in own.rows():
            if number > part.header:
                yield row_number(position, number), cells, mark
            if number % 1_000 == 0 and time.monotonic() - told > 1:
                told = time.monotonic()
                share = (position + number / max(own.size, number)) / len(parts)
                tell(int(95 * share), f"{number:,} rows read" + (f" of {part.sheet}" if reading.more else ""))


def sheet_of(table: Table, name: str) -> Table:
    """Another sheet of a workbook. Raises FileRefused when there is none of that name."""
    if isinstance(table, WorkbookTable) and name in table.sheets:
        return table.another(name)
    raise FileRefused(f"The sheet {name} is no longer in the file. Say again how to read it.")


def not_read(table: Table, reading: Reading) -> list[str]:
    """Sentences about what of the file is left out."""
    read = {part.sheet for part in reading.parts}
    others = [name for name in table.sheets if name not in read]
    said = [f"Sheets that are not read: {', '.join(others)}."] if others else []
    return [*table.left_out, *said, *reading.left_out]
