"""Small-cell suppression of one row of counts and its total."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

HIDDEN: Final = None
"""What stands where a figure is held back: in a table, in stored JSON (null), in a chart and on a map."""

Cells = Mapping[str, int | None]


class NotYetSafe(ValueError):
    """No table of these counts can stand beside the ones already published. The message says what is in the way."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A table as anybody may see it. `cells` and `total` hold a count or `HIDDEN`; nothing here remembers a hidden value."""

    cells: Cells
    total: int | None
    threshold: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "cells", MappingProxyType(dict(self.cells)))

    @property
    def hidden(self) -> frozenset[str]:
        """The names of the hidden cells."""
        return frozenset(name for name, kits in self.cells.items() if kits is HIDDEN)

    @property
    def shown_sum(self) -> int:
        """The sum of the cells that are shown."""
        return sum(kits for kits in self.cells.values() if kits is not HIDDEN)

    @property
    def hidden_sum(self) -> int | None:
        """What anybody can work out: the sum of the hidden cells, when the total is shown."""
        return HIDDEN if self.total is HIDDEN else self.total - self.shown_sum


def suppress(
    cells: Mapping[str, int],
    *,
    threshold: int,
    publish_total: bool = True,
    earlier: Sequence[Suppressed] = (),
) -> Suppressed:
    """Hide what must not be published, and as little else as possible.

    `cells` are counts of kits (0 or more) by ZIP or any other name; `threshold` is the smallest non-zero count that may be
    shown, at least 2. `earlier` are the tables already published for the same span: see `phast.disclosure.earlier`.
    Raises ValueError for a negative count or a threshold below 2, and `NotYetSafe` when `earlier` leaves no safe table.

    Every count from 1 to threshold − 1 is hidden. A zero is shown. With the total shown, anybody knows S, the sum of the k
    hidden cells. Each is at least 1, so each can be anything from 1 to S − (k − 1), and every value between is reached by
    giving the rest to another cell, if there is another. The width of that range is S − k, the same for all of them. So the
    hidden cells are safe exactly when k = 0, or k ≥ 2 and S − k ≥ threshold.

    When they are not, further non-zero cells are hidden: the fewest that suffice, then those with the smallest sum, then
    those first by name. A further cell of v kits adds v − 1 ≥ threshold − 1 to the width, which begins at 0 or more, so two
    cells are always enough when there are two (2 (threshold − 1) ≥ threshold), and one is when v − 1 fills the gap. When too
    few cells are left, the total is hidden instead of further cells: then no hidden cell has an upper limit, as long as
    the caller publishes that total nowhere else (a trend shows it as hidden too).
    """
    if threshold < 2:
        raise ValueError("A suppression threshold is at least 2.")
    if any(kits < 0 for kits in cells.values()):
        raise ValueError("A count is zero or more.")
    small = frozenset(name for name, kits in cells.items() if 0 < kits < threshold)
    if earlier:
        from .earlier import suppress_again  # it builds on this module

        return suppress_again(cells, small, threshold=threshold, publish_total=publish_total, earlier=earlier)
    if not publish_total:
        return table(cells, small, threshold=threshold, total=False)
    further = _further_cells(cells, small, threshold)
    if further is None:
        return table(cells, small, threshold=threshold, total=False)
    return table(cells, small | further, threshold=threshold, total=True)


def is_safe(hidden: Sequence[int], threshold: int) -> bool:
    """Whether counts hidden together, whose sum is known, each keep a range at least `threshold` wide."""
    return not hidden or (len(hidden) > 1 and sum(hidden) - len(hidden) >= threshold)


def table(cells: Mapping[str, int], hidden: frozenset[str], *, threshold: int, total: bool) -> Suppressed:
    """The table with exactly these cells hidden."""
    shown = {name: HIDDEN if name in hidden else kits for name, kits in cells.items()}
    return Suppressed(cells=shown, total=sum(cells.values()) if total else HIDDEN, threshold=threshold)


def _further_cells(cells: Mapping[str, int], small: frozenset[str], threshold: int) -> frozenset[str] | None:
    """The cells to hide besides the small ones; None when no choice of cells is enough."""
    hidden = [cells[name] for name in small]
    if is_safe(hidden, threshold):
        return frozenset()
    others = sorted((kits, name) for name, kits in cells.items() if kits >= threshold)
    for kits, name in others:
        if is_safe([*hidden, kits], threshold):
            return frozenset([name])
    if len(others) > 1:  # no single cell is enough, so any two are: take the two smallest
        return frozenset(name for _, name in others[:2])
    return None
