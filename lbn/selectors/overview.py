"""Exact figures by ZIP, month, agency, setting and kit type, for those who may see them. Members and observers read releases instead.

The whole coalition is read from the rollups; one agency, setting or kit type from the entries: the two agree because the database
keeps them so. A span that is longer than what a view asks by is never divided: the view says how many kits it cannot place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, CharField, F, Min, Q, QuerySet, Sum, Value, When
from django.db.models import Count as Filled
from django.db.models.functions import Cast, Coalesce

from coalitions.models import Coalition, Partner
from lbn.enums import Place, Setting
from lbn.models import AgencyRollup, Count, KitTypeRollup, PeriodReport, SettingRollup, ZipRollup
from phast.access.actor import Actor
from phast.access.table import Action

from .span import MOST_MONTHS, Span, Time, times

__all__ = [
    "MOST_MONTHS",
    "NOT_RECORDED",
    "WITHOUT_ZIP",
    "Overview",
    "Span",
    "Sums",
    "Time",
    "began",
    "exact",
    "overview",
    "times",
]

WITHOUT_ZIP = {Place.UNKNOWN.value: Place.UNKNOWN.label, Place.OUTSIDE.value: Place.OUTSIDE.label}
NOT_RECORDED = "none"  # as a filter; without a filter it is ""
FEW = 50  # kits; a percentage of fewer says less than the difference
_A_YEAR = dt.timedelta(days=366)


@dataclass(frozen=True)
class Sums:
    """Kits, and what agencies say besides; where nobody said, 0."""

    kits: int = 0
    declined: int = 0
    none_available: int = 0
    reversals: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.kits + other.kits,
            self.declined + other.declined,
            self.none_available + other.none_available,
            self.reversals + other.reversals,
        )

    @property
    def besides(self) -> bool:
        """Whether anything was said besides kits."""
        return bool(self.declined or self.none_available or self.reversals)


@dataclass(frozen=True)
class Overview:
    """What the page, the file and the PDF show of a span.

    `by_place`: a ZIP, "unknown" or "outside" → kits, of spans that lie inside. `by_month`: first day → sums. `no_month`: kits inside
    the span that belong to no single month. `across`: kits whose span reaches beyond, which are in none of these figures. `agencies`: by
    name. `settings` and `kit_types`: their key ("" is not recorded) → kits. `before`: kits of as many months before; None when nobody
    counted from their beginning. `silent`: months of which nobody said anything by month, neither a count nor that there was nothing to
    report: what stands there is not zero, it is not known.
    """

    span: Span
    all: Sums
    by_place: dict[str, int]
    by_month: dict[dt.date, Sums]
    agencies: dict[str, Sums]
    settings: dict[str, int]
    kit_types: dict[str, int]
    no_month: int
    across: int
    before: int | None
    silent: frozenset[dt.date] = frozenset()

    @property
    def is_silent(self) -> bool:
        """Whether nobody said anything of the whole span."""
        return not self.any and self.silent.issuperset(self.by_month)

    @property
    def kits_by_month(self) -> dict[dt.date, int | None]:
        """Kits of each month; None where nobody said anything."""
        return {month: None if month in self.silent else sums.kits for month, sums in self.by_month.items()}

    @property
    def total(self) -> int:
        return self.all.kits

    @property
    def any(self) -> bool:
        """Whether anything at all was counted."""
        return bool(self.by_place)

    @property
    def zips(self) -> dict[str, int]:
        """ZIPs alone."""
        return {place: kits for place, kits in self.by_place.items() if place not in WITHOUT_ZIP}

    @property
    def reached(self) -> int:
        """ZIPs where at least one kit was left."""
        return sum(kits > 0 for kits in self.zips.values())

    @property
    def by_agency(self) -> dict[str, int]:
        return {name: sums.kits for name, sums in self.agencies.items()}

    @property
    def months_unknown(self) -> bool:
        """True when every kit was counted for longer than a month: then a month's 0 would say what nobody knows."""
        return bool(self.no_month) and not any(sums.kits for sums in self.by_month.values())

    @property
    def change(self) -> str:
        """The kits against those of the period before, in words; nothing when there is nothing to compare with."""
        if self.before is None:
            return ""
        when = self._when_before
        difference = self.total - self.before
        if not self.before or not difference:
            return f"none in {when}" if difference else f"as many as in {when}"
        much = f"{abs(difference) / self.before:.0%}" if self.before >= FEW else f"{abs(difference):,}"
        if much == "0%":
            return f"about as many as in {when} ({self.before:,})"
        return f"{much} {'more' if difference > 0 else 'fewer'} than in {when} ({self.before:,})"

    @property
    def _when_before(self) -> str:
        return f"{self.span.before}" if self.span.length == 1 else f"the {self.span.length} months before"

    def against_before(self, missing: str, *, is_whole: bool) -> tuple[str, str]:
        """The change, and what `missing` (`periods.not_in`) says: part of an agency's own figures compares with nothing, which is said."""
        if is_whole or not missing or not self.change:
            return self.change, missing
        return "", f"{missing.removesuffix('.')}, so they are not compared with {self._when_before}."


