"""Files of steps: putting them there, taking them away, reading them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans import actions
from plans.forms import FileForm
from plans.models import Step, StepFile

from .common import find_item
from .step_page import step_page

GONE = "This file is no longer where the portal keeps files. Please tell whoever runs the portal."


@require_POST
@requires(Action.STEP_UPDATE)
def step_file_add(request: ActorRequest, step_id: int) -> HttpResponse:
    """Keeps a file with the step."""
    step = find_item(Step, request, step_id, Action.STEP_UPDATE)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.add_file(step=step, file=form.cleaned_data["file"], by=request.actor)
        except ValidationError as refused:
            form.add_error("file", refused)
        else:
            return _to_files(request, step)
    return step_page(request, step, file_form=form, status=422)


@require_GET
@requires(Action.PLANS_FOLLOW)
def step_file(request: ActorRequest, step_file_id: int) -> HttpResponse | FileResponse:
    """The file, always to be saved: the browser shows nothing that somebody else put here."""
    row = _find(request, step_file_id, Action.PLANS_FOLLOW)
    try:
        content = row.file.open("rb")
    except FileNotFoundError:
        messages.error(request, GONE)
        return _to_files(request, row.step)
    response = FileResponse(content, as_attachment=True, filename=row.name, content_type="application/octet-stream")
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@requires(Action.STEP_UPDATE)
def step_file_remove(request: ActorRequest, step_file_id: int) -> HttpResponse:
    """Deletes it."""
    row = _find(request, step_file_id, Action.STEP_UPDATE)
    actions.remove_file(file=row, by=request.actor)
    messages.success(request, f"“{row}” is deleted.")
    return _to_files(request, row.step)


def _find(request: ActorRequest, key: int, action: Action) -> StepFile:
    files = StepFile.objects.visible_to(request.actor, action).filter(removed_at=None, step__removed_at=None)
    return get_object_or_404(files.select_related("step"), pk=key)


def _to_files(request: ActorRequest, step: Step) -> HttpResponse:
    return redirect(f"{reverse('plans:step', args=[request.actor.coalition.slug, step.pk])}#files")
