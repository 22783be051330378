"""Making a release: the exact tables as they are now, and what of them may be seen."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from coalitions.models import Coalition, Release, ReleaseDraft
from phast import disclosure, offers
from phast.disclosure import TOTAL, Earlier, NotYetSafe
from phast.jobs.models import JobFailed

from .spans import Span
from .tables import BY_AGENCY, BY_ZIP, TIME, linked, sha256

_SHAPE = ("name", "measure", "groups", "whole", "at")  # what a table is, besides its dimensions and cells
OTHERS_CHANGED = (
    "By agency: left out. An earlier release of these days names other agencies, and the two together would tell what "
    "“other agencies” are."
)


@dataclass(frozen=True)
class Made:
    """What a release would hold. `drawn_from_sha256`: of the exact figures and settings it was made from."""

    from_on: dt.date
    to_on: dt.date
    threshold: int
    table: dict[str, Any]
    sha256: str
    drawn_from_sha256: str
    data_as_of: dt.datetime


@dataclass(frozen=True)
class _Exact:
    """The exact tables, what they are safe from besides everybody, and what is told about them."""

    tables: list[disclosure.Table]
    shares: Mapping[str, Sequence[disclosure.Table]] | None
    threshold: int
    left_out: bool
    silent: dict[str, list[list[str]]]
    notes: list[str]
    named: frozenset[str]


def make(coalition: Coalition, span: Span) -> Made:
    """The span's tables with what must be hidden hidden, from the counts as they are now, safe beside every earlier release.

    Raises `NotYetSafe` with a sentence when no such tables exist.
    """
    now = timezone.now()
    exact = _read(coalition, span)
    safe = disclosure.suppress_linked(
        exact.tables, threshold=exact.threshold, earlier=_earlier(coalition, exact.tables), agency_rows=exact.shares
    )
    table = {
        "linked": safe.to_json(),
        "total": _total(safe, span),
        "left_out": exact.left_out,  # how many would be a figure that nobody suppressed
        "silent": exact.silent,  # table → label and time of what nobody reported: its zero is none
        "notes": exact.notes,
        "named": sorted(exact.named, key=int),
    }
    return Made(
        span.from_on, span.to_on, exact.threshold, table, sha256(span, exact.threshold, table), _sha256(exact), now
    )


def prepare(draft: ReleaseDraft) -> None:
    """A worker's part: fills the draft in. Raises JobFailed with the sentence when nothing safe can be published."""
    draft.progress_to(5, "Reading the counts.")
    coalition = Coalition.objects.get(pk=draft.coalition_id)
    draft.progress_to(20, "Working out what must be hidden. A year of many ZIP codes takes a minute.")
    try:
        made = make(coalition, Span(draft.from_on, draft.to_on))
    except NotYetSafe as refusal:
        raise JobFailed(str(refusal)) from None
    draft.write(
        threshold=made.threshold,
        table=made.table,
        sha256=made.sha256,
        drawn_from_sha256=made.drawn_from_sha256,
        data_as_of=made.data_as_of,
    )


def drawn_from(coalition: Coalition, span: Span) -> tuple[str, dict[str, Any]]:
    """What a release of the span would be made from now: a hash of the exact figures and settings, and the figures, to be sealed."""
    exact = _read(coalition, span)
    return _sha256(exact), _to_seal(exact)


# ------------------------------------------------------------------ what is read
def _read(coalition: Coalition, span: Span) -> _Exact:
    parts = span.parts(by_month=coalition.release_by_month)
    kinds = [kind for key, kind in offers.release_kinds.items() if key in coalition.release_tables]
    named, notes = _named(coalition, parts)
    if notes:
        kinds = [kind for kind in kinds if kind.key != BY_AGENCY]
    read = {kind: kind.exact(coalition, _days(parts), named) for kind in kinds if not kind.yearly}
    own_parts = {kind: parts[-1:] if kind.quarterly and span.is_quarter else parts for kind in read}
    # Where nobody counted anything, nothing is said; of kits alone is nothing a zero, which the agencies reported.
    kits = offers.release_kinds[BY_ZIP].measure
    read = {kind: one for kind, one in read.items() if one.cells or kind.measure == kits}
    notes = [*notes, *dict.fromkeys(note for one in read.values() for note in one.notes)]
    # What belongs to a longer time than a part gets a column of its own, in every table of a measure or in none: they have the same sums.
    rests = {
        kind.measure
        for kind, one in read.items()
        if len(own_parts[kind]) > 1 and any(row[-1] for row in one.cells.values())
    }
    tables = [_table(kind, own_parts[kind], one.cells, rest=kind.measure in rests) for kind, one in read.items()]
    tables += [table for kind in kinds if kind.yearly and (table := _of_last_year(coalition, kind, span))]
    shares = None
    if coalition.strict_release:
        known: dict[str, dict[str, Mapping[str, Sequence[int]]]] = {}
        for source in offers.release_agencies:
            for who, own in source.shares(coalition, _days(parts), named).items():
                known.setdefault(who, {}).update(own)
        shares = {
            who: [
                _table(kind, own_parts[kind], own[kind.key], rest=kind.measure in rests)
                for kind in read
                if kind.key in own
            ]
            for who, own in known.items()
        }
    silent = {kind.key: found for kind, one in read.items() if (found := _silent(parts, own_parts[kind], one))}
    left_out = any(one.left_out > 0 for one in read.values())
    return _Exact(tables, shares, coalition.threshold, left_out, silent, notes, named)