def began(actor: Actor) -> dt.date:
    """The first day anything was counted of what the actor sees; today while nothing was."""
    rollups = AgencyRollup.objects.visible_to(actor, Action.COUNTS_SEE)
    first: dt.date | None = rollups.aggregate(first=Min("from_on"))["first"]
    return first or actor.coalition.today()


def overview(
    actor: Actor, span: Span, partner: Partner | None = None, *, setting: str = "", kit_type: str = ""
) -> Overview:
    """The exact figures of a span, as far as the actor may see them. Five queries, or six with a filter, however many rows.

    `partner`: only this agency's; it must come from what the actor may see. Without one, the actor's own reach. `setting` and
    `kit_type` (its key): only these; "none" is not recorded.
    """
    if actor.everywhere(Action.COUNTS_SEE):
        return exact(actor.coalition, span, partner, setting=setting, kit_type=kit_type)
    counts = Count.objects.visible_to(actor, Action.COUNTS_SEE)
    rollups = AgencyRollup.objects.visible_to(actor, Action.COUNTS_SEE)
    reports = PeriodReport.objects.visible_to(actor, Action.COUNTS_SEE)
    if partner:
        one = _of_agency(partner)
        counts, rollups, reports = counts.filter(one), rollups.filter(one), reports.filter(one)
    return _told(_from_counts(_only(counts, setting, kit_type), span), rollups, reports)


def exact(
    coalition: Coalition, span: Span, partner: Partner | None = None, *, setting: str = "", kit_type: str = ""
) -> Overview:
    """The same for a worker, which acts for nobody: what it draws is read only by those who may (`phast.reports`)."""
    rollups, reports = (
        of.filter(_of_agency(partner)) if partner else of
        for of in (model.objects.of(coalition) for model in (AgencyRollup, PeriodReport))
    )
    if partner is None and not setting and not kit_type:
        return _told(_from_rollups(coalition, span), rollups, reports)
    return _told(_from_counts(_counts(coalition, partner, setting, kit_type), span), rollups, reports)


def said_besides(
    coalition: Coalition, seen: Overview, partner: Partner | None = None, *, setting: str = "", kit_type: str = ""
) -> list[int | None]:
    """Reversals, kits declined, and times without a kit, of an overview that was made with the same words; None for what nobody said,
    which the sums alone do not tell. For workers: one query over the counts, where one of them is 0."""
    names = ("reversals", "declined", "none_available")
    sums = {name: getattr(seen.all, name) for name in names}
    silent = [name for name, number in sums.items() if not number]
    inside = {"from_on__gte": seen.span.from_on, "from_on__lte": seen.span.to_on, "to_on__lte": seen.span.to_on}
    counts = _counts(coalition, partner, setting, kit_type).filter(**inside)
    said = counts.aggregate(**{name: Filled(name) for name in silent}) if silent else {}
    return [None if name in said and not said[name] else number for name, number in sums.items()]


def _counts(coalition: Coalition, partner: Partner | None, setting: str, kit_type: str) -> QuerySet[Count]:
    """The counts that stand. By way of their agencies: they have no index by coalition, which would slow down every import."""
    agencies = Partner.objects.of(coalition)
    if partner:
        agencies = agencies.filter(Q(pk=partner.pk) | Q(merged_into=partner))
    counts = Count.objects.of(coalition).filter(partner__in=list(agencies.values_list("pk", flat=True)))
    return _only(counts, setting, kit_type)


def _only(counts: QuerySet[Count], setting: str, kit_type: str) -> QuerySet[Count]:
    counts = counts.filter(voided_at=None)
    if setting:
        counts = counts.filter(setting="" if setting == NOT_RECORDED else setting)
    if kit_type:
        counts = counts.filter(kit_type=None if kit_type == NOT_RECORDED else int(kit_type))
    return counts


def _told(seen: Overview, rollups: QuerySet[Any], reports: QuerySet[Any]) -> Overview:
    """With the months that no count and no report of a period says anything of. What was counted for longer than a month says nothing
    of any, and neither does a report of a period in which it was. One query."""
    span, before = seen.span, seen.span.before
    touching = {"from_on__lte": span.to_on, "to_on__gte": before.from_on}
    in_period = {f"period__{name}": day for name, day in touching.items()}
    spans = (
        rollups.filter(**touching)
        .order_by()
        .annotate(counts=Value(True))
        .values_list("from_on", "to_on", "counts")
        .union(
            reports.filter(**in_period)
            .order_by()
            .annotate(counts=Value(False))
            .values_list("period__from_on", "period__to_on", "counts")
        )
    )
    found = [(Span(first, last), counts) for first, last, counts in spans]
    counted = [days for days, counts in found if counts]
    told = {month for days, counts in found if not counts for month in days.months}
    told -= {month for days in counted if days.length > 1 for month in days.months}
    told |= {days.from_on.replace(day=1) for days in counted if days.length == 1}
    compared = seen.before if seen.before or told.intersection(before.months) else None
    return replace(seen, silent=frozenset(span.months) - told, before=compared)


