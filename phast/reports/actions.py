"""What people do with reports: ask, ask again, download."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from phast import audit, offers
from phast.exports import as_book, as_file, as_one
from phast.jobs.lease import restart
from phast.jobs.models import JobState
from phast.jobs.queue import enqueue

from . import files
from .draw import collect
from .kinds import Request, kind_of
from .markup import document
from .models import Report
from .sheets import Changes, book_of, differences, sheets_of
from .summary import ANNUAL, QUARTERLY

if TYPE_CHECKING:
    from django.http import HttpResponse

    from phast.access.actor import Actor


@transaction.atomic
def request_report(*, kind: str, fields: Mapping[str, Any], by: Actor) -> Report:
    """Asks for a report; a second click while the first is being drawn gives the same one.

    Raises ValidationError for a request that makes no sense, Http404 for what the actor may not know of, PermissionDenied.
    """
    request = _checked(kind, fields, by)
    one_press_at_a_time(by)
    wanted = {
        "kind": kind,
        "parameters": request.parameters,
        "action": request.action,
        "partner_id": request.partner_id,
        "is_released": request.is_released,
        "requested_by": by.user,
    }
    mine = Report.objects.readable_by(by)
    under_way = mine.filter(**wanted, state__in=[JobState.WAITING, JobState.RUNNING]).first()
    if under_way is not None:
        if under_way.state == JobState.WAITING:
            enqueue(under_way)  # its message may be lost; two do no harm
        return under_way
    report = Report.objects.create(
        coalition=by.coalition, title=request.title[:200], audience=request.audience[:200], **wanted
    )
    if not mine.filter(pk=report.pk).exists():
        raise PermissionDenied("You may not read this report.")
    enqueue(report)
    audit.record("report.requested", by=by, target=report, partner=report.partner, kind=kind)
    return report


def one_press_at_a_time(by: Actor) -> None:
    """Holds what else this person asks for in the same moment until the transaction ends, so that it finds what is under way."""
    get_user_model().objects.select_for_update(no_key=True).only("pk").get(pk=by.user.pk)


@transaction.atomic
def retry_report(*, report: Report, by: Actor) -> None:
    """Puts a report that failed in the queue again, now for `by`. Does nothing when it did not fail. Raises as `request_report`."""
    report = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if report.state != JobState.FAILED:
        return
    request = _checked(report.kind, report.parameters, by)
    if (request.action, request.partner_id, request.is_released) != (
        report.action,
        report.partner_id,
        report.is_released,
    ):
        raise ValidationError("Who may read this has changed since it was asked for. Ask for a new one.")
    restart(report, requested_by=by.user)
    audit.record("report.retried", by=by, target=report, partner=report.partner, kind=report.kind)


def download_report(*, report: Report, by: Actor) -> BinaryIO:
    """The finished file, open for reading. Raises `files.FileChanged` when it is not the one that was drawn."""
    try:
        file = files.opened(report)
    except files.FileChanged:
        audit.record("report.found_changed", by=by, target=report, partner=report.partner, kind=report.kind)
        raise
    audit.record("report.downloaded", by=by, target=report, partner=report.partner, kind=report.kind)
    return file


def preview(*, kind: str, fields: Mapping[str, Any], by: Actor, bar: Mapping[str, Any] | None = None) -> str:
    """The document as it would be drawn now. Nothing is kept. `bar`: what the line above it needs to ask for the report.

    Raises as `request_report`, and JobFailed when there is nothing to draw.
    """
    request = _checked(kind, fields, by)
    report = as_it_is_now(kind, request, by)
    return document(offers.report_kinds[kind], report, bar=bar)


def download_data(*, report: Report, table_format: str, by: Actor) -> HttpResponse:
    """What a finished report says, as CSV or XLSX, a key of `phast.exports.FORMATS`."""
    kind, name = offers.report_kinds[report.kind], files.stem(report)
    answer = (
        as_file(as_one(sheets_of(kind, report)), name, "csv")
        if table_format == "csv"
        else as_book(book_of(kind, report), name)
    )
    audit.record(
        "report.downloaded", by=by, target=report, partner=report.partner, kind=report.kind, format=table_format
    )
    return answer


def what_changed(*, report: Report, by: Actor) -> Changes:
    """What a finished report would say differently if it were drawn now, by table. Raises as `preview`."""
    request = _checked(report.kind, report.parameters, by)
    kind, now = offers.report_kinds[report.kind], as_it_is_now(report.kind, request, by)
    now.data_as_of = report.data_as_of  # that it says another day is no change
    return differences(sheets_of(kind, report), sheets_of(kind, now))


def as_it_is_now(kind: str, request: Request, by: Actor) -> Report:
    """A report that is not kept. Raises JobFailed when there is nothing to draw."""
    frozen = collect(offers.report_kinds[kind], by.coalition, request)
    now = timezone.now()
    return Report(
        coalition=by.coalition,
        kind=kind,
        title=request.title[:200],
        audience=request.audience[:200],
        action=request.action,
        is_released=request.is_released,
        data=frozen.data,
        data_as_of=frozen.as_of,
        drawn_at=now,
    )


def take_back_released(*, kind: str, parameters: Mapping[str, Any], coalition: Any) -> None:
    """Reports of something that is no longer released are for the coalition's own people again. The caller records why."""
    found = Report.objects.of(coalition).filter(kind=kind, parameters=dict(parameters), is_released=True)
    found.update(is_released=False)


def take_back_summaries(*, since: dt.datetime, coalition: Any) -> None:
    """The same of what everybody could read about the whole coalition since then, or will in a moment: it may show what is no longer
    released."""
    found = Report.objects.of(coalition).filter(kind__in=(QUARTERLY, ANNUAL), is_released=True)
    found.filter(Q(data_as_of__gte=since) | Q(state=JobState.RUNNING)).update(is_released=False)


def _checked(kind: str, fields: Mapping[str, Any], by: Actor) -> Request:
    registered = kind_of(kind)
    if registered is None:
        raise ValidationError("Choose a report, and ask again.")
    request = registered.request(by, fields)
    if not by.can(request.action):
        raise PermissionDenied
    return request
