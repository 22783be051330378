"""What an attacker may reckon with: unknown numbers, what each is at least, and the sums that tie them together.

One unknown for each figure and each value it had. A figure that two releases give the same value is one unknown in both: the
attacker may suppose that it did not change. A figure that changed is another unknown from then on. The more an attacker rightly
supposes unchanged, the narrower the ranges, because each supposition is one more equation; so a release that is safe against
the one who supposes all that is so, is safe against everybody who supposes less. Whoever supposes wrongly learns nothing true.

It follows, for a release beside earlier ones:

- a figure that an earlier one shows with the same value is known: hiding it would protect nothing, so it is shown. Where that would
  give an agency a small rest, since its own part of it grew, the release has to wait;
- a figure that an earlier one hides stays hidden, whatever its value, unless it is now zero (or what another one showed). A zero is
  shown: a hidden figure is never zero, so nobody takes the new value for the old one;
- a figure that was shown and changed by 1 … threshold − 1 is hidden;
- a change is a figure too: when a hidden figure, or the hidden parts of a sum together, changed by 1 … threshold − 1, the
  difference is an unknown of its own, which must not be pinned down either;
- parts that were published in several releases (four quarters) add up to a figure of a later one (their year), if they do.

Everything is reckoned as a distance from the true values, which solve the sums: a number may fall to 1 (or to what the observer
knows is in it) and rise as far as one likes. A range is wide enough as soon as it is the threshold wide, so no number is ever
moved further than the threshold either way; that can only make a range look narrower than it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .hidden import HIDDEN, NotYetSafe
from .past import past_values
from .tables import Earlier, Figure, Sum, Table, figures_of, sums_of

Unknown = int
REMAINS = (
    "An earlier table shows a count of which, without an agency’s own kits, fewer than {threshold} are left today. "
    "Keep the earlier table, or publish a longer span."
)
MARGIN_COST = 1.25  # of hiding a sum, where a single count costs 1


@dataclass(slots=True)
class Observer:
    """Who looks on: the public, or an agency with its own counts. `within[u]` is what it knows is in the unknown u; `knows`
    what it knows altogether; `has` what it may know already from releases that were not made with it in mind."""

    within: dict[Unknown, int] = field(default_factory=dict)
    knows: set[Unknown] = field(default_factory=set)
    has: set[Unknown] = field(default_factory=set)


@dataclass(slots=True)
class System:
    """The unknowns by number. Those an attacker can see, and zeros, are not among them.

    `values`: the true ones. `must`: hidden whatever else is. `cost`: of hiding, by unknown that may be either hidden or
    shown. `needs`: how wide the range must stay. `relations`: unknowns with their signs, summing to a known number.
    """

    threshold: int
    values: list[int] = field(default_factory=list)
    must: set[Unknown] = field(default_factory=set)
    cost: dict[Unknown, float] = field(default_factory=dict)
    needs: list[int] = field(default_factory=list)
    free: set[Unknown] = field(default_factory=set)
    new: set[Unknown] = field(default_factory=set)
    relations: list[list[tuple[Unknown, int]]] = field(default_factory=list)
    observers: list[Observer] = field(default_factory=lambda: [Observer()])
    figures: dict[Figure, Unknown] = field(default_factory=dict)

    def add(self, value: int, needs: int) -> Unknown:
        """A new unknown."""
        self.values.append(value)
        self.needs.append(needs)
        return len(self.values) - 1


@dataclass(slots=True)
class _Past:
    """An earlier release with a true value for every figure, known or supposed."""

    shown: Mapping[Figure, int | None]
    values: Mapping[Figure, int]
    sums: list[Sum]
    threshold: int


def build(
    tables: Sequence[Table],
    *,
    threshold: int,
    earlier: Sequence[Earlier] = (),
    agency_rows: Mapping[str, Sequence[Table]] | None = None,
) -> System:
    """The system of a release to be made, beside the earlier ones, oldest first. Raises `NotYetSafe`."""
    now, sums = figures_of(tables), sums_of(tables)
    system = System(threshold)
    past = [
        _Past(old.published.figures(), past_values(old, now), sums_of(old.published.shapes()), old.published.threshold)
        for old in earlier
    ]
    unknowns = _unknowns_of_the_past(system, past)
    for old, numbers in zip(past, unknowns, strict=True):
        _relate(system, old.sums, numbers)
    agencies = [(name, figures_of(rows)) for name, rows in sorted((agency_rows or {}).items())]
    parts = {child for _, children in sums for child in children}
    whole = {parent for parent, children in sums if children != (parent,)}
    for figure in sorted(now):
        kits = now[figure]
        if not kits:
            continue
        published = [old.shown[figure] for old in past if figure in old.shown]
        remains = any(0 < kits - rows.get(figure, 0) < threshold for _, rows in agencies)
        if kits in published:
            _refuse_small(kits, threshold)
            if remains and not _given_before(figure, kits, earlier, past):
                raise NotYetSafe(REMAINS.format(threshold=threshold))
            continue
        same = [n[figure] for old, n in zip(past, unknowns, strict=True) if figure in n and old.values[figure] == kits]
        unknown = same[-1] if same else system.add(kits, threshold)
        system.figures[figure] = unknown
        system.new.add(unknown)
        held = any(before is HIDDEN or 0 < abs(before - kits) < threshold for before in published)
        if held or kits < threshold or remains or same:
            system.must.add(unknown)
        else:
            system.cost[unknown] = MARGIN_COST if figure in whole or figure not in parts else 1.0
    _relate(system, sums, system.figures)
    _relate_across(system, past, unknowns, now, tables)
    _watch_changes(system, [*unknowns, system.figures], [*(old.sums for old in past), sums])
    for name, rows in agencies:
        system.observers.append(_agency(system, name, [(now, rows, system.figures)], earlier, past, unknowns))
    return system


def _agency(
    system: System,
    name: str,
    seen: list[tuple[Mapping[Figure, int], Mapping[Figure, int], Mapping[Figure, Unknown]]],
    earlier: Sequence[Earlier],
    past: Sequence[_Past],
    unknowns: Sequence[Mapping[Figure, Unknown]],
) -> Observer:
    """An agency that takes its own counts away. What a release before the stricter setting gave it cannot be taken back."""
    looks = Observer()
    for given, old, numbers in zip(earlier, past, unknowns, strict=True):
        if given.agency_rows is None:
            looks.has.update(numbers.values())
        else:
            seen.append((old.values, figures_of(given.agency_rows.get(name, ())), numbers))
    for values, rows, numbers in seen:
        for figure, unknown in numbers.items():
            inside = min(rows.get(figure, 0), values[figure])
            looks.within[unknown] = max(inside, looks.within.get(unknown, 0))
            if ("agency", name) in figure[1]:
                looks.knows.add(unknown)
    return looks


def _given_before(figure: Figure, kits: int, earlier: Sequence[Earlier], past: Sequence[_Past]) -> bool:
    """Did a release show it that was made before the stricter setting? That cannot be taken back from the agencies."""
    return any(
        given.agency_rows is None and old.shown.get(figure) == kits for given, old in zip(earlier, past, strict=True)
    )


def _refuse_small(kits: int, threshold: int) -> None:
    if kits < threshold:
        raise NotYetSafe(
            f"An earlier table already shows a count below {threshold} that these tables would have to hide. "
            "Keep the earlier table, or publish a longer span."
        )


def _unknowns_of_the_past(system: System, past: Sequence[_Past]) -> list[dict[Figure, Unknown]]:
    """For each earlier release, its figures that no release shows, with the same number where the value is the same."""
    seen = {(f, kits) for old in past for f, kits in old.shown.items() if kits is not HIDDEN}
    numbers: dict[tuple[Figure, int], Unknown] = {}
    each = []
    for old in past:
        mine = {}
        for figure, value in sorted(old.values.items()):
            if old.shown[figure] is HIDDEN and (figure, value) not in seen:
                key = figure, value
                if key not in numbers:
                    numbers[key] = system.add(value, min(old.threshold, system.threshold))
                    system.must.add(numbers[key])
                mine[figure] = numbers[key]
        each.append(mine)
    return each


def _relate(system: System, sums: Sequence[Sum], numbers: Mapping[Figure, Unknown]) -> None:
    for parent, children in sums:
        members = [(numbers[child], 1) for child in children if child in numbers]
        if parent in numbers:
            members.append((numbers[parent], -1))
        if members and (parent,) != children:
            system.relations.append(members)


def _relate_across(
    system: System,
    past: Sequence[_Past],
    unknowns: Sequence[Mapping[Figure, Unknown]],
    now: Mapping[Figure, int],
    tables: Sequence[Table],
) -> None:
    """Sums whose parts stand in several releases (four quarters, then their year), where they add up as last published."""
    if not past:
        return
    own = set(sums_of(tables)).union(*(old.sums for old in past))
    last: dict[Figure, int] = {}
    numbers: dict[Figure, Unknown] = {}
    for old, mine in [*zip(past, unknowns, strict=True)]:
        for figure, value in old.values.items():
            last[figure] = value
            numbers.pop(figure, None)
            if figure in mine:
                numbers[figure] = mine[figure]
    for figure, value in now.items():
        last[figure] = value
        numbers.pop(figure, None)
        if figure in system.figures:
            numbers[figure] = system.figures[figure]
    steps: dict[str, set[str]] = {}
    for table in tables:
        for label, parent in [*table.groups.items(), *_top_level(table)]:
            steps.setdefault(parent, set()).add(label)
    found = []
    for (measure, labels), value in sorted(last.items()):
        for dim, label in labels:
            children = tuple(
                (measure, tuple(sorted({*labels} - {(dim, label)} | {(dim, child)})))
                for child in sorted(steps.get(label, ()))
            )
            adds_up = sum(last.get(child, 0) for child in children) == value
            if adds_up and value and ((measure, labels), children) not in own:
                found.append(((measure, labels), children))
    _relate(system, found, numbers)


def _top_level(table: Table) -> list[tuple[str, str]]:
    """The labels that add up to a whole with a name, each with that name."""
    return [
        (child, table.top(place))
        for place in range(len(table.dims))
        if table.top(place)
        for child in table.levels(place)[table.top(place)]
    ]


def _watch_changes(system: System, releases: Sequence[Mapping[Figure, Unknown]], sums: Sequence[Sequence[Sum]]) -> None:
    """An unknown for each small change of a hidden figure, or of the hidden parts of a sum, from one release to the next."""
    last: dict[Figure, Unknown] = {}
    for numbers, own in zip(releases, sums, strict=True):
        changed = {
            figure: (unknown, last[figure])
            for figure, unknown in numbers.items()
            if last.get(figure, unknown) != unknown
        }
        alone = [(figure,) for figure in changed]
        together = [tuple(child for child in children if child in changed) for _, children in own]
        for figures in [*alone, *(some for some in together if len(some) > 1)]:
            pairs = [changed[figure] for figure in figures]
            change = sum(system.values[now] - system.values[before] for now, before in pairs)
            if 0 < abs(change) < system.threshold:
                watched = system.add(change, system.threshold)
                system.must.add(watched)
                system.free.add(watched)
                system.relations.append(
                    [*((now, 1) for now, _ in pairs), *((before, -1) for _, before in pairs), (watched, -1)]
                )
        last.update(numbers)
