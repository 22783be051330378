"""Inviting people, and what the invited meet."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions import invitations
from coalitions.actions import invitations as actions
from coalitions.enums import ROLE_HELP
from coalitions.forms.people import InvitationForm, NewPersonForm
from coalitions.models import Invitation
from coalitions.rules import invitations_handled
from coalitions.selectors import with_refusals
from phast.access.guards import ActorRequest, public, requires
from phast.access.table import Action, Role
from phast.accounts.models import User

from .submit import status_of, submitted

PAGE = 50


# ------------------------------------------------------------------ inviting
@require_GET
@requires(Action.PEOPLE_MANAGE)
def invitation_list(request: ActorRequest) -> HttpResponse:
    """Open invitations first, each with the state of its mail; then what became of the others."""
    actor = request.actor
    found = invitations_handled(actor).select_related("partner", "created_by", "accepted_by")
    waiting = found.filter(accepted_at=None, withdrawn_at=None)
    over = found.exclude(accepted_at=None, withdrawn_at=None)
    context = {
        "waiting": with_refusals(waiting),
        "page": Paginator(over, PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "coalitions/invitation_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.PEOPLE_MANAGE)
def invitation_new(request: ActorRequest) -> HttpResponse:
    """Invites somebody: the coordinator to any role, a lead to a role at their agency."""
    actor = request.actor
    initial = {"partner": request.GET.get("partner"), "role": request.GET.get("role")}
    form = InvitationForm(request.POST or None, actor=actor, initial=initial)
    if submitted(
        request,
        form,
        lambda: actions.invite(
            email=form.cleaned_data["email"],
            name=form.cleaned_data["name"],
            role=form.wanted,
            partner=form.cleaned_data["partner"],
            by=actor,
        ),
    ):
        messages.success(
            request, f"{form.cleaned_data['email']} is invited. The link in the mail is good for 72 hours."
        )
        return redirect("coalitions:invitation_list", actor.coalition.slug)
    return render(request, "coalitions/invitation_form.html", {"form": form}, status=status_of(form))


@require_POST
@requires(Action.PEOPLE_MANAGE)
def invitation_resend(request: ActorRequest, invitation_id: int) -> HttpResponse:
    """Sends an invitation again, with a new link."""
    invitation = _invitation(request, invitation_id)
    try:
        actions.resend_invitation(invitation=invitation, by=request.actor)
        messages.success(request, f"{invitation.email} gets a new link. The old one no longer works.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("coalitions:invitation_list", request.actor.coalition.slug)


@require_POST
@requires(Action.PEOPLE_MANAGE)
def invitation_withdraw(request: ActorRequest, invitation_id: int) -> HttpResponse:
    """Takes an invitation back."""
    invitation = _invitation(request, invitation_id)
    try:
        actions.withdraw_invitation(invitation=invitation, by=request.actor)
        messages.success(request, f"The invitation of {invitation.email} is withdrawn. Its link no longer works.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("coalitions:invitation_list", request.actor.coalition.slug)


def _invitation(request: ActorRequest, invitation_id: int) -> Invitation:
    return get_object_or_404(invitations_handled(request.actor), pk=invitation_id)


# ------------------------------------------------------------------ accepting
@require_http_methods(["GET", "POST"])
@public
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What the link opens: a new person sets up an account; somebody with one accepts, signed in with the invited address."""
    invited = invitations.find(token)
    if invited is None:
        raise Http404
    with timezone.override(ZoneInfo(invited.coalition.time_zone)):
        return _open(request, invited)


def _open(request: HttpRequest, invited: Invitation) -> HttpResponse:
    if not invited.is_open:
        return _page(request, "over", invited, status=410)
    account = User.objects.filter(email__iexact=invited.email).first()
    if request.user.is_authenticated:
        if request.user != account:
            return _page(request, "other", invited, status=403)
        return _accept(request, invited)
    if account is not None and actions.has_owner(account):
        return _page(request, "sign_in", invited)
    return _accept_as_new(request, invited)


def _accept(request: HttpRequest, invited: Invitation) -> HttpResponse:
    if request.method == "GET":
        return _page(request, "accept", invited)
    problem = ""
    try:
        actions.accept_invitation(invitation=invited, user=request.user)
    except actions.InvitationOver:
        return _page(request, "over", invited, status=410)
    except ValidationError as refusal:
        problem = " ".join(refusal.messages)
    if problem:
        return _page(request, "accept", invited, status=422, problem=problem)
    messages.success(request, f"Welcome to {invited.coalition}.")
    return redirect("coalitions:home", invited.coalition.slug)


def _accept_as_new(request: HttpRequest, invited: Invitation) -> HttpResponse:
    form = NewPersonForm(request.POST or None, email=invited.email, initial={"name": invited.name})
    if request.method == "GET" or not form.is_valid():
        return _page(request, "new", invited, form=form, status=status_of(form))
    try:
        user = actions.accept_as_new_person(
            invitation=invited,
            name=form.cleaned_data["name"],
            password=form.cleaned_data["password"],
        )
    except (actions.InvitationOver, PermissionDenied):
        return _page(request, "over", invited, status=410)
    login = Login(user=user, redirect_url=resolve_url("coalitions:home", invited.coalition.slug))
    return perform_password_login(request, {"email": user.email}, login)


def _page(
    request: HttpRequest,
    state: str,
    invited: Invitation,
    *,
    status: int = 200,
    problem: str = "",
    form: object = None,
) -> HttpResponse:
    invited = Invitation.objects.select_related("coalition", "partner", "created_by").get(pk=invited.pk)
    context = {
        "state": state,
        "invitation": invited,
        "role_help": ROLE_HELP[Role(invited.role)],
        "problem": problem,
        "form": form,
        "next": request.path,
    }
    return render(request, "coalitions/invitation.html", context, status=status)
