"""Which figures to hide, so that every hidden one is safe and as little as possible is hidden.

Fischetti and Salazar's way for linked tables: a small program in whole numbers chooses what to hide under the rules known so far;
an attack by linear programming finds what is still pinned down and each time gives a new rule that every safe choice
keeps; again, until nothing is pinned down. The choice is then the cheapest there is. The first rules need no attack: in every
sum, the hidden parts must be at least two and have room enough between them. What must be hidden anyway satisfies most
rules at once, and the others fall apart into many small programs, each for a row or a few.
If that takes too many rounds, the choice so far is kept and only added to; what turned out needless is then shown again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from .hidden import NotYetSafe
from .ranges import Cut, Ranges
from .solver import NEAR, Program
from .system import System, Unknown

ROUNDS = 25
SHOWN_AGAIN = 200
SHORT = 60  # parts of a sum that gets its rules before any attack
MOST_INNER = 4
NONE_IS_SAFE = (
    "These tables cannot be published beside the earlier ones: taken together, they would give a hidden figure away. "
    "Keep the earlier tables, or publish a longer span."
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What is hidden must weigh at least `least`; with `when`, only if that one is hidden."""

    weights: tuple[tuple[Unknown, float], ...]
    least: float
    when: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What to hide. `cost`: of what is hidden besides what must be; `bound`: what no choice under the rules found is below;
    `rounds`: how many attacks it took."""

    hidden: frozenset[Unknown]
    cost: float
    bound: float
    rounds: int


def choose(system: System) -> Choice:
    """The choice for a system. Raises `NotYetSafe` when earlier releases leave none."""
    if not system.must and not system.cost:
        return Choice(frozenset(), 0, 0, 0)
    master = _Master(system)
    observers = [Ranges(system, observer) for observer in system.observers]
    hidden = master.solve()
    for attempt in range(1, ROUNDS + 1):
        cuts = list(_cuts(observers, hidden, system))
        if not cuts:
            return Choice(frozenset(hidden), master.cost_of(hidden), master.bound, attempt)
        master.learn(cuts)
        hidden = master.solve()
    return _finish(system, master, observers, hidden)


def _finish(system: System, master: _Master, observers: Sequence[Ranges], hidden: set[Unknown]) -> Choice:
    """Add until safe, then show again what is not needed, the largest first."""
    attempts = ROUNDS
    chosen = {unknown for unknown in hidden if unknown in system.cost}
    while cuts := list(_cuts(observers, hidden, system)):
        attempts += 1
        for cut in cuts:
            short = cut.least - sum(weight for u, weight in cut.weights if u in hidden)
            shown = [(weight, u) for u, weight in cut.weights if u in system.cost and u not in hidden]
            for weight, unknown in sorted(shown, key=lambda pair: (-pair[0] / system.cost[pair[1]], pair[1])):
                if short > NEAR:
                    hidden.add(unknown)
                    chosen.add(unknown)
                    short -= weight
    for unknown in sorted(chosen, key=lambda u: (-system.values[u], u))[:SHOWN_AGAIN]:
        if not any(True for _ in _cuts(observers, hidden - {unknown}, system)):
            hidden.remove(unknown)
    return Choice(frozenset(hidden), master.cost_of(hidden), master.bound, attempts)


def _cuts(observers: Sequence[Ranges], hidden: set[Unknown], system: System) -> Iterable[Cut]:
    """What is still pinned down. Raises `NotYetSafe` for a figure that no choice protects."""
    for observer in observers:
        for cut in observer.unsafe(hidden):
            weights, least = cut.weights, cut.least
            if sum(weight for u, weight in weights if u in hidden) > least - NEAR:
                # Safe in fractions, not in whole numbers: ask for one more.
                weights = tuple((u, 1.0) for u in _next_to(system, cut.of, hidden))
                least = 1.0
            if any(u in system.cost and u not in hidden for u, _ in weights):
                yield Cut(cut.of, weights, least)
            else:
                raise NotYetSafe(NONE_IS_SAFE)


def _next_to(system: System, unknown: Unknown, hidden: set[Unknown]) -> list[Unknown]:
    """What could be hidden besides, at most two sums away from it if there is any so near."""
    shown = system.cost.keys() - hidden
    near = {unknown}
    for _ in range(2):
        near |= {u for row in system.relations for u, _ in row if any(v in near for v, _ in row)}
    return sorted(near & shown or shown)


class _Master:
    """The rules known so far, and the cheapest choice that keeps them, worked out piece by piece."""

    def __init__(self, system: System) -> None:
        self.system = system
        order = sorted(system.cost, key=lambda u: (system.values[u], u))
        step = 0.001 / max(1, len(order))
        self.cost = {u: system.cost[u] + n * step for n, u in enumerate(order)}
        self.rules: list[Rule] = []
        self.solved: dict[tuple[int, ...], tuple[set[Unknown], float]] = {}
        self.bound = 0.0
        self.known: set[Rule] = set()
        for row in system.relations:
            self._rules_of_a_sum(row)
        for mixed in self._sums_of_sums():
            if any(u in system.must for u, _ in mixed):
                self._rules_of_a_sum(mixed)

    def cost_of(self, hidden: Iterable[Unknown]) -> float:
        """What a choice costs, without what must be hidden."""
        return sum(self.cost.get(unknown, 0.0) for unknown in hidden)

    def learn(self, cuts: Iterable[Cut]) -> None:
        """Add a rule for each cut."""
        for cut in cuts:
            self._add(cut.weights, cut.least, cut.of if cut.of in self.cost else None)

    def solve(self) -> set[Unknown]:
        """The cheapest choice under the rules. Raises `NotYetSafe` when there is none."""
        hidden = set(self.system.must)
        self.bound = 0.0
        for piece in self._pieces():
            if piece not in self.solved:
                self.solved[piece] = self._solve_piece([self.rules[n] for n in piece])
            chosen, bound = self.solved[piece]
            hidden |= chosen
            self.bound += bound
        return hidden

    def _sums_of_sums(self) -> Iterator[Sequence[tuple[Unknown, int]]]:
        """A year as months and quarters mixed: each short sum with some of its parts written out. Saves attacks."""
        parts = {row[-1][0]: row[:-1] for row in self.system.relations if row[-1][1] < 0 and len(row) <= SHORT}
        for row in self.system.relations:
            inner = [pair for pair in row if pair[1] > 0 and pair[0] in parts]
            if len(row) > SHORT or len(inner) > MOST_INNER:
                continue
            for size in range(1, len(inner) + 1):
                for some in combinations(inner, size):
                    outer = [pair for pair in row if pair not in some]
                    yield [*(one for u, _ in some for one in parts[u]), *outer]

    def _rules_of_a_sum(self, row: Sequence[tuple[Unknown, int]]) -> None:
        system, limit = self.system, float(self.system.threshold)
        room = {u: limit if sign < 0 or u in system.free else min(system.values[u] - 1, limit) for u, sign in row}
        sure = [u for u, _ in row if u in system.must]
        enough = len(sure) > 1 and sum(room[u] for u in sure) >= limit
        if enough or not any(u in system.cost for u, _ in row):
            return
        weights = tuple(room.items())
        if sure:
            self._add(weights, min(limit, *(system.needs[u] for u in sure)), None)
            self._add(tuple((u, 1.0) for u, _ in row), 2, None)
            return
        for unknown in room:
            if sum(room.values()) < limit or len(room) < 2:
                self._add((), 1, unknown)
            elif len(room) <= SHORT:  # a longer sum is rarely hidden in one place only; the attack finds it
                self._add(tuple((u, 1.0) for u in room if u != unknown), 1, unknown)
                others = tuple((u, weight) for u, weight in room.items() if u != unknown)
                self._add(others, limit - room[unknown], unknown)

    def _add(self, weights: Sequence[tuple[Unknown, float]], least: float, when: Unknown | None) -> None:
        """Take out what is settled: what must be hidden counts already."""
        least -= sum(weight for u, weight in weights if u in self.system.must)
        if least <= NEAR:
            return
        rest = tuple(sorted((u, min(weight, least)) for u, weight in weights if u in self.cost and u != when))
        rule = Rule(rest, least, when)
        if rule not in self.known:
            self.known.add(rule)
            self.rules.append(rule)

    def _pieces(self) -> list[tuple[int, ...]]:
        """The rules in groups that share no unknown, and only those groups where something must be done."""
        root: dict[Unknown, Unknown] = {}

        def find(unknown: Unknown) -> Unknown:
            root.setdefault(unknown, unknown)
            while root[unknown] != unknown:
                root[unknown] = root[root[unknown]]
                unknown = root[unknown]
            return unknown

        anchors = []
        for rule in self.rules:
            members = [u for u, _ in rule.weights] + ([rule.when] if rule.when is not None else [])
            if not members:
                raise NotYetSafe(NONE_IS_SAFE)
            for other in members[1:]:
                root[find(other)] = find(members[0])
            anchors.append(members[0])
        pieces: dict[Unknown, list[int]] = {}
        for n, anchor in enumerate(anchors):
            pieces.setdefault(find(anchor), []).append(n)
        return [tuple(piece) for piece in pieces.values() if any(self.rules[n].when is None for n in piece)]

    def _solve_piece(self, rules: Sequence[Rule]) -> tuple[set[Unknown], float]:
        members = sorted({u for r in rules for u, _ in r.weights} | {r.when for r in rules if r.when is not None})
        place = {unknown: n for n, unknown in enumerate(members)}
        rows = [
            [(place[u], w) for u, w in r.weights] + ([(place[r.when], -r.least)] if r.when is not None else [])
            for r in rules
        ]
        least = [0.0 if r.when is not None else r.least for r in rules]
        program = Program(
            np.zeros(len(members)), np.ones(len(members)), rows, least, [np.inf] * len(rows),
            cost=[self.cost[u] for u in members], whole=True,
        )  # fmt: skip
        if not program.run():
            raise NotYetSafe(NONE_IS_SAFE)
        return {u for u, share in zip(members, program.point, strict=True) if share > 0.5}, program.bound
