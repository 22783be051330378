"""The exact tables that a release is made from. `coalitions.releases` hides what must be hidden before anybody sees them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, F, Sum, Value, When
from django.db.models.functions import Cast, Coalesce

from coalitions.models import Coalition, Partner
from lbn.enums import AreaKind, Place, Setting
from lbn.models import AgencyRollup, AreaFigure, Count, SettingRollup, ZipRollup
from phast.geo.zips import places_of
from phast.offers import ReleaseAgencies, ReleaseKind, ReleaseTable

if TYPE_CHECKING:
    from django.db.models import QuerySet

Span = tuple[dt.date, dt.date]
NOT_RECORDED = "not_recorded"  # the setting whose own value is empty
OTHERS = "others"  # agencies that did not agree to be named


def _placed(rows: Iterable[tuple[str, dt.date, dt.date, int]], spans: Sequence[Span]) -> ReleaseTable:
    """Each row in the first of the spans that holds it. What none holds, but one of its days lies in, is left out."""
    cells: dict[str, list[int]] = {}
    left_out = 0
    for label, first, last, kits in rows:
        column = next((n for n, span in enumerate(spans) if span[0] <= first and last <= span[1]), None)
        if column is None:
            left_out += kits
        else:
            cells.setdefault(label, [0] * len(spans))[column] += kits
    return ReleaseTable(cells=dict(sorted(cells.items())), left_out=left_out)


def _touching(rollups: QuerySet, spans: Sequence[Span]) -> QuerySet:
    return rollups.filter(from_on__lte=max(last for _, last in spans), to_on__gte=min(first for first, _ in spans))


def _kits(rollups: QuerySet, label: Any, spans: Sequence[Span]) -> ReleaseTable:
    found = _touching(rollups, spans).values_list(label, "from_on", "to_on").annotate(sum=Sum("kits"))
    return _placed(found.order_by(label, "from_on", "to_on"), spans)


def _by_zip(coalition: Coalition, spans: Sequence[Span], named: frozenset[str]) -> ReleaseTable:
    return _kits(ZipRollup.objects.of(coalition), F("place"), spans)


def _by_setting(coalition: Coalition, spans: Sequence[Span], named: frozenset[str]) -> ReleaseTable:
    setting = Case(When(setting="", then=Value(NOT_RECORDED)), default=F("setting"), output_field=CharField())
    return _kits(SettingRollup.objects.of(coalition), setting, spans)


def _by_agency(coalition: Coalition, spans: Sequence[Span], named: frozenset[str]) -> ReleaseTable:
    key = Cast(Coalesce("partner__merged_into", "partner"), CharField())
    exact = _kits(AgencyRollup.objects.of(coalition), key, spans)
    cells: dict[str, list[int]] = {}
    for label, kits in exact.cells.items():
        row = cells.setdefault(label if label in named else OTHERS, [0] * len(spans))
        row[:] = [a + b for a, b in zip(row, kits, strict=True)]
    return ReleaseTable(cells=cells, left_out=exact.left_out)


def agencies_to_name(coalition: Coalition, spans: Sequence[Span]) -> frozenset[str]:
    """The keys of the agencies that a table of these spans may name: those that agreed. When a single one would be left to "other
    agencies", which would then be its name, the agreed one with the fewest kits joins it."""
    key = Cast(Coalesce("partner__merged_into", "partner"), CharField())
    kits = _kits(AgencyRollup.objects.of(coalition), key, spans).cells
    agreed = {
        str(pk) for pk in Partner.objects.of(coalition).filter(named_in_releases=True).values_list("pk", flat=True)
    }
    named = agreed & kits.keys()
    if len(kits.keys() - named) == 1 and named:
        named.discard(min(named, key=lambda pk: (sum(kits[pk]), int(pk))))
    return frozenset(named)


