"""Deciding whether a story or feedback may stand in reports. Its other pages are a register's."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from lbn.actions import moderate_feedback
from lbn.enums import FeedbackState
from lbn.models import Feedback
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.versions import EditConflict

DECISIONS = {"use": FeedbackState.APPROVED, "keep": FeedbackState.KEPT}


@require_POST
@requires(Action.SETTINGS_MANAGE)
def feedback_moderate(request: ActorRequest, feedback_id: int) -> HttpResponse:
    """What the coordinator decided, about the words that were on the page."""
    feedback = get_object_or_404(Feedback.objects.visible_to(request.actor, Action.SETTINGS_MANAGE), pk=feedback_id)
    decision, read = DECISIONS.get(request.POST.get("do", "")), request.POST.get("version", "")
    try:
        if decision is None or not (read.isascii() and read.isdigit() and len(read) < 10):
            raise ValidationError("Say whether reports may use it.")
        moderate_feedback(feedback=feedback, state=decision, version=int(read), by=request.actor)
    except ValidationError as refusal:
        messages.warning(request, refusal.message)
    except EditConflict:
        messages.warning(request, "Somebody changed it while you read. Here is what it says now.")
    else:
        messages.success(
            request, "Reports may use it." if decision == FeedbackState.APPROVED else "It stays out of reports."
        )
    return redirect("lbn:feedback_detail", slug=request.actor.coalition.slug, feedback_id=feedback.pk)
