"""The pages of many reports at once, and of reports that are made regularly."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.jobs.models import JobState
from phast.versions import EditConflict

from . import batches, files, schedules
from .forms import ScheduleForm
from .kinds import ReportKind, kind_of
from .models import ReportBatch, ReportSchedule


@require_POST
@requires(Action.SETTINGS_MANAGE)
def batch_request(request: ActorRequest) -> HttpResponse:
    """Asks for a bundle: `kind`, and its `label`."""
    kind, label = request.POST.get("kind", ""), request.POST.get("label", "")
    slug = request.actor.coalition.slug
    try:
        batch = batches.request_batch(kind=kind, label=label, by=request.actor)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("reports:list", slug)
    return redirect("reports:batch_detail", slug, batch.pk)


@require_GET
@requires(Action.SETTINGS_MANAGE)
def batch_detail(request: ActorRequest, report_batch_id: int) -> HttpResponse:
    """How far it is, what failed and why, and then the zip file. The page asks for the fragment while it waits."""
    batch = _readable(request, report_batch_id)
    context = {
        "batch": batch,
        "progress": batches.progress(batch),
        "failed": batch.reports.filter(state=JobState.FAILED).defer("data").order_by("place")[:50],
        "is_ready": batch.state == JobState.DONE and bool(batch.file),
    }
    template = "reports/_batch.html" if getattr(request, "htmx", False) else "reports/batch.html"
    return render(request, template, context)


@require_GET
@requires(Action.SETTINGS_MANAGE)
def batch_download(request: ActorRequest, report_batch_id: int) -> HttpResponse | FileResponse:
    """The zip file, if it is still the one that was packed."""
    batch = _readable(request, report_batch_id)
    back = redirect("reports:batch_detail", request.actor.coalition.slug, batch.pk)
    if batch.state != JobState.DONE or not batch.file:
        return back
    try:
        file = batches.download_batch(batch=batch, by=request.actor)
    except files.FileChanged:
        messages.error(request, "The file kept here is not the one that was packed. Make it again.")
        return back
    response = FileResponse(
        file, as_attachment=True, filename=files.archive_name(batch), content_type="application/zip"
    )
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@requires(Action.SETTINGS_MANAGE)
def batch_retry(request: ActorRequest, report_batch_id: int) -> HttpResponse:
    """Draws again what failed, and packs again."""
    batch = _readable(request, report_batch_id)
    batches.retry_batch(batch=batch, by=request.actor)
    return redirect("reports:batch_detail", request.actor.coalition.slug, batch.pk)


@require_GET
@requires(Action.SETTINGS_MANAGE)
def schedule_list(request: ActorRequest) -> HttpResponse:
    """What is made regularly, for whom, and when next."""
    found = ReportSchedule.objects.visible_to(request.actor, Action.SETTINGS_MANAGE).prefetch_related("people__user")
    context = {
        "rows": [(schedule, kind_of(schedule.kind)) for schedule in found.order_by("stopped_at", "next_on", "pk")],
        "today": request.actor.coalition.today(),
    }
    return render(request, "reports/schedule_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def schedule_add(request: ActorRequest) -> HttpResponse:
    """Sets one up: `kind` says of which."""
    kind = kind_of(request.GET.get("kind", ""))
    slug = request.actor.coalition.slug
    if kind is None or not request.actor.can(kind.right):
        return redirect("reports:list", slug)
    form = ScheduleForm(request.POST if request.method == "POST" else None, kind=kind, actor=request.actor)
    if form.is_bound and form.is_valid():
        try:
            schedules.add_schedule(kind=kind.key, by=request.actor, **form.values)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, "It is made from today on. Those you chose get a link when it is ready.")
            return redirect("reports:schedule_list", slug)
    return _form(request, form, kind)


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def schedule_edit(request: ActorRequest, report_schedule_id: int) -> HttpResponse:
    """Changes what it is about, how often, and who gets a link."""
    schedule = _schedule(request, report_schedule_id)
    kind = kind_of(schedule.kind)
    slug = request.actor.coalition.slug
    if kind is None or schedule.stopped_at:
        messages.error(request, "This is not made any more. Set it up anew.")
        return redirect("reports:schedule_list", slug)
    data = request.POST if request.method == "POST" else None
    form = ScheduleForm(data, instance=schedule, kind=kind, actor=request.actor)
    if form.is_bound and form.is_valid():
        try:
            schedules.change_schedule(
                schedule=_schedule(request, report_schedule_id),
                version=form.opened_version,
                by=request.actor,
                **form.values,
            )
        except EditConflict as conflict:
            form.show_both(conflict.current)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, "Saved.")
            return redirect("reports:schedule_list", slug)
    return _form(request, form, kind)


def _form(request: ActorRequest, form: ScheduleForm, kind: ReportKind) -> HttpResponse:
    context = {"form": form, "kind": kind, "is_change": bool(form.instance.pk)}
    return render(request, "reports/schedule_form.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Action.SETTINGS_MANAGE)
def schedule_stop(request: ActorRequest, report_schedule_id: int) -> HttpResponse:
    """Makes it no more."""
    schedules.stop_schedule(schedule=_schedule(request, report_schedule_id), by=request.actor)
    messages.success(request, "Stopped. What was made stays.")
    return redirect("reports:schedule_list", request.actor.coalition.slug)


def _readable(request: ActorRequest, pk: int) -> ReportBatch:
    return get_object_or_404(ReportBatch.objects.visible_to(request.actor, Action.SETTINGS_MANAGE), pk=pk)


def _schedule(request: ActorRequest, pk: int) -> ReportSchedule:
    return get_object_or_404(ReportSchedule.objects.visible_to(request.actor, Action.SETTINGS_MANAGE), pk=pk)
