"""The uploaded file of an import, and its rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from phast.sheets.refused import FileRefused
from phast.sheets.source import Row, Table, open_table

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


def data_rows(table: Table, header: int, tell: Callable[[int, str], None]) -> Iterator[Row]:
    """The rows below the header; about once a second `tell` hears how far it is, in percent and words."""
    told = time.monotonic()
    for row in table.rows():
        number = row[0]
        if number > header:
            yield row
        if number % 1_000 == 0 and time.monotonic() - told > 1:
            told = time.monotonic()
            tell(95 * number // max(table.size, number), f"{number:,} rows read")
