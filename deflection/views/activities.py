"""Activities of a program: where each stands, whose it is, and those the program adds."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions.views.submit import status_of, submitted
from deflection import actions
from deflection.checklist import Line
from deflection.enums import ActivityStatus
from deflection.forms.activities import AssignForm, OwnActivityForm, PlanForm, UpdateForm
from deflection.models import Program, ProgramActivity
from deflection.rows import Asked, Reader, shown
from deflection.selectors import checklist_of
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .activity_page import activity_page, line_of
from .common import find_activity, find_program, key_from, of_program, url_of

PER_PAGE = 50
ALL = "all"  # the button that says that each topic is done
TOPICS = "topics"  # the button that saves the ticks alone


@require_GET
@requires(Action.DEFLECTION_SEE)
def activity_detail(request: ActorRequest, program_activity_id: int) -> HttpResponse:
    """One activity: what it asks for, where it stands, what shows it."""
    activity = find_activity(request, program_activity_id, Action.DEFLECTION_SEE)
    found = line_of(activity)
    return activity_page(request, activity, found) if found else _unasked(request, activity)


@require_http_methods(["GET", "POST"])
@requires(Action.ACTIVITY_UPDATE)
def activity_update(request: ActorRequest, program_activity_id: int) -> HttpResponse:
    """Where it stands, with notes. `?status=` proposes one."""
    activity = find_activity(request, program_activity_id, Action.ACTIVITY_UPDATE)
    found = line_of(activity)
    if found is None:
        return _unasked(request, activity)
    form = UpdateForm(request.POST if request.method == "POST" else None, instance=activity, line=found)
    if request.method == "GET" and request.GET.get("status") in ActivityStatus.values:
        form.initial["status"] = request.GET["status"]

    def save() -> None:
        row = find_activity(request, program_activity_id, Action.ACTIVITY_UPDATE)
        actions.update_activity(activity=row, version=form.opened_version, by=request.actor, **form.said())

    if submitted(request, form, save):
        return redirect("deflection:activity_detail", request.actor.coalition.slug, activity.pk)
    context = of_program(request, activity.program) | {"form": form, "activity": activity, "line": found}
    return render(request, "deflection/activity_update.html", context, status=status_of(form))


@require_POST
@requires(Action.ACTIVITY_UPDATE)
def activity_status(request: ActorRequest, program_activity_id: int) -> HttpResponse:
    """A button of the checklist: `status` is one, "all" or "topics"; `topics` are those that are ticked."""
    activity = find_activity(request, program_activity_id, Action.ACTIVITY_UPDATE)
    found = line_of(activity)
    if found is None:
        return _unasked(request, activity)
    try:
        actions.update_activity(activity=activity, version=None, by=request.actor, **_pressed(request, found))
    except ValidationError as refused:
        messages.warning(request, f"{found.title}: {refused.messages[0]}")
    return _back(request, activity)


def _pressed(request: ActorRequest, line: Line) -> dict[str, Any]:
    pressed, topics = request.POST.get("status", ""), request.POST.getlist("topics")
    if pressed == ALL:
        return {"status": ActivityStatus.DONE, "topics": [mark.key for mark in line.topics]}
    if pressed == TOPICS:
        return {"topics": topics}
    if pressed not in ActivityStatus.values:
        raise ValidationError("Choose where it stands.")
    return {"status": ActivityStatus(pressed)}


def _back(request: ActorRequest, activity: ProgramActivity) -> HttpResponse:
    """To the page the button was on: the person's own activities, the activity's page, or the checklist as it was narrowed."""
    at = f"#activity-{activity.pk}"
    if request.GET.get("back") == "mine":
        return redirect(url_of(request, "activity_mine") + at)
    if request.GET.get("back") == "activity":
        return redirect(url_of(request, "activity_detail", activity.pk))
    query = request.GET.urlencode()
    return redirect(url_of(request, "program_detail", activity.program_id) + (f"?{query}" if query else "") + at)


def _unasked(request: ActorRequest, activity: ProgramActivity) -> HttpResponse:
    messages.info(
        request, f"None of the program’s models asks for “{activity}” at present. What was said of it is kept."
    )
    return redirect("deflection:program_detail", request.actor.coalition.slug, activity.program_id)


@require_POST
@requires(Action.ACTIVITY_UPDATE)
def activity_take(request: ActorRequest, program_activity_id: int) -> HttpResponse:
    """Yes: what this asks for was done with the richer one."""
    activity = find_activity(request, program_activity_id, Action.ACTIVITY_UPDATE)
    try:
        actions.take_offer(activity=activity, by=request.actor)
        messages.success(request, f"“{activity}” is done, too.")
    except ValidationError as refused:
        messages.warning(request, refused.messages[0])
    return _back(request, activity)


@require_http_methods(["GET", "POST"])
@requires(Action.DEFLECTION_EDIT)
def activity_plan(request: ActorRequest, program_activity_id: int) -> HttpResponse:
    """Who does it and until when."""
    activity = find_activity(request, program_activity_id, Action.DEFLECTION_EDIT)
    form = PlanForm(request.POST if request.method == "POST" else None, instance=activity, actor=request.actor)

    def save() -> None:
        row = find_activity(request, program_activity_id, Action.DEFLECTION_EDIT)
        actions.plan_activity(activity=row, values=form.values, version=form.opened_version, by=request.actor)

    if submitted(request, form, save):
        return redirect("deflection:activity_detail", request.actor.coalition.slug, activity.pk)
    context = of_program(request, activity.program) | {"form": form, "activity": activity}
    return render(request, "deflection/activity_plan.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@requires(Action.DEFLECTION_EDIT)
def activity_new(request: ActorRequest, program_id: int) -> HttpResponse:
    """An activity of the program's own."""
    program = find_program(request, program_id, Action.DEFLECTION_EDIT)
    form = OwnActivityForm(request.POST if request.method == "POST" else None, actor=request.actor)

    def save() -> None:
        actions.add_own_activity(program=program, **form.cleaned_data, by=request.actor)

    if submitted(request, form, save):
        return redirect("deflection:program_detail", request.actor.coalition.slug, program.pk)
    context = of_program(request, program) | {"form": form}
    return render(request, "deflection/activity_new.html", context, status=status_of(form))


