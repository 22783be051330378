"""What a release is made of: which quarters can be released, the table before and after suppression, its hash.

Pages, maps, charts, files and PDFs are drawn from `table_of(release)`, never from counts.
"""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from phast import offers
from phast.disclosure import HIDDEN, Suppressed, suppress
from phast.geo.zips import places_of

from .models import Coalition, Release

TABLE = "kits_by_zip"
# Cells that are no ZIP, as people read them.
WITHOUT_ZIP = {"unknown": "ZIP not known", "outside": "Outside our area"}
QUARTERS_OFFERED = 12


@dataclass(frozen=True)
class Quarter:
    """A calendar quarter, by its first and last day."""

    from_on: dt.date
    to_on: dt.date

    @classmethod
    def holding(cls, day: dt.date) -> Quarter:
        first = dt.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        last_month = first.month + 2
        return cls(first, dt.date(first.year, last_month, calendar.monthrange(first.year, last_month)[1]))

    @property
    def before(self) -> Quarter:
        return Quarter.holding(self.from_on - dt.timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.from_on:%B} to {self.to_on:%B %Y}"


@dataclass(frozen=True)
class Preview:
    """A release as it would be published now. `table` and `sha256` are what the release would hold."""

    quarter: Quarter
    suppressed: Suppressed
    table: dict[str, Any]
    sha256: str


class Row(NamedTuple):
    """A row of the table: a ZIP or why there is none, its kits (None: hidden), and what the ZIP's place is called."""

    label: str
    kits: int | None
    place: str = ""


def quarters_to_release(coalition: Coalition) -> list[Quarter]:
    """Quarters that are over and not released, newest first, at most three years back."""
    released = set(Release.objects.of(coalition).values_list("from_on", flat=True))
    quarters, quarter = [], Quarter.holding(coalition.today())
    for _ in range(QUARTERS_OFFERED):
        quarter = quarter.before
        if quarter.from_on not in released and quarter.to_on >= coalition.program_start:
            quarters.append(quarter)
    return quarters


def preview(coalition: Coalition, quarter: Quarter) -> Preview:
    """The quarter's table with what must be hidden hidden, from the counts as they are now."""
    exact = offers.release_tables[TABLE](coalition, quarter.from_on, quarter.to_on)
    suppressed = suppress(exact.cells, threshold=coalition.threshold)
    table = {
        "cells": sorted(suppressed.cells.items()),
        "total": suppressed.total,
        "left_out": exact.left_out > 0,  # how many would be a figure that nobody suppressed
    }
    return Preview(quarter, suppressed, table, sha256(quarter, coalition.threshold, table))


def sha256(quarter: Quarter, threshold: int, table: dict[str, Any]) -> str:
    """The hash a release carries: over its span, threshold and table as canonical JSON."""
    whole = {
        "from_on": quarter.from_on.isoformat(),
        "to_on": quarter.to_on.isoformat(),
        "threshold": threshold,
        "table": table,
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def is_intact(release: Release) -> bool:
    """True when the stored table is the one that was published."""
    return sha256(Quarter(release.from_on, release.to_on), release.threshold, release.table) == release.sha256


def table_of(release: Release) -> Suppressed:
    """The release's table, for drawing."""
    cells = dict(release.table["cells"])
    return Suppressed(cells=cells, total=release.table["total"], threshold=release.threshold)


def rows(suppressed: Suppressed) -> list[Row]:
    """The rows of the table as people read it: ZIPs in order, then what has none. One query, for the places' names."""
    zips = sorted(zip_cells(suppressed))
    places = places_of(label for label, _ in zips)
    return [Row(label, kits, places.get(label, "")) for label, kits in zips] + [
        Row(name, suppressed.cells[key]) for key, name in WITHOUT_ZIP.items() if key in suppressed.cells
    ]


def zip_cells(suppressed: Suppressed) -> list[tuple[str, int | None]]:
    """The ZIPs of the table, for the map."""
    return [(label, kits) for label, kits in suppressed.cells.items() if label not in WITHOUT_ZIP]


def trend(releases: Sequence[Release]) -> list[tuple[str, int | None]]:
    """Quarter and total of each release, oldest first; None where the total is hidden."""
    ordered = sorted(releases, key=lambda release: release.from_on)
    return [(f"{r.from_on:%b}–{r.to_on:%b %Y}", r.table["total"]) for r in ordered]


def hidden_count(suppressed: Suppressed) -> int:
    """How many cells are hidden. Anybody can count them in the table."""
    return sum(kits is HIDDEN for kits in suppressed.cells.values())
