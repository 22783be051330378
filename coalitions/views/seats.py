"""Lived-experience seats, for the coordinator.

A seat belongs to no partner, so the right to manage it is the one over the whole coalition's settings: the right over people also
reaches an agency's lead, who has no business knowing which sector a seat fills. Everybody else meets a seat by its alias where it
acts, and reads of its sector only that it is filled.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions.actions import seats as actions
from coalitions.forms.roster import SeatForm
from coalitions.models import Seat
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .submit import status_of, submitted


@require_GET
@requires(Action.SETTINGS_MANAGE)
def seat_list(request: ActorRequest) -> HttpResponse:
    """The seats that are taken, then those whose person left."""
    seats = list(Seat.objects.visible_to(request.actor, Action.SETTINGS_MANAGE).select_related("sector"))
    context = {
        "seats": [seat for seat in seats if seat.left_on is None],
        "left": [seat for seat in seats if seat.left_on is not None],
    }
    return render(request, "coalitions/seat_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def seat_new(request: ActorRequest) -> HttpResponse:
    """Adds a seat."""
    form = SeatForm(request.POST or None, actor=request.actor)
    if submitted(request, form, lambda: actions.add_seat(by=request.actor, values=form.values)):
        messages.success(request, "The seat is there. It can vote on recommendations from now on.")
        return redirect("coalitions:seat_list", request.actor.coalition.slug)
    return render(request, "coalitions/seat_form.html", {"form": form, "seat": None}, status=status_of(form))


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def seat_edit(request: ActorRequest, seat_id: int) -> HttpResponse:
    """Alias, sector, since when."""
    actor, seat = request.actor, _seat(request, seat_id)
    form = SeatForm(request.POST or None, instance=seat, actor=actor)
    alias = seat.alias
    if submitted(
        request,
        form,
        lambda: actions.update_seat(seat=seat, by=actor, version=form.opened_version, values=form.values),
    ):
        messages.success(request, "Saved.")
        return redirect("coalitions:seat_list", actor.coalition.slug)
    context = {"form": form, "seat": seat, "alias": alias}
    return render(request, "coalitions/seat_form.html", context, status=status_of(form))


@require_POST
@requires(Action.SETTINGS_MANAGE)
def seat_end(request: ActorRequest, seat_id: int) -> HttpResponse:
    """The person left."""
    seat = actions.end_seat(seat=_seat(request, seat_id), by=request.actor)
    messages.success(request, f"{seat}’s seat has ended. Its links no longer work; what it voted stays.")
    return redirect("coalitions:seat_list", request.actor.coalition.slug)


@require_POST
@requires(Action.SETTINGS_MANAGE)
def seat_resume(request: ActorRequest, seat_id: int) -> HttpResponse:
    """The person is back."""
    seat = actions.resume_seat(seat=_seat(request, seat_id), by=request.actor)
    messages.success(request, f"{seat} has their seat again.")
    return redirect("coalitions:seat_list", request.actor.coalition.slug)


def _seat(request: ActorRequest, seat_id: int) -> Seat:
    return get_object_or_404(Seat.objects.visible_to(request.actor, Action.SETTINGS_MANAGE), pk=seat_id)
