"""Which place stands on which panel of a folding card: in their order, on as few sides as hold them, the panels as full as one another.

Lengths are told from letters, in lines; what does not fit all the same shows when the sheet is drawn, and is tried with fewer places.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

BOLD = 1.1  # times as wide


@dataclass(frozen=True)
class Sheet:
    """A card's panels, `across` side by side. `letters` of a line; lines of the `head` on the first panel, of the `end` on the last, of
    a `heading`, and of the `room` of a panel, where fewer panels may do."""

    panels: int
    across: int
    letters: int
    head: float
    end: float
    heading: float
    room: float = 0


def folded(places: Sequence[Mapping[str, Any]], sheet: Sheet) -> list[list[dict[str, Any]]]:
    """The places by panel. A heading stands where a kind begins, and again where it goes on in the next panel."""
    for panels in range(sheet.across, sheet.panels + 1, sheet.across):
        longest, ends = _spread(places, replace(sheet, panels=panels))
        if longest <= sheet.room:
            break
    headings = [place["heading"] for place in places]
    starts = (0, *ends[:-1])
    return [
        [{**places[n], "headed": n == first or headings[n] != headings[n - 1]} for n in range(first, last)]
        for first, last in zip(starts, ends, strict=True)
    ]


def _spread(places: Sequence[Mapping[str, Any]], sheet: Sheet) -> tuple[float, tuple[int, ...]]:
    """How long the longest panel is at best, and where the panels end then."""
    lengths = [_lines(place, sheet) for place in places]
    headings = [place["heading"] for place in places]

    def length(first: int, last: int, panel: int) -> float:
        runs = sum(n == first or headings[n] != headings[n - 1] for n in range(first, last))
        more = (sheet.head if panel == 0 else 0) + (sheet.end if panel == sheet.panels - 1 else 0)
        return sum(lengths[first:last]) + runs * sheet.heading + more

    @cache
    def best(first: int, panel: int) -> tuple[float, tuple[int, ...]]:
        """How long the longest panel is from here on, at best, and where the panels end then."""
        if panel == sheet.panels - 1:
            return length(first, len(places), panel), (len(places),)
        found = []
        for last in range(first, len(places) + 1):
            rest, ends = best(last, panel + 1)
            found.append((max(length(first, last, panel), rest), (last, *ends)))
        return min(found)

    return best(0, 0)


def _lines(place: Mapping[str, Any], sheet: Sheet) -> float:
    first = len(place["name"]) + len(place["phone"]) + 1
    below = sum(len(place[name]) + 3 for name in ("where", "hours") if place[name]) + 9 * place["free"]
    return math.ceil(first * BOLD / sheet.letters) + math.ceil(below / sheet.letters) + 0.2
