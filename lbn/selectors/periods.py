"""Who reported what for which period."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg

from coalitions.enums import PartnerStatus
from coalitions.models import Coalition, Partner
from lbn.models import AgencyRollup, Period, PeriodReminder, PeriodReport

if TYPE_CHECKING:
    from lbn.models import CountImport

    from .span import Span

NAMED = 4  # missing reports in a sentence; of more, the number
FEW = 200  # agencies whose numbers may stand in a query; of more, all are read


class State(StrEnum):
    """An agency's standing in a period. The value is what people read."""

    NOT_EXPECTED = "Not expected"  # the agency did not count yet
    RUNNING = "Not over yet"
    DUE = "Due"
    LATE = "Late"
    MISSING = "Not reported"  # and the period is closed
    REPORTED = "Reported"
    ZERO = "Nothing to report"


_TONES = {
    State.DUE: "warn",
    State.LATE: "bad",
    State.MISSING: "warn",
    State.REPORTED: "good",
    State.ZERO: "good",
}


class Reported(NamedTuple):
    """What a page tells of a report. A board has thousands of them, which is why they are not model instances."""

    pk: int
    submitted_at: dt.datetime
    on_behalf: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """One agency, one period: kits logged so far, the report if there is one, how late it is in days."""

    partner: Partner
    period: Period
    state: State
    kits: int
    entries: int
    report: Reported | None
    days_late: int = 0

    @property
    def tone(self) -> str:
        """How much the state should worry, for its label."""
        return _TONES.get(self.state, "")

    @property
    def when(self) -> str:
        """Until when, or since when, a report is missing."""
        due = f"{self.period.due_on:%B} {self.period.due_on.day}"
        if self.state == State.LATE:
            return f"was due {due}, {self.days_late} day{'' if self.days_late == 1 else 's'} ago"
        return f"due {due}" if self.state in (State.DUE, State.RUNNING) else ""

    @property
    def is_unexpected(self) -> bool:
        return self.state == State.NOT_EXPECTED and not self.entries

    @property
    def can_report(self) -> bool:
        return self.state in (State.DUE, State.LATE)

    @property
    def can_withdraw(self) -> bool:
        return self.report is not None and self.period.closed_at is None

    @property
    def is_closed(self) -> bool:
        return self.period.closed_at is not None


@dataclass(frozen=True)
class PeriodLine:
    """A period for the coordinator: one standing for each agency, in the order of the agencies."""

    period: Period
    standings: Sequence[Standing]
    is_over: bool

    def _in(self, *states: State) -> list[Standing]:
        return [standing for standing in self.standings if standing.state in states]

    @property
    def expected(self) -> int:
        return len(self.standings) - len(self._in(State.NOT_EXPECTED))

    @property
    def received(self) -> int:
        """Reports that are in, those with nothing to report among them."""
        return len(self._in(State.REPORTED, State.ZERO))

    @property
    def zero(self) -> int:
        return len(self._in(State.ZERO))

    @property
    def late(self) -> list[Standing]:
        return self._in(State.LATE)

    @property
    def missing(self) -> list[Standing]:
        """Not reported, late or not."""
        return self._in(State.DUE, State.LATE, State.MISSING)

    @property
    def kits(self) -> int:
        return sum(standing.kits for standing in self.standings)


def agencies_of(coalition: Coalition) -> list[Partner]:
    """The agencies that count, or once did."""
    return list(Partner.objects.of(coalition).filter(counts_since__isnull=False).exclude(status=PartnerStatus.INACTIVE))


def expected_of(agencies: Iterable[Partner]) -> list[Partner]:
    """The same of agencies that were read already."""
    return [agency for agency in agencies if agency.counts_since and agency.status != PartnerStatus.INACTIVE]


def board(coalition: Coalition, periods: Sequence[Period], agencies: Iterable[Partner]) -> list[PeriodLine]:
    """The periods as given, each with the standing of every agency. Two queries."""
    agencies, today = list(agencies), coalition.today()
    if not periods or not agencies:
        return [PeriodLine(period, [], today > period.to_on) for period in periods]
    found = PeriodReport.objects.of(coalition).filter(period__in=periods)
    found = found.filter(partner__in=agencies) if len(agencies) < FEW else found
    reports = {
        (period, partner): Reported(pk, submitted_at, behalf)
        for period, partner, pk, submitted_at, behalf in found.values_list(
            "period", "partner", "pk", "submitted_at", "on_behalf"
        )
    }
    sums = _sums(coalition, periods, agencies)
    return [
        PeriodLine(
            period,
            [
                _standing(agency, period, reports.get((period.pk, agency.pk)), sums[period.pk, agency.pk], today)
                for agency in agencies
            ],
            today > period.to_on,
        )
        for period in periods
    ]


