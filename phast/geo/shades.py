"""Steps of blue for counts, with an ink that can be read on each, and round numbers to divide the counts at."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

# (fill, line around it, ink on it): USWDS indigo cool vivid 10, 20, 40, 60, 80. The inks have at least 4.5:1 (tests/geo).
BLUES = (
    ("#dee5ff", "#628ef4", "#1b1b1b"),
    ("#b8c8ff", "#628ef4", "#1b1b1b"),
    ("#628ef4", "#3e4ded", "#1b1b1b"),
    ("#3e4ded", "#222fbf", "#ffffff"),
    ("#1b2b85", "#14145a", "#ffffff"),
)
# The same for what stands beside kits: orange warm 10 to 70. Lightness tells the steps apart in print, too.
ORANGES = (
    ("#fbe0d0", "#c05600", "#1b1b1b"),
    ("#f6bd9c", "#c05600", "#1b1b1b"),
    ("#f39268", "#a72f10", "#1b1b1b"),
    ("#c44900", "#782312", "#ffffff"),
    ("#782312", "#3d231d", "#ffffff"),
)
# Which share of the counts lies below each limit: the dark steps are for the few that stand out.
SHARES = (0.3, 0.6, 0.8, 0.92)
ROUND = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


@dataclass(frozen=True, slots=True)
class Shade:
    """One step: counts from `low` up to, not including, `high` (None: no limit)."""

    low: int
    high: int | None
    fill: str
    line: str
    ink: str

    @property
    def label(self) -> str:
        """What the legend says."""
        if self.high is None:
            return f"{self.low:,} or more" if self.low > 1 else "1 or more"
        last = self.high - 1
        if last == self.low:
            return f"{last:,}"
        return f"{self.low:,}–{last:,}" if self.low > 1 else f"up to {last:,}"


class Shades:
    """The steps for these counts, divided at round numbers near the shares above."""

    def __init__(self, counts: Sequence[int], colors: Sequence[tuple[str, str, str]] = BLUES) -> None:
        values = sorted(count for count in counts if count > 0)
        limits: list[int] = []
        for share in SHARES:
            limit = _round(values[int(len(values) * share)]) if values else 1
            if limit > max([1, *values[:1], *limits[-1:]]):
                limits.append(limit)
        self._limits = limits
        # Fewer steps keep the ends of the scale apart: the darkest stands for the most.
        chosen = [
            colors[round(2 + (i - len(limits) / 2) * min(1.0, 4 / max(1, len(limits))))] for i in range(len(limits) + 1)
        ]
        lows, highs = [1, *limits], [*limits, None]
        self.steps = [Shade(low, high, *blue) for low, high, blue in zip(lows, highs, chosen, strict=True)]

    def of(self, count: int) -> Shade:
        """The step of a count of 1 or more."""
        return self.steps[bisect_right(self._limits, count)]


def _round(value: float) -> int:
    """The round number nearest to a count of 1 or more."""
    power = 1
    while value >= power * 10:
        power *= 10
    return int(min((step * power for step in ROUND if step * power == int(step * power)), key=lambda n: abs(n - value)))
