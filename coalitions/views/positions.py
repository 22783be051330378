"""Positions: champions, the PHAST coordinator, the coalition's own; who holds them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions import selectors
from coalitions.actions import positions as actions
from coalitions.forms.roster import PositionForm
from coalitions.holders import terms
from coalitions.models import Position, PositionKind
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .submit import status_of, submitted


@require_GET
@requires(Action.ROSTER_SEE)
def position_list(request: ActorRequest) -> HttpResponse:
    """The positions with their holders, vacant ones flagged; for the coordinator also the usual ones that are not there yet."""
    actor = request.actor
    positions = selectors.positions_of(actor)
    manages = actor.everywhere(Action.SETTINGS_MANAGE)
    there = {position.title.lower() for position, _ in positions} | {position.kind_id for position, _ in positions}
    kinds = PositionKind.objects.all() if manages else []
    context = {
        "positions": positions,
        "manages": manages,
        "offered": [kind for kind in kinds if kind.pk not in there and kind.title.lower() not in there],
    }
    return render(request, "coalitions/position_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def position_new(request: ActorRequest) -> HttpResponse:
    """Adds a position of the coalition's own."""
    form = PositionForm(request.POST or None, actor=request.actor)
    if submitted(request, form, lambda: actions.add_position(by=request.actor, values=form.values)):
        messages.success(request, "The position is there.")
        return redirect("coalitions:position_list", request.actor.coalition.slug)
    return render(request, "coalitions/position_form.html", {"form": form, "position": None}, status=status_of(form))


@require_POST
@requires(Action.SETTINGS_MANAGE)
def position_adopt(request: ActorRequest) -> HttpResponse:
    """Adds a usual position, vacant."""
    kind = PositionKind.objects.in_bulk().get(request.POST.get("kind", ""))
    if kind is None:
        messages.error(request, "Choose one of the positions offered below.")
        return redirect("coalitions:position_list", request.actor.coalition.slug)
    try:
        actions.add_position(by=request.actor, kind=kind)
        messages.success(request, f"{kind} is among the positions. Say who holds it.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("coalitions:position_list", request.actor.coalition.slug)


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def position_edit(request: ActorRequest, position_id: int) -> HttpResponse:
    """Says who holds a position, or changes its title."""
    actor, position = request.actor, _position(request, position_id)
    form = PositionForm(request.POST or None, instance=position, actor=actor)
    title = position.title
    if submitted(
        request,
        form,
        lambda: actions.update_position(position=position, by=actor, version=form.opened_version, values=form.values),
    ):
        messages.success(request, "Saved.")
        return redirect("coalitions:position_list", actor.coalition.slug)
    context = {"form": form, "position": position, "title": title, "terms": terms(position)}
    return render(request, "coalitions/position_form.html", context, status=status_of(form))


@require_POST
@requires(Action.SETTINGS_MANAGE)
def position_remove(request: ActorRequest, position_id: int) -> HttpResponse:
    """Takes a position out of the coalition."""
    position = _position(request, position_id)
    try:
        actions.remove_position(position=position, by=request.actor)
        messages.success(request, f"{position.title} is no longer a position of the coalition.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("coalitions:position_list", request.actor.coalition.slug)


def _position(request: ActorRequest, position_id: int) -> Position:
    return get_object_or_404(Position.objects.visible_to(request.actor, Action.SETTINGS_MANAGE), pk=position_id)
