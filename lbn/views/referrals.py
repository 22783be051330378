"""Peer and outreach partners a program refers people to, and referrals as counts by month."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from coalitions.models import Partner
from coalitions.views.submit import status_of, submitted
from lbn.actions import referrals as actions
from lbn.forms.referrals import ReferralCountForm, ReferralPartnerForm
from lbn.models import ReferralCount, ReferralPartner
from lbn.selectors.program import months_back
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.ui.forms import tell
from phast.ui.templatetags.ui import month as month_words

from .program import agency_of

MONTHS = 12  # shown and open to numbers: this one and those before


@require_http_methods(["GET", "POST"])
@requires(Action.SUPPLY_EDIT)
def referral_list(request: ActorRequest, partner_id: int) -> HttpResponse:
    """Whom the agency refers people to, the last months' referrals, and a month's numbers to enter."""
    partner = agency_of(request, partner_id, Action.SUPPLY_EDIT)
    everybody = list(
        ReferralPartner.objects.visible_to(request.actor, Action.SUPPLY_EDIT)
        .filter(partner=partner)
        .select_related("to")
    )
    everybody.sort(key=lambda one: (not one.is_active, str(one).casefold()))
    today = request.actor.coalition.today()
    months = [months_back(today, back) for back in range(MONTHS)]
    month = _month(request.POST.get("month") or request.GET.get("month", ""), months)
    counts = ReferralCount.objects.visible_to(request.actor, Action.SUPPLY_EDIT).filter(to__partner=partner)
    counted = {(each.to_id, each.month): each.referrals for each in counts.filter(month__gte=months[-1])}
    lines = [(one, counted.get((one.pk, month))) for one in everybody if one.is_active or (one.pk, month) in counted]
    form = ReferralCountForm(request.POST or None, rows=lines, initial={"month": month})
    if request.method == "POST" and form.is_valid():
        try:
            actions.count_referrals(partner=partner, month=month, numbers=form.numbers, by=request.actor)
        except ValidationError as refusal:
            form.show_now()
            tell(form, refusal)
        else:
            messages.success(request, f"Saved for {month_words(month)}.")
            return redirect(f"{request.path}?month={month:%Y-%m}")
    shown = months[:4]
    context = {
        "partner": partner,
        "form": form,
        "month": month,
        "months": months,
        "shown": shown,
        "rows": [(one, [(each, counted.get((one.pk, each))) for each in shown]) for one in everybody],
        "sums": [(each, sum(n for (_, on), n in counted.items() if on == each)) for each in shown],
        "may_name": _may_name(request, partner),
    }
    return render(request, "lbn/referral_list.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@requires(Action.PRACTICE_EDIT)
def referral_new(request: ActorRequest, partner_id: int) -> HttpResponse:
    """Names an organization the agency refers people to."""
    partner = agency_of(request, partner_id, Action.PRACTICE_EDIT)
    form = ReferralPartnerForm(request.POST or None, partner=partner, actor=request.actor)
    if submitted(
        request,
        form,
        lambda: actions.add_referral_partner(partner=partner, values=form.values, by=request.actor),
    ):
        messages.success(request, "Added.")
        return redirect("lbn:referral_list", request.actor.coalition.slug, partner.pk)
    return _form(request, form, partner, None)


@require_http_methods(["GET", "POST"])
@requires(Action.PRACTICE_EDIT)
def referral_edit(request: ActorRequest, referral_partner_id: int) -> HttpResponse:
    """Changes what is said about it, or that the agency refers to it no more."""
    named = ReferralPartner.objects.visible_to(request.actor, Action.PRACTICE_EDIT)
    to = get_object_or_404(named.select_related("partner__coalition", "to"), pk=referral_partner_id)
    called, partner = str(to), to.partner
    form = ReferralPartnerForm(request.POST or None, instance=to, partner=partner, actor=request.actor)
    if submitted(
        request,
        form,
        lambda: actions.edit_referral_partner(to=to, values=form.values, version=form.opened_version, by=request.actor),
    ):
        messages.success(request, "Saved.")
        return redirect("lbn:referral_list", request.actor.coalition.slug, partner.pk)
    return _form(request, form, partner, called)


def _form(request: ActorRequest, form: ReferralPartnerForm, partner: Partner, called: str | None) -> HttpResponse:
    context = {
        "form": form,
        "partner": partner,
        "called": called,
        "list_url": reverse("lbn:referral_list", args=[request.actor.coalition.slug, partner.pk]),
    }
    return render(request, "lbn/referral_form.html", context, status=status_of(form))


def _month(asked: str, months: list[dt.date]) -> dt.date:
    """The month of the address, one of those that are open; else this one."""
    return next((each for each in months if asked.startswith(f"{each:%Y-%m}")), months[0])


def _may_name(request: ActorRequest, partner: Partner) -> bool:
    actor, action = request.actor, Action.PRACTICE_EDIT
    return actor.everywhere(action) or partner.pk in actor.partner_ids(action)
