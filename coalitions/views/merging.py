"""Two that turn out to be one, side by side."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions import duplicates
from coalitions.actions import merging as actions
from coalitions.forms.merging import ContactMergeForm, OtherForm, PartnerMergeForm
from coalitions.models import Contact, Partner, PartnerMerge, ToldApart
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .submit import status_of, submitted

PAGE = 50


@require_GET
@requires(Action.SETTINGS_MANAGE)
def duplicate_list(request: ActorRequest) -> HttpResponse:
    """Who may be on the roster twice, and what was merged in the last day."""
    merges = PartnerMerge.objects.visible_to(request.actor, Action.SETTINGS_MANAGE).filter(undone_at=None)
    page = Paginator(duplicates.twice(request.actor), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "partners": [pair for pair in page if pair.kind == ToldApart.PARTNER],
        "contacts": [pair for pair in page if pair.kind == ToldApart.CONTACT],
        "told_apart": duplicates.told_apart(request.actor),
        "merges": [one for one in merges.select_related("kept", "gone")[:20] if actions.can_be_undone(one)],
    }
    return render(request, "coalitions/duplicate_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def partner_merge(request: ActorRequest, partner_id: int) -> HttpResponse:
    """Without `into`: which partner it is. With it: both side by side; POST merges."""
    partners = Partner.objects.visible_to(request.actor, Action.SETTINGS_MANAGE).filter(merged_into=None)
    gone = get_object_or_404(partners, pk=partner_id)
    into = _other(request, gone)
    if into is None:
        return _which(request, gone)
    form = PartnerMergeForm(request.POST or None, kept=into, gone=gone)
    if submitted(
        request, form, lambda: actions.merge_partner(gone=gone, into=into, values=form.values, by=request.actor)
    ):
        messages.success(request, f"{gone} and {into} are one partner now. Within a day you can undo it.")
        return redirect("coalitions:partner_detail", request.actor.coalition.slug, into.pk)
    return _side_by_side(request, form, gone, into)


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def contact_merge(request: ActorRequest, contact_id: int) -> HttpResponse:
    """The same for two contacts."""
    contacts = Contact.objects.visible_to(request.actor, Action.SETTINGS_MANAGE).select_related("partner")
    gone = get_object_or_404(contacts, pk=contact_id)
    into = _other(request, gone)
    if into is None:
        return _which(request, gone)
    form = ContactMergeForm(request.POST or None, kept=into, gone=gone)
    if submitted(
        request, form, lambda: actions.merge_contact(gone=gone, into=into, values=form.values, by=request.actor)
    ):
        messages.success(request, f"{into} is one contact now.")
        return redirect("coalitions:partner_detail", request.actor.coalition.slug, into.partner_id)
    return _side_by_side(request, form, gone, into)


@require_POST
@requires(Action.SETTINGS_MANAGE)
def duplicate_apart(request: ActorRequest) -> HttpResponse:
    """These two are two; the post says which."""
    model: type[Partner | Contact] = Contact if request.POST.get("kind") == ToldApart.CONTACT else Partner
    visible = model.objects.visible_to(request.actor, Action.SETTINGS_MANAGE)
    keys = [request.POST.get(name, "") for name in ("one", "other")]
    if not all(key.isdecimal() and len(key) < 19 for key in keys):
        messages.warning(request, "Choose a pair from the list.")
        return redirect("coalitions:duplicate_list", request.actor.coalition.slug)
    one, other = (get_object_or_404(visible, pk=key) for key in keys)
    try:
        actions.tell_apart(one=one, other=other, by=request.actor)
        messages.success(request, f"{one} and {other} are two. You are not asked again.")
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("coalitions:duplicate_list", request.actor.coalition.slug)


@require_POST
@requires(Action.SETTINGS_MANAGE)
def duplicate_ask_again(request: ActorRequest, told_apart_id: int) -> HttpResponse:
    """Perhaps they are one after all."""
    told = get_object_or_404(ToldApart.objects.visible_to(request.actor, Action.SETTINGS_MANAGE), pk=told_apart_id)
    actions.ask_again(told=told, by=request.actor)
    return redirect("coalitions:duplicate_list", request.actor.coalition.slug)


@require_POST
@requires(Action.SETTINGS_MANAGE)
def merge_undo(request: ActorRequest, partner_merge_id: int) -> HttpResponse:
    """They are two after all."""
    merges = PartnerMerge.objects.visible_to(request.actor, Action.SETTINGS_MANAGE)
    merge = get_object_or_404(merges, pk=partner_merge_id)
    try:
        gone = actions.undo_merge(merge=merge, by=request.actor)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("coalitions:duplicate_list", request.actor.coalition.slug)
    messages.success(request, f"{gone} is a partner of its own again.")
    return redirect("coalitions:partner_detail", request.actor.coalition.slug, gone.pk)


def _other(request: ActorRequest, one: Partner | Contact) -> Any:
    """The record the address names as the one to keep; None when it names none that can be."""
    form = OtherForm({"into": request.GET.get("into", "")}, one=one, actor=request.actor)
    return form.cleaned_data["into"] if form.is_valid() else None


def _which(request: ActorRequest, one: Partner | Contact) -> HttpResponse:
    """Asks for the other record; a POST that names none is told so."""
    asked = request.method == "POST" or "into" in request.GET
    form = OtherForm(request.GET if asked else None, one=one, actor=request.actor)
    context = {"form": form, "one": one, "is_contact": isinstance(one, Contact)}
    return render(request, "coalitions/merge_which.html", context, status=422 if request.method == "POST" else 200)


def _side_by_side(request: ActorRequest, form: Any, gone: Model, into: Model) -> HttpResponse:
    context = {"form": form, "gone": gone, "into": into, "is_contact": isinstance(gone, Contact)}
    return render(request, "coalitions/merge.html", context, status=status_of(form))
