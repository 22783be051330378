"""A plan that somebody keeps in a spreadsheet comes in: the file, the questions and the preview, the steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.sheets.refused import FileRefused
from plans.actions.importing import answer_import, bring_in, give_up_import, read_import, start_import
from plans.forms.importing import ImportForm, UploadForm
from plans.forms.parties import Parties
from plans.models import PlanImport

from .common import to_plan


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def plan_import(request: ActorRequest) -> HttpResponse:
    """Upload. Below: imports that wait for somebody."""
    form = UploadForm(actor=request.actor, initial={"plan": request.GET.get("plan")})
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, actor=request.actor)
        if form.is_valid():
            try:
                found = start_import(**form.cleaned_data, by=request.actor)
            except FileRefused as refused:
                form.add_error("file", str(refused))
            else:
                return _to_import(request, found)
    waiting = PlanImport.objects.visible_to(request.actor, Action.PLANS_EDIT).filter(finished_at=None)
    context = {"form": form, "waiting": waiting.select_related("plan", "created_by").defer("rows", "answers")[:20]}
    return render(request, "plans/import.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def plan_import_detail(request: ActorRequest, plan_import_id: int) -> HttpResponse:
    """Every row as it would come in, and what has to be said before. POST keeps the answers, brings the steps in, or gives up."""
    rows = PlanImport.objects.visible_to(request.actor, Action.PLANS_EDIT).select_related("plan")
    found = get_object_or_404(rows, pk=plan_import_id)
    if found.finished_at is not None:
        return render(request, "plans/import_over.html", {"plan_import": found})
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
                messages.info(request, "Other cells are read now. Look at the steps before you bring them in.")
                return _to_import(request, found)
            try:
                plan = bring_in(plan_import=found, by=request.actor)
            except ValidationError as refused:
                form = _refused(_form(request, found, request.POST), refused)
            else:
                messages.success(request, f"{_steps(len(form.reading.steps))} from “{found.name}” came in.")
                return to_plan(plan, request, "steps")
    context = {"plan_import": found, "form": form, "reading": form.reading}
    return render(request, "plans/import_detail.html", context, status=422 if form.is_bound else 200)


def _form(request: ActorRequest, found: PlanImport, data: Any = None) -> ImportForm:
    parties = Parties(request.actor)
    reading = read_import(found, parties.rows, request.actor)
    return ImportForm(data, plan_import=found, reading=reading, parties=parties)


def _answered(form: ImportForm, found: PlanImport, request: ActorRequest) -> bool:
    try:
        answers = answer_import(plan_import=found, answers=form.answers, by=request.actor).answers
    except ValidationError as refused:
        form.add_error(None, refused)
        return False
    found.answers = answers
    return True


def _refused(form: ImportForm, refused: ValidationError) -> ImportForm:
    """Says why nothing came in, beside the questions that are open."""
    form.is_valid()
    unknown = [question for question in form.owners if not question.answer]
    for question in unknown:
        form.add_error(f"owner-{question.key}", "Choose who this is, or leave the name out.")
    if not unknown:
        form.add_error(None, refused)
    return form


def _give_up(request: ActorRequest, found: PlanImport) -> HttpResponse:
    try:
        give_up_import(plan_import=found, by=request.actor)
    except ValidationError as refused:
        messages.warning(request, refused.messages[0])
    else:
        messages.info(request, f"“{found.name}” was given up. Nothing of it was kept.")
    return redirect("plans:import", request.actor.coalition.slug)


def _to_import(request: ActorRequest, found: PlanImport) -> HttpResponse:
    return redirect("plans:import_detail", request.actor.coalition.slug, found.pk)


def _steps(number: int) -> str:
    return "1 step" if number == 1 else f"{number:,} steps"
