"""Which rows of a file look alike, or like what is there already. Both are questions to the person, never errors."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count as Number
from django.db.models import Sum

from lbn.models import Count

from .slots import Slots

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .rows import Fields

OwnSpan = tuple[int, dt.date, dt.date]  # an agency and a span

_COMPARED = ("partner_id", "from_on", "to_on", "place", "zip_code", "setting", "recipient", "kit_type_id")
# A row remembered as one number: its number in the file, its kits (up to 5,000), and whether it is asked about already.
_KITS_BITS, _ASKED_BIT = 13, 1
_TOLD = -1  # instead of it, once an entry that is there was found to look like the row


def likeness(
    partner_id: int,
    from_on: dt.date,
    to_on: dt.date,
    place: str,
    zip_code: str,
    setting: str,
    recipient: str,
    kit_type_id: int | None,
) -> int:
    """The same number for entries of one agency that look alike (`Entry.likeness`). Among a million rows the odds that two
    others share one are one in tens of millions, and it would cost a question."""
    return hash(((partner_id, from_on, to_on, place, zip_code), (setting, recipient, kit_type_id)))


def likeness_of(fields: Fields) -> int:
    """The likeness of a row of a file."""
    return hash((fields[:5], fields[6:9]))


def entries(partners: Collection[int], first: dt.date, last: dt.date) -> QuerySet[Count]:
    """The agencies' live entries that have a day in common with the span."""
    return Count.objects.filter(partner__in=partners, voided_at=None, from_on__lte=last, to_on__gte=first)


def likenesses(rows: QuerySet[Count]) -> Iterator[tuple[int, OwnSpan]]:
    """The likeness, agency and span of each entry, read as a stream."""
    for row in rows.values_list(*_COMPARED).iterator(chunk_size=5_000):
        yield likeness(*row), row[:3]


class Like(NamedTuple):
    """A row of the file that looks like an entry. `is_new`: nothing else was asked about it."""

    number: int
    kits: int
    span: OwnSpan
    is_new: bool


class Likenesses:
    """Remembers the rows of a file by their likeness. `expected`: how many there are, about."""

    def __init__(self, expected: int) -> None:
        self._rows = Slots(expected, values=True)

    def seen(self, fields: Fields, number: int, *, asked: bool) -> int:
        """The number of the first row like this one; 0 when this is the first, which is then remembered."""
        packed = (number << _KITS_BITS | fields.kits) << _ASKED_BIT | asked
        earlier = self._rows.add(likeness_of(fields), packed)
        return 0 if earlier is None else earlier >> (_KITS_BITS + _ASKED_BIT)

    def there(self, partners: Collection[int], first: dt.date, last: dt.date) -> Iterator[Like]:
        """The first rows that look like an entry already there, once each."""
        for like, span in likenesses(entries(partners, first, last)):
            packed = self._rows.get(like)
            if packed is not None and packed != _TOLD:
                self._rows.put(like, _TOLD)
                number_and_kits = packed >> _ASKED_BIT
                kits = number_and_kits & ((1 << _KITS_BITS) - 1)
                yield Like(number_and_kits >> _KITS_BITS, kits, span, is_new=not packed & 1)


class Overlap(NamedTuple):
    """What the agency has over a shorter or longer time than `span`, one within the other."""

    span: OwnSpan
    entries: int
    kits: int


def overlaps(spans: Iterable[OwnSpan]) -> list[Overlap]:
    """For each agency and span of a file: a month's total and the days in it describe the same kits."""
    wanted: dict[int, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for partner, from_on, to_on in sorted(spans):
        wanted[partner].append((from_on, to_on))
    if not wanted:
        return []
    first = min(own[0][0] for own in wanted.values())
    last = max(to_on for own in wanted.values() for _, to_on in own)
    there: dict[int, list[Any]] = defaultdict(list)
    grouped = entries(wanted, first, last).values_list("partner_id", "from_on", "to_on").order_by()
    for partner, *rest in grouped.annotate(number=Number("pk"), kits=Sum("kits")):
        there[partner].append(rest)
    found = []
    for partner, own in wanted.items():
        for from_on, to_on in own:
            others = [
                (number, kits)
                for first_day, last_day, number, kits in there[partner]
                if (first_day, last_day) != (from_on, to_on)
                and ((from_on <= first_day and last_day <= to_on) or (first_day <= from_on and to_on <= last_day))
            ]
            if others:
                found.append(Overlap((partner, from_on, to_on), sum(n for n, _ in others), sum(k for _, k in others)))
    return found
