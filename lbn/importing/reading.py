"""How a person says a file is to be read. Kept as JSON with the import, and proposed again for the agency's next file."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from .headers import FIELDS

# A row of a file is known by one number: which of the sheets that are read, and the row as the spreadsheet shows it.
_ROW_BITS = 21  # 2,097,152 rows; a sheet has 1,048,576 at most
_ROWS = (1 << _ROW_BITS) - 1


class Part(NamedTuple):
    """A sheet that is read. `span`: when all its kits were left, where no column says it."""

    sheet: str
    header: int
    span: tuple[dt.date, dt.date] | None


@dataclass(frozen=True)
class Reading:
    """`sheet` and `header` (row number, 0 for none) say where; `columns` says which column (from 0) holds which of FIELDS; the
    rest is what the file does not say and was asked once: the span, the order of day and month, setting, recipient, kit type.
    Without a ZIP column `place` is "unknown" or "outside". `width`: cells in the header row of a text file, where a row with more of
    them has a stray separator; 0 in a workbook.

    `spread`: in a wide table the columns that each hold the kits of a period, as [column, first day, last day, text]; without days the
    text is completed by the year of the row. `more`: other sheets with the same columns, as [sheet, header row, first day, last day].
    `left_out`: sentences about columns that are not read."""

    columns: dict[str, int]
    labels: list[str] = field(default_factory=list)
    signature: str = ""
    sheet: str = ""
    header: int = 1
    width: int = 0
    from_on: str = ""
    to_on: str = ""
    date_order: str = ""
    place: str = ""
    setting: str = ""
    recipient: str = ""
    kit_type: int | None = None
    spread: list[list[Any]] = field(default_factory=list)
    more: list[list[Any]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def span(self) -> tuple[dt.date, dt.date] | None:
        """The span given for the whole file, or its first sheet."""
        return _span(self.from_on, self.to_on)

    @property
    def parts(self) -> list[Part]:
        """The sheets that are read, in order."""
        others = [Part(sheet, header, _span(first, last)) for sheet, header, first, last in self.more]
        return [Part(self.sheet, self.header, self.span), *others]

    def label(self, name: str) -> str:
        """What the file calls the column of a field, or a column given by its number; the field's own name where it has none."""
        index = int(name) if name.isdigit() else self.columns.get(name)
        named = self.labels[index] if index is not None and index < len(self.labels) else ""
        return named or FIELDS.get(name, "")

    def place_of(self, number: int) -> str:
        """ "Row 12", with its sheet where several are read."""
        position, row = part_of(number)
        return f"{self.parts[position].sheet}, row {row:,}" if self.more else f"Row {row:,}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Reading:
        return cls(**stored)


def row_number(position: int, row: int) -> int:
    """One number for a row of one of the sheets; of the first it is the row's own."""
    return position << _ROW_BITS | row


def part_of(number: int) -> tuple[int, int]:
    """The position of the sheet, and the row in it."""
    return number >> _ROW_BITS, number & _ROWS


def _span(first: str, last: str) -> tuple[dt.date, dt.date] | None:
    return (dt.date.fromisoformat(first), dt.date.fromisoformat(last)) if first else None
