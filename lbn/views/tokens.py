"""The tokens with which agencies' records systems send counts, and how to use them."""

from __future__ import annotations

import json

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lbn.actions import make_token, revoke_token
from lbn.enums import Recipient, Setting
from lbn.forms.tokens import TokenForm
from lbn.models import ApiToken
from lbn.openapi import EXAMPLE, FIELDS
from lbn.selectors.agencies import agencies_for
from lbn.tokens import MOST
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

PAGE_SIZE = 25


@require_http_methods(["GET", "POST"])
@requires(Action.PEOPLE_MANAGE)
def token_list(request: ActorRequest) -> HttpResponse:
    """The tokens of the person's agencies. POST makes one; its answer is the only page that ever shows it."""
    actor = request.actor
    agencies = agencies_for(actor, Action.PEOPLE_MANAGE)
    form = TokenForm(request.POST if request.method == "POST" else None, agencies=agencies)
    secret, status = "", 200
    if request.method == "POST":
        status = 422
        if agencies and form.is_valid():
            _, secret = make_token(partner=form.agency, name=form.cleaned_data["name"], by=actor)
            form, status = TokenForm(agencies=agencies), 201
    tokens = ApiToken.objects.visible_to(actor, Action.PEOPLE_MANAGE).select_related("partner", "created_by")
    in_use_first = tokens.order_by(F("revoked_at").desc(nulls_first=True), "-created_at", "-pk")
    context = {
        "form": form,
        "agencies": agencies,
        "page": Paginator(in_use_first, PAGE_SIZE).get_page(request.GET.get("page")),
        "secret": secret,
        "example": _curl(secret) if secret else "",
    }
    return render(request, "lbn/token_list.html", context, status=status)


@require_POST
@requires(Action.PEOPLE_MANAGE)
def token_revoke(request: ActorRequest, api_token_id: int) -> HttpResponse:
    """The token opens nothing from now on."""
    tokens = ApiToken.objects.visible_to(request.actor, Action.PEOPLE_MANAGE).select_related("partner")
    token = get_object_or_404(tokens, pk=api_token_id)
    revoke_token(token=token, by=request.actor)
    messages.success(request, f"Revoked: {token}. What it sent stays.")
    return redirect("lbn:token_list", request.actor.coalition.slug)


@require_GET
@requires(Action.COUNTS_WRITE)
def api_help(request: ActorRequest) -> HttpResponse:
    """How a records system sends counts, for the person who sets it up."""
    context = {
        "address": _address(),
        "example": _curl("YOUR-TOKEN"),
        "fields": [(name, field["description"], name in ("zip", "kits")) for name, field in FIELDS.items()],
        "values": {
            "setting": [choice for choice in Setting.choices if choice[0]],
            "recipient": [choice for choice in Recipient.choices if choice[0]],
        },
        "most": MOST,
        "makes_tokens": request.actor.can(Action.PEOPLE_MANAGE),
        "a_minute": settings.API_REQUESTS_A_MINUTE,
    }
    return render(request, "lbn/api_help.html", context)


def _address() -> str:
    return settings.SITE_URL.rstrip("/") + reverse("api_counts")


def _curl(secret: str) -> str:
    """A line that can be pasted into a terminal and sends one count."""
    return (
        f"curl {_address()} \\\n"
        f"  -H 'Authorization: Bearer {secret}' \\\n"
        f"  -H 'Content-Type: application/json' \\\n"
        f"  -d '{json.dumps(EXAMPLE)}'"
    )