def _sums(
    coalition: Coalition, periods: Sequence[Period], agencies: Sequence[Partner]
) -> defaultdict[tuple[int, int], tuple[int, int]]:
    """Kits and entries by (period, agency), from the rollups: their spans are calendar months and more, as periods are."""
    rollups = AgencyRollup.objects.of(coalition).filter(
        from_on__gte=min(period.from_on for period in periods),
        to_on__lte=max(period.to_on for period in periods),
    )
    if len(agencies) < FEW:
        rollups = rollups.filter(partner__in=agencies)
    sums: defaultdict[tuple[int, int], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for partner_id, first, last, kits, entries in rollups.values_list("partner", "from_on", "to_on", "kits", "entries"):
        period = next((p for p in periods if p.from_on <= first and last <= p.to_on), None)
        if period:
            before = sums[period.pk, partner_id]
            sums[period.pk, partner_id] = (before[0] + kits, before[1] + entries)
    return sums


def _is_expected(agency: Partner, period: Period) -> bool:
    return agency.counts_since is not None and agency.counts_since <= period.to_on


def _standing(
    agency: Partner, period: Period, report: Reported | None, so_far: tuple[int, int], today: dt.date
) -> Standing:
    kits, entries = so_far
    late = max((today - period.due_on).days, 0)
    if report:
        state = State.REPORTED if entries else State.ZERO
    elif not _is_expected(agency, period):
        state = State.NOT_EXPECTED
    elif period.closed_at:
        state = State.MISSING
    elif today < period.to_on:
        state = State.RUNNING
    else:
        state = State.LATE if late else State.DUE
    return Standing(agency, period, state, kits, entries, report, late)


def late_agencies(
    coalition: Coalition, agencies: Sequence[Partner] | None = None
) -> list[tuple[Partner, list[Standing]]]:
    """Agencies with late reports, the longest late first, each with what is late, oldest first; without the kits logged so far.

    Of every period that is open and past the day its reports were due, however many: so reports come as pairs of numbers and only
    what is late becomes an object. Three queries, two when the agencies are given.
    """
    today = coalition.today()
    periods = list(Period.objects.of(coalition).filter(closed_at=None, due_on__lt=today).order_by("from_on"))
    if not periods:
        return []
    agencies = agencies_of(coalition) if agencies is None else agencies
    reported = set(PeriodReport.objects.of(coalition).filter(period__in=periods).values_list("period", "partner"))
    late: dict[int, list[Standing]] = defaultdict(list)
    for period in periods:
        for agency in agencies:
            if (period.pk, agency.pk) not in reported and _is_expected(agency, period):
                late[agency.pk].append(_standing(agency, period, None, (0, 0), today))
    return sorted(
        ((standings[0].partner, standings) for standings in late.values()), key=lambda pair: -pair[1][0].days_late
    )


def reports_due(partners: Sequence[Partner]) -> list[Standing]:
    """What these agencies of one coalition still have to report, oldest first; late or not."""
    if not partners:
        return []
    coalition = partners[0].coalition
    periods = Period.objects.of(coalition).filter(closed_at=None, to_on__lte=coalition.today()).order_by("from_on")
    lines = board(coalition, list(periods), partners)
    return [standing for line in lines for standing in line.standings if standing.can_report]


def unreported_in(count_import: CountImport) -> list[Standing]:
    """What the agency of the import still has to report of the days that the import is of, oldest first; nothing where the file has
    counts of several."""
    first, last = (count_import.findings[name] for name in ("from_on", "to_on"))
    if count_import.partner is None or not first:
        return []
    from_on, to_on = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    due = reports_due([count_import.partner])
    return [one for one in due if one.entries and one.period.from_on <= to_on and one.period.to_on >= from_on]


def not_in(coalition: Coalition, span: Span, agencies: Sequence[Partner] | None = None) -> str:
    """That reports of periods in the span which are over are not in, as a sentence, of these agencies or of all; "" when none is missing.
    Their counts may go on: what is blank is not zero. One query, two where the agencies are not given."""
    last = min(span.to_on, coalition.today() - dt.timedelta(days=1))
    over = Period.objects.of(coalition).filter(from_on__gte=span.from_on, to_on__lte=last).order_by("from_on")
    shown = agencies_of(coalition) if agencies is None else agencies
    reporters = [(period, set(period.reporters)) for period in over.annotate(reporters=ArrayAgg("reports__partner"))]
    asked = [
        (agency, period, agency.pk in who)
        for period, who in reporters
        for agency in shown
        if agency.pk in who or _is_expected(agency, period)
    ]
    missing = [(agency, period) for agency, period, is_in in asked if not is_in]
    if not missing:
        return ""
    is_one = agencies is not None and len(agencies) == 1
    names = [str(period) if is_one else f"{agency}, {period}" for agency, period in missing[:NAMED]]
    more = f"; and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
    which = "The agency’s report" if len(asked) == 1 else f"{len(missing)} of {len(asked)} reports"
    verb = "is" if len(missing) == 1 else "are"
    return f"{which} {verb} not in yet ({'; '.join(names)}{more}): the figures are those so far."


def last_reminded(coalition: Coalition, agencies: Iterable[Partner]) -> dict[int, dt.date]:
    """By agency, the day on which it was last reminded of a report or asked for one."""
    reminders = PeriodReminder.objects.of(coalition).filter(partner__in=[agency.pk for agency in agencies])
    return dict(reminders.order_by("sent_on").values_list("partner", "sent_on"))
