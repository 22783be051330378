"""What shows that an activity is done."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from deflection import actions
from deflection.enums import EvidenceKind
from deflection.forms.activities import EvidenceForm
from deflection.models import Evidence, ProgramActivity
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.ui.forms import tell

from .activity_page import activity_page, line_of
from .common import find_activity, sops_by_key, url_of

GONE = "This file is no longer where the portal keeps files. Please tell whoever runs the portal."


@require_POST
@requires(Action.ACTIVITY_UPDATE)
def evidence_add(request: ActorRequest, program_activity_id: int) -> HttpResponse:
    """Adds one thing: something the portal knows, a link or a file."""
    activity = find_activity(request, program_activity_id, Action.ACTIVITY_UPDATE)
    line = line_of(activity)
    form = EvidenceForm(request.POST, request.FILES, activity=activity, actor=request.actor)
    if form.is_valid():
        try:
            if file := form.cleaned_data["file"]:
                label = form.cleaned_data["label"]
                actions.add_evidence_file(activity=activity, file=file, label=label, by=request.actor)
            else:
                actions.add_evidence(activity=activity, by=request.actor, **form.said())
        except ValidationError as refused:
            tell(form, refused)
        else:
            return _to_activity(request, activity)
    if line is None:
        return _to_activity(request, activity)
    return activity_page(request, activity, line, evidence_form=form, status=422)


@require_GET
@requires(Action.DEFLECTION_FOLLOW)
def evidence_open(request: ActorRequest, evidence_id: int) -> HttpResponse | FileResponse:
    """A file is saved, never shown by the browser; everything else opens where it is."""
    row = _find(request, evidence_id, Action.DEFLECTION_FOLLOW)
    if row.kind == EvidenceKind.LINK:
        return redirect(row.url)
    if row.kind == EvidenceKind.AGREEMENT:
        return redirect("coalitions:agreement_detail", request.actor.coalition.slug, row.agreement_id)
    if row.kind == EvidenceKind.TRAINING:
        return redirect(url_of(request, "training_list", row.program_activity.program_id))
    if row.kind == EvidenceKind.SOP:
        sop = sops_by_key(request.actor).get(row.sop)
        return redirect(sop.url) if sop else _to_activity(request, row.program_activity)
    try:
        content = row.file.open("rb")
    except FileNotFoundError:
        messages.error(request, GONE)
        return _to_activity(request, row.program_activity)
    response = FileResponse(
        content, as_attachment=True, filename=row.file_name, content_type="application/octet-stream"
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@requires(Action.ACTIVITY_UPDATE)
def evidence_remove(request: ActorRequest, evidence_id: int) -> HttpResponse:
    """Deletes it."""
    row = _find(request, evidence_id, Action.ACTIVITY_UPDATE)
    called = str(row)
    actions.remove_evidence(evidence=row, by=request.actor)
    messages.success(request, f"“{called}” is removed.")
    return _to_activity(request, row.program_activity)


def _find(request: ActorRequest, key: int, action: Action) -> Evidence:
    rows = Evidence.objects.visible_to(request.actor, action).filter(program_activity__removed_at=None)
    return get_object_or_404(rows.select_related("program_activity", "agreement", "training"), pk=key)


def _to_activity(request: ActorRequest, activity: ProgramActivity) -> HttpResponse:
    return redirect(f"{url_of(request, 'activity_detail', activity.pk)}#evidence")
