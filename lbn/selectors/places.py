"""Kits by place beside residents and burden: which ZIPs were reached, which were not, and where to look next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from lbn.enums import AreaKind
from phast.geo.models import County, Zip

from .areas import Areas, Layer, per_1000
from .overview import WITHOUT_ZIP, Overview

LOOKED_AT = 10


@dataclass(frozen=True)
class Line:
    """A ZIP or a county. `kits` of the span; `per_1000` residents; `burden` of a year. None is not known, never zero."""

    code: str
    name: str
    kits: int
    per_1000: float | None = None
    burden: int | None = None
    county: str = ""
    reached: int = 0
    zips: int = 0

    @property
    def per_burden(self) -> float | None:
        """Kits for each death or EMS run."""
        return self.kits / self.burden if self.burden else None


@dataclass(frozen=True)
class Places:
    """Everything the map and the tables by place show. `not_reached`: ZIPs of the coalition's counties without a kit; those without
    residents, too, unless residents are loaded (`lived_in`)."""

    zips: list[Line]
    not_reached: list[Line]
    without_zip: list[tuple[str, int]]
    counties: list[Line]
    look_next: list[Line]
    population: Layer | None
    lived_in: bool
    burden: Layer | None
    burden_kind: AreaKind | None
    kinds: Sequence[AreaKind] = ()
    known: Sequence[County] = field(default=())
    points: Mapping[str, Zip] = field(default_factory=dict)

    @property
    def has_rates(self) -> bool:
        return any(line.per_1000 is not None for line in self.zips)

    @property
    def of(self) -> int:
        """ZIPs there are to reach in the coalition's counties."""
        return len(self.not_reached) + sum(line.kits > 0 and line.county != "" for line in self.zips)


def places(seen: Overview, areas: Areas, counties: Sequence[County], kind: AreaKind | None = None) -> Places:
    """The figures of `seen` by place. `kind`: which burden stands beside them; else the first that is loaded. One query."""
    if kind not in areas.burdens:
        kind = next(iter(areas.burdens), None)
    population = areas.zips.get(AreaKind.POPULATION)
    burden = areas.zips.get(kind) if kind else None
    kits = seen.zips
    own = {county.fips for county in counties}
    codes = {*kits, *(burden.figures if burden else ())}
    points = {point.pk: point for point in Zip.objects.filter(Q(county__in=own) | Q(pk__in=codes))}
    lines = {
        code: Line(
            code,
            points[code].place if code in points else "",
            kits.get(code, 0),
            per_1000(population, code, kits.get(code, 0)),
            burden.figures.get(code) if burden else None,
            (points[code].county_id or "") if code in points and points[code].county_id in own else "",
        )
        for code in sorted({*codes, *points})
    }
    not_reached = [
        line
        for code, line in lines.items()
        if not line.kits and line.county and (areas.lived_in is None or code in areas.lived_in or line.burden)
    ]
    return Places(
        zips=[line for code, line in lines.items() if code in codes],
        not_reached=not_reached,
        without_zip=[(label, seen.by_place[key]) for key, label in WITHOUT_ZIP.items() if key in seen.by_place],
        counties=_counties(lines, areas, counties, kind),
        look_next=_look_next(list(lines.values())),
        population=population,
        lived_in=areas.lived_in is not None,
        burden=burden or (areas.counties.get(kind) if kind else None),
        burden_kind=kind,
        kinds=areas.burdens,
        known=counties,
        points=points,
    )


def _counties(lines: Mapping[str, Line], areas: Areas, counties: Sequence[County], kind: AreaKind | None) -> list[Line]:
    """By county; its residents and burden from its own figure, else from those of its ZIPs."""
    found = []
    for county in counties:
        inside = [line for line in lines.values() if line.county == county.fips]
        kits = sum(line.kits for line in inside)
        residents, burdens = (areas.counties.get(each) if each else None for each in (AreaKind.POPULATION, kind))
        burden = burdens.figures.get(county.fips) if burdens else None
        if burden is None and any(line.burden is not None for line in inside):
            burden = sum(line.burden or 0 for line in inside)
        if residents is None and (by_zip := areas.zips.get(AreaKind.POPULATION)):
            total = sum(by_zip.figures.get(line.code, 0) for line in inside)
            residents = Layer(by_zip.kind, by_zip.year, by_zip.origin, {county.fips: total})
        found.append(
            Line(
                county.fips,
                county.name,
                kits,
                per_1000(residents, county.fips, kits),
                burden,
                reached=sum(line.kits > 0 for line in inside),
                zips=len(inside),
            )
        )
    return found


def _look_next(lines: Sequence[Line]) -> list[Line]:
    """ZIPs that carry some of the burden and got a smaller share of the kits than of it: the fewest kits for each death first."""
    carrying = [line for line in lines if line.burden]
    burden, kits = sum(line.burden or 0 for line in carrying), sum(line.kits for line in carrying)
    few = [line for line in carrying if line.kits * burden < (line.burden or 0) * max(kits, 1)]
    return sorted(few, key=lambda line: (line.per_burden or 0.0, -(line.burden or 0), line.code))[:LOOKED_AT]
