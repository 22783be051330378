"""A release's tables, for drawing. Pages, maps, charts, files and PDFs are drawn from these, never from counts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any, NamedTuple

from coalitions.models import Release, ReleaseDraft
from phast import offers
from phast.disclosure import HIDDEN, TOTAL, Linked, Published
from phast.geo.zips import places_of

from .spans import Span

BY_ZIP, BY_AGENCY = "kits_by_zip", "kits_by_agency"
TIME = "time"
# Cells that are no ZIP, as people read them.
WITHOUT_ZIP = {"unknown": "ZIP not known", "outside": "Outside our area"}


NOT_REPORTED = "not reported"
Figure = int | str | None  # None is hidden, NOT_REPORTED what nobody counted


class Row(NamedTuple):
    """A row of the table by ZIP: a ZIP or why there is none, its kits (None: hidden), and what the ZIP's place is called."""

    label: str
    kits: int | None
    place: str = ""


@dataclass(frozen=True)
class ByZip:
    """Kits of the whole span: a ZIP, "unknown" or "outside" → kits, and their sum. None is hidden."""

    cells: Mapping[str, int | None]
    total: int | None

    @property
    def hidden(self) -> frozenset[str]:
        """What is hidden among the cells."""
        return frozenset(place for place, kits in self.cells.items() if kits is HIDDEN)


class TableRow(NamedTuple):
    """A row of any table: what it is of, a note such as a ZIP's place, its figure in each column, and their sum."""

    label: str
    note: str
    figures: list[Figure]
    total: Figure


@dataclass(frozen=True)
class Table:
    """A table as anybody may see it. `columns` is empty where the span has no parts: then `total` is each row's only figure.

    `span`: what its figures are of, which for figures of whole years is not the release's.
    """

    kind: offers.ReleaseKind
    span: str
    columns: list[str]
    rows: list[TableRow]
    totals: list[Figure]
    total: Figure


# How a release keeps its tables: {"linked": what `phast.disclosure.Linked` stores, "total": kits of the whole span, "left_out": …}.
# Releases before there were several tables hold {"cells": [[ZIP, kits]…], "total": …, "left_out": …}; both are read here alone.
def linked(release: Release | ReleaseDraft) -> Linked:
    """The release as the rules of disclosure know it."""
    if "linked" in release.table:
        return Linked.from_json(release.table["linked"])
    cells = {(label,): kits for label, kits in release.table["cells"]} | {(TOTAL,): release.table["total"]}
    at = {TIME: Span(release.from_on, release.to_on).label}
    return Linked(tables=(Published(BY_ZIP, ("zip",), cells, at=at),), threshold=release.threshold)


def tables_of(release: Release | ReleaseDraft) -> list[Table]:
    """The tables, in the order of their kinds. A query for each kind, for the names of its rows."""
    held = {published.name: published for published in linked(release).tables}
    silent = release.table.get("silent", {})
    return [
        _table(kind, held[key], {(label, time) for label, time in silent.get(key, ())})
        for key, kind in offers.release_kinds.items()
        if key in held
    ]


def _table(kind: offers.ReleaseKind, held: Published, silent: Set[tuple[str, str]]) -> Table:
    times = [] if TIME not in held.dims else sorted({time for _, time in held.cells})
    whole = held.whole[TIME] if times else held.at[TIME]
    parts = [time for time in times if time != whole]
    labels = sorted({address[0] for address in held.cells} - {TOTAL})
    names = kind.names(labels)

    def figure(label: str, time: str) -> Figure:
        if all((one, time) in silent for one in (labels if label == TOTAL else [label])):
            return NOT_REPORTED
        return held.cells[(label, time) if times else (label,)]

    def figures(label: str) -> tuple[list[Figure], Figure]:
        return [figure(label, time) for time in parts], figure(label, whole)

    return Table(
        kind=kind,
        span=str(Span.labelled(whole)),
        columns=[_column(time) for time in parts],
        rows=sorted(
            (TableRow(*names[label], *figures(label)) for label in labels),
            key=lambda row: (not row.label[0].isdigit(), row.label),
        ),
        totals=figures(TOTAL)[0],
        total=figures(TOTAL)[1],
    )


def _column(time: str) -> str:
    if time.endswith(" rest"):
        return "In no month" if "Q" in time else "In no quarter"
    return Span.labelled(time).short


def table_of(release: Release | ReleaseDraft) -> ByZip:
    """Kits by ZIP of the whole span, for the map and for whoever asks no more."""
    held = linked(release)[BY_ZIP]
    whole = held.whole.get(TIME)
    cells = {a[0]: kits for a, kits in held.cells.items() if a[0] != TOTAL and (whole is None or a[1] == whole)}
    return ByZip(cells, release.table["total"])


def rows(table: ByZip) -> list[Row]:
    """The rows of the table by ZIP as people read it: ZIPs in order, then what has none. One query, for the places' names."""
    zips = sorted(zip_cells(table))
    places = places_of(label for label, _ in zips)
    return [Row(label, kits, places.get(label, "")) for label, kits in zips] + [
        Row(name, table.cells[key]) for key, name in WITHOUT_ZIP.items() if key in table.cells
    ]


def zip_cells(table: ByZip) -> list[tuple[str, int | None]]:
    """The ZIPs of the table, for the map."""
    return [(label, kits) for label, kits in table.cells.items() if label not in WITHOUT_ZIP]


def hidden_count(release: Release | ReleaseDraft) -> int:
    """How many figures are hidden; one that stands in several tables counts once. Anybody can count them."""
    return len(linked(release).hidden)


def by_span(releases: Iterable[Release]) -> list[Release]:
    """The release that counts for each span, the last one of it; the oldest span first."""
    found = {(one.from_on, one.to_on): one for one in sorted(releases, key=lambda one: one.number)}
    return [found[span] for span in sorted(found)]


def by_quarter(releases: Iterable[Release]) -> list[Release]:
    """The same for quarters alone."""
    return by_span(one for one in releases if one.is_quarter)


def trend(releases: Iterable[Release]) -> list[tuple[str, int | None]]:
    """Quarter and total of each quarter that is released, oldest first; None where the total is hidden."""
    return [(f"{one.from_on:%b}–{one.to_on:%b %Y}", one.table["total"]) for one in by_quarter(releases)]


def sha256(span: Span, threshold: int, table: dict[str, Any]) -> str:
    """The hash a release carries: over its span, threshold and tables as canonical JSON."""
    whole = {
        "from_on": span.from_on.isoformat(),
        "to_on": span.to_on.isoformat(),
        "threshold": threshold,
        "table": table,
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def is_intact(release: Release) -> bool:
    """True when the stored tables are those that were published."""
    return sha256(Span(release.from_on, release.to_on), release.threshold, release.table) == release.sha256
