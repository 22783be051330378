"""The agenda."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from coalitions.actions import meetings as actions
from coalitions.forms.meetings import ItemForm, ItemNotesForm
from coalitions.models import AgendaItem
from coalitions.views.submit import submitted
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .common import find, find_part, form_page, to


@require_http_methods(["GET", "POST"])
@requires(Action.ENGAGEMENT_EDIT)
def item_add(request: ActorRequest, meeting_id: int) -> HttpResponse:
    """Something more on the agenda."""
    meeting = find(request, meeting_id)
    form = ItemForm(request.POST or None)
    if submitted(request, form, lambda: actions.add_item(meeting=meeting, values=form.values, by=request.actor)):
        return to(request, meeting, at="add-item")
    return form_page(request, form, meeting, "Add to the agenda", button="Add")


@require_http_methods(["GET", "POST"])
@requires(Action.ENGAGEMENT_EDIT)
def item_edit(request: ActorRequest, agenda_item_id: int) -> HttpResponse:
    """What it is about, who speaks, what was said."""
    item = find_part(request, AgendaItem, agenda_item_id)
    form = ItemNotesForm(request.POST or None, instance=item)
    if submitted(
        request,
        form,
        lambda: actions.edit_item(item=item, values=form.values, version=form.opened_version, by=request.actor),
    ):
        return to(request, item.meeting, at=f"item-{item.pk}")
    return form_page(request, form, item.meeting, "Agenda item")


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def item_move(request: ActorRequest, agenda_item_id: int) -> HttpResponse:
    """One place up or down."""
    item = find_part(request, AgendaItem, agenda_item_id)
    actions.move_item(item=item, up=request.POST.get("to") == "up", by=request.actor)
    return to(request, item.meeting, at=f"item-{item.pk}")


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def item_remove(request: ActorRequest, agenda_item_id: int) -> HttpResponse:
    """Off the agenda."""
    item = find_part(request, AgendaItem, agenda_item_id)
    actions.remove_item(item=item, by=request.actor)
    messages.success(request, f"“{item.title}” is off the agenda.")
    return to(request, item.meeting, at="agenda")
