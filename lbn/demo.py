"""The demo coalition's kits: 18 months of counts, the reports of them, and closed periods. See `docs/content.md` for the files."""

from __future__ import annotations

import calendar
import datetime as dt
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from django.db import connection, models

from coalitions.demo import first_of_month
from coalitions.demo_history import moment, telling
from coalitions.models import Partner
from coalitions.reference import rows
from lbn.actions import ensure_periods, void_count
from lbn.actions.counts import fingerprint
from lbn.actions.standing import on_behalf, record_for
from lbn.enums import Place, VoidReason
from lbn.models import Count, KitType, Period, PeriodReport
from lbn.rules import Entry
from phast.audit import record

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

    Happened = Callable[[dt.datetime], None]

COORDINATOR = "coordinator@example.org"
CLOSED_AFTER = 6  # days after its reports are due a period is closed
OPEN_MONTHS = 1  # the last month, besides the one that is running, is still open
_EVENING = 21  # patrols leave kits at any hour; an entry is written by the end of the day


@dataclass(frozen=True)
class Agency:
    """How one agency counts, in the terms of the two files. Months are numbered back from today: 1 is the last full one."""

    key: str
    partner: Partner
    by: Actor
    row: Mapping[str, str]
    mix: Mapping[str, tuple[list[str], list[int]]] = field(default_factory=dict)

    @property
    def by_visit(self) -> bool:
        return self.row["entry"] == "visits"

    def months(self, name: str) -> set[int]:
        return {int(month) for month in self.row[name].split()}

    @property
    def first_month(self) -> int:
        return int(self.row["first_month_ago"])

    def kits(self, month: int, chance: random.Random) -> int:
        """How many kits the agency left behind in that month: the formula of `docs/content.md`."""
        row = self.row
        kits = float(row["kits_per_month"]) * (1 + float(row["yearly_growth"])) ** (-(month - 1) / 12)
        if row["spike_months_ago"] and int(row["spike_months_ago"]) == month:
            kits *= float(row["spike_factor"])
        noise = float(row["noise"])
        return max(1, round(kits * chance.uniform(1 - noise, 1 + noise)))

    def some(self, name: str, chance: random.Random) -> str:
        values, weights = self.mix[name]
        return chance.choices(values, weights)[0]


def load(coalition: Coalition, by_email: Mapping[str, Actor]) -> None:
    """Creates the counts and what became of them, once: they are dated from that day, and the months they lie in are closed since."""
    if Count.objects.of(coalition).exists():
        return
    today = coalition.today()
    agencies = _agencies(coalition, by_email)
    started = first_of_month(today, max(agency.first_month for agency in agencies))
    with telling(coalition) as happened:
        ensure_periods(coalition=coalition, today=today)
        happened(moment(coalition, started))
    kit, _ = KitType.objects.get_or_create(
        coalition=coalition, name="Standard kit: two 4 mg nasal sprays", defaults={"doses": 2}
    )
    _write(coalition, kit, [entry for agency in agencies for entry in _entries(agency, kit, today)])
    with telling(coalition) as happened:
        _report(coalition, agencies, today, happened)
        _close(coalition, by_email[COORDINATOR], today, happened)
    _take_one_back(agencies)


def _agencies(coalition: Coalition, by_email: Mapping[str, Actor]) -> list[Agency]:
    names = {row["key"]: row["name"] for row in rows("demo/partners.csv")}
    partners = {partner.name: partner for partner in Partner.objects.of(coalition)}
    mixes: dict[str, dict[str, tuple[list[str], list[int]]]] = {}
    for row in rows("demo/agency_mix.csv"):
        values, weights = mixes.setdefault(row["partner"], {}).setdefault(row["field"], ([], []))
        values.append(row["value"])
        weights.append(int(row["weight"]))
    return [
        Agency(
            row["partner"],
            partners[names[row["partner"]]],
            by_email[row["reporter"] or COORDINATOR],
            row,
            mixes[row["partner"]],
        )
        for row in rows("demo/agency_counts.csv")
    ]


# ------------------------------------------------------------------ counts
@dataclass(frozen=True)
class Written:
    """An entry, and by whom and when it was written."""

    agency: Agency
    entry: Entry
    key: uuid.UUID
    at: dt.datetime


def _entries(agency: Agency, kit: KitType, today: dt.date) -> Iterator[Written]:
    """Everything the agency has entered, always the same on the same day."""
    chance = random.Random(agency.key)  # noqa: S311 -- no secret: it has to be the same again
    at = partial(moment, agency.partner.coalition)
    silent = agency.months("zero_months_ago")
    if not agency.by_visit:
        silent |= agency.months("unreported_months_ago")
    for month in range(agency.first_month, -1, -1):
        first = first_of_month(today, month)
        kits = agency.kits(month, chance)
        entries = _visits if agency.by_visit else _totals
        told = _reported_on(agency, first)
        for entry in entries(agency, first, kits, kit, chance):
            key = uuid.UUID(int=chance.getrandbits(128), version=4)
            if month in silent or entry.to_on >= today:
                continue
            day, hour = (entry.to_on, chance.randint(8, _EVENING)) if agency.by_visit else (told, 15)
            yield Written(agency, entry, key, at(day, hour, chance.randint(0, 59)))


