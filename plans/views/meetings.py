"""Making a meeting of a step."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from coalitions.forms.meetings import MeetingForm
from coalitions.views.submit import status_of, submitted
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans.meetings import make_meeting, speakers
from plans.models import Step
from plans.selectors import responsibilities

from .common import find_item


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def step_meeting(request: ActorRequest, step_id: int) -> HttpResponse:
    """When and where; the agenda follows from the step's sub-steps."""
    actor = request.actor
    if not actor.can(Action.ENGAGEMENT_EDIT):
        raise PermissionDenied
    step = find_item(Step, request, step_id, Action.PLANS_EDIT)
    form = MeetingForm(request.POST or None, actor=actor, initial={"title": step.title[:160], "purpose": step.detail})
    made = []
    if submitted(request, form, lambda: made.append(make_meeting(step=step, values=form.fields_of_meeting, by=actor))):
        messages.success(
            request, "The meeting is planned, with its agenda. Next: see who is on the list, and invite them."
        )
        return redirect("coalitions:meeting_detail", actor.coalition.slug, made[0].pk)
    below = Step.objects.present().filter(parent=step).prefetch_related(responsibilities())
    agenda = [(one.title, speakers(one)) for one in below]
    context = {"step": step, "form": form, "agenda": agenda or [(step.title, speakers(step))]}
    return render(request, "plans/step_meeting.html", context, status=status_of(form))
