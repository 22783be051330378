"""The exact tables of programs' quarters that a release is made from. `coalitions.releases` hides what must be hidden before anybody
sees them.

All programs of the coalition are one sum: a coalition has few, and a program's name is its lead's. Only programs whose counts were
entered are in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from phast.offers import ReleaseAgencies, ReleaseKind, ReleaseTable

from .models import Program, QuarterCounts
from .models.indicator import CONTACT_AFTER
from .quarters import Quarter

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

Span = tuple[dt.date, dt.date]
ALL = "all"
# table → the figures that are its rows, each with its label
ROWS = {
    "deflection_encounters": {ALL: "encounters"},
    "deflection_referrals": {ALL: "referrals"},
    "deflection_contact": {
        "day": "reached_in_1_day",
        "three": "reached_in_3_days",
        "week": "reached_in_7_days",
        "later": "reached_later",
    },
    "deflection_engaged": {ALL: "engaged_at_30_days"},
}
NAMES = {ALL: "All programs"} | {label: CONTACT_AFTER[name] for label, name in ROWS["deflection_contact"].items()}


def _cells(rows: Iterable[QuarterCounts], table: str, spans: Sequence[Span]) -> dict[str, list[int]]:
    """Each quarter in the first of the spans that holds it; a figure that was not recorded is not there."""
    cells: dict[str, list[int]] = {}
    for row in rows:
        column = next((n for n, span in enumerate(spans) if _holds(span, row)), None)
        for label, name in ROWS[table].items():
            if column is not None and (figure := getattr(row, name)) is not None:
                cells.setdefault(label, [0] * len(spans))[column] += figure
    return cells


def _holds(span: Span, row: QuarterCounts) -> bool:
    return span[0] <= row.from_on and Quarter(row.from_on).to_on <= span[1]


def _unrecorded(rows: Iterable[QuarterCounts], table: str, spans: Sequence[Span]) -> dict[str, list[int]]:
    """By label, the spans in which no program recorded a figure."""
    found: dict[str, list[int]] = {}
    for label, name in ROWS[table].items():
        recorded = [row for row in rows if getattr(row, name) is not None]
        if silent := [n for n, span in enumerate(spans) if not any(_holds(span, row) for row in recorded)]:
            found[label] = silent
    return found


def _silent(rows: Iterable[QuarterCounts], spans: Sequence[Span]) -> list[str]:
    """Quarters of a longer span for which no program has counts: a zero there says nothing."""
    counted = {row.from_on for row in rows}
    quarters = [first for first, last in spans if Quarter.of(first) == Quarter(first) and Quarter(first).to_on == last]
    return [f"Deflection: no counts were entered for {Quarter(first)}." for first in quarters if first not in counted]


def _quarters(coalition: Coalition, spans: Sequence[Span]) -> list[QuarterCounts]:
    first, last = min(first for first, _ in spans), max(last for _, last in spans)
    rows = QuarterCounts.objects.of(coalition).filter(from_on__gte=first, from_on__lte=last)
    return list(rows.select_related("program").order_by("pk"))


def _exact(table: str) -> Callable[[Coalition, Sequence[Span], frozenset[str]], ReleaseTable]:
    def exact(coalition: Coalition, spans: Sequence[Span], named: frozenset[str]) -> ReleaseTable:
        rows = _quarters(coalition, spans)
        cells, silent = _cells(rows, table, spans), _unrecorded(rows, table, spans)
        if cells:  # what nobody recorded stands beside what somebody did, and says so
            cells |= {label: [0] * len(spans) for label in silent if label not in cells}
        return ReleaseTable(cells, silent=silent, notes=_silent(rows, spans))

    return exact


def nobody_named(coalition: Coalition, spans: Sequence[Span]) -> frozenset[str]:
    """These tables name no agency."""
    return frozenset()


def shares(
    coalition: Coalition, spans: Sequence[Span], named: frozenset[str]
) -> dict[str, dict[str, Mapping[str, Sequence[int]]]]:
    """What each lead agency knows of each table: its own programs' figures."""
    own: dict[str, list[QuarterCounts]] = {}
    for row in _quarters(coalition, spans):
        own.setdefault(str(row.program.lead_id), []).append(row)
    return {who: {table: _cells(rows, table, spans) for table in ROWS} for who, rows in own.items()}


def _names(labels: Iterable[str]) -> dict[str, tuple[str, str]]:
    return {label: (NAMES[label], "") for label in labels}


def not_reported(actor: Actor, first: dt.date, last: dt.date) -> list[str]:
    """What to know before a span is released: running programs whose counts are missing, where releases hold such tables."""
    if not set(ROWS) & set(actor.coalition.release_tables):
        return []
    programs = Program.objects.of(actor.coalition).filter(starts_on__lte=last)
    missing = []
    for program in programs.order_by("name"):
        there = set(program.quarters.values_list("from_on", flat=True))
        quarter = Quarter.of(max(first, program.starts_on or first))
        while quarter.from_on <= min(last, program.ended_on or last):
            if quarter.from_on not in there:
                missing.append(f"{program} has no counts for {quarter}.")
            quarter = quarter.after
    return missing


def _kind(table: str, title: str, head: str, unit: str) -> ReleaseKind:
    dim = "programs" if ALL in ROWS[table] else "first_contact"
    return ReleaseKind(table, title, head, unit, table, dim, _exact(table), _names, quarterly=True)


KINDS = (
    _kind("deflection_encounters", "Deflection: encounters", "Programs", "Encounters"),
    _kind("deflection_referrals", "Deflection: referrals", "Programs", "Referrals"),
    _kind("deflection_contact", "Deflection: time to the first contact", "First contact after", "People"),
    _kind("deflection_engaged", "Deflection: engaged at 30 days", "Programs", "People"),
)
AGENCIES = ReleaseAgencies(to_name=nobody_named, shares=shares)
