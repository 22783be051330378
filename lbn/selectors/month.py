"""What an agency has counted in one month, place by place: what the desk page shows beside each box."""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lbn.enums import Channel, Place
from lbn.models import Count
from lbn.rules import LONGEST, month_span

if TYPE_CHECKING:
    from coalitions.models import Partner

_FROM = {Channel.DESK: "typed", Channel.PHONE: "from phones", Channel.FILE: "from a file", Channel.API: "sent"}


def place_key(place: str, zip_code: str) -> str:
    """A place as the rollups name it: the ZIP, "unknown" or "outside"."""
    return zip_code if place == Place.ZIP else place


@dataclass(frozen=True)
class Already:
    """The entries of one place that lie in the month."""

    key: str
    counts: Sequence[Count]

    @property
    def kits(self) -> int:
        return sum(count.kits for count in self.counts)

    @property
    def where_from(self) -> str:
        """In how many entries, and how they came in: "in 6 entries, from phones", "in 2 entries: 1 from phones, 1 typed"."""
        number = len(self.counts)
        words = f"in {number} entr{'y' if number == 1 else 'ies'}"
        ways = Counter(_FROM[Channel(count.channel)] for count in self.counts)
        if len(ways) == 1:
            return f"{words}, {next(iter(ways))}"
        return f"{words}: {', '.join(f'{of} {way}' for way, of in ways.most_common())}"

    @property
    def seen(self) -> str:
        """Which entries these are, short: what a page showed when it was opened."""
        keys = ",".join(str(count.pk) for count in self.counts)
        return hashlib.sha256(keys.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Month:
    """An agency's month. `first` and `last` are its days by the calendar, `until` the last of them that is not in the future."""

    partner: Partner
    first: dt.date
    last: dt.date
    until: dt.date
    places: dict[str, Already]
    longer: dict[str, list[Count]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.first:%B %Y}"

    @property
    def kits(self) -> int:
        return sum(already.kits for already in self.places.values())

    def seen(self, key: str) -> str:
        """The mark of what is counted in the place; empty when nothing is."""
        return self.places[key].seen if key in self.places else ""

    @property
    def before(self) -> dt.date:
        """The first day of the month before."""
        return (self.first - dt.timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> dt.date:
        return self.last + dt.timedelta(days=1)


def month_of(partner: Partner, month: dt.date) -> Month:
    """The month that holds the day, with its live entries by place. One query.

    `longer` holds by place the entries over a longer time that has all of the month in it: a quarter's total, say.
    """
    first, until = month_span(month, partner.coalition.today())
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    live = Count.objects.of(partner.coalition).filter(partner=partner, voided_at=None)
    near = live.filter(from_on__lte=last, to_on__gte=first, from_on__gte=first - LONGEST).order_by("pk")
    inside: dict[str, list[Count]] = defaultdict(list)
    longer: dict[str, list[Count]] = defaultdict(list)
    for count in near:
        key = place_key(count.place, count.zip_code)
        if count.from_on >= first and count.to_on <= last:
            inside[key].append(count)
        elif count.from_on <= first and count.to_on >= last:
            longer[key].append(count)
    places = {key: Already(key, counts) for key, counts in sorted(inside.items())}
    return Month(partner, first, last, until, places, dict(longer))


def zips_before(partner: Partner, month: dt.date) -> tuple[dt.date | None, list[str]]:
    """The agency's latest earlier month with a ZIP in it, and its ZIPs in order. Two queries."""
    live = Count.objects.of(partner.coalition).filter(partner=partner, voided_at=None, place=Place.ZIP)
    latest = live.filter(to_on__lt=month).order_by("-from_on").values_list("from_on", flat=True).first()
    if latest is None:
        return None, []
    first = latest.replace(day=1)
    codes = live.filter(from_on__gte=first, to_on__lt=month).values_list("zip_code", flat=True)
    return first, sorted(set(codes))


def keys_in_order(keys: Iterable[str]) -> list[str]:
    """ZIPs first; then what is no ZIP."""
    return sorted(keys, key=lambda key: (not key.isdigit(), key))