def _visits(agency: Agency, first: dt.date, kits: int, kit: KitType, chance: random.Random) -> Iterator[Entry]:
    """One to three kits at a time, on days of the month."""
    visits = []
    while kits > 0:
        left = min(kits, chance.choices((1, 2, 3), (5, 4, 2))[0])
        kits -= left
        visits.append((chance.randint(1, _last(first).day), left))
    for day, left in sorted(visits):
        on = first.replace(day=day)
        place = agency.some("place", chance)
        yield _entry(on, on, place, left, agency.some("setting", chance), agency.some("recipient", chance), kit)


def _totals(agency: Agency, first: dt.date, kits: int, kit: KitType, chance: random.Random) -> Iterator[Entry]:
    """One entry for each place, for the whole month."""
    places = Counter(agency.some("place", chance) for _ in range(kits))
    for place, left in sorted(places.items()):
        setting, recipient = agency.some("setting", chance), agency.some("recipient", chance)
        yield _entry(first, _last(first), place, left, setting, recipient, kit)


def _entry(first: dt.date, last: dt.date, place: str, kits: int, setting: str, recipient: str, kit: KitType) -> Entry:
    is_zip = place.isdigit()
    return Entry(first, last, Place.ZIP if is_zip else place, place if is_zip else "", kits, setting, recipient, kit.pk)


def _write(coalition: Coalition, kit: KitType, written: list[Written]) -> None:
    """COPY: Django would date every entry to this moment."""
    columns = (
        "coalition_id, partner_id, from_on, to_on, place, zip_code, kits, setting, recipient, kit_type_id, client_key, fingerprint, "
        "created_at, created_by_id, on_behalf"
    )
    with connection.cursor() as cursor, cursor.copy(f"COPY lbn_count ({columns}) FROM STDIN") as copy:
        for one in sorted(written, key=lambda one: one.at):
            entry, agency = one.entry, one.agency
            copy.write_row(
                (
                    coalition.pk,
                    agency.partner.pk,
                    entry.from_on,
                    entry.to_on,
                    str(entry.place),
                    entry.zip_code,
                    entry.kits,
                    entry.setting,
                    entry.recipient,
                    kit.pk,
                    one.key,
                    fingerprint(entry),
                    one.at,
                    agency.by.user.pk,
                    on_behalf(agency.by, agency.partner),
                )
            )


# ------------------------------------------------------------------ what became of them
def _report(coalition: Coalition, agencies: list[Agency], today: dt.date, happened: Happened) -> None:
    """Every month an agency has told of, as its report, those with nothing to report among them."""
    periods = {period.from_on: period for period in Period.objects.of(coalition)}
    reports = []
    for agency in agencies:
        chance = random.Random(agency.key)  # noqa: S311 -- see above
        for month in range(agency.first_month, 0, -1):
            if month in agency.months("unreported_months_ago"):
                continue
            period = periods[first_of_month(today, month)]
            at = moment(coalition, _reported_on(agency, period.from_on), 16, chance.randint(0, 59))
            whose = {"partner": agency.partner, "period": period, "submitted_by": agency.by.user}
            reports.append((PeriodReport(**whose, on_behalf=on_behalf(agency.by, agency.partner)), at))
            zero = month in agency.months("zero_months_ago")
            record_for("period.reported", partner=agency.partner, by=agency.by, target=period, nothing_to_report=zero)
            happened(at)
    PeriodReport.objects.bulk_create(report for report, _ in reports)
    for report, at in reports:
        report.submitted_at = at
    PeriodReport.objects.bulk_update([report for report, _ in reports], ["submitted_at"])


def _close(coalition: Coalition, coordinator: Actor, today: dt.date, happened: Happened) -> None:
    """Closes all but the last full month and the one that is running; nothing is added to them any more."""
    before = Period.objects.of(coalition).filter(from_on__lt=first_of_month(today, OPEN_MONTHS))
    over = list(before.annotate(received=models.Count("reports")).order_by("from_on"))
    for period in over:
        period.closed_at = moment(coalition, period.due_on + dt.timedelta(days=CLOSED_AFTER), 9, 30)
        period.closed_by = coordinator.user
        record("period.closed", by=coordinator, target=period, reports=period.received)
        happened(period.closed_at)
    Period.objects.bulk_update(over, ["closed_at", "closed_by"])


def _take_one_back(agencies: list[Agency]) -> None:
    """The latest entry of the first agency was made twice: one was removed, and can be put back."""
    agency = agencies[0]
    latest = Count.objects.filter(partner=agency.partner).latest("from_on", "pk")
    void_count(count=latest, reason=VoidReason.TWICE, by=agency.by)


def _reported_on(agency: Agency, first: dt.date) -> dt.date:
    """The day in the month after on which the agency tells of the month. Each has its own habit."""
    return _last(first) + dt.timedelta(days=2 + sum(map(ord, agency.key)) % 7)


def _last(first: dt.date) -> dt.date:
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])
