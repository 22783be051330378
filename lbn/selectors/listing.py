"""Counts as a list, and what is said above it."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Count as Number
from django.db.models import Q, QuerySet, Sum

from lbn.enums import Place
from lbn.models import Count, Period
from lbn.selectors.chain import who_counted
from phast.access.table import Action

if TYPE_CHECKING:
    from coalitions.models import Partner
    from phast.access.actor import Actor


@dataclass(frozen=True)
class Row:
    """A count as this person may read it. `who` is the person inside their own agency, and the agency to everybody else."""

    count: Count
    who: str
    can_change: bool


@dataclass(frozen=True)
class Summary:
    """Kits and entries that count, how many rows the list has, and (ZIP or why there is none, kits, entries), the most kits first."""

    kits: int
    entries: int
    rows: int
    by_place: list[tuple[str, int, int]]


@dataclass(frozen=True)
class Listing:
    """The counts a person asked for: of one agency or (None) of all they may see, of a month, a ZIP, with or without removed ones."""

    actor: Actor
    agencies: list[Partner]
    agency: Partner | None
    month: dt.date | None = None
    zip_code: str = ""
    removed: bool = False

    @property
    def several(self) -> bool:
        return self.agency is None

    @cached_property
    def _own(self) -> frozenset[int]:
        return self.actor.partner_ids(Action.COUNTS_SEE)

    def _all(self) -> QuerySet[Count]:
        # By agency and not by coalition alone: that is the index counts have.
        wanted = [self.agency.pk] if self.agency else [agency.pk for agency in self.agencies]
        counts = Count.objects.visible_to(self.actor, Action.COUNTS_SEE).filter(partner__in=wanted)
        return counts.filter(zip_code=self.zip_code) if self.zip_code else counts

    def _in_month(self, counts: QuerySet[Count]) -> QuerySet[Count]:
        return counts.filter(from_on__gte=self.month, to_on__lte=_last_day(self.month)) if self.month else counts

    def counts(self) -> QuerySet[Count]:
        """The list, newest first."""
        counts = self._in_month(self._all()).select_related("partner", "created_by", "voided_by", "kit_type")
        return (counts if self.removed else counts.filter(voided_at=None)).order_by("-from_on", "-pk")

    @cached_property
    def summary(self) -> Summary:
        """The list in numbers, over all its pages."""
        live = Q(voided_at=None)
        groups = (
            self._in_month(self._all())
            .values_list("place", "zip_code")
            .annotate(kits=Sum("kits", filter=live, default=0), entries=Number("pk", filter=live), rows=Number("pk"))
        )
        found = list(groups.order_by("-kits", "place", "zip_code"))
        return Summary(
            kits=sum(kits for _, _, kits, _, _ in found),
            entries=sum(entries for _, _, _, entries, _ in found),
            rows=sum(rows if self.removed else entries for _, _, _, entries, rows in found),
            by_place=[
                (code or Place(place).label, kits, entries) for place, code, kits, entries, _ in found if entries
            ],
        )

    def longer(self) -> int | None:
        """Kits of entries that reach beyond the month: they are in no month. None without such entries, or without a month."""
        if self.month is None:
            return None
        last = _last_day(self.month)
        across = self._all().filter(voided_at=None, from_on__lte=last, to_on__gte=self.month)
        return across.exclude(from_on__gte=self.month, to_on__lte=last).aggregate(kits=Sum("kits"))["kits"]

    def rows(self, counts: Iterable[Count]) -> list[Row]:
        """The counts of one page with who counted and whether they can change."""
        counts = list(counts)
        closed = self._closed(counts)
        writable = self.actor.everywhere(Action.COUNTS_WRITE) or self.actor.partner_ids(Action.COUNTS_WRITE)
        return [
            Row(
                count,
                self.who(count),
                bool(writable) and not any(first <= count.from_on and count.to_on <= last for first, last in closed),
            )
            for count in counts
        ]

    def who(self, count: Count) -> str:
        """Who counted, as this person may know it."""
        return who_counted(count, inside=count.partner_id in self._own)

    def _closed(self, counts: list[Count]) -> list[tuple[dt.date, dt.date]]:
        if not counts:
            return []
        first, last = min(c.from_on for c in counts), max(c.to_on for c in counts)
        periods = Period.objects.of(self.actor.coalition).filter(closed_at__isnull=False)
        return list(periods.filter(from_on__lte=last, to_on__gte=first).values_list("from_on", "to_on"))


def _last_day(month: dt.date) -> dt.date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
