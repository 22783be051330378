"""What the values of a measure say, in sentences that claim no more than the values do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from phast.charts import Dot, figure
from plans.enums import Direction

OLD = dt.timedelta(days=92)  # a quarter and a day: after that somebody is asked for a new value
PERCENT = {"%", "percent", "per cent"}


class Standing(NamedTuple):
    """How a measure stands, as a label and how much that should worry."""

    label: str
    tone: str


@dataclass(frozen=True)
class Curve:
    """The values, oldest first, and what they should be. `entered`: by people, so that a silence can be mended."""

    dots: Sequence[Dot]
    today: dt.date
    unit: str = ""
    direction: str = Direction.UP
    baseline: Decimal | None = None
    baseline_on: dt.date | None = None
    target: Decimal | None = None
    target_on: dt.date | None = None
    entered: bool = True

    @property
    def shown(self) -> list[Dot]:
        return [dot for dot in self.dots if dot.value is not None]

    @property
    def latest(self) -> Dot | None:
        """The last value that is shown."""
        return self.shown[-1] if self.shown else None

    @property
    def reached(self) -> bool:
        """Whether the latest value is the target or better."""
        return self._gap is not None and self._gap <= 0

    @property
    def is_old(self) -> bool:
        """Whether nobody has entered a value for a quarter."""
        return self.entered and self.latest is not None and self.today - self.latest.on >= OLD

    @property
    def is_past_its_day(self) -> bool:
        return self.target_on is not None and self.target_on < self.today and not self.reached

    def sentences(self) -> list[str]:
        """Where it is, which way it goes, and what is missing."""
        return [sentence for sentence in (self.where(), self.way(), self.silence()) if sentence]

    def where(self) -> str:
        """ "12 of 20 departments; 8 to go by June 30, 2027." """
        if self.latest is None or self.latest.value is None:
            return self._nothing()
        now, gap = self.latest.value, self._gap
        if self.target is None or gap is None:
            return f"{self.amount(now)} {self._when(self.latest)}."
        goal = f"{figure(self.target)} or {'more' if self.direction == Direction.UP else 'less'}"
        if gap <= 0:
            return f"The target is reached: {self.amount(now)}, where {goal} was the goal."
        by = f"by {_day(self.target_on)}" if self.target_on else ""
        if self.direction == Direction.UP and now >= 0 and not self._percent:
            rest = f"{figure(gap)} to go"
            start = f"{figure(now)} of {self.amount(self.target)}"
        else:
            rest = f"{figure(gap)} {'points ' if self._percent else ''}{'to go' if self.direction == Direction.UP else 'above the target'}"
            start = f"{self.amount(now)}; the target is {self.amount(self.target)}"
        if self.is_past_its_day:
            return f"{start}; {rest}. Its day was {_day(self.target_on)}."
        return " ".join(filter(None, [f"{start}; {rest}", by])) + "."

    def way(self) -> str:
        """ "It has moved the wrong way since March." """
        run = self._run()
        if run is None:
            return ""
        way, since = run
        words = {1: "moved the right way", 0: "not changed", -1: "moved the wrong way"}
        return f"It has {words[way]} since {since}."

    def silence(self) -> str:
        """ "No value for 4 months." """
        if self.is_old and self.latest:
            return f"No value for {round((self.today - self.latest.on).days / 30.4)} months."
        if self.dots and self.dots[-1].value is None and self.latest:
            return f"The figure for {self.dots[-1].time} is not shown."
        return ""

    def standing(self) -> Standing:
        """The one thing to know first."""
        if self.latest is None:
            return Standing("No value yet" if not self.dots else "Not shown", "warn" if not self.dots else "")
        if self.reached:
            return Standing("Target reached", "good")
        if self.is_past_its_day:
            return Standing("Past its day", "bad")
        run = self._run()
        if run is not None and run[0] < 0:
            return Standing("Wrong way", "warn")
        if self.is_old:
            return Standing("No recent value", "warn")
        if run is None:
            return Standing("", "")
        return Standing("Right way", "good") if run[0] else Standing("Unchanged", "")

    def amount(self, value: Decimal) -> str:
        """The number with its unit: "1 kit", "12 departments", "45%"."""
        if self._percent:
            return f"{figure(value)}%"
        first, _, rest = self.unit.partition(" ")
        return " ".join(filter(None, [figure(value), _one(first) if value == 1 else first, rest]))

    @property
    def _percent(self) -> bool:
        return self.unit.strip().lower() in PERCENT

    @property
    def _gap(self) -> Decimal | None:
        """How much is missing to the target; 0 or less when it is reached."""
        if self.latest is None or self.latest.value is None or self.target is None:
            return None
        missing = self.target - self.latest.value
        return missing if self.direction == Direction.UP else -missing

    def _run(self) -> tuple[int, str] | None:
        """Right way 1, unchanged 0, wrong way −1, and since when; None while there is nothing to compare with."""
        numbers = [(_month(dot.on, self.today), dot.value) for dot in self.shown if dot.value is not None]
        if self.baseline is not None and self.shown and (not self.baseline_on or self.baseline_on < self.shown[0].on):
            since = _month(self.baseline_on, self.today) if self.baseline_on else "the baseline"
            numbers.insert(0, (since, self.baseline))
        if len(numbers) < 2:
            return None
        moves = [_sign(later - earlier) for (_, earlier), (_, later) in pairwise(numbers)]
        at = len(moves) - 1
        while at > 0 and moves[at - 1] == moves[at]:
            at -= 1
        right = 1 if self.direction == Direction.UP else -1
        return moves[-1] * right, numbers[at][0]

    def _nothing(self) -> str:
        if self.dots:
            return "No figure is shown: what there is is too small, or not released."
        began = f" It began at {self.amount(self.baseline)}." if self.baseline is not None else ""
        return f"No value yet.{began}"

    def _when(self, dot: Dot) -> str:
        return f"in {dot.label}" if dot.label else f"on {_day(dot.on)}"


def _sign(number: Decimal) -> int:
    return (number > 0) - (number < 0)


def _day(day: dt.date | None) -> str:
    return f"{day:%B} {day.day}, {day.year}" if day else ""


def _month(day: dt.date, today: dt.date) -> str:
    return f"{day:%B}" if day.year == today.year else f"{day:%B %Y}"


def _one(unit: str) -> str:
    """A plain English plural in the singular; what is not one stays."""
    for ending, single in (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("xes", "x")):
        if unit.endswith(ending):
            return unit.removesuffix(ending) + single
    return unit.removesuffix("s") if not unit.endswith("ss") else unit
