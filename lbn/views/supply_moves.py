"""Receiving kits, sending them, answering an offer, and taking off what was lost or has expired."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from lbn.enums import StockReason, TransferState
from lbn.forms.supply import ChangeForm, ReceiveForm, SendForm
from lbn.models import Site, StockBalance, StockMovement, Transfer
from lbn.selectors.shelves import destinations, of_agency
from lbn.selectors.supply import can_receive
from lbn.supply import accept_transfer, adjust, decline_transfer, expire, lose, receive, send, withdraw_transfer
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.ui.templatetags.ui import kits as in_words

from .supply import pick_keeper, shelf_words

ANSWERS = {"accept": accept_transfer, "decline": decline_transfer, "withdraw": withdraw_transfer}


@require_http_methods(["GET", "POST"])
@requires(Action.SUPPLY_EDIT)
def stock_receive(request: ActorRequest) -> HttpResponse:
    """Kits that came go on a shelf."""
    agency, agencies = pick_keeper(request, Action.SUPPLY_EDIT)
    sites = Site.objects.visible_to(request.actor, Action.SUPPLY_EDIT).filter(is_active=True).select_related("partner")
    asked = request.GET.get("site", "")
    site = sites.filter(pk=asked).first() if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    agency = site.partner if site else agency
    if agency is None:
        return render(request, "lbn/supply_agency.html", {"agencies": agencies})
    data = request.POST if request.method == "POST" else None
    form = ReceiveForm(data, actor=request.actor, sites=of_agency(sites, agency), site=site)
    if data is not None and form.is_valid():
        try:
            entry = receive(**form.values, by=request.actor)
        except ValidationError as refusal:
            form.tell(refusal)
        else:
            messages.success(request, f"{in_words(entry.kits)} of lot {entry.lot.number} received at {entry.site}.")
            if entry.lot.expires_on < request.actor.coalition.today():
                messages.warning(request, "This lot has expired. Take off what is still on the shelf.")
            if "again" in request.POST:
                return redirect(
                    f"{reverse('lbn:stock_receive', args=[request.actor.coalition.slug])}?site={entry.site_id}"
                )
            return _to_site(request, entry.site)
    before = StockMovement.objects.visible_to(request.actor, Action.SUPPLY_EDIT).exclude(came_from="")
    context = {
        "form": form,
        "agency": agency,
        "several": len(agencies) > 1,
        "sources": sorted(set(of_agency(before, agency, "site__partner").values_list("came_from", flat=True)[:50])),
    }
    return render(request, "lbn/supply_receive.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Action.SUPPLY_EDIT)
def stock_send(request: ActorRequest, stock_balance_id: int) -> HttpResponse:
    """Kits go to another site: moved at once within the agency, offered to another one."""
    balance = _balance(request, stock_balance_id)
    data = request.POST if request.method == "POST" else None
    form = SendForm(data, balance=balance, destinations=destinations(request.actor, balance))
    if data is not None and form.is_valid():
        to_site = get_object_or_404(can_receive(request.actor), pk=form.cleaned_data["site"])
        values = {"kits": form.cleaned_data["kits"], "client_key": form.cleaned_data["client_key"]}
        try:
            transfer = send(balance=balance, to_site=to_site, **values, by=request.actor)
        except ValidationError as refusal:
            form.tell(refusal)
        else:
            moved = transfer.state == TransferState.ACCEPTED
            how = f"moved to {to_site}." if moved else f"offered to {to_site}, {to_site.partner}. They answer here."
            messages.success(request, f"{in_words(transfer.kits)} {how}")
            return _to_site(request, balance.site)
    context = shelf_words(request) | {"form": form, "balance": balance}
    return render(request, "lbn/supply_send.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Action.SUPPLY_EDIT)
def stock_change(request: ActorRequest, stock_balance_id: int) -> HttpResponse:
    """Kits are taken off that were lost or have expired, or a number is put right, with a reason."""
    balance = _balance(request, stock_balance_id)
    reason = request.GET.get("reason", "")
    form = ChangeForm(
        request.POST if request.method == "POST" else None,
        balance=balance,
        today=request.actor.coalition.today(),
        reason=reason if reason in StockReason.values else "",
    )
    if form.is_bound and form.is_valid():
        try:
            entry = _changed(balance, form.cleaned_data, request)
        except ValidationError as refusal:
            form.tell(refusal)
        else:
            said = "added" if entry.kits > 0 else "taken off"
            messages.success(request, f"{in_words(abs(entry.kits))} of lot {entry.lot.number} {said}.")
            return _to_site(request, balance.site)
    context = shelf_words(request) | {"form": form, "balance": balance}
    return render(request, "lbn/supply_change.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Action.SUPPLY_EDIT)
def transfer_answer(request: ActorRequest, transfer_id: int) -> HttpResponse:
    """The receiving side takes the offered kits or not; the sending side takes them back."""
    transfers = Transfer.objects.visible_to(request.actor, Action.SUPPLY_EDIT).select_related(
        "lot", "from_site__partner", "to_site__partner"
    )
    transfer = get_object_or_404(transfers, pk=transfer_id)
    answer = ANSWERS.get(request.POST.get("answer", ""))
    try:
        if answer is None:
            raise ValidationError("Say whether the kits are taken.")
        answered = answer(transfer=transfer, by=request.actor)
    except ValidationError as refusal:
        messages.warning(request, " ".join(refusal.messages))
    else:
        kits = in_words(answered.kits)
        messages.success(
            request,
            {
                TransferState.ACCEPTED: f"{kits} are on the shelf of {transfer.to_site}.",
                TransferState.DECLINED: f"Declined. {kits} are back at {transfer.from_site}, {transfer.from_site.partner}.",
                TransferState.WITHDRAWN: f"Taken back. {kits} are on the shelf of {transfer.from_site}.",
            }[TransferState(answered.state)],
        )
    back = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if back and here else reverse("lbn:supply", args=[request.actor.coalition.slug]))


def _changed(balance: StockBalance, said: dict[str, Any], request: ActorRequest) -> StockMovement:
    shared = {"balance": balance, "on": said["on"], "client_key": said["client_key"], "by": request.actor}
    if said["what"] == ChangeForm.EXPIRED:
        return expire(kits=said["kits"], **shared)
    if said["what"] == ChangeForm.LOST:
        return lose(kits=said["kits"], reason=StockReason(said["reason"]), **shared)
    kits = said["kits"] if said["what"] == ChangeForm.MORE else -said["kits"]
    return adjust(kits=kits, reason=StockReason(said["reason"]), **shared)


def _balance(request: ActorRequest, key: int) -> StockBalance:
    balances = StockBalance.objects.visible_to(request.actor, Action.SUPPLY_EDIT)
    return get_object_or_404(balances.select_related("lot", "site__partner"), pk=key)


def _to_site(request: ActorRequest, site: Site) -> HttpResponse:
    return redirect("lbn:site_detail", slug=request.actor.coalition.slug, site_id=site.pk)