@dataclass(frozen=True)
class _Tables:
    """Where each view is read from; `place` is its key there."""

    agencies: QuerySet[Any]
    places: QuerySet[Any]
    settings: QuerySet[Any]
    kit_types: QuerySet[Any]
    place: Any = "place"


def _from_rollups(coalition: Coalition, span: Span) -> Overview:
    tables = (model.objects.of(coalition) for model in (AgencyRollup, ZipRollup, SettingRollup, KitTypeRollup))
    return _figures(_Tables(*tables), span)


def _from_counts(counts: QuerySet[Count], span: Span) -> Overview:
    place = Case(When(place=Place.ZIP, then=F("zip_code")), default=F("place"), output_field=CharField())
    return _figures(_Tables(counts, counts, counts, counts, place), span)


def _figures(tables: _Tables, span: Span) -> Overview:
    """The ZIPs' table is the big one, so it is read for this span alone; what came before is known from the agencies'."""
    before = span.before
    sums = {f"sum_{name}": Coalesce(Sum(name), 0) for name in ("kits", "declined", "none_available", "reversals")}
    inside = Q(from_on__gte=span.from_on, to_on__lte=span.to_on, from_on__lte=span.to_on)
    times = [
        (first, last, Sums(*numbers))
        for first, last, *numbers in tables.agencies.filter(
            from_on__gte=min(before.from_on, span.from_on - _A_YEAR), from_on__lte=span.to_on
        )
        .order_by()
        .values_list("from_on", "to_on")
        .annotate(**sums)
    ]
    months = dict.fromkeys(span.months, Sums())
    everything, no_month, across = Sums(), 0, 0
    for first, last, numbers in times:
        if span.holds(first, last):
            everything += numbers
            if (first.year, first.month) == (last.year, last.month):
                months[first.replace(day=1)] += numbers
            else:
                no_month += numbers.kits
        elif last >= span.from_on:  # no span is longer than a year, so older rows need not be looked at
            across += numbers.kits
    start = (before.from_on.year, before.from_on.month)
    began = any((first.year, first.month) <= start for first, _, _ in times)
    # What an agency counted before it was merged into another stays its own and is shown as the other's.
    name = Coalesce("partner__merged_into__name", "partner__name")
    agencies = tables.agencies.filter(inside).order_by(name).values_list(name).annotate(**sums)
    kinds = _of_kind(tables.places.filter(inside), "place", tables.place).union(
        _of_kind(tables.settings.filter(inside), "setting", "setting"),
        _of_kind(tables.kit_types.filter(inside), "kit type", Coalesce(Cast("kit_type", CharField()), Value(""))),
        all=True,
    )
    by_kind: dict[str, dict[str, int]] = {"place": {}, "setting": {}, "kit type": {}}
    for kind, key, kits in kinds:
        by_kind[kind][key] = kits
    return Overview(
        span=span,
        all=everything,
        by_place=by_kind["place"],
        by_month=months,
        agencies={line: Sums(*numbers) for line, *numbers in agencies},
        settings=_in_order(by_kind["setting"]),
        kit_types=by_kind["kit type"],
        no_month=no_month,
        across=across,
        before=sum(numbers.kits for first, last, numbers in times if before.holds(first, last)) if began else None,
    )


def _of_kind(rows: QuerySet[Any], kind: str, key: Any) -> QuerySet[Any]:
    return (
        rows.annotate(kind=Value(kind), key=F(key) if isinstance(key, str) else key)
        .order_by()
        .values_list("kind", "key")
        .annotate(sum=Sum("kits"))
    )


def _in_order(settings: Mapping[str, int]) -> dict[str, int]:
    """As the form lists them, what is not recorded last."""
    listed = [value for value in Setting.values if value] + [""]
    return {value: settings[value] for value in listed if value in settings}


def _of_agency(partner: Partner) -> Q:
    """The agency's counts, and those of agencies that were merged into it."""
    return Q(partner=partner) | Q(partner__merged_into=partner)


def kits_this_year(actor: Actor) -> int:
    """Kits of the year so far, as far as the actor may see exact counts. One query, however many rows there are."""
    first = actor.coalition.today().replace(month=1, day=1)
    if actor.everywhere(Action.COUNTS_SEE):
        rollups: QuerySet[Any] = AgencyRollup.objects.of(actor.coalition)
    else:
        rollups = Count.objects.visible_to(actor, Action.COUNTS_SEE).filter(voided_at=None)
    inside = rollups.filter(from_on__gte=first, to_on__lt=first.replace(year=first.year + 1))
    return inside.aggregate(sum=Sum("kits"))["sum"] or 0
