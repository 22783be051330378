"""Figures by area that stand beside the kits: residents, and the burden (deaths, EMS runs). Exact: only for who sees the whole coalition.

Others read a burden as a table of a release; what a release freezes comes from `lbn.release_tables`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    F,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Abs, Coalesce, DenseRank

from coalitions.models import Coalition
from lbn.enums import AreaKind
from lbn.models import AgencyRollup, AnnualDeaths, AreaFigure, AreaFile
from phast.access.actor import Actor
from phast.access.table import Action

from .span import Span

FEWEST_RESIDENTS = 100  # below, one kit would look like a rate
MINIMUM, TARGET = 9, 20  # kits per opioid-related death a year; doi.org/10.3109/09687637.2014.981509
YEARS_SHOWN = 5
WORDS = {AreaKind.DEATHS: ("overdose death", "overdose deaths"), AreaKind.EMS_RUNS: ("EMS run", "EMS runs")}


@dataclass(frozen=True)
class Layer:
    """One kind of figure of one year, by ZIP or by county (FIPS code)."""

    kind: AreaKind
    year: int
    origin: str
    figures: Mapping[str, int]


@dataclass(frozen=True)
class Areas:
    """What is loaded that fits a span: for each kind the newest year that is not after it, else the next one.

    `lived_in`: the ZIPs with residents, which everybody may know; None unless residents are loaded."""

    zips: dict[AreaKind, Layer] = field(default_factory=dict)
    counties: dict[AreaKind, Layer] = field(default_factory=dict)
    lived_in: frozenset[str] | None = None

    @property
    def burdens(self) -> list[AreaKind]:
        """Which burdens there are, by ZIP or county."""
        return [kind for kind in WORDS if kind in self.zips or kind in self.counties]


@dataclass(frozen=True)
class Saturation:
    """A year's kits against its opioid-related deaths, as the coordinator entered them."""

    year: int
    deaths: int
    kits: int
    origin: str
    is_over: bool

    @property
    def ratio(self) -> float:
        """Kits for each death."""
        return self.kits / self.deaths

    @property
    def says(self) -> str:
        """Where that stands, in words."""
        if self.ratio >= TARGET:
            return "At or above the target"
        missing = MINIMUM if self.ratio < MINIMUM else TARGET
        name = "minimum" if missing == MINIMUM else "target"
        return f"{missing * self.deaths - self.kits:,} kits short of the {name}"


def per_1000(layer: Layer | None, code: str, kits: int) -> float | None:
    """Kits per 1,000 residents of the layer's ZIP or county; None where residents are not known or too few."""
    residents = layer.figures.get(code, 0) if layer else 0
    return 1000 * kits / residents if residents >= FEWEST_RESIDENTS else None


def areas(actor: Actor, span: Span) -> Areas:
    """What the actor may see of it: without the whole coalition's exact counts, which ZIPs are lived in. One query."""
    of = exact_areas if actor.everywhere(Action.COUNTS_SEE) else where_people_live
    return of(actor.coalition, span)


def exact_areas(coalition: Coalition, span: Span) -> Areas:
    """The same for a worker, which draws for those who see the whole coalition."""
    return _areas(AreaFigure.objects.of(coalition), span)


def where_people_live(coalition: Coalition, span: Span) -> Areas:
    """The same for who sees a part of the counts: no figure, only which ZIPs are lived in."""
    residents = AreaFigure.objects.of(coalition).filter(kind=AreaKind.POPULATION).exclude(zip_code="")
    return Areas(lived_in=_areas(residents, span).lived_in)


def _areas(figures: QuerySet[AreaFigure], span: Span) -> Areas:
    year = span.to_on.year
    level = Case(When(zip_code="", then=Value(0)), default=Value(1), output_field=IntegerField())
    later = Case(When(year__gt=year, then=Value(1)), default=Value(0), output_field=IntegerField())
    best = Window(
        DenseRank(), partition_by=[F("kind"), level], order_by=[later.asc(), Abs(F("year") - Value(year)).asc()]
    )
    found: dict[tuple[str, bool, int, str], dict[str, int]] = {}
    rows = figures.annotate(best=best).filter(best=1).order_by("zip_code", "county")
    for kind, of, code, county, figure, origin in rows.values_list(
        "kind", "year", "zip_code", "county", "figure", "file__origin"
    ):
        found.setdefault((kind, bool(code), of, origin), {})[code or county] = figure
    made = Areas()
    for (kind, by_zip, of, origin), values in found.items():
        layers = made.zips if by_zip else made.counties
        one = layers.get(AreaKind(kind))
        layers[AreaKind(kind)] = Layer(AreaKind(kind), of, origin, {**(one.figures if one else {}), **values})
    if residents := made.zips.get(AreaKind.POPULATION):
        return replace(made, lived_in=frozenset(code for code, number in residents.figures.items() if number))
    return made


def saturation(coalition: Coalition) -> list[Saturation]:
    """The years for which deaths were entered and kits counted, newest first. One query. For who sees the whole coalition."""
    ends = [
        Func(
            OuterRef("year"),
            Value(month),
            Value(day),
            function="make_date",
            output_field=AgencyRollup._meta.get_field("from_on"),
        )
        for month, day in ((1, 1), (12, 31))
    ]
    inside = AgencyRollup.objects.filter(coalition=OuterRef("coalition"), from_on__gte=ends[0], to_on__lte=ends[1])
    kits: Any = inside.order_by().values("coalition").annotate(sum=Sum("kits")).values("sum")
    years = AnnualDeaths.objects.of(coalition).annotate(kits=Coalesce(Subquery(kits), 0, output_field=IntegerField()))
    today = coalition.today()
    return [
        Saturation(one.year, one.deaths, one.kits, one.origin, is_over=one.year < today.year)
        for one in years.filter(kits__gt=0).order_by("-year")[:YEARS_SHOWN]
    ]


def loaded_before(file: AreaFile) -> dict[tuple[int, bool], int]:
    """How many figures of the file's kind are loaded, by year and whether by ZIP: what a file of those years would replace."""
    figures = AreaFigure.objects.of(file.coalition).filter(kind=file.kind).exclude(file=file)
    by_zip = Case(When(zip_code="", then=Value(False)), default=Value(True), output_field=BooleanField())
    rows = figures.order_by().values_list("year", by_zip)
    return dict(Counter((year, level) for year, level in rows))
