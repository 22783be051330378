"""A roster that somebody keeps in a spreadsheet comes in: the file, the questions and the preview, the roster."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from coalitions.actions.importing import answer_import, bring_in, give_up_import, read_import, start_import
from coalitions.forms.importing import RosterImportForm, RosterUploadForm
from coalitions.importing.reading import RosterReading
from coalitions.models import RosterImport
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.sheets.refused import FileRefused


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def roster_import(request: ActorRequest) -> HttpResponse:
    """Upload. Below: imports that wait for somebody."""
    form = RosterUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = RosterUploadForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                found = start_import(**form.cleaned_data, by=request.actor)
            except FileRefused as refused:
                form.add_error("file", str(refused))
            else:
                return _to_import(request, found)
    waiting = RosterImport.objects.visible_to(request.actor, Action.SETTINGS_MANAGE).filter(finished_at=None)
    context = {"form": form, "waiting": waiting.select_related("created_by").defer("rows", "answers")[:20]}
    return render(request, "coalitions/roster_import.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def roster_import_detail(request: ActorRequest, roster_import_id: int) -> HttpResponse:
    """Every row as it would come in, and what has to be said before. POST keeps the answers, brings it in, or gives up."""
    rows = RosterImport.objects.visible_to(request.actor, Action.SETTINGS_MANAGE)
    found = get_object_or_404(rows, pk=roster_import_id)
    if found.finished_at is not None:
        messages.info(request, RosterImport.OVER)
        return redirect("coalitions:roster_import", request.actor.coalition.slug)
    form = _form(request, found)
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do == "give-up":
            return _give_up(request, found)
        form = _form(request, found, request.POST)
        if form.is_valid() and _answered(form, found, request):
            if do != "bring-in":
                return _to_import(request, found)
            if form.moves_columns:
                messages.info(request, "Other cells are read now. Look at the rows before you bring them in.")
                return _to_import(request, found)
            try:
                reading = bring_in(roster_import=found, by=request.actor)
            except ValidationError as refused:
                form = _refused(_form(request, found, request.POST), refused)
            else:
                messages.success(request, f"“{found.name}” is on the roster: {_told(reading)}.")
                return redirect("coalitions:partner_list", request.actor.coalition.slug)
    context = {"roster_import": found, "form": form, "reading": form.reading, "told": _told(form.reading)}
    return render(request, "coalitions/roster_import_detail.html", context, status=422 if form.is_bound else 200)


def _form(request: ActorRequest, found: RosterImport, data: Any = None) -> RosterImportForm:
    return RosterImportForm(data, reading=read_import(found, request.actor))


def _answered(form: RosterImportForm, found: RosterImport, request: ActorRequest) -> bool:
    try:
        found.answers = answer_import(roster_import=found, answers=form.answers, by=request.actor).answers
    except ValidationError as refused:
        form.add_error(None, refused)
        return False
    return True


def _refused(form: RosterImportForm, refused: ValidationError) -> RosterImportForm:
    """Says why nothing came in, beside the questions that are open."""
    form.is_valid()
    unanswered = [question for question in form.reading.open if question.key in form.asked]
    for question in unanswered:
        form.add_error(f"same-{question.key}", "Choose one.")
    if not unanswered:
        form.add_error(None, refused)
    return form


def _give_up(request: ActorRequest, found: RosterImport) -> HttpResponse:
    try:
        give_up_import(roster_import=found, by=request.actor)
    except ValidationError as refused:
        messages.warning(request, refused.messages[0])
    else:
        messages.info(request, f"“{found.name}” was given up. Nothing of it was kept.")
    return redirect("coalitions:roster_import", request.actor.coalition.slug)


def _to_import(request: ActorRequest, found: RosterImport) -> HttpResponse:
    return redirect("coalitions:roster_import_detail", request.actor.coalition.slug, found.pk)


def _told(reading: RosterReading) -> str:
    """ "12 new partners, 20 new contacts, 3 changed"; "nothing new"."""
    partners, people, changed = len(reading.new_organizations), len(reading.new_people), len(reading.changed)
    parts = [
        f"{partners} new partner{'' if partners == 1 else 's'}" if partners else "",
        f"{people} new contact{'' if people == 1 else 's'}" if people else "",
        f"{changed} changed" if changed else "",
    ]
    return ", ".join(filter(None, parts)) or "nothing new"
