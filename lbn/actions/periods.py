"""Reporting periods: opening, reporting, closing, reopening."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from coalitions.models import Coalition, Partner
from lbn.enums import ReopenReason
from lbn.models import Count, Period, PeriodReport
from lbn.refusals import NotPossible, PeriodClosed
from phast.audit import record

from .standing import on_behalf, record_for

if TYPE_CHECKING:
    from phast.access.actor import Actor


@transaction.atomic
def ensure_periods(*, coalition: Coalition, today: dt.date) -> int:
    """Opens the periods from the month in which the first agency began to count up to the one that is running; returns how many.

    Periods that exist stay as they are: after a change from months to quarters the next period ends with the running quarter.
    """
    coalition = Coalition.objects.select_for_update(no_key=True).get(pk=coalition.pk)
    since = Partner.objects.of(coalition).aggregate(first=Min("counts_since"))["first"]
    if since is None or since > today:
        return 0
    months = int(coalition.reporting)
    there = list(Period.objects.of(coalition).order_by("from_on").values_list("from_on", "to_on"))
    missing = []
    first, last = next((span for span in there if span[0] <= since <= span[1]), _span_of(since, months))
    while first <= today:
        if taken := next((to_on for from_on, to_on in there if from_on <= first <= to_on), None):
            last = taken
        else:
            before_next = [from_on - dt.timedelta(days=1) for from_on, _ in there if first < from_on <= last]
            last = min([last, *before_next])
            missing.append(Period(coalition=coalition, from_on=first, to_on=last, due_on=last + _days(coalition)))
        first = last + dt.timedelta(days=1)
        last = _span_of(first, months)[1]
    Period.objects.bulk_create(missing)
    if missing:
        record("period.opened", coalition=coalition, periods=[str(period) for period in missing])
    return len(missing)


@transaction.atomic
def submit_period(*, period: Period, partner: Partner, nothing: bool = False, by: Actor) -> PeriodReport:
    """The agency says that its counts of the period are complete; with `nothing`, that there was nothing to report.

    Once or twice is the same. Raises NotPossible (not over yet, not expected, counts that contradict the report), PeriodClosed.
    """
    period = _lock(period)
    existing = PeriodReport.objects.filter(period=period, partner=partner).first()
    if existing:
        return existing
    if period.closed_at:
        raise PeriodClosed(period)
    if period.coalition.today() < period.to_on:
        raise NotPossible(f"{period} is not over yet. Report it on its last day or later.")
    if partner.counts_since is None or partner.counts_since > period.to_on:
        raise NotPossible(f"{partner} did not count kits in {period} yet, so no report is expected.")
    has_counts = (
        Count.objects.of(period.coalition)
        .filter(partner=partner, from_on__gte=period.from_on, to_on__lte=period.to_on, voided_at=None)
        .exists()
    )
    if nothing and has_counts:
        raise NotPossible(f"There are counts in {period} meanwhile. Look at them, then report the period.")
    if not nothing and not has_counts:
        raise NotPossible(f"There are no counts in {period}. If that is right, choose “Nothing to report”.")
    report = PeriodReport.objects.create(
        period=period, partner=partner, submitted_by=by.user, on_behalf=on_behalf(by, partner)
    )
    record_for("period.reported", partner=partner, by=by, target=period, nothing_to_report=nothing)
    return report


@transaction.atomic
def withdraw_report(*, report: PeriodReport, by: Actor) -> None:
    """Takes the report back: the period counts as not reported again. Raises PeriodClosed."""
    period = _lock(report.period)
    if period.closed_at:
        raise PeriodClosed(period)
    if PeriodReport.objects.filter(pk=report.pk).delete()[0]:
        record_for("period.report_withdrawn", partner=report.partner, by=by, target=period)


@transaction.atomic
def close_period(*, period: Period, by: Actor) -> None:
    """From now on no count in the period is added, changed or removed. Waits for those being saved. Raises NotPossible."""
    period = _lock(period)
    if period.closed_at:
        return
    if period.coalition.today() <= period.to_on:
        raise NotPossible(f"{period} is not over yet. It can be closed from the day after.")
    period.closed_at, period.closed_by = timezone.now(), by.user
    period.save(update_fields=["closed_at", "closed_by"])
    record("period.closed", by=by, target=period, reports=period.reports.count())


@transaction.atomic
def reopen_period(*, period: Period, reason: str, by: Actor) -> None:
    """Lets counts of the period change again. `reason`: a `ReopenReason`; it stays in the audit log. Raises NotPossible."""
    period = _lock(period)
    if reason not in ReopenReason.values:
        raise NotPossible("Choose why the period is opened again.")
    if not period.closed_at:
        return
    period.closed_at = period.closed_by = None
    period.save(update_fields=["closed_at", "closed_by"])
    record("period.reopened", by=by, target=period, reason=reason)


def _lock(period: Period) -> Period:
    """FOR NO KEY UPDATE: waits for the FOR SHARE that the trigger on counts takes, and makes later ones wait."""
    return Period.objects.select_related("coalition").select_for_update(no_key=True, of=("self",)).get(pk=period.pk)


def _days(coalition: Coalition) -> dt.timedelta:
    return dt.timedelta(days=coalition.due_days)


def _span_of(day: dt.date, months: int) -> tuple[dt.date, dt.date]:
    """The month, quarter or half year that holds the day."""
    start = (day.month - 1) // months * months + 1
    end = start + months - 1
    return day.replace(month=start, day=1), dt.date(day.year, end, calendar.monthrange(day.year, end)[1])
