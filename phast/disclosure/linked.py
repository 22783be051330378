"""Suppression of linked tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .choose import Choice, choose
from .hidden import HIDDEN
from .system import System, build
from .tables import Earlier, Linked, Published, Table


def suppress_linked(
    tables: Sequence[Table],
    *,
    threshold: int,
    earlier: Sequence[Earlier] = (),
    agency_rows: Mapping[str, Sequence[Table]] | None = None,
) -> Linked:
    """Hide what must not be published, and as little else as possible, in tables that are published together.

    `threshold` is the smallest non-zero count that may be shown, at least 2. `earlier`: every release of an overlapping span,
    oldest first. `agency_rows` is the stricter setting: each agency's own counts in the same tables (same names, dimensions and
    labels; a table it has nothing in may be missing); in a table by agency, the dimension is called "agency" and the agencies'
    labels are the keys here. Raises ValueError for impossible counts or tables that disagree, and `NotYetSafe`.
    """
    return suppress_and_measure(tables, threshold=threshold, earlier=earlier, agency_rows=agency_rows)[0]


def suppress_and_measure(
    tables: Sequence[Table],
    *,
    threshold: int,
    earlier: Sequence[Earlier] = (),
    agency_rows: Mapping[str, Sequence[Table]] | None = None,
) -> tuple[Linked, Choice]:
    """`suppress_linked`, and how near the choice is to the best one. The second part must not be published."""
    if threshold < 2:
        raise ValueError("A suppression threshold is at least 2.")
    system = build(tables, threshold=threshold, earlier=earlier, agency_rows=agency_rows)
    choice = choose(system)
    return Linked(tuple(_published(table, system, choice) for table in tables), threshold), choice


def _published(table: Table, system: System, choice: Choice) -> Published:
    cells = {
        address: HIDDEN if system.figures.get(table.figure(address), -1) in choice.hidden else kits
        for address, kits in sorted(table.filled().items())
    }
    return Published(table.name, table.dims, cells, table.measure, table.groups, table.whole, table.at)
