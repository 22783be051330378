"""What the check found, as the preview page shows it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from phast.ui.templatetags.ui import number

from . import dates
from .reading import Reading
from .words import SKIPPED

A_PAGE = 25


@dataclass(frozen=True)
class Preview:
    """`findings` of `CountImport`, with words. `reading` is empty once the file is refused."""

    findings: dict[str, Any]
    reading: Reading | None = None

    @property
    def unit(self) -> str:
        """What is counted: of a wide table it is the numbers in its cells."""
        return "number" if self.reading and self.reading.spread else "row"

    @property
    def words(self) -> dict[str, str]:
        """What the figures above the preview are of."""
        rows = {
            name: f"{self.unit}{'' if self.findings[name] == 1 else 's'}" for name in ("accepted", "asked", "rejected")
        }
        return {
            "good": f"{rows['accepted']} {'is' if self.findings['accepted'] == 1 else 'are'} good",
            "asked": f"{rows['asked']} {'needs' if self.findings['asked'] == 1 else 'need'} your answer",
            "rejected": f"{rows['rejected']} cannot be imported",
            "skipped": f"row{'' if self.skipped_rows == 1 else 's'} left out",
        }

    @property
    def is_empty(self) -> bool:
        """There was nothing to check."""
        return not any(self.findings[name] for name in ("accepted", "asked", "rejected"))

    @property
    def all_there(self) -> bool:
        """Every row looks like an entry that is there already."""
        alike = self.findings["questions"].get("alike_there", {}).get("rows", 0)
        return bool(alike) and not self.findings["accepted"] and alike + self._alike_in_file >= self.findings["asked"]

    @property
    def _alike_in_file(self) -> int:
        return self.findings["questions"].get("alike_file", {}).get("rows", 0)

    @property
    def questions(self) -> dict[str, Any]:
        """The questions, their examples with the place in the file."""
        return {
            name: question
            | {"examples": [(self._place(row) if row else "", told) for row, told in question["examples"]]}
            for name, question in self.findings["questions"].items()
        }

    @property
    def first(self) -> list[dict[str, Any]]:
        """The first good rows, with their place in the file."""
        return [row | {"row": self._place(row["row"])} for row in self.findings["first"]]

    def _place(self, number: int) -> str:
        return self.reading.place_of(number) if self.reading else f"Row {number:,}"

    @property
    def skipped(self) -> list[str]:
        """Sentences: "1,415 blank rows of merged cells"."""
        found = self.findings["skipped"]
        return [
            f"{number(found[name])} {one if found[name] == 1 else many}"
            for name, (one, many) in SKIPPED.items()
            if found.get(name)
        ]

    @property
    def skipped_rows(self) -> int:
        return sum(self.findings["skipped"].values())

    @property
    def span(self) -> str:
        """From the first to the last day of the counts; "" when there are none."""
        first, last = self.findings["from_on"], self.findings["to_on"]
        return dates.in_words(dt.date.fromisoformat(first), dt.date.fromisoformat(last)) if first else ""

    @property
    def can_import(self) -> bool:
        return bool(self.findings["accepted"] or self.findings["asked"])

    def problems(self, page: str | None, size: int = A_PAGE) -> Page[Any]:
        """A page of the problems that were kept: place in the file, column, sentence."""
        problems = Paginator(self.findings["problems"], size).get_page(page)
        problems.object_list = [(self._place(row), *rest) for row, *rest in problems.object_list]
        return problems
