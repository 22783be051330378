"""What the counting page and its actions ask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Max

from lbn.enums import Place
from lbn.models import Count, KitType
from lbn.rules import UNUSUAL, Entry, Limits
from phast.geo.models import Zip
from phast.geo.zips import known_among

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from coalitions.models import Partner


def limits_for(partner: Partner, codes: Iterable[str] | None = None, *, most: int | None = None) -> Limits:
    """What the agency's entries are compared with. `codes`: the ZIPs that will be asked about; None reads all of them (41,637).
    `most`: the most kits of an entry that will be; where no agency would be asked about so few, its largest entry is not looked for."""
    coalition = partner.coalition
    counties = list(coalition.counties.values_list("pk", flat=True))
    area = Zip.objects.filter(county__in=counties)
    if codes is None:
        known = set(Zip.objects.values_list("pk", flat=True))
    else:
        codes = set(codes)
        known = known_among(codes)
        area = area.filter(pk__in=codes)
    return Limits(
        today=coalition.today(),
        earliest=coalition.program_start,
        known=known,
        area=set(area.values_list("pk", flat=True)) if counties else None,
        largest=0
        if most is not None and most <= UNUSUAL
        else _live(partner).aggregate(largest=Max("kits"))["largest"] or 0,
        agency=partner.name,
        kit_types=frozenset(KitType.objects.of(coalition).filter(is_active=True).values_list("pk", flat=True)),
    )


def alike(partner: Partner, entry: Entry, besides: Count | None = None) -> list[Count]:
    """Live entries with the same likeness: agency, span, place, setting, recipient and kit type."""
    same = _in_place(partner, entry, besides).filter(
        from_on=entry.from_on,
        to_on=entry.to_on,
        setting=entry.setting,
        recipient=entry.recipient,
        kit_type=entry.kit_type_id,
    )
    return list(same.order_by("pk"))


def inside_of(partner: Partner, entry: Entry, besides: Count | None = None) -> list[Count]:
    """Live entries over a shorter time within the entry's, in the same place."""
    if entry.from_on == entry.to_on:
        return []
    inside = _in_place(partner, entry, besides).filter(from_on__gte=entry.from_on, to_on__lte=entry.to_on)
    return list(inside.exclude(from_on=entry.from_on, to_on=entry.to_on).order_by("pk"))


def total_around(partner: Partner, entry: Entry, besides: Count | None = None) -> list[Count]:
    """Live entries over a longer time, up to a month, that holds the entry's, in the same place."""
    first = entry.from_on.replace(day=1)
    around = _in_place(partner, entry, besides).filter(
        from_on__gte=first, from_on__lte=entry.from_on, to_on__gte=entry.to_on
    )
    return list(around.exclude(from_on=entry.from_on, to_on=entry.to_on).order_by("pk"))


def recent_places(partner: Partner, user_id: int, limit: int = 6) -> list[str]:
    """The ZIPs of the agency's latest entries, the person's own before the others'; while everything was imported, those with
    the most kits of the latest span."""
    known = _live(partner).filter(place=Place.ZIP).values_list("zip_code", "created_by_id")
    rows = list(known.filter(source=None).order_by("-from_on", "-pk")[:100])
    rows = rows or list(known.order_by("-from_on", "-kits", "-pk")[:limit])
    own_first = [code for code, who in rows if who == user_id] + [code for code, _ in rows]
    return list(dict.fromkeys(own_first))[:limit]


def logged_on(partner: Partner, day: dt.date) -> tuple[int, int]:
    """Kits and entries of one day."""
    kits = list(_live(partner).filter(from_on=day, to_on=day).values_list("kits", flat=True))
    return sum(kits), len(kits)


def _live(partner: Partner) -> QuerySet[Count]:
    return Count.objects.of(partner.coalition).filter(partner=partner, voided_at=None)


def _in_place(partner: Partner, entry: Entry, besides: Count | None) -> QuerySet[Count]:
    rows = _live(partner).filter(place=entry.place, zip_code=entry.zip_code)
    return rows.exclude(pk=besides.pk) if besides else rows