@require_POST
@requires(Action.DEFLECTION_EDIT)
def activity_remove(request: ActorRequest, program_activity_id: int) -> HttpResponse:
    """Takes an activity of the program's own off the checklist."""
    activity = find_activity(request, program_activity_id, Action.DEFLECTION_EDIT)
    try:
        actions.remove_own_activity(activity=activity, by=request.actor)
        messages.success(request, f"“{activity}” is off the checklist. It can be brought back at its end.")
    except ValidationError as refused:
        messages.warning(request, refused.messages[0])
    return redirect("deflection:program_detail", request.actor.coalition.slug, activity.program_id)


@require_POST
@requires(Action.DEFLECTION_EDIT)
def activity_restore(request: ActorRequest, program_activity_id: int) -> HttpResponse:
    """Brings it back."""
    rows = ProgramActivity.objects.visible_to(request.actor, Action.DEFLECTION_EDIT)
    activity = rows.filter(pk=program_activity_id).first()
    if activity is None:
        raise Http404
    actions.restore_own_activity(activity=activity, by=request.actor)
    return redirect("deflection:program_detail", request.actor.coalition.slug, activity.program_id)


# ------------------------------------------------------------------ several at once, and one's own
@require_http_methods(["GET", "POST"])
@requires(Action.DEFLECTION_EDIT)
def program_assign(request: ActorRequest, program_id: int) -> HttpResponse:
    """Gives the ticked activities to one owner. `?ticked=nobody` ticks those that nobody owns.

    A key that is none of the program's activities makes it a 404, and nothing is changed.
    """
    program = find_program(request, program_id, Action.DEFLECTION_EDIT)
    found = checklist_of(program)
    lines = {line.row.pk: line for line in found}
    form, ticked, problem = AssignForm(actor=request.actor), set(), ""
    if request.method == "POST":
        form = AssignForm(request.POST, actor=request.actor)
        ticked = {key_from(key) for key in request.POST.getlist("activity")}
        if not ticked <= lines.keys():
            raise Http404
        problem = "" if ticked else "Tick the activities first, then choose who does them."
        if ticked and submitted(
            request, form, lambda: _assign(request, program, [lines[key].row for key in ticked], form)
        ):
            return redirect("deflection:program_assign", request.actor.coalition.slug, program.pk)
    elif request.GET.get("ticked") == "nobody":
        ticked = {key for key, line in lines.items() if line.row.owner is None and not line.is_over}
    context = of_program(request, program) | {
        "form": form,
        "problem": problem,
        "rows": shown(found, Asked(), Reader(request.actor.coalition.today(), True, frozenset())),
        "ticked": ticked,
        "unowned": sum(line.row.owner is None and not line.is_over for line in found.work),
    }
    return render(request, "deflection/program_assign.html", context, status=422 if problem or form.errors else 200)


def _assign(request: ActorRequest, program: Program, rows: list[ProgramActivity], form: AssignForm) -> None:
    owner, due_on = form.cleaned_data["owner"], form.cleaned_data["due_on"]
    count = actions.assign_activities(program=program, activities=rows, owner=owner, due_on=due_on, by=request.actor)
    messages.success(request, f"{count} {'activity' if count == 1 else 'activities'} assigned to {owner}.")


@require_GET
@requires(Action.ACTIVITY_UPDATE)
def activity_mine(request: ActorRequest) -> HttpResponse:
    """What is the person's, their organization's or their position's and not over, the next due first."""
    actor = request.actor
    rows = ProgramActivity.objects.visible_to(actor, Action.ACTIVITY_UPDATE).owned_by(actor).unfinished()
    found = rows.select_related("program", "activity", "partner", "contact", "position")
    page = Paginator(found.order_by(F("due_on").asc(nulls_last=True), "program__name", "pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "deflection/activity_mine.html", {"page": page, "today": actor.coalition.today()})
