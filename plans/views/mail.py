"""How often the signed-in person gets mail about their steps, and what it would say today."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import F, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions.actions.contacts import say_address_works
from phast import mail as post
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans import digest
from plans.actions.mail import choose_rhythm
from plans.enums import Rhythm
from plans.models import Subscription
from plans.owners import Owner, owner_for


@require_http_methods(["GET", "POST"])
@requires(Action.STEP_UPDATE)
def mail_settings(request: ActorRequest) -> HttpResponse:
    """The rhythm, and whether mail reaches them."""
    owner, chosen = _owner(request), request.POST.get("rhythm", "")
    if request.method == "POST":
        if chosen in Rhythm.values:
            choose_rhythm(owner=owner, rhythm=Rhythm(chosen), by=request.actor)
            messages.success(request, f"Saved. Mail about your steps: {Rhythm(chosen).said}.")
            return redirect("plans:mail_settings", request.actor.coalition.slug)
        messages.warning(request, "Choose how often you want this mail.")
    own = Subscription.objects.of(request.actor.coalition).filter(Q(user=request.user) | Q(contact__user=request.user))
    mine = own.order_by(F("user").asc(nulls_last=True), "pk").first()
    context = {
        "address": owner.address,
        "refusal": post.refusals([owner.address]).get(owner.address.lower()),
        "rhythms": Rhythm,
        "rhythm": Rhythm(mine.rhythm) if mine else Rhythm.WEEKLY,
    }
    return render(request, "plans/mail_settings.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@requires(Action.STEP_UPDATE)
def mail_works(request: ActorRequest) -> HttpResponse:
    """The person says that their address takes mail again."""
    say_address_works(address=_owner(request).address, by=request.actor)
    messages.success(request, "Thank you. The next mail is sent to you again.")
    return redirect("plans:mail_settings", request.actor.coalition.slug)


@require_GET
@requires(Action.STEP_UPDATE)
def mail_preview(request: ActorRequest) -> HttpResponse:
    """The mail as it would be if it were made now."""
    coalition = request.actor.coalition
    owner = _owner(request)
    context = {"coalition": coalition, "owner": owner, "digest": digest.preview(owner, coalition), "site": ""}
    return render(request, "plans/mail_preview.html", context)


def _owner(request: ActorRequest) -> Owner:
    owner = owner_for(request.actor.user, request.actor.coalition)
    if owner is None:  # the account was closed a moment ago
        raise Http404
    return owner
