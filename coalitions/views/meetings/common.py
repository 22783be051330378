"""What the meetings' pages share."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from coalitions.models import Meeting
from coalitions.views.submit import status_of
from phast.access.guards import ActorRequest
from phast.access.table import Action

# What a form page may show besides its form.
EXTRAS: dict[str, Any] = {"parties": [], "remove": "", "row": None, "moments": []}


def find(request: ActorRequest, meeting_id: int, action: Action = Action.ENGAGEMENT_EDIT) -> Meeting:
    """The meeting, when this person may use it so."""
    rows = Meeting.objects.visible_to(request.actor, action).select_related("coalition", "created_by")
    return get_object_or_404(rows, pk=meeting_id)


def find_part(request: ActorRequest, model: Any, key: int) -> Any:
    """Something of a meeting that this person may change, with its meeting."""
    rows = model.objects.visible_to(request.actor, Action.ENGAGEMENT_EDIT).select_related("meeting__coalition")
    return get_object_or_404(rows, pk=key)


def key_from(text: str) -> int | None:
    """A row's key as a form names it; None for what cannot be one."""
    return int(text) if text.isdecimal() and len(text) < 19 else None


def to(request: ActorRequest, meeting: Meeting, page: str = "detail", at: str = "") -> HttpResponse:
    """On to a page of the meeting. `at`: the place there."""
    found = redirect(f"coalitions:meeting_{page}", request.actor.coalition.slug, meeting.pk)
    if at:
        found["Location"] += f"#{at}"
    return found


def form_page(request: ActorRequest, form: Any, meeting: Meeting | None, heading: str, **more: Any) -> HttpResponse:
    """A page with one form."""
    context = {"form": form, "meeting": meeting, "heading": heading, "button": "Save", **EXTRAS, **more}
    return render(request, "coalitions/meeting_form.html", context, status=status_of(form))