def shares(
    coalition: Coalition, spans: Sequence[Span], named: frozenset[str]
) -> dict[str, dict[str, Mapping[str, Sequence[int]]]]:
    """What each agency knows of each table: agency → table → label → its own kits. For the stricter setting alone: it reads the
    entries themselves."""
    counts = _touching(Count.objects.of(coalition).filter(voided_at=None), spans)
    place = Case(When(place=Place.ZIP, then=F("zip_code")), default=F("place"), output_field=CharField())
    agency = Cast(Coalesce("partner__merged_into", "partner"), CharField())
    rows = counts.values_list(agency, place, "setting", "from_on", "to_on").annotate(sum=Sum("kits"))
    known: dict[str, dict[str, list[tuple[str, dt.date, dt.date, int]]]] = {}
    for who, where, setting, first, last, kits in rows.order_by(agency, place, "setting", "from_on", "to_on"):
        of = known.setdefault(who, {"kits_by_zip": [], "kits_by_agency": [], "kits_by_setting": []})
        of["kits_by_zip"].append((where, first, last, kits))
        of["kits_by_agency"].append((who if who in named else OTHERS, first, last, kits))
        of["kits_by_setting"].append((setting or NOT_RECORDED, first, last, kits))
    return {who: {table: _placed(own, spans).cells for table, own in of.items()} for who, of in known.items()}


def _burden(kind: AreaKind) -> Callable[[Coalition, Sequence[Span], frozenset[str]], ReleaseTable]:
    def by_zip(coalition: Coalition, spans: Sequence[Span], named: frozenset[str]) -> ReleaseTable:
        """Figures of whole years: a span that is no year has none."""
        years = {first.year: n for n, (first, last) in enumerate(spans) if (last - first).days >= 364}
        cells: dict[str, list[int]] = {}
        found = AreaFigure.objects.of(coalition).filter(kind=kind, year__in=years).exclude(zip_code="")
        for label, year, figure in found.order_by("zip_code").values_list("zip_code", "year", "figure"):
            cells.setdefault(label, [0] * len(spans))[years[year]] = figure
        return ReleaseTable(cells=cells)

    return by_zip


def _zip_names(labels: Iterable[str]) -> dict[str, tuple[str, str]]:
    labels = list(labels)
    without = {Place.UNKNOWN.value: Place.UNKNOWN.label, Place.OUTSIDE.value: Place.OUTSIDE.label}
    places = places_of(label for label in labels if label not in without)
    return {label: (without.get(label, label), places.get(label, "")) for label in labels}


def _setting_names(labels: Iterable[str]) -> dict[str, tuple[str, str]]:
    names = {value or NOT_RECORDED: label for value, label in Setting.choices}
    return {label: (str(names.get(label, label)), "") for label in labels}


def _agency_names(labels: Iterable[str]) -> dict[str, tuple[str, str]]:
    keys = [int(label) for label in labels if label.isdigit()]
    names = {str(pk): name for pk, name in Partner.objects.filter(pk__in=keys).values_list("pk", "name")}
    return {label: (names.get(label, "Other agencies"), "") for label in labels}


KINDS = (
    ReleaseKind("kits_by_zip", "Kits by ZIP code", "ZIP code", "Kits", "kits", "zip", _by_zip, _zip_names),
    ReleaseKind("kits_by_agency", "Kits by agency", "Agency", "Kits", "kits", "agency", _by_agency, _agency_names),
    ReleaseKind("kits_by_setting", "Kits by setting", "Setting", "Kits", "kits", "setting", _by_setting, _setting_names),
    ReleaseKind(
        "deaths_by_zip", "Overdose deaths by ZIP code", "ZIP code", "Deaths", "deaths", "zip", _burden(AreaKind.DEATHS), _zip_names,
        yearly=True,
    ),
    ReleaseKind(
        "ems_by_zip", "EMS runs by ZIP code", "ZIP code", "EMS runs", "ems_runs", "zip", _burden(AreaKind.EMS_RUNS), _zip_names,
        yearly=True,
    ),
)  # fmt: skip

AGENCIES = ReleaseAgencies(to_name=agencies_to_name, shares=shares)
