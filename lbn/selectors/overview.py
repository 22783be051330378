"""Exact figures by ZIP, month and agency, for those who may see them. Members and observers read releases instead.

The whole coalition is read from the rollups, one agency from its own entries: the two agree because the database keeps them so.
A span that is longer than what a view asks by is never divided: the view says how many kits it cannot place.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Case, CharField, F, Max, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, TruncMonth

from coalitions.models import Coalition, Partner
from coalitions.releases import Row
from lbn.enums import Place
from lbn.models import AgencyRollup, Count, ZipRollup
from phast.access.actor import Actor
from phast.access.table import Action
from phast.geo.zips import places_of
from phast.offers import ReleaseTable

MONTHS_SHOWN = 12
MOST_MONTHS = 30 * 12  # each has its line in tables and files


@dataclass(frozen=True)
class Span:
    """Whole months, from the first day of one to the last day of another."""

    from_on: dt.date
    to_on: dt.date

    @classmethod
    def of_months(cls, first: dt.date, last: dt.date) -> Span:
        """From the month of one day to the month of another, whichever comes first."""
        first, last = sorted((first, last))
        return cls(first.replace(day=1), last.replace(day=calendar.monthrange(last.year, last.month)[1]))

    @classmethod
    def year_to(cls, today: dt.date) -> Span:
        """The month of `today` and the eleven before it."""
        months = today.year * 12 + today.month - 1 - (MONTHS_SHOWN - 1)
        return cls.of_months(dt.date(months // 12, months % 12 + 1, 1), today)

    @property
    def length(self) -> int:
        """How many months it has."""
        return (self.to_on.year - self.from_on.year) * 12 + self.to_on.month - self.from_on.month + 1

    @property
    def months(self) -> list[dt.date]:
        """The first day of each month."""
        first = self.from_on
        return [
            dt.date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1)
            for n in range(self.length)
        ]

    def __str__(self) -> str:
        if (self.from_on.year, self.from_on.month) == (self.to_on.year, self.to_on.month):
            return f"{self.from_on:%B %Y}"
        if self.from_on.month == 1 and self.to_on.month == 12 and self.from_on.year == self.to_on.year:
            return f"{self.from_on.year}"
        if self.from_on.year == self.to_on.year:
            return f"{self.from_on:%B} to {self.to_on:%B %Y}"
        return f"{self.from_on:%B %Y} to {self.to_on:%B %Y}"


@dataclass(frozen=True)
class Overview:
    """What the page, the file and the PDF show of a span.

    `by_place`: a ZIP, "unknown" or "outside" → kits, of spans that lie inside. `by_month`: first day → kits. `no_month`: kits inside
    the span that belong to no single month. `across`: kits whose span reaches beyond, which are in none of these figures.
    """

    span: Span
    by_place: dict[str, int]
    by_month: dict[dt.date, int]
    by_agency: dict[str, int]
    no_month: int
    across: int

    @property
    def total(self) -> int:
        return sum(self.by_place.values())

    @property
    def zips(self) -> dict[str, int]:
        """ZIPs alone."""
        return {place: kits for place, kits in self.by_place.items() if place not in WITHOUT_ZIP}

    @property
    def reached(self) -> int:
        """ZIPs where at least one kit was left."""
        return sum(kits > 0 for kits in self.zips.values())

    @property
    def months_unknown(self) -> bool:
        """True when every kit was counted for longer than a month: then a month's 0 would say what nobody knows."""
        return bool(self.no_month) and not any(self.by_month.values())


WITHOUT_ZIP = {Place.UNKNOWN.value: Place.UNKNOWN.label, Place.OUTSIDE.value: Place.OUTSIDE.label}


def overview(actor: Actor, span: Span, partner: Partner | None = None) -> Overview:
    """The exact figures of a span: the whole coalition's, or one agency's. At most five queries, however many rows there are.

    `partner`: only this agency's; it must come from what the actor may see. Without one, the actor's own reach.
    """
    if partner is None and actor.everywhere(Action.COUNTS_SEE):
        return _from_rollups(actor.coalition, span)
    counts = Count.objects.visible_to(actor, Action.COUNTS_SEE)
    return _from_counts(counts.filter(_of_agency(partner)) if partner else counts, span)


def exact(coalition: Coalition, span: Span, partner: Partner | None) -> Overview:
    """The same for a worker, which acts for nobody: what it draws is read only by those who may (`phast.reports`)."""
    if partner is None:
        return _from_rollups(coalition, span)
    return _from_counts(Count.objects.of(coalition).filter(_of_agency(partner)), span)


