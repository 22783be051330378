"""Logging a count, and correcting and undoing one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from coalitions.models import Partner
from lbn.actions import correct_count, log_count, restore_count, void_count
from lbn.actions.standing import on_behalf
from lbn.enums import VoidReason
from lbn.forms.counting import REASONS, CountForm
from lbn.models import Count, KitType
from lbn.refusals import KeyReused, NeedsConfirming, NotPossible, PeriodClosed, Unacceptable
from lbn.rules import Problem
from lbn.selectors.chain import successors_of
from lbn.selectors.counting import logged_on, recent_places
from lbn.selectors.training import warns_untrained
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.qr import qr_svg

from .agency import pick_agency


@require_http_methods(["GET", "POST"])
@requires(Action.COUNTS_WRITE, long_session=True)
def count_log(request: ActorRequest) -> HttpResponse:
    """The counting page of a phone: where, how many, when."""
    partner, agencies = pick_agency(request, Action.COUNTS_WRITE)
    if partner is None:
        return render(request, "lbn/count_agency.html", {"agencies": agencies})
    done = _done(request)
    form = _form(request, partner, place=done.zip_code or done.place if done and not done.voided_at else "")
    questions: list[Problem] = []
    if request.method == "POST":
        count, questions = _save(form, request, partner=partner)
        if count:
            return redirect(_log_url(request, partner, agencies, count))
    kits, entries = logged_on(partner, form.today)
    context = {
        "form": form,
        **_asking(questions),
        "cancel": "Cancel",
        "cancel_url": request.get_full_path(),
        "partner": partner,
        "several": len(agencies) > 1,
        "on_behalf": on_behalf(request.actor, partner),
        "warns": warns_untrained(partner),
        "done": done,
        "today": {"kits": kits, "entries": entries},
        "phone_code": qr_svg(f"{settings.SITE_URL}{reverse('field')}", title="QR code that opens the phone page"),
    }
    return render(request, "lbn/count_log.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@requires(Action.COUNTS_WRITE, long_session=True)
def count_edit(request: ActorRequest, count_id: int) -> HttpResponse:
    """Corrects a count: the old entry is kept as removed, a new one takes its place."""
    count = _find(request, count_id)
    form = _form(request, count.partner, count=count)
    questions: list[Problem] = []
    if request.method == "POST":
        saved, questions = _save(form, request, count=count)
        if saved:
            return redirect(_list_url(request, saved))
    context = {
        "form": form,
        **_asking(questions),
        "cancel": "Leave it as it was",
        "cancel_url": reverse("lbn:count_list", args=[request.actor.coalition.slug]),
        "count": count,
        "corrected": next((each for each in reversed(successors_of(count)) if each.voided_at is None), None),
        "partner": count.partner,
    }
    return render(request, "lbn/count_edit.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@requires(Action.COUNTS_WRITE, long_session=True)
def count_void(request: ActorRequest, count_id: int) -> HttpResponse:
    """Takes a count out, with the reason that was tapped, and offers to put it back."""
    count = _find(request, count_id)
    reason = request.POST.get("reason", "")
    try:
        void_count(count=count, reason=VoidReason(reason) if reason in REASONS else VoidReason.OTHER, by=request.actor)
    except PeriodClosed as refusal:
        messages.error(request, str(refusal))
    return redirect(_back(request, count))


@require_POST
@requires(Action.COUNTS_WRITE, long_session=True)
def count_restore(request: ActorRequest, count_id: int) -> HttpResponse:
    """Puts a removed count back, or undoes its correction."""
    count = _find(request, count_id)
    try:
        restore_count(count=count, by=request.actor)
    except PeriodClosed as refusal:
        messages.error(request, str(refusal))
    return redirect(_back(request, count))


def _find(request: ActorRequest, count_id: int) -> Count:
    visible = Count.objects.visible_to(request.actor, Action.COUNTS_WRITE)
    return get_object_or_404(visible.select_related("partner__coalition"), pk=count_id)


def _form(request: ActorRequest, partner: Partner, *, count: Count | None = None, place: str = "") -> CountForm:
    return CountForm(
        request.POST if request.method == "POST" else None,
        partner=partner,
        places=recent_places(partner, request.user.pk),
        kit_types=KitType.objects.visible_to(request.actor, Action.COUNTS_WRITE).filter(is_active=True),
        count=count,
        place=place,
    )


def _save(form: CountForm, request: ActorRequest, **what: Any) -> tuple[Count | None, list[Problem]]:
    """Logs or corrects what the form holds. Without a count, the form carries the errors, or there are questions to answer."""
    if not form.is_valid():
        if "client_key" in form.errors:
            form.renew_key()
        return None, []
    action = correct_count if "count" in what else log_count
    confirmed = request.POST.get("confirmed", "").split()
    try:
        return action(**what, **form.entry, confirmed=confirmed, by=request.actor), []
    except NeedsConfirming as asked:
        return None, asked.questions
    except Unacceptable as wrong:
        form.add_problems(wrong.problems)
    except KeyReused as reused:
        form.renew_key()
        form.add_error(None, str(reused))
    except (PeriodClosed, NotPossible) as refusal:
        form.add_error(None, str(refusal))
    return None, []


def _asking(questions: list[Problem]) -> dict[str, Any]:
    """The questions, and what the buttons below them send: yes to all; or yes, and the total replaces what it covers."""
    agreeing = " ".join(question.token for question in questions)
    replacing = agreeing.replace("contains:", "replaces:") if "contains:" in agreeing else ""
    return {"questions": questions, "agreeing": agreeing, "replacing": replacing}


def _done(request: ActorRequest) -> Count | None:
    """The count that was saved or removed a moment ago, to be told and undone."""
    asked = request.GET.get("done", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        return None
    return Count.objects.visible_to(request.actor, Action.COUNTS_WRITE).filter(pk=asked).first()


def _log_url(request: ActorRequest, partner: Partner, agencies: list[Partner], count: Count) -> str:
    query = {"agency": partner.pk} if len(agencies) > 1 else {}
    return _url("lbn:count_log", request, query | {"done": count.pk})


def _list_url(request: ActorRequest, count: Count) -> str:
    return _url("lbn:count_list", request, {"done": count.pk})


def _back(request: ActorRequest, count: Count) -> str:
    """The page the button was on: the list with its filters, or the counting page."""
    if request.POST.get("on") != "list":
        partner, agencies = pick_agency(request, Action.COUNTS_WRITE)
        return _log_url(request, partner or count.partner, agencies, count)
    kept = {name: request.GET[name] for name in ("month", "zip", "agency", "removed", "page") if name in request.GET}
    return _url("lbn:count_list", request, kept | {"done": count.pk})


def _url(name: str, request: ActorRequest, query: dict[str, Any]) -> str:
    return f"{reverse(name, args=[request.actor.coalition.slug])}?{urlencode(query)}"
