"""How long does a state's release take to make safe, and how near is it to the least that has to be hidden?"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from django.core.management import BaseCommand

from phast.disclosure import Table
from phast.disclosure.linked import suppress_and_measure

ZIPS = 1_500
KITS = 46_000  # a state's year
THRESHOLD = 11
QUARTERS = [f"2026-Q{quarter}" for quarter in range(1, 5)]
MONTHS = {f"2026-{month:02}": f"2026-Q{(month + 2) // 3}" for month in range(1, 13)}
GOALS = {"quarters": 10, "months": 60}  # seconds


class Command(BaseCommand):
    help = (
        f"Makes kits by ZIP, agency and setting safe for a year of {ZIPS} ZIPs, by quarter and by month with quarters, with all "
        "totals, and prints the time, what is hidden and the least that any safe choice must hide. Needs no database."
    )

    def handle(self, **options: Any) -> None:
        for name, goal in GOALS.items():
            tables = a_year(by_month=name == "months")
            began, spent = time.perf_counter(), time.process_time()
            made, choice = suppress_and_measure(tables, threshold=THRESHOLD)
            took, spent = time.perf_counter() - began, time.process_time() - spent
            figures = {figure: kits for table in tables for figure, kits in _figures(table)}
            small = sum(0 < kits < THRESHOLD for kits in figures.values())
            least = small + choice.bound
            self.stdout.write(
                f"{ZIPS} ZIPs by {name}: {took:.1f} s, {spent:.1f} s of one processor "
                f"(goal ≤ {goal}: {'reached' if took <= goal else 'MISSED'}); "
                f"{len(figures)} figures, {small} small, {len(made.hidden)} hidden; "
                f"{(small + choice.cost) / least:.3f} times the least that is possible, a total counted as a little more than a cell"
            )


def a_year(*, by_month: bool) -> list[Table]:
    """A few ZIPs with many kits, many with few or none; the same each time."""
    chance = np.random.default_rng(2026)
    times = list(MONTHS) if by_month else QUARTERS
    share = 1 / np.arange(1, ZIPS + 1)
    expected = chance.permutation(share / share.sum()) * KITS / len(times)
    kits = chance.poisson(expected[:, None] * chance.gamma(1, 1, (ZIPS, len(times))))
    zips = {(f"{43000 + row}", when): int(kits[row, n]) for row in range(ZIPS) for n, when in enumerate(times)}
    groups = MONTHS if by_month else {}
    tables = [Table("kits_by_zip", ("zip", "time"), zips, groups=groups, whole={"time": "2026"})]
    for kind, many in (("agency", 12), ("setting", 6)):
        cells = {}
        for n, when in enumerate(times):
            parts = chance.multinomial(kits[:, n].sum(), chance.dirichlet(np.full(many, 0.3)))
            cells.update({(f"{kind} {row + 1}", when): int(part) for row, part in enumerate(parts)})
        tables.append(Table(f"kits_by_{kind}", (kind, "time"), cells, groups=groups, whole={"time": "2026"}))
    return tables


def _figures(table: Table) -> list[tuple[Any, int]]:
    return [(table.figure(address), kits) for address, kits in table.filled().items()]