def _from_rollups(coalition: Coalition, span: Span) -> Overview:
    rollups = ZipRollup.objects.of(coalition)
    inside = rollups.filter(from_on__gte=span.from_on, to_on__lte=span.to_on)
    spans = list(inside.values_list("from_on", "to_on").annotate(sum=Sum("kits")))
    agencies = AgencyRollup.objects.of(coalition).filter(from_on__gte=span.from_on, to_on__lte=span.to_on)
    return Overview(
        span=span,
        by_place=dict(inside.values_list("place").annotate(sum=Sum("kits")).order_by("place")),
        by_month=_months(span, {first: kits for first, last, kits in spans if _is_month(first, last)}),
        by_agency=_by_agency(agencies),
        no_month=sum(kits for first, last, kits in spans if not _is_month(first, last)),
        across=_across(rollups, span),
    )


def _from_counts(counts: QuerySet[Count], span: Span) -> Overview:
    counts = counts.filter(voided_at=None)
    inside = counts.filter(from_on__gte=span.from_on, to_on__lte=span.to_on)
    place = Case(When(place=Place.ZIP, then=F("zip_code")), default=F("place"), output_field=CharField())
    month = Case(
        When(from_on__year=F("to_on__year"), from_on__month=F("to_on__month"), then=TruncMonth("from_on")),
        default=Value(None),
    )
    months = dict(inside.values_list(month).annotate(sum=Sum("kits")))
    no_month = months.pop(None, 0)
    return Overview(
        span=span,
        by_place=dict(inside.values_list(place).annotate(sum=Sum("kits")).order_by(place)),
        by_month=_months(span, months),
        by_agency=_by_agency(inside),
        no_month=no_month,
        across=_across(counts, span),
    )


def _by_agency(rows: QuerySet) -> dict[str, int]:
    """Kits by name, the most first. What an agency counted before it was merged into another stays its own and is shown as the other's."""
    name = Coalesce("partner__merged_into__name", "partner__name")
    return dict(rows.values_list(name).annotate(sum=Sum("kits")).order_by("-sum", name))


def _of_agency(partner: Partner) -> Q:
    """The agency's counts, and those of agencies that were merged into it."""
    return Q(partner=partner) | Q(partner__merged_into=partner)


def _across(rows: QuerySet, span: Span) -> int:
    """Kits of spans that reach over an edge. None is longer than a year, so older rows need not be looked at."""
    year_before = span.from_on - dt.timedelta(days=366)
    over_the_start = Q(from_on__gte=year_before, from_on__lt=span.from_on, to_on__gte=span.from_on)
    over_the_end = Q(from_on__gte=span.from_on, from_on__lte=span.to_on, to_on__gt=span.to_on)
    return sum(rows.filter(edge).aggregate(sum=Sum("kits"))["sum"] or 0 for edge in (over_the_start, over_the_end))


def _months(span: Span, kits: Mapping[dt.date, int]) -> dict[dt.date, int]:
    return {month: kits.get(month, 0) for month in span.months}


def _is_month(first: dt.date, last: dt.date) -> bool:
    return (first.year, first.month) == (last.year, last.month)


def years(actor: Actor) -> list[int]:
    """The years the actor has figures for, newest first."""
    if actor.everywhere(Action.COUNTS_SEE):
        rows: QuerySet = ZipRollup.objects.of(actor.coalition)
    else:
        rows = Count.objects.visible_to(actor, Action.COUNTS_SEE).filter(voided_at=None)
    ends = rows.aggregate(first=Min("from_on"), last=Max("to_on"))
    if ends["first"] is None:
        return []
    return list(range(ends["last"].year, ends["first"].year - 1, -1))


def rows(seen: Overview) -> list[Row]:
    """The table by ZIP: ZIPs in order, then what has none. One query, for the places' names."""
    places = places_of(seen.zips)
    return [Row(code, kits, places.get(code, "")) for code, kits in sorted(seen.zips.items())] + [
        Row(label, seen.by_place[key]) for key, label in WITHOUT_ZIP.items() if key in seen.by_place
    ]


def kits_this_year(actor: Actor) -> int:
    """Kits of the year so far, as far as the actor may see exact counts. One query, however many rows there are."""
    first = actor.coalition.today().replace(month=1, day=1)
    if actor.everywhere(Action.COUNTS_SEE):
        rollups: QuerySet = ZipRollup.objects.of(actor.coalition)
    else:
        rollups = Count.objects.visible_to(actor, Action.COUNTS_SEE).filter(voided_at=None)
    inside = rollups.filter(from_on__gte=first, to_on__lt=first.replace(year=first.year + 1))
    return inside.aggregate(sum=Sum("kits"))["sum"] or 0


def kits_by_zip(coalition: Coalition, first: dt.date, last: dt.date) -> ReleaseTable:
    """The exact table that a release of these days freezes after suppression. Offered in `apps`."""
    rollups = ZipRollup.objects.of(coalition)
    inside = rollups.filter(from_on__gte=first, to_on__lte=last)
    return ReleaseTable(
        cells=dict(inside.values_list("place").annotate(sum=Sum("kits")).order_by("place")),
        left_out=_across(rollups, Span(first, last)),
    )
