"""What every spreadsheet has that waits for answers: its columns, and the order of its dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from phast.sheets.days import may_be_two, order_in_words, order_of

from . import values
from .dates import order_question
from .found import Question, open_ones


class SheetReading:
    """A sheet as the person has said it is read. `DATED`: the column that holds days; `takes_files`: where both have a value, the
    file's counts; `differs`: somewhere both have one, and not the same."""

    DATED = ""

    def __init__(self, rows: Sequence[Sequence[str]], answers: Mapping[str, Any]) -> None:
        self.rows, self.answers = rows, answers
        self.header: int = answers.get("header", 0)
        self.columns: dict[str, str] = answers.get("columns") or {}
        self.takes_files = answers.get("prefer") == "file"
        self.differs = False
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
    def order_questions(self) -> list[Question]:
        """What comes first in dates such as 03/04/2025, where nothing tells, or they contradict each other: one question, or none."""
        return order_question(self._dated, self._said)

    @property
    def dates(self) -> str:
        """How the dates are read, in a sentence or two; empty where nothing has to be said about it. What was answered is said as well:
        the answer may be one from an earlier file with the same dates."""
        said = [order_in_words(cell for _, cell in self._dated)]
        if self.order_questions and self._order:
            first = "month" if self._order == "mdy" else "day"
            said.append(f"Dates such as {self.order_questions[0].said} are read {first} first, as was answered.")
        return " ".join(filter(None, said))

    def waits(self, text: str) -> bool:
        """True for a date that may be two days, while the person has not said which part is the month."""
        return may_be_two(text) and not self._order

    def day(self, text: str) -> dt.date | None:
        """The day a cell means, None for what is none. Where dates contradict each other, one that is clear is read as it is."""
        order = self._order if may_be_two(text) else order_of([text])
        return values.day(text, order=order, since_1904=bool(self.answers.get("since_1904")))

    @property
    def questions(self) -> Sequence[Question]:
        """Everything the person is asked."""
        return ()

    @property
    def open(self) -> list[Question]:
        return open_ones(self.questions)

    @cached_property
    def _order(self) -> str:
        """Which part of a date that may be two days is the month; empty while that is asked."""
        return self.order_questions[0].answer if self.order_questions else order_of(cell for _, cell in self._dated)

    @cached_property
    def _dated(self) -> list[tuple[int, str]]:
        """The cells that hold days, each with its row."""
        index = next((int(n) for n, key in self.columns.items() if key == self.DATED), None)
        rows = enumerate(self.rows[self.header :], self.header + 1)
        return [(n, row[index]) for n, row in rows if index is not None and index < len(row)]
