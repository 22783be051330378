"""What the check found, as the preview page shows it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from phast.ui.templatetags.ui import number

from . import dates
from .words import SKIPPED

A_PAGE = 25


@dataclass(frozen=True)
class Preview:
    """`findings` of `CountImport`, with words."""

    findings: dict[str, Any]

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
        """A page of the problems that were kept: row number, column, sentence."""
        return Paginator(self.findings["problems"], size).get_page(page)
