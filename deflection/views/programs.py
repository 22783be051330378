"""Programs: the list, the checklist of one, what it is, which models it follows, who reads it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions.views.submit import status_of, submitted
from deflection import actions
from deflection.enums import ActivityStatus
from deflection.forms.checklist import ChecklistFilter
from deflection.forms.programs import EndForm, ModelsForm, NewProgramForm, ProgramForm
from deflection.models import DeflectionModel, Program, ProgramActivity
from deflection.rows import Reader, coordinator_said, counted, shown
from deflection.selectors import change_of, checklist_of, seen_of, standings_of
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.versions import EditConflict

from .common import find_program, follows_closely, of_program, updates_of

PER_PAGE = 25


@require_GET
@requires(Action.DEFLECTION_SEE)
def program_list(request: ActorRequest) -> HttpResponse:
    """The programs, those that go on first, each with how far it is. `?ended=1`: those that are over."""
    actor, today = request.actor, request.actor.coalition.today()
    ended = request.GET.get("ended") == "1"
    programs = Program.objects.visible_to(actor, Action.DEFLECTION_SEE)
    page = Paginator(
        programs.filter(ended_on__isnull=not ended).select_related("lead").prefetch_related("follows"), PER_PAGE
    ).get_page(request.GET.get("page"))
    found = standings_of(page.object_list, today=today)
    context = {
        "page": page,
        "rows": [(program, found[program.pk], _stands(program, today)) for program in page],
        "ended": ended,
        "others": programs.filter(ended_on__isnull=ended).exists(),
        "may_add": actor.can(Action.DEFLECTION_EDIT),
        "may_update": actor.can(Action.ACTIVITY_UPDATE),
        "observes": not follows_closely(request),
    }
    return render(request, "deflection/program_list.html", context)


def _stands(program: Program, today: Any) -> tuple[str, str]:
    """Where a program is in its life, and how that is toned."""
    if program.ended_on:
        return "Over", ""
    if program.has_begun(today):
        return "Running", "good"
    return "Being set up", "busy"


@require_http_methods(["GET", "POST"])
@requires(Action.DEFLECTION_EDIT)
def program_new(request: ActorRequest) -> HttpResponse:
    """A program; POST makes it with the checklist of its models. `?model=` chooses some to begin with, by their numbers."""
    numbers = [number for number in request.GET.getlist("model") if number.isdecimal() and len(number) < 3]
    chosen = DeflectionModel.objects.filter(number__in=numbers)
    form = NewProgramForm(
        request.POST if request.method == "POST" else None, actor=request.actor, initial={"models": list(chosen)}
    )
    made: list[Program] = []

    def save() -> None:
        made.append(actions.create_program(**form.values_for_new(), by=request.actor))

    if submitted(request, form, save):
        messages.success(request, f"{made[0]} has its checklist. Say who does what next.")
        return redirect("deflection:program_detail", request.actor.coalition.slug, made[0].pk)
    context = {"form": form, "has_leads": form.fields["lead"].queryset.exists()}
    return render(request, "deflection/program_new.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@requires(Action.DEFLECTION_EDIT)
def program_edit(request: ActorRequest, program_id: int) -> HttpResponse:
    """What a program is, but for its models."""
    program = find_program(request, program_id, Action.DEFLECTION_EDIT)
    form = ProgramForm(request.POST if request.method == "POST" else None, instance=program, actor=request.actor)

    def save() -> None:
        actions.edit_program(
            program=find_program(request, program_id, Action.DEFLECTION_EDIT),
            values=form.values,
            version=form.opened_version,
            by=request.actor,
        )

    if submitted(request, form, save):
        return redirect("deflection:program_detail", request.actor.coalition.slug, program.pk)
    visible = Program.objects.visible_to(request.actor, Action.DEFLECTION_EDIT)
    called = visible.get(pk=program.pk).name  # the form may have written another one on its row
    context = of_program(request, program) | {"form": form, "called": called}
    return render(request, "deflection/program_edit.html", context, status=status_of(form))


# ------------------------------------------------------------------ the checklist
@require_GET
@requires(Action.DEFLECTION_SEE)
def program_detail(request: ActorRequest, program_id: int) -> HttpResponse:
    """The checklist, narrowed by what the address says."""
    program = find_program(request, program_id, Action.DEFLECTION_SEE)
    found = checklist_of(program)
    names, today = follows_closely(request), request.actor.coalition.today()
    updates = updates_of(request, program)
    asked = ChecklistFilter(request.GET, checklist=found, names=names, updates=updates)
    rows = shown(found, asked.asked, Reader(today, names, updates))
    pages = of_program(request, program)
    context = pages | {
        "checklist": found,
        "progress": found.by_model[asked.asked.model] if asked.asked.model else found.progress,
        "rows": rows,
        "counted": counted(rows),
        "asked": asked,
        "views": _views(request, found, asked),
        "overdue": len(found.overdue(today)),
        "blockers": len(found.blockers(starts_on=program.starts_on, today=today)),
        "offered": [offer for offer in found.offers if offer.line.row.pk in updates],
        "statuses": ActivityStatus.choices,
        "query": request.GET.urlencode(),
        "removed": _removed(request, program) if pages["may_edit"] else [],
        "coordinator": coordinator_said(program, names=names),
        "agencies": program.agencies.all(),
        "stands": _stands(program, today),
    }
    return render(request, "deflection/program_detail.html", context)


def _views(request: ActorRequest, found: Any, asked: ChecklistFilter) -> list[tuple[str, str, bool]]:
    """The switch between all models together and each by itself; none for a program that follows one, which has nothing to switch."""
    if len(found.models) < 2:
        return []
    views = [("All together", asked.query(model=""), asked.asked.model is None)]
    for model in found.models:
        views.append(
            (f"{model.number}. {model.name}", asked.query(model=model.number), asked.asked.model == model.number)
        )
    return views


def _removed(request: ActorRequest, program: Program) -> Any:
    rows = ProgramActivity.objects.visible_to(request.actor, Action.DEFLECTION_EDIT)
    return rows.filter(program=program, removed_at__isnull=False)


# ------------------------------------------------------------------ models, the end, observers
@require_http_methods(["GET", "POST"])
@requires(Action.DEFLECTION_EDIT)
def program_models(request: ActorRequest, program_id: int) -> HttpResponse:
    """Which models it follows. Choosing some (`?models=`) says what would change; POST changes it."""
    program = find_program(request, program_id, Action.DEFLECTION_EDIT)
    now = set(program.follows.values_list("pk", flat=True))
    sent = request.POST if request.method == "POST" else request.GET
    form = ModelsForm(sent) if "look" in sent else ModelsForm(initial={"models": now})
    change, version = None, program.version
    if form.is_bound and form.is_valid():
        wanted = {model.pk for model in form.cleaned_data["models"]}
        if request.method == "POST" and _set_models(request, program, form):
            messages.success(request, "The checklist is what these models ask for. What was said before stands.")
            return redirect("deflection:program_detail", request.actor.coalition.slug, program.pk)
        change = change_of(program, wanted) if wanted != now else None
    context = of_program(request, program) | {
        "form": form,
        "version": version,
        "seen": seen_of(program) if change else "",
        "change": change,
        "tallies": [(model, change.then.by_model[model.number]) for model in change.added] if change else [],
        "kept_done": sum(line.is_over for line in change.kept) if change else 0,
        "same": form.is_bound and not form.errors and change is None,
    }
    return render(request, "deflection/program_models.html", context, status=status_of(form))


def _set_models(request: ActorRequest, program: Program, form: ModelsForm) -> bool:
    try:
        actions.set_models(
            program=program,
            models=form.cleaned_data["models"],
            version=form.cleaned_data["version"] or 0,
            seen=form.cleaned_data["seen"] or None,
            by=request.actor,
        )
    except EditConflict:
        form.add_error(
            None, "The checklist changed since you looked, here or in another window. See below what would change now."
        )
        return False
    return True


@require_http_methods(["GET", "POST"])
@requires(Action.DEFLECTION_EDIT)
def program_end(request: ActorRequest, program_id: int) -> HttpResponse:
    """Since when it is over, or that it goes on."""
    program = find_program(request, program_id, Action.DEFLECTION_EDIT)
    form = EndForm(request.POST if request.method == "POST" else None, instance=program)

    def save() -> None:
        actions.edit_program(
            program=find_program(request, program_id, Action.DEFLECTION_EDIT),
            values=form.values,
            version=form.opened_version,
            by=request.actor,
        )

    if submitted(request, form, save):
        return redirect("deflection:program_detail", request.actor.coalition.slug, program.pk)
    context = of_program(request, program) | {"form": form}
    return render(request, "deflection/program_end.html", context, status=status_of(form))


@require_POST
@requires(Action.DEFLECTION_EDIT)
def program_share(request: ActorRequest, program_id: int) -> HttpResponse:
    """Lets observers read it (`shared=1`), or no longer."""
    program = find_program(request, program_id, Action.DEFLECTION_EDIT)
    shared = request.POST.get("shared") == "1"
    actions.share_program(program=program, shared=shared, by=request.actor)
    messages.success(
        request,
        "Observers can read where this program stands: no notes, no evidence, nobody’s name."
        if shared
        else "Observers no longer read this program.",
    )
    return redirect("deflection:program_detail", request.actor.coalition.slug, program.pk)
