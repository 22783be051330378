"""The columns of a sheet: what they are called here, and what people call them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .cells import words_of

LOOK_AT = 30  # rows in which the names are looked for
LONGEST_LABEL = 60  # more is a title or a sentence


@dataclass(frozen=True)
class Column:
    """`header`: what our own files call it; `others`: what it is called elsewhere, in small letters without signs, parted by |."""

    header: str
    others: str


class Columns:
    """The columns a kind of sheet may have, by key."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.labels = {key: column.header for key, column in columns.items()}
        self._keys = {
            words_of(called): key
            for key, column in columns.items()
            for called in (column.header, *column.others.split("|"))
        }

    def key_of(self, label: str) -> str:
        """What a column of this name holds; empty when the words mean nothing here."""
        words = words_of(label)
        return self._keys.get(words, "") if len(label) <= LONGEST_LABEL else ""

    def header_row(self, rows: Sequence[Sequence[str]]) -> int:
        """The number of the row that names the columns; title rows above it are passed over. 0 when there is none."""
        best, found = 0, 0
        for number, cells in enumerate(rows[:LOOK_AT], 1):
            keys = {key for cell in cells if (key := self.key_of(cell))}
            if len(keys) > best:
                best, found = len(keys), number
        return found

    def guess(self, rows: Sequence[Sequence[str]], header: int) -> dict[str, str]:
        """What each column seems to hold: its index, as text, and the key. The first of two with the same meaning counts."""
        found: dict[str, str] = {}
        for index, label in enumerate(rows[header - 1] if header else []):
            key = self.key_of(label)
            if key and key not in found.values():
                found[str(index)] = key
        return found
