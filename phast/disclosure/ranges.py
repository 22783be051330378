"""How far each hidden number can be pinned down by what is shown.

A range counts only between whole numbers that were found. Two tables that share totals are a network, whose corners are whole
numbers; three tables need not be, so a corner with a fraction in it proves nothing and more is hidden instead.
Each point found may widen the range of every number at once: a few mixed questions settle nearly all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .solver import NEAR, Floats, Program
from .system import Observer, System, Unknown

MIXED_QUESTIONS = 24
ENOUGH_AT_ONCE = 8
MOST_SUSPECTS = 200
SHORT = 20  # parts of a sum that are likely mended together


@dataclass(frozen=True, slots=True)
class Cut:
    """Why a number is not safe, as a rule for a better choice: when `of` is hidden, the weights of what is hidden must reach `least`."""

    of: Unknown
    weights: tuple[tuple[Unknown, float], ...]
    least: float


class Ranges:
    """One observer's view of a system. `unsafe` names what is pinned down when exactly these are hidden."""

    def __init__(self, system: System, observer: Observer) -> None:
        self.system = system
        limit = system.threshold
        values = np.array(system.values, dtype=float)
        least = np.array([max(1, observer.within.get(u, 0)) for u in range(len(values))], dtype=float)
        self.down = np.minimum(values - least, limit)
        self.up = np.full(len(values), float(limit))
        for unknown in system.free:
            self.down[unknown] = limit
        for unknown in observer.knows:
            self.down[unknown] = self.up[unknown] = 0
        self.needs = np.array(system.needs, dtype=float)
        for unknown, inside in observer.within.items():
            if inside >= system.values[unknown]:
                self.needs[unknown] = 0  # nobody else is in it
        for unknown in observer.knows | observer.has:
            self.needs[unknown] = 0
        pairs = [(n, u, sign) for n, row in enumerate(system.relations) for u, sign in row]
        self.rows, self.columns, self.signs = (np.array(part) for part in zip(*pairs, strict=True))
        self.beside: dict[Unknown, set[Unknown]] = {u: set() for u in range(len(values))}
        for row in system.relations:
            if len(row) <= SHORT:
                members = {u for u, _ in row}
                for unknown in members:
                    self.beside[unknown] |= members
        self.suspects: set[Unknown] = set()
        zeros = np.zeros(len(system.relations))
        self.program = Program(np.zeros(len(values)), np.zeros(len(values)), system.relations, zeros, zeros)

    def unsafe(self, hidden: set[Unknown]) -> Iterator[Cut]:
        """Cuts for hidden numbers whose range is too narrow, in a fixed order; none only when all are safe. Where something was too
        narrow before is looked at first, and alone if it still is."""
        size = len(self.needs)
        allowed = np.zeros(size)
        allowed[sorted(hidden)] = 1
        self.program.bounds(-self.down * allowed, self.up * allowed)
        groups = self._groups(allowed)
        low, high = np.zeros(size), np.zeros(size)
        wanted = self.needs * allowed
        chance = np.random.default_rng(1)

        def ask(objective: Floats) -> None:
            """Widen what is known by one more point, where that is sure to be one in whole numbers."""
            self.program.largest(objective)
            point = self.program.point
            exact = np.rint(point)
            astray = np.abs(point - exact) > NEAR
            missed = np.bincount(self.rows, weights=self.signs * exact[self.columns]) != 0
            astray[self.columns[missed[self.rows]]] = True
            astray |= (exact > self.up * allowed) | (exact < -self.down * allowed)
            sound = np.bincount(groups, weights=astray, minlength=size)[groups] == 0
            np.minimum(low, exact, out=low, where=sound)
            np.maximum(high, exact, out=high, where=sound)

        def narrow() -> NDArray[np.bool_]:
            return high - low < wanted

        def one_by_one(unknowns: Iterable[Unknown]) -> Iterator[Cut]:
            answered: set[Unknown] = set()
            for unknown in unknowns:
                if high[unknown] - low[unknown] >= wanted[unknown] or unknown in answered:
                    continue
                weights = np.zeros(size)
                weights[unknown] = 1
                ask(weights)
                prices = self.program.prices
                if high[unknown] - low[unknown] >= wanted[unknown]:
                    continue
                ask(-weights)
                if high[unknown] - low[unknown] < wanted[unknown]:
                    answered |= self.beside[unknown]
                    self.suspects |= self.beside[unknown]
                    yield self._cut(unknown, prices, self.program.prices)

        found = False
        suspects, self.suspects = self.suspects, set()
        for cut in one_by_one(sorted(suspects) if len(suspects) <= MOST_SUSPECTS else ()):
            found = True
            yield cut
        if found:  # the rest can wait until these are mended
            return
        left = open_before = int(np.count_nonzero(narrow()))
        for _ in range(MIXED_QUESTIONS):
            if left <= ENOUGH_AT_ONCE:
                break
            weights = chance.integers(1, 9, size) * chance.choice([-1, 1], size) * narrow()
            ask(weights)
            ask(-weights)
            left = int(np.count_nonzero(narrow()))
            if open_before - left < 3:
                break
            open_before = left
        yield from one_by_one(np.flatnonzero(wanted).tolist())

    def _cut(self, unknown: Unknown, up: Floats, down: Floats) -> Cut:
        """From the prices of the largest and of the smallest value: an upper limit on the range that holds for every choice."""
        size = len(self.needs)
        worth = np.zeros(size)
        for prices, direction in ((up, 1), (down, -1)):
            price = -np.bincount(self.columns, weights=self.signs * prices[self.rows], minlength=size)
            price[unknown] += direction
            price[np.abs(price) < NEAR] = 0
            worth += np.where(price > 0, price * self.up, -price * self.down)
        least = self.needs[unknown] - worth[unknown]
        worth[unknown] = 0
        places = np.flatnonzero(worth > NEAR)
        return Cut(unknown, tuple((int(u), float(min(worth[u], least))) for u in places), float(least))

    def _groups(self, allowed: Floats) -> NDArray[np.int64]:
        """A number for each set of hidden numbers that move together."""
        root = np.arange(len(allowed))

        def find(place: int) -> int:
            while root[place] != place:
                root[place] = root[root[place]]
                place = root[place]
            return place

        for row in self.system.relations:
            members = [find(u) for u, _ in row if allowed[u]]
            for other in members[1:]:
                root[find(other)] = find(members[0])
        return np.array([find(place) for place in range(len(root))])
