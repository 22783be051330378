"""The pages of reports.

Every view asks for `RELEASES_SEE`, which all five roles have: it opens the pages and no report. Which reports a person reads is
`Report.objects.readable_by`, because each carries the right that its own audience takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from csp.decorators import csp_replace
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from phast import offers
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.exports import FORMATS
from phast.jobs.models import JobFailed, JobState

from . import files
from .actions import download_data, download_report, preview, request_report, retry_report, what_changed
from .forms import MadeForm
from .kinds import ReportKind, kind_of
from .models import Report, ReportBatch

if TYPE_CHECKING:
    from phast.access.actor import Actor

A_PAGE = 25
# A preview is a whole document with pictures in it and no script at all.
NOTHING_RUNS = {
    "default-src": ["'none'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "font-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}


@require_GET
@requires(Action.RELEASES_SEE)
def report_list(request: ActorRequest) -> HttpResponse:
    """What may be asked for, and every report the person may read."""
    return _list(request)


@require_GET
@requires(Action.RELEASES_SEE)
def report_new(request: ActorRequest) -> HttpResponse:
    """What there is to choose of the kind that `kind` names: period and audience."""
    kind = kind_of(request.GET.get("kind", ""))
    if kind is None or not request.actor.can(kind.right):
        return redirect("reports:list", request.actor.coalition.slug)
    return _new(request, kind)


@require_POST
@requires(Action.RELEASES_SEE)
def report_request(request: ActorRequest) -> HttpResponse:
    """Asks for a report: `kind`, and its fields one by one or together as `choice`."""
    kind, fields = _asked(request.POST)
    try:
        report = request_report(kind=kind, fields=fields, by=request.actor)
    except ValidationError as problem:
        return _wrong(request, kind, " ".join(problem.messages))
    except Http404:
        return _gone(request, kind, fields)
    return redirect(f"{_url(request, 'detail', report)}?now=1")


@require_http_methods(["GET", "POST"])
@requires(Action.RELEASES_SEE)
def report_preview(request: ActorRequest) -> HttpResponse:
    """What the report would say now, as a page; nothing is kept. The fields are those of a request, in the address. A form leads there
    without its token, so that the page can be loaded again and kept as a bookmark."""
    if request.method == "POST":
        kind, fields = _asked(request.POST)
        return redirect(f"{request.path}?{urlencode({'kind': kind, **fields})}")
    kind, fields = _asked(request.GET)
    bar = {"kind": kind, "fields": fields, "token": get_token(request)}
    try:
        return _document(request, preview(kind=kind, fields=fields, by=request.actor, bar=bar))
    except (ValidationError, JobFailed) as problem:
        return _wrong(
            request, kind, " ".join(problem.messages) if isinstance(problem, ValidationError) else str(problem)
        )
    except Http404:
        return _gone(request, kind, fields)


@require_GET
@requires(Action.RELEASES_SEE)
def report_detail(request: ActorRequest, report_id: int) -> HttpResponse:
    """How far a report is, and then the download. With `now` it starts by itself. The page asks for the fragment while it waits."""
    report = _readable(request, report_id)
    template = "reports/_report.html" if request.htmx else "reports/detail.html"
    now = bool(request.GET.get("now"))
    return render(request, template, _about(report, now=now) | {"asked_by": _asked_by(request, report)})


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
def report_data(request: ActorRequest, report_id: int) -> HttpResponse:
    """What the report says as CSV or XLSX. A POST, because the download is written into the audit log."""
    report = _readable(request, report_id)
    if report.state != JobState.DONE or kind_of(report.kind) is None:
        return redirect(_url(request, "detail", report))
    table_format = request.POST.get("format", "xlsx")
    return download_data(
        report=report, table_format=table_format if table_format in FORMATS else "xlsx", by=request.actor
    )


@require_GET
@requires(Action.RELEASES_SEE)
def report_changes(request: ActorRequest, report_id: int) -> HttpResponse:
    """What the same report would say differently now."""
    report = _readable(request, report_id)
    if report.state != JobState.DONE:
        return redirect(_url(request, "detail", report))
    about = _about(report)
    try:
        about["changes"] = what_changed(report=report, by=request.actor)
    except (ValidationError, JobFailed) as problem:
        about["wrong"] = " ".join(problem.messages) if isinstance(problem, ValidationError) else str(problem)
    except Http404:
        about["wrong"] = "What it is about is not here any more, so there is nothing to compare it with."
    return render(request, "reports/changes.html", about)


@require_POST
@requires(Action.RELEASES_SEE)
def report_retry(request: ActorRequest, report_id: int) -> HttpResponse:
    """Asks again for a report that failed."""
    report = _readable(request, report_id)
    try:
        retry_report(report=report, by=request.actor)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    except Http404:
        messages.error(request, "What it is about is not here any more. Ask for another one.")
    return redirect(f"{_url(request, 'detail', report)}?now=1")


def _asked(given: QueryDict) -> tuple[str, dict[str, str]]:
    """The kind that is asked for, and its fields: one by one, or together as `choice`."""
    fields = {name: value for name, value in given.items() if name not in ("csrfmiddlewaretoken", "kind")}
    fields |= dict(parse_qsl(fields.pop("choice", "")))
    return given.get("kind", ""), fields


@csp_replace(NOTHING_RUNS)
def _document(request: ActorRequest, markup: str) -> HttpResponse:
    return HttpResponse(markup)


def _new(request: ActorRequest, kind: ReportKind, *, wrong: str = "", status: int = 200) -> HttpResponse:
    choices = kind.choices(request.actor)
    can_manage = request.actor.can(Action.SETTINGS_MANAGE)
    context = {
        "kind": kind,
        "groups": _options(choices),
        "has_exact": any(choice.is_exact for choice in choices),
        "bundles": kind.bundles(request.actor) if can_manage else (),
        "can_schedule": can_manage,
        "wrong": wrong,
    }
    return render(request, "reports/new.html", context, status=status)


def _wrong(request: ActorRequest, key: str, said: str) -> HttpResponse:
    """What was wrong, where it can be chosen anew."""
    kind = kind_of(key)
    if kind is None or not request.actor.can(kind.right):
        return _list(request, wrong=said, status=422)
    return _new(request, kind, wrong=said, status=422)


def _gone(request: ActorRequest, key: str, fields: Mapping[str, str]) -> HttpResponse:
    """What else there is to choose. A row of another coalition, one that was removed and one that never was look the same."""
    kind = kind_of(key)
    if kind is None or not request.actor.can(kind.right):
        raise Http404
    rows = [name for name, value in fields.items() if value.isascii() and value.isdigit()]
    what = f"That {rows[0].replace('_', ' ')}" if len(rows) == 1 else "What you asked for"
    return _new(request, kind, wrong=f"{what} is not here any more. Choose another.", status=404)


def _readable(request: ActorRequest, report_id: int) -> Report:
    return get_object_or_404(
        Report.objects.readable_by(request.actor).select_related("partner", "requested_by"), pk=report_id
    )


def _url(request: ActorRequest, name: str, report: Report) -> str:
    return resolve_url(f"reports:{name}", slug=request.actor.coalition.slug, report_id=report.pk)


def _asked_by(request: ActorRequest, report: Report) -> str:
    """Who asked, for who did and for coordinators: whose login it is stays inside an agency."""
    if report.requested_by == request.actor.user:
        return "you"
    return str(report.requested_by) if request.actor.can(Action.PEOPLE_MANAGE) else ""


def _about(report: Report, *, now: bool = False, is_changed: bool = False) -> dict[str, Any]:
    kind = kind_of(report.kind)
    return {
        "report": report,
        "kind": kind.label if kind else "Report",
        "is_ready": report.state == JobState.DONE and not is_changed,
        "has_data": report.state == JobState.DONE and kind is not None,
        "is_changed": is_changed,
        "can_retry": report.state == JobState.FAILED,
        "now": now,
    }


def _list(request: ActorRequest, *, wrong: str = "", status: int = 200) -> HttpResponse:
    actor = request.actor
    can_manage = actor.can(Action.SETTINGS_MANAGE)
    readable = Report.objects.readable_by(actor).filter(batch=None)
    form = MadeForm(request.GET, kinds=readable.order_by().values_list("kind", flat=True).distinct())
    made = readable.filter(kind=form.chosen) if form.chosen else readable
    page = Paginator(made.defer("data"), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "topics": _topics(actor),
        "batches": ReportBatch.objects.visible_to(actor, Action.SETTINGS_MANAGE)[:5] if can_manage else (),
        "can_schedule": actor.can(Action.SETTINGS_MANAGE),
        "page": page,
        "form": form if form.chosen or page.has_other_pages() else None,
        "rows": [_about(report) for report in page],
        "wrong": wrong,
    }
    return render(request, "reports/list.html", context, status=status)


def _topics(actor: Actor) -> dict[str, list[ReportKind]]:
    """The kinds this person may ask for, by topic. No query: what there is to choose stands on the kind's own page."""
    found: dict[str, list[ReportKind]] = {}
    for kind in offers.report_kinds.values():
        if actor.can(kind.right):
            found.setdefault(kind.topic, []).append(kind)
    return found


def _options(choices: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """The choices as groups of (value, label), in the order the kind gave them."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for choice in choices:
        groups.setdefault(choice.group, []).append((urlencode(choice.fields), choice.label))
    return list(groups.items())
