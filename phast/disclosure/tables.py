"""The tables of a release: what goes in (exact counts) and what comes out (a count or `HIDDEN` for each figure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType
from typing import Any, Final

from .hidden import HIDDEN

TOTAL: Final = ""
"""The label of the sum over a whole dimension, where the table gives it no other name."""

Address = tuple[str, ...]
Figure = tuple[str, tuple[tuple[str, str], ...]]
"""What a number counts: the measure, and a label for each dimension that narrows it. One sum, one figure, in every table."""

Sum = tuple[Figure, tuple[Figure, ...]]
"""A figure and the figures it is the sum of."""


@dataclass(frozen=True, slots=True)
class Table:
    """Counts by one or more dimensions. Raises ValueError for a negative count or an address of another length.

    `cells` has a count for each address, a label per dimension; an address that is missing counts 0. Every total is published
    and is worked out here. `groups` says what a label adds up to besides the whole: months to quarters. `whole` names the sum
    over a dimension when it is more than "everything": {"time": "2026"}. `at` is what holds for the whole table: a table of one
    quarter has no dimension for it but `at={"time": "2026-Q3"}`. `measure` is what is counted. Tables are linked by meaning:
    the same measure, `at` and labels are the same figure, in whichever tables and releases it stands. So two tables
    of one release must agree on their common totals, and a label means one thing everywhere.
    """

    name: str
    dims: tuple[str, ...]
    cells: Mapping[Address, int]
    measure: str = "kits"
    groups: Mapping[str, str] = field(default_factory=dict)
    whole: Mapping[str, str] = field(default_factory=dict)
    at: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if any(len(address) != len(self.dims) for address in self.cells):
            raise ValueError(f"An address of the table {self.name} has a label for each of its dimensions.")
        if any(kits < 0 for kits in self.cells.values()):
            raise ValueError("A count is zero or more.")

    def top(self, place: int) -> str:
        """The label of the sum over a dimension."""
        return self.whole.get(self.dims[place], TOTAL)

    def parent(self, place: int, label: str) -> str | None:
        """What a label adds up to; None for the whole."""
        top = self.top(place)
        return None if label == top else self.groups.get(label, top)

    def levels(self, place: int) -> dict[str, list[str]]:
        """Each sum of a dimension and the labels it is the sum of, in order of name."""
        tree: dict[str, set[str]] = {self.top(place): set()}
        for address in self.cells:
            label = address[place]
            while (parent := self.parent(place, label)) is not None:
                tree.setdefault(parent, set()).add(label)
                label = parent
        return {label: sorted(children) for label, children in sorted(tree.items())}

    def figure(self, address: Address) -> Figure:
        """What the number at an address counts."""
        labels = {**self.at, **dict(zip(self.dims, address, strict=True))}
        return self.measure, tuple(sorted((dim, label) for dim, label in labels.items() if label != TOTAL))

    def filled(self) -> dict[Address, int]:
        """Every published address with its count: cells, zeros, subtotals and totals."""
        levels = [self.levels(place) for place in range(len(self.dims))]
        labels = [sorted({*tree, *(one for many in tree.values() for one in many)}) for tree in levels]
        counts = dict.fromkeys(product(*labels), 0)
        for address, kits in self.cells.items():
            chains = [list(self._upward(place, label)) for place, label in enumerate(address)]
            for sums in product(*chains):
                counts[sums] += kits
        return counts

    def relations(self) -> Iterator[tuple[Address, list[Address]]]:
        """Each sum with its parts, along each dimension."""
        levels = [self.levels(place) for place in range(len(self.dims))]
        labels = [sorted({*tree, *(one for many in tree.values() for one in many)}) for tree in levels]
        for place, tree in enumerate(levels):
            others = [label if n != place else [TOTAL] for n, label in enumerate(labels)]
            for rest in product(*others):
                for parent, children in tree.items():
                    before, after = rest[:place], rest[place + 1 :]
                    yield (*before, parent, *after), [(*before, child, *after) for child in children]

    def _upward(self, place: int, label: str) -> Iterator[str]:
        step: str | None = label
        while step is not None:
            yield step
            step = self.parent(place, step)


@dataclass(frozen=True, slots=True)
class Published:
    """One table of a release as anybody may see it: the same shape as `Table`, a count or `HIDDEN` at every address."""

    name: str
    dims: tuple[str, ...]
    cells: Mapping[Address, int | None]
    measure: str = "kits"
    groups: Mapping[str, str] = field(default_factory=dict)
    whole: Mapping[str, str] = field(default_factory=dict)
    at: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cells", MappingProxyType(dict(self.cells)))

    @property
    def hidden(self) -> frozenset[Address]:
        """The addresses of hidden figures."""
        return frozenset(address for address, kits in self.cells.items() if kits is HIDDEN)

    def shape(self) -> Table:
        """A table of the same addresses with a zero everywhere, for its figures and relations."""
        tops = [self.whole.get(dim, TOTAL) for dim in self.dims]
        cells = {a: 0 for a in self.cells if all(label != top for label, top in zip(a, tops, strict=True))}
        leaves = {a: 0 for a in cells if not any(label in self.groups.values() for label in a)}
        return Table(self.name, self.dims, leaves, self.measure, self.groups, self.whole, self.at)


@dataclass(frozen=True, slots=True)
class Linked:
    """The tables of one release, safe together. Nothing here remembers a hidden value."""

    tables: tuple[Published, ...]
    threshold: int

    def __getitem__(self, name: str) -> Published:
        return {table.name: table for table in self.tables}[name]

    @property
    def hidden(self) -> frozenset[Figure]:
        """What is hidden, each sum once."""
        return frozenset(figure for figure, kits in self.figures().items() if kits is HIDDEN)

    def figures(self) -> dict[Figure, int | None]:
        """Every figure of the release, once."""
        found: dict[Figure, int | None] = {}
        for table in self.tables:
            shape = Table(table.name, table.dims, {}, table.measure, table.groups, table.whole, table.at)
            found.update((shape.figure(address), kits) for address, kits in table.cells.items())
        return found

    def shapes(self) -> list[Table]:
        """Tables of the same addresses, for their sums."""
        return [table.shape() for table in self.tables]

    def to_json(self) -> dict[str, Any]:
        """For storing and hashing: lists in order of address, null where hidden."""
        return {
            "threshold": self.threshold,
            "tables": [
                {
                    "name": table.name,
                    "dims": list(table.dims),
                    "measure": table.measure,
                    "groups": dict(table.groups),
                    "whole": dict(table.whole),
                    "at": dict(table.at),
                    "cells": [[*address, kits] for address, kits in sorted(table.cells.items())],
                }
                for table in self.tables
            ],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Linked:
        """What `to_json` stored."""
        return cls(
            threshold=stored["threshold"],
            tables=tuple(
                Published(
                    name=table["name"],
                    dims=tuple(table["dims"]),
                    measure=table["measure"],
                    groups=table["groups"],
                    whole=table["whole"],
                    at=table["at"],
                    cells={tuple(address): kits for *address, kits in table["cells"]},
                )
                for table in stored["tables"]
            ),
        )


@dataclass(frozen=True, slots=True)
class Earlier:
    """A release published before. `was`: its exact tables on the day it was made, if anybody kept them (see `past_values`).
    `agency_rows`: each agency's part of them; None when that release was not made under the stricter setting."""

    published: Linked
    was: Sequence[Table] | None = None
    agency_rows: Mapping[str, Sequence[Table]] | None = None


def figures_of(tables: Sequence[Table]) -> dict[Figure, int]:
    """Every figure of some tables with its count. Raises ValueError when two tables disagree."""
    found: dict[Figure, int] = {}
    for table in tables:
        for address, kits in table.filled().items():
            figure = table.figure(address)
            if found.setdefault(figure, kits) != kits:
                raise ValueError(f"The tables do not add up to the same figure: {table.name}, {address}.")
    return found


def sums_of(tables: Sequence[Table]) -> list[Sum]:
    """Each published sum with its parts, once, in a fixed order."""
    found = {
        (table.figure(parent), tuple(table.figure(child) for child in children))
        for table in tables
        for parent, children in table.relations()
    }
    return sorted(found)
