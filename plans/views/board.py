"""Steps by status, as cards that are moved."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans import across, actions
from plans.enums import StepStatus
from plans.forms.across import StepFilter
from plans.models import Step

from .across import shared
from .common import find_item


@require_GET
@requires(Action.PLANS_FOLLOW)
def board(request: ActorRequest) -> HttpResponse:
    """A column for each status. `?at=` gives a card the focus: the one that was just moved."""
    return _board(request, at=request.GET.get("at", ""))


@require_POST
@requires(Action.STEP_UPDATE)
def board_move(request: ActorRequest, step_id: int) -> HttpResponse:
    """Gives the step another status, as an update without a note; back to the board, with the filters of the address."""
    step = find_item(Step, request, step_id, Action.STEP_UPDATE)
    status = request.POST.get("status", "")
    said, problem = "", "Choose a status from the card’s list."
    if status in StepStatus.values:
        try:
            actions.update_step(step=step, status=StepStatus(status), by=request.actor)
        except ValidationError as refused:
            problem = refused.messages[0]
        else:
            said, problem = f"“{step}” is now: {StepStatus(status).label.lower()}.", ""
    if request.htmx:
        return _board(request, at=str(step.pk), said=said, problem=problem)
    (messages.success if said else messages.warning)(request, said or problem)
    asked = StepFilter(request.GET, actor=request.actor)
    url = reverse("plans:board", args=[request.actor.coalition.slug])
    return redirect(f"{url}{asked.query(at=str(step.pk))}#card-{step.pk}")


def _board(request: ActorRequest, *, at: str, said: str = "", problem: str = "") -> HttpResponse:
    asked = StepFilter(request.GET, actor=request.actor)
    slug, piles = request.actor.coalition.slug, across.piles(request.actor, asked.wanted)
    context = {
        "piles": [(pile, reverse("plans:steps", args=[slug]) + asked.query(status=pile.status)) for pile in piles],
        "empty": not any(pile.count for pile in piles),
        "statuses": StepStatus.choices,
        "at": at,
        "said": said,
        "problem": problem,
    }
    return render(request, "plans/board.html", shared(request, asked, "plans:board") | context)
