"""People and their roles, and handing the coalition over."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions import selectors
from coalitions.actions import memberships as actions
from coalitions.forms.people import HandOverForm, PeopleSearch, RoleForm
from coalitions.models import Membership
from coalitions.rules import memberships_handled, roles_to_give
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .submit import status_of, submitted

PAGE = 50


@require_GET
@requires(Action.PEOPLE_MANAGE)
def person_list(request: ActorRequest) -> HttpResponse:
    """Everybody with a role here; for a lead, everybody of their agency."""
    actor = request.actor
    form = PeopleSearch(request.GET)
    page = Paginator(selectors.people_of(actor, text=form.text), PAGE).get_page(request.GET.get("page"))
    page.object_list = selectors.with_refusals(page.object_list, "user.email")
    context = {
        "page": page,
        "form": form,
        "given": roles_to_give(actor),
        "coordinates": actor.everywhere(Action.PEOPLE_MANAGE),
    }
    return render(request, "coalitions/person_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.PEOPLE_MANAGE)
def person_edit(request: ActorRequest, membership_id: int) -> HttpResponse:
    """Changes somebody's role or partner."""
    actor, membership = request.actor, _membership(request, membership_id)
    form = RoleForm(
        request.POST or None, actor=actor, initial={"role": membership.role, "partner": membership.partner_id}
    )
    if submitted(
        request,
        form,
        lambda: actions.change_role(
            membership=membership, role=form.wanted, partner=form.cleaned_data["partner"], by=actor
        ),
    ):
        messages.success(request, f"{membership.user} has the new role from the next click on.")
        return _after(request, membership)
    context = {"form": form, "membership": membership, "self": membership.user_id == actor.user.pk}
    return render(request, "coalitions/person_edit.html", context, status=status_of(form))


@require_POST
@requires(Action.PEOPLE_MANAGE)
def person_remove(request: ActorRequest, membership_id: int) -> HttpResponse:
    """Takes a role away."""
    membership = _membership(request, membership_id)
    try:
        actions.remove_membership(membership=membership, by=request.actor)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("coalitions:person_edit", request.actor.coalition.slug, membership_id)
    messages.success(request, f"{membership.user} no longer has this role. What they did stays.")
    return _after(request, membership)


@require_POST
@requires(Action.PEOPLE_MANAGE)
def person_sign_out(request: ActorRequest, membership_id: int) -> HttpResponse:
    """Ends every session of a person, on a phone that was lost, for example."""
    membership = _membership(request, membership_id)
    actions.sign_out_everywhere(user=membership.user, by=request.actor)
    messages.success(request, f"{membership.user} is signed out on every device.")
    return _after(request, membership)


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def hand_over(request: ActorRequest) -> HttpResponse:
    """Makes somebody else coordinator and steps down."""
    actor = request.actor
    form = HandOverForm(request.POST or None, actor=actor)
    if submitted(
        request,
        form,
        lambda: actions.hand_over(to=form.cleaned_data["to"], by=actor, stay_as=form.role_after),
    ):
        messages.success(
            request, f"{form.cleaned_data['to'].user} coordinates {actor.coalition} now. Thank you for your work."
        )
        return redirect("home")
    return render(request, "coalitions/hand_over.html", {"form": form}, status=status_of(form))


def _membership(request: ActorRequest, membership_id: int) -> Membership:
    return get_object_or_404(memberships_handled(request.actor).select_related("user", "partner"), pk=membership_id)


def _after(request: ActorRequest, membership: Membership) -> HttpResponse:
    """Back to the list; somebody who changed their own role may not see it any more."""
    if membership.user_id == request.actor.user.pk:
        return redirect("home")
    return redirect("coalitions:person_list", request.actor.coalition.slug)
