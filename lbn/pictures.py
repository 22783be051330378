"""The drawings of the overview, each drawn once for page and PDF from figures that this reader may see."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lbn.enums import AreaKind, InPlace, Setting
from lbn.selectors.areas import MINIMUM, TARGET, WORDS
from phast import charts
from phast.geo.map import ZipCell, beside, drawn
from phast.geo.models import County, Zip
from phast.ui.templatetags.ui import number

if TYPE_CHECKING:
    from lbn.models import PersonnelCount

MONTHS_DRAWN = 24
DAYS_DRAWN = 8  # numbers of personnel
MOST_BARS = 14  # more are a list, not a picture


def kit_map(known: Sequence[County], kits: Mapping[str, int], points: Mapping[str, Zip], *, title: str) -> str:
    """Kits by ZIP, a small empty circle for a ZIP that was not reached; nothing without a county."""
    if not known or not kits:
        return ""
    cells = [ZipCell(code, count) for code, count in kits.items()]
    description = "A circle for each ZIP code, larger for more kits. The table by ZIP code has the same numbers."
    return drawn(known, cells, points, title=title, description=description).svg


def burden_map(
    kind: AreaKind, known: Sequence[County], figures: Mapping[str, int], points: Mapping[str, Zip], *, year: int
) -> str:
    """Deaths or EMS runs by ZIP, as large as the map of kits; nothing without a county or a figure."""
    if not known or not figures:
        return ""
    counted = beside(*WORDS[kind])
    cells = [ZipCell(code, count) for code, count in figures.items()]
    title = f"{counted.heading}, {year}"
    description = (
        f"A circle for each ZIP code, larger for more {counted.many}. The table by ZIP code has the same numbers."
    )
    return drawn(known, cells, points, title=title, description=description, prefix="burden-map", counted=counted).svg


def months_chart(by_month: Mapping[dt.date, int | None], *, title: str, no_month: int = 0) -> str:
    """Kits by month, the last 24; nothing for a single month. None: nobody said anything of that month."""
    shown = list(by_month.items())[-MONTHS_DRAWN:]
    if len(shown) < 2:
        return ""
    return charts.columns(
        title=title,
        description="Kits left behind in each month. The table after it has the same numbers.",
        labels=[f"{calendar.month_abbr[month.month]} {month.year}" for month, _ in shown],
        series=[charts.Series("Kits", [kits for _, kits in shown])],
        note=f"{number(no_month)} more kits stand in no single month." if no_month else "",
        missing="not reported",
        prefix="months",
    )


def kinds_chart(named: Mapping[str, int], *, title: str, prefix: str) -> str:
    """A bar for each setting or kit type; nothing for a single one."""
    if not 2 <= len(named) <= MOST_BARS:
        return ""
    description = "A bar for each, longer for more kits. The table after it has the same numbers."
    return charts.bars(title=title, description=description, rows=list(named.items()), prefix=prefix)


def saturation_gauge(years: Sequence[tuple[int, float]]) -> str:
    """Kits for each opioid-related death, by year; nothing without a year."""
    if not years:
        return ""
    return charts.gauge(
        title="Kits for each opioid-related death",
        description=f"A bar for each year, with lines at {MINIMUM} and {TARGET} kits. The table after it has the same numbers.",
        rows=[(str(year), ratio) for year, ratio in years],
        marks=[(MINIMUM, f"{MINIMUM}× minimum"), (TARGET, f"{TARGET}× target")],
        prefix="saturation",
    )


def setting_names(kits: Mapping[str, int]) -> dict[str, int]:
    """By the settings' names."""
    return {Setting(key).label: count for key, count in kits.items()}


def in_place_chart(course: Sequence[tuple[str, Sequence[int]]]) -> str:
    """How many elements of the practices are how far: for each assessment its month and the numbers, from in place down; nothing for a
    single one."""
    if len(course) < 2:
        return ""
    return charts.columns(
        title="Elements of the practices by how far they are",
        description="A column for each assessment, with what is in place at the bottom. The table after it has the same numbers.",
        labels=[label for label, _ in course],
        series=[
            charts.Series(str(state.label), [numbers[place] for _, numbers in course])
            for place, state in enumerate(reversed(InPlace))
        ],
        prefix="in-place",
    )


def trained_over_time(personnel: Sequence[PersonnelCount]) -> str:
    """Of the people who take part, those trained and those not yet, a column for each day; nothing for fewer than two days."""
    latest = personnel[:DAYS_DRAWN][::-1]
    if len(latest) < 2:
        return ""
    return charts.columns(
        title="People who leave kits",
        description="A column for each day with numbers: people trained at the bottom, people not trained yet above them.",
        labels=[f"{one.as_of:%b} {one.as_of.day} {one.as_of.year}" for one in latest],
        series=[
            charts.Series("Trained", [one.trained for one in latest]),
            charts.Series("Not trained yet", [one.taking_part - one.trained for one in latest]),
        ],
    )
