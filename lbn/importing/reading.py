"""How a person says a file is to be read. Kept as JSON with the import, and proposed again for the agency's next file."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field
from typing import Any

from .headers import FIELDS


@dataclass(frozen=True)
class Reading:
    """`sheet` and `header` (row number, 0 for none) say where; `columns` says which column (from 0) holds which of FIELDS; the
    rest is what the file does not say and was asked once: the span, the order of day and month, setting, recipient, kit type.
    Without a ZIP column `place` is "unknown" or "outside". `width`: cells in the header row of a text file, where a row with more of
    them has a stray separator; 0 in a workbook."""

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

    @property
    def span(self) -> tuple[dt.date, dt.date] | None:
        """The span given for the whole file."""
        return (dt.date.fromisoformat(self.from_on), dt.date.fromisoformat(self.to_on)) if self.from_on else None

    def label(self, name: str) -> str:
        """What the file calls the column of a field; the field's own name where it has none."""
        index = self.columns.get(name)
        named = self.labels[index] if index is not None and index < len(self.labels) else ""
        return named or FIELDS.get(name, "")

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Reading:
        return cls(**stored)
