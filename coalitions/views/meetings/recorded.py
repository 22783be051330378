"""Mending what a meeting recorded, and making steps of its actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from coalitions import meetings as selectors
from coalitions.actions import minutes as actions
from coalitions.forms.meetings import ActionForm, DecisionForm
from coalitions.models import Decision, Meeting, MeetingAction
from coalitions.typed_names import names_of_parties
from coalitions.views.engagement import may_work
from coalitions.views.submit import submitted
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .common import find, find_part, form_page, key_from, to

if TYPE_CHECKING:
    from phast.access.actor import Actor


@require_http_methods(["GET", "POST"])
@requires(Action.ENGAGEMENT_EDIT)
def decision_edit(request: ActorRequest, decision_id: int) -> HttpResponse:
    """The words of a decision."""
    row = find_part(request, Decision, decision_id)
    return _edit(
        request, row, DecisionForm(request.POST or None, instance=row), "Decision", "coalitions:meeting_decision_remove"
    )


@require_http_methods(["GET", "POST"])
@requires(Action.ENGAGEMENT_EDIT)
def action_edit(request: ActorRequest, meeting_action_id: int) -> HttpResponse:
    """What, who, by when."""
    row = find_part(request, MeetingAction, meeting_action_id)
    form = ActionForm(request.POST or None, instance=row, actor=request.actor)
    return _edit(
        request,
        row,
        form,
        "Action",
        "coalitions:meeting_action_remove",
        parties=suggested(request.actor, selectors.people(row.meeting)),
    )


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def decision_remove(request: ActorRequest, decision_id: int) -> HttpResponse:
    """Recorded by mistake."""
    return _remove(request, find_part(request, Decision, decision_id))


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def action_remove(request: ActorRequest, meeting_action_id: int) -> HttpResponse:
    """Recorded by mistake."""
    return _remove(request, find_part(request, MeetingAction, meeting_action_id))


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def action_done(request: ActorRequest, meeting_action_id: int) -> HttpResponse:
    """Done, or not after all. `back`: the meeting whose page it was ticked on."""
    row = find_part(request, MeetingAction, meeting_action_id)
    actions.finish_action(action=row, done=request.POST.get("done") == "yes", by=request.actor)
    back = request.POST.get("back", "")
    shown = Meeting.objects.visible_to(request.actor, Action.ENGAGEMENT_SEE).filter(pk=key_from(back))
    return to(request, shown.first() or row.meeting)


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def actions_to_steps(request: ActorRequest, meeting_id: int) -> HttpResponse:
    """Makes a step of the action that was chosen, or of all that are none yet, in the plan that was chosen: without a choice, in the
    only plan there is, or in a new one."""
    meeting, chosen, only = find(request, meeting_id), request.POST.get("plan", ""), request.POST.get("action", "")
    plans = may_work(request)["plans"]
    plan = key_from(chosen) or (plans[0][0] if len(plans) == 1 else None)
    rows = meeting.actions.filter(done_at=None)
    if only:
        rows = rows.filter(pk=key_from(only))
    try:
        made = actions.make_steps(actions=list(rows), plan=plan, by=request.actor)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        words = {0: "They are steps already.", 1: "It is a step of the plan now."}
        messages.success(request, words.get(len(made), f"{len(made)} actions are steps of the plan now."))
    return to(request, meeting, at="actions")


def suggested(actor: Actor, groups: list[selectors.Group]) -> list[str]:
    """Names to choose an owner from: the people on the meeting's list, positions, partners. Others may be typed. One query."""
    on_list = [f"{one.name}, {group.name}" for group in groups for one in group.people if one.row.contact_id]
    return [*on_list, *names_of_parties(actor)]


def _edit(request: ActorRequest, row: Any, form: Any, heading: str, remove: str, **more: Any) -> HttpResponse:
    if submitted(
        request,
        form,
        lambda: actions.mend(row=row, values=form.values, version=form.opened_version, by=request.actor),
    ):
        messages.success(request, "Saved.")
        return to(request, row.meeting)
    return form_page(request, form, row.meeting, heading, remove=remove, row=row, **more)


def _remove(request: ActorRequest, row: Any) -> HttpResponse:
    actions.strike(row=row, by=request.actor)
    messages.success(request, "Removed.")
    return to(request, row.meeting)
