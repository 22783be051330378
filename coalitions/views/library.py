"""Keeping the library right."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from coalitions.actions.entries import mark_reviewed
from coalitions.models import LibraryItem
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def library_item_reviewed(request: ActorRequest, library_item_id: int) -> HttpResponse:
    """ "Still right": the item was looked at today."""
    item = get_object_or_404(LibraryItem.objects.visible_to(request.actor, Action.LIBRARY_SEE), pk=library_item_id)
    mark_reviewed(item=item, by=request.actor)
    messages.success(request, f"“{item}” is marked as looked at today.")
    if request.POST.get("back") == "stale":
        return redirect(f"{reverse('coalitions:library_item_list', args=[request.actor.coalition.slug])}?age=stale")
    return redirect("coalitions:library_item_detail", request.actor.coalition.slug, item.pk)
