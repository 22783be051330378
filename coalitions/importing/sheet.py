"""What every spreadsheet has that waits for answers: its columns, and the order of its dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from phast.sheets.days import order_of

from .found import Question, open_ones


class SheetReading:
    """A sheet as the person has said it is read. `DATED`: the column that holds days; `takes_files`: where both have a value, the
    file's counts."""

    DATED = ""

    def __init__(self, rows: Sequence[Sequence[str]], answers: Mapping[str, Any]) -> None:
        self.rows, self.answers = rows, answers
        self.header: int = answers.get("header", 0)
        self.columns: dict[str, str] = answers.get("columns") or {}
        self.takes_files = answers.get("prefer") == "file"
        self.left_out: list[str] = list(answers.get("left_out", []))
        self._said: dict[str, str] = answers.get("same", {})

    @property
    def labels(self) -> list[str]:
        width = max(map(len, self.rows), default=0)
        named = list(self.rows[self.header - 1]) if self.header else []
        return [*named, *[""] * (width - len(named))]

    def examples(self, index: int) -> list[str]:
        """A few values of a column."""
        cells = (row[index].strip() for row in self.rows[self.header :] if index < len(row))
        return [cell[:30] for cell in dict.fromkeys(filter(None, cells))][:3]

    @property
    def ignored(self) -> list[str]:
        """Names of columns that are not read."""
        return [label for n, label in enumerate(self.labels) if label and str(n) not in self.columns]

    @cached_property
    def order_matters(self) -> bool:
        """True when dates such as 03/04/2025 stand in the column of days, and nothing tells what is the month."""
        return order_of(self._column(self.DATED)) == "ask"

    @cached_property
    def order(self) -> str:
        told = order_of(self._column(self.DATED))
        return told if told in ("mdy", "dmy") else self.answers.get("order") or "mdy"

    @property
    def questions(self) -> Sequence[Question]:
        """Everything the person is asked."""
        return ()

    @property
    def open(self) -> list[Question]:
        return open_ones(self.questions)

    def _column(self, wanted: str) -> list[str]:
        index = next((int(n) for n, key in self.columns.items() if key == wanted), None)
        return [row[index] for row in self.rows[self.header :] if index is not None and index < len(row)]