def _named(coalition: Coalition, parts: Sequence[Span]) -> tuple[frozenset[str], list[str]]:
    """The agencies to name: those of earlier releases of these days, while they still agree; and what to tell when that cannot be."""
    agreed = frozenset().union(*(source.to_name(coalition, _days(parts)) for source in offers.release_agencies))
    whole = parts[-1]
    overlapping = Release.objects.of(coalition).filter(from_on__lte=whole.to_on, to_on__gte=whole.from_on)
    before = {
        frozenset(one.table["named"])
        for one in overlapping
        if any(table["name"] == BY_AGENCY for table in one.table.get("linked", {}).get("tables", []))
    }
    if not before:
        return agreed, []
    named = next(iter(before))
    return (named, []) if len(before) == 1 and named <= agreed else (agreed, [OTHERS_CHANGED])


def _of_last_year(coalition: Coalition, kind: offers.ReleaseKind, span: Span) -> disclosure.Table | None:
    """The figures of the span's year, or of the newest before it that has any, two years back at most."""
    years = [Span.of_months(span.to_on.year - back, 1, 12) for back in range(3)]
    cells = kind.exact(coalition, _days(years), frozenset()).cells
    for n, year in enumerate(years):
        if any(row[n] for row in cells.values()):
            return _table(kind, [year], {label: [row[n]] for label, row in cells.items()}, rest=False)
    return None


def _table(
    kind: offers.ReleaseKind, parts: Sequence[Span], cells: Mapping[str, Sequence[int]], *, rest: bool
) -> disclosure.Table:
    whole = parts[-1].label
    if len(parts) == 1:
        counts: dict[tuple[str, ...], int] = {(label,): row[-1] for label, row in cells.items()}
        return disclosure.Table(
            kind.key, (kind.dim,), counts, measure=kind.measure, groups=_calendar(parts[-1]), at={TIME: whole}
        )
    times = [part.label for part in parts[:-1]] + ([parts[-1].rest] if rest else [])
    by_time: dict[tuple[str, ...], int] = {
        (label, time): kits for label, row in cells.items() for time, kits in zip(times, row, strict=False)
    }
    return disclosure.Table(
        kind.key, (kind.dim, TIME), by_time, measure=kind.measure, groups=_calendar(*parts), whole={TIME: whole}
    )


def _silent(parts: Sequence[Span], own: Sequence[Span], read: offers.ReleaseTable) -> list[list[str]]:
    """Label and time of what nobody reported, among the times a table has of its own."""
    times = [part.label if part in own else "" for part in parts]
    return [[label, times[n]] for label, places in sorted(read.silent.items()) for n in sorted(places) if times[n]]


def _calendar(*parts: Span) -> dict[str, str]:
    """What adds up to what, so that four quarters and their year, published at different times, are seen to be one sum."""
    year = parts[0].from_on.year
    groups = {Span.of_months(year, month, 3).label: f"{year}" for month in (1, 4, 7, 10)}
    return groups | {part.label: Span.quarter_of(part.from_on).label for part in parts if part.is_month}


def _days(parts: Sequence[Span]) -> list[tuple[dt.date, dt.date]]:
    return [(part.from_on, part.to_on) for part in parts]


def _earlier(coalition: Coalition, tables: Sequence[disclosure.Table]) -> list[Earlier]:
    """The releases that say anything about the same years, in the order in which they were published. Spans of different years
    share no figure."""
    years = {time[:4] for table in tables for time in _times(table)}
    found = []
    for release in Release.objects.of(coalition).select_related("sealed").order_by("number"):
        published = linked(release)
        if any(time[:4] in years for table in published.tables for time in _times(table)):
            sealed = getattr(release, "sealed", None)  # releases before there were several tables have none
            found.append(Earlier(published, **_unsealed(sealed.tables)) if sealed else Earlier(published))
    return found


def _to_seal(exact: _Exact) -> dict[str, Any]:
    shares = exact.shares
    return {
        "was": [_plain(table) for table in exact.tables],
        "agency_rows": None if shares is None else {who: [_plain(one) for one in own] for who, own in shares.items()},
    }


def _unsealed(held: dict[str, Any]) -> dict[str, Any]:
    shares = held["agency_rows"]
    return {
        "was": [_table_of(table) for table in held["was"]],
        "agency_rows": None
        if shares is None
        else {who: [_table_of(one) for one in own] for who, own in shares.items()},
    }


def _plain(table: disclosure.Table) -> dict[str, Any]:
    cells = [[*address, kits] for address, kits in sorted(table.cells.items())]
    return {**{field: getattr(table, field) for field in _SHAPE}, "dims": list(table.dims), "cells": cells}


def _table_of(held: dict[str, Any]) -> disclosure.Table:
    cells = {tuple(address): kits for *address, kits in held["cells"]}
    return disclosure.Table(**{**held, "dims": tuple(held["dims"]), "cells": cells})


def _times(table: disclosure.Table | disclosure.Published) -> Iterable[str]:
    return [*table.at.values(), *table.whole.values()]


def _total(safe: disclosure.Linked, span: Span) -> int | None:
    held = safe[BY_ZIP]
    return held.cells[(TOTAL,) if len(held.dims) == 1 else (TOTAL, span.label)]


def _sha256(exact: _Exact) -> str:
    whole = [_to_seal(exact), exact.threshold, exact.left_out, exact.silent, exact.notes, sorted(exact.named)]
    return hashlib.sha256(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
