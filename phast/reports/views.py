"""The pages of reports.

Every view asks for `RELEASES_SEE`, which all five roles have: it opens the pages and no report. Which reports a person reads is
`Report.objects.readable_by`, because each carries the right that its own audience takes.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.views.decorators.http import require_GET, require_POST

from phast import offers
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.jobs.models import JobState

from . import files
from .actions import download_report, request_report, retry_report
from .kinds import kind_of
from .models import Report

A_PAGE = 25


@require_GET
@requires(Action.RELEASES_SEE)
def report_list(request: ActorRequest) -> HttpResponse:
    """What may be asked for, and every report the person may read."""
    return _list(request)


@require_POST
@requires(Action.RELEASES_SEE)
def report_request(request: ActorRequest) -> HttpResponse:
    """Asks for a report: `kind`, and its fields one by one or together as `choice`."""
    fields = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    fields |= dict(parse_qsl(fields.pop("choice", "")))
    kind = fields.pop("kind", "")
    try:
        report = request_report(kind=kind, fields=fields, by=request.actor)
    except ValidationError as problem:
        return _list(request, wrong=" ".join(problem.messages), status=422)
    return redirect(f"{_url(request, 'detail', report)}?now=1")


@require_GET
@requires(Action.RELEASES_SEE)
def report_detail(request: ActorRequest, report_id: int) -> HttpResponse:
    """How far a report is, and then the download. With `now` it starts by itself. The page asks for the fragment while it waits."""
    report = _readable(request, report_id)
    template = "reports/_report.html" if request.htmx else "reports/detail.html"
    return render(request, template, _about(report, now=bool(request.GET.get("now"))))


@require_GET
@requires(Action.RELEASES_SEE)
def report_download(request: ActorRequest, report_id: int) -> HttpResponse | FileResponse:
    """The file, if it is still the one that was drawn."""
    report = _readable(request, report_id)
    if report.state != JobState.DONE:
        return redirect(_url(request, "detail", report))
    try:
        file = download_report(report=report, by=request.actor)
    except files.FileChanged:
        return render(request, "reports/detail.html", _about(report, is_changed=True), status=410)
    response = FileResponse(
        file, as_attachment=True, filename=files.download_name(report), content_type="application/pdf"
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@requires(Action.RELEASES_SEE)
def report_retry(request: ActorRequest, report_id: int) -> HttpResponse:
    """Asks again for a report that failed."""
    report = _readable(request, report_id)
    try:
        retry_report(report=report, by=request.actor)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    return redirect(f"{_url(request, 'detail', report)}?now=1")


def _readable(request: ActorRequest, report_id: int) -> Report:
    return get_object_or_404(Report.objects.readable_by(request.actor).select_related("partner"), pk=report_id)


def _url(request: ActorRequest, name: str, report: Report) -> str:
    return resolve_url(f"reports:{name}", slug=request.actor.coalition.slug, report_id=report.pk)


def _about(report: Report, *, now: bool = False, is_changed: bool = False) -> dict[str, Any]:
    kind = kind_of(report.kind)
    return {
        "report": report,
        "kind": kind.label if kind else "Report",
        "is_ready": report.state == JobState.DONE and not is_changed,
        "is_changed": is_changed,
        "can_retry": report.state == JobState.FAILED,
        "now": now,
    }


def _list(request: ActorRequest, *, wrong: str = "", status: int = 200) -> HttpResponse:
    actor = request.actor
    kinds = [(kind, kind.choices(actor)) for kind in offers.report_kinds.values()]
    page = Paginator(Report.objects.readable_by(actor).defer("data"), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "offered": [(kind, _options(choices)) for kind, choices in kinds if choices],
        "page": page,
        "rows": [_about(report) for report in page],
        "wrong": wrong,
    }
    return render(request, "reports/list.html", context, status=status)


def _options(choices: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """The choices as groups of (value, label), in the order the kind gave them."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for choice in choices:
        groups.setdefault(choice.group, []).append((urlencode(choice.fields), choice.label))
    return list(groups.items())
