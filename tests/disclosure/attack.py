"""An attacker with a linear program, who shares no code with what is attacked, and random coalitions to attack.

Every published number is written as a sum of the counts at the bottom of its table. Where two tables, or two releases, count the
same thing and it was the same number, the sums are equal. Then each hidden number is made as small and as large as it can be.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from random import Random

import highspy
import numpy as np

from phast.disclosure import TOTAL, Table

YEAR = "2026"
OTHERS = "other agencies"


# ------------------------------------------------------------------ random coalitions


@dataclass
class Coalition:
    """Kits by ZIP, month, agency and setting, and which tables its releases hold."""

    kits: dict[tuple[str, str, str, str], int]
    zips: list[str]
    months: list[str]
    agencies: list[str]
    settings: list[str]
    kinds: list[str]
    by_month: bool
    named: set[str] = field(default_factory=set)


def quarter_of(month: str) -> str:
    return f"{YEAR}-Q{(int(month[5:]) + 2) // 3}"


def random_coalition(random: Random, zip_codes: int = 0) -> Coalition:
    by_month = random.random() < 0.3
    quarters = random.randint(1, 2 if by_month else 4)
    months = [f"{YEAR}-{month:02}" for month in range(1, 3 * quarters + 1) if by_month or month % 3 == 1]
    zips = [f"122{n:02}" for n in range(zip_codes or random.randint(1, 4 if by_month else 7))]
    agencies = ["Fire", "Police", "Sheriff", "EMS"][: random.randint(1, 4)]
    settings = ["home", "street", "jail"][: random.randint(1, 3)]
    kinds = ["zip", *random.sample(["agency", "setting"], random.randint(0, 2))]
    named = set(random.sample(agencies, random.randint(0, len(agencies))))
    busy = random.choice([0.1, 0.3, 0.6])
    size = random.choice([3, 8, 30])
    kits = {
        key: 1 + int(random.expovariate(1 / size))
        for key in product(zips, months, agencies, settings)
        if random.random() < busy
    }
    return Coalition(kits, zips, months, agencies, settings, kinds, by_month, named)


def correct(coalition: Coalition, random: Random) -> None:
    """Change some counts, as corrections and late reports do."""
    keys = list(product(coalition.zips, coalition.months, coalition.agencies, coalition.settings))
    for _ in range(random.randint(0, 3)):
        key = random.choice(keys)
        change = random.choice([-40, -15, -3, -1, 1, 2, 5, 12, 40])
        coalition.kits[key] = max(0, coalition.kits.get(key, 0) + change)
    if random.random() < 0.3:  # the right number in the wrong place
        one, other = random.choice(keys), random.choice(keys)
        kits = coalition.kits
        kits[one], kits[other] = kits.get(other, 0), kits.get(one, 0)


def tables_of(coalition: Coalition, quarter: str | None = None, only: str | None = None) -> list[Table]:
    """The tables of a release of one quarter or of the year, of all agencies or of one."""
    found = []
    for kind in coalition.kinds:
        cells: dict[tuple[str, ...], int] = {}
        for zip_code, month, agency, setting in product(
            coalition.zips, coalition.months, coalition.agencies, coalition.settings
        ):
            if (quarter and quarter_of(month) != quarter) or (only and agency != only):
                continue
            row = {
                "zip": zip_code,
                "agency": agency if agency in coalition.named else OTHERS,
                "setting": setting,
            }[kind]
            time = month if coalition.by_month else quarter_of(month)
            address = (row,) if quarter and not coalition.by_month else (row, time)
            cells[address] = cells.get(address, 0) + coalition.kits.get((zip_code, month, agency, setting), 0)
        groups = {f"{YEAR}-Q{n}": YEAR for n in range(1, 5)}
        if quarter and not coalition.by_month:
            found.append(Table(kind, (kind,), cells, at={"time": quarter}, groups=groups))
        else:
            months = {month: quarter_of(month) for month in coalition.months} if coalition.by_month else {}
            whole = quarter or YEAR
            below = {label: top for label, top in {**groups, **months}.items() if label != whole and top != whole}
            found.append(Table(kind, (kind, "time"), cells, whole={"time": whole}, groups=below))
    return found


# ------------------------------------------------------------------ the attack


def _leaves(table, address):
    """The counts at the bottom of a table that a number is the sum of."""
    groups, tops = dict(table.groups), [table.whole.get(dim, TOTAL) for dim in table.dims]
    sums = set(groups.values()) | set(tops)

    def under(label, wanted, top):
        return wanted == top or label == wanted or groups.get(label) == wanted

    bottom = [a for a in table.cells if not any(label in sums for label in a)]
    return [a for a in bottom if all(under(x, y, top) for x, y, top in zip(a, address, tops, strict=True))]


def _meaning(table, address):
    labels = dict(table.at) | dict(zip(table.dims, address, strict=True))
    return table.measure, frozenset(pair for pair in labels.items() if pair[1] != TOTAL)


class Attack:
    """All published tables of all releases, with the truth to know what may rightly be supposed. `name` and `rows`: its name and its own
    tables of each release, if an agency attacks."""

    def __init__(self, releases, truths, name="", rows=()):
        self.cells: dict = {}
        self.rows: list = []
        self.numbers: list = []  # (release, meaning, true value, shown value, terms)
        for n, (linked, tables) in enumerate(zip(releases, truths, strict=True)):
            true = {table.name: table.filled() for table in tables}
            mine = {_meaning(t, a): k for t in rows[n] for a, k in t.filled().items()} if name else {}
            for table in linked.tables:
                for address, shown in table.cells.items():
                    terms = [self._cell(n, table.name, leaf) for leaf in _leaves(table, address)]
                    meaning = _meaning(table, address)
                    exact = true[table.name][address]
                    assert shown in (None, exact)
                    own = mine.get(meaning, 0)
                    known = shown is not None or ("agency", name) in meaning[1]
                    self.rows.append((terms, exact if known else max(1, own), exact if known else np.inf))
                    self.numbers.append((n, meaning, exact, shown, terms, own, known))
        self._suppose()
        self._load()

    def _cell(self, *key):
        return self.cells.setdefault(key, len(self.cells))

    def _suppose(self):
        """The same thing counted, with the same result, is the same number; parts published apart add up if they do."""
        first: dict = {}
        last: dict = {}
        for _, meaning, exact, _, terms, _, _ in self.numbers:
            if (meaning, exact) in first:
                self._equal(first[meaning, exact], terms)
            first.setdefault((meaning, exact), terms)
            last[meaning] = exact, terms
        for (measure, labels), (exact, terms) in last.items():
            if ("time", YEAR) in labels:
                rest = labels - {("time", YEAR)}
                parts = [last.get((measure, rest | {("time", f"{YEAR}-Q{q}")}), (0, [])) for q in range(1, 5)]
                if sum(kits for kits, _ in parts) == exact:
                    self._equal([term for _, some in parts for term in some], terms)

    def _equal(self, some, others):
        if some != others:
            self.rows.append(([*some, *(-1 - term for term in others)], 0, 0))

    def _load(self):
        size = len(self.cells)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = size, len(self.rows)
        model.col_cost_, model.col_lower_, model.col_upper_ = np.zeros(size), np.zeros(size), np.full(size, 1e5)
        model.row_lower_ = np.array([low for _, low, _ in self.rows], dtype=float)
        model.row_upper_ = np.array([high for _, _, high in self.rows], dtype=float)
        starts, places, signs = [0], [], []
        for terms, _, _ in self.rows:
            row: dict = {}
            for term in terms:
                place = term if term >= 0 else -1 - term
                row[place] = row.get(place, 0) + (1 if term >= 0 else -1)
            row = {place: sign for place, sign in row.items() if sign}
            places += row
            signs += row.values()
            starts.append(len(places))
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = np.array(starts), np.array(places, dtype=np.int32)
        model.a_matrix_.value_ = np.array(signs, dtype=float)
        self.solver = highspy.Highs()
        self.solver.setOptionValue("output_flag", False)
        self.solver.setOptionValue("threads", 1)
        self.solver.passModel(model)
        self.size = size

    def _best(self, terms, sign):
        """The smallest value of a sum (of its negative), in whole numbers."""
        cost = np.zeros(self.size)
        np.add.at(cost, terms, sign)
        every = np.arange(self.size, dtype=np.int32)
        self.solver.changeColsCost(self.size, every, cost)
        self._solve()
        point = np.array(self.solver.getSolution().col_value)
        if np.abs(point - np.rint(point)).max() > 1e-5:
            self.solver.changeColsIntegrality(self.size, every, np.ones(self.size, dtype=np.uint8))
            self._solve()
            point = np.array(self.solver.getSolution().col_value)
            self.solver.changeColsIntegrality(self.size, every, np.zeros(self.size, dtype=np.uint8))
        return round(float(cost @ point)) * sign

    def _solve(self):
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self.solver.clearSolver()  # it lost its way from the last question to this one
            self.solver.run()
        assert self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal

    def unsafe(self, threshold):
        """Every hidden number that can be pinned down, with its range; each thing counted once."""
        found, done = [], set()
        most: dict = {}
        for _, meaning, exact, _, _, own, _ in self.numbers:
            most[meaning, exact] = max(own, most.get((meaning, exact), 0))
        for n, meaning, exact, shown, terms, _, known in self.numbers:
            own = most[meaning, exact]
            if (meaning, exact) in done:
                continue
            done.add((meaning, exact))
            if known:
                if shown is not None and 0 < exact - own < threshold:
                    found.append((n, meaning, exact, exact, exact))
                continue
            if exact > own:
                low, high = self._best(terms, 1), self._best(terms, -1)
                if high - low < threshold:
                    found.append((n, meaning, exact, low, high))
        return found
