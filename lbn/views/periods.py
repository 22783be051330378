"""Reporting periods: an agency reports its own; the coordinator sees who is late, closes and reopens."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions.models import Partner
from lbn.actions import close_period, reopen_period, submit_period, withdraw_report
from lbn.actions.standing import on_behalf
from lbn.enums import ReopenReason
from lbn.models import Period, PeriodReport
from lbn.refusals import NotPossible, PeriodClosed
from lbn.reminders import ask_again, set_reminders, wants_reminders
from lbn.selectors.periods import agencies_of, board, last_reminded, late_agencies
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .agency import pick_agency

PERIODS = 6  # columns of the board
AGENCIES = 50  # rows of the board
LATE = 10  # late agencies above it
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


@require_GET
@requires(Action.COUNTS_SEE)
def period_list(request: ActorRequest) -> HttpResponse:
    """One agency's periods; for the coordinator, who names no agency, every agency's."""
    actor = request.actor
    if actor.everywhere(Action.COUNTS_SEE) and "agency" not in request.GET:
        return board_page(request)
    partner, agencies = pick_agency(request, Action.COUNTS_SEE)
    if partner is None:
        return render(request, "lbn/count_agency.html", {"agencies": agencies})
    periods = Paginator(Period.objects.visible_to(actor, Action.COUNTS_SEE), 2 * PERIODS)
    page = periods.get_page(request.GET.get("page"))
    lines = board(actor.coalition, list(page.object_list), [partner])
    context = {
        "partner": partner,
        "several": len(agencies) > 1,
        "on_behalf": on_behalf(actor, partner),
        "may_report": actor.can(Action.COUNTS_WRITE),
        "mails": wants_reminders(actor) if partner.pk in actor.partner_ids(Action.COUNTS_WRITE) else None,
        "may_ask": actor.can(Action.SETTINGS_MANAGE),
        "reminded": last_reminded(actor.coalition, [partner]).get(partner.pk),
        "today": actor.coalition.today(),
        "page": page,
        "standings": [line.standings[0] for line in lines if line.standings],
    }
    return render(request, "lbn/period_list.html", context)


def board_page(request: ActorRequest) -> HttpResponse:
    """Every agency in the last periods; the late ones of all open periods first, and alone when asked for."""
    actor = request.actor
    agencies = agencies_of(actor.coalition)
    page = Paginator(Period.objects.visible_to(actor, Action.COUNTS_SEE), PERIODS).get_page(request.GET.get("page"))
    periods = list(page.object_list)
    lines = board(actor.coalition, periods, agencies)
    late = late_agencies(actor.coalition, agencies)
    asked, only_late = request.GET.get("q", "").strip()[:80], request.GET.get("late") == "1"
    named = [number for number, agency in enumerate(agencies) if asked.casefold() in agency.name.casefold()]
    if only_late:
        late_keys = {agency.pk for agency, _ in late}
        named = [number for number in named if agencies[number].pk in late_keys]
    rows = Paginator(named, AGENCIES).get_page(request.GET.get("agencies"))
    reminded = last_reminded(actor.coalition, [agency for agency, _ in late[:LATE]])
    context = {
        "lines": lines,
        "page": page,
        "rows": rows,
        "cells": [(agencies[number], [line.standings[number] for line in lines]) for number in rows],
        "late": [(agency, standings, reminded.get(agency.pk)) for agency, standings in late[:LATE]],
        "late_number": len(late),
        "today": actor.coalition.today(),
        "asked": asked,
        "only_late": only_late,
        "reporting": actor.coalition.get_reporting_display().lower(),
        "may_close": actor.can(Action.SETTINGS_MANAGE),
    }
    return render(request, "lbn/period_board.html", context)


@require_POST
@requires(Action.COUNTS_WRITE)
def period_report(request: ActorRequest, period_id: int) -> HttpResponse:
    """The agency says that its counts are complete, or that there is nothing to report."""
    period = get_object_or_404(Period.objects.visible_to(request.actor, Action.COUNTS_WRITE), pk=period_id)
    partner, _ = pick_agency(request, Action.COUNTS_WRITE)
    if partner is None:
        messages.error(request, "Choose the agency first.")
    else:
        nothing = "1" in (
            request.POST.get("nothing"),
            request.GET.get("nothing"),
        )  # the home page's button has an address alone
        told = f"{period}: nothing to report. Thank you." if nothing else f"{period} is reported. Thank you."
        _try(request, told, submit_period, period=period, partner=partner, nothing=nothing)
    return _back(request, partner)


@require_POST
@requires(Action.COUNTS_WRITE)
def period_withdraw(request: ActorRequest, period_report_id: int) -> HttpResponse:
    """Takes a report back."""
    reports = PeriodReport.objects.visible_to(request.actor, Action.COUNTS_WRITE).select_related("period", "partner")
    report = get_object_or_404(reports, pk=period_report_id)
    _try(request, f"The report of {report.period} is taken back.", withdraw_report, report=report)
    return _back(request, report.partner)


@require_POST
@requires(Action.SETTINGS_MANAGE)
def period_ask(request: ActorRequest, period_id: int) -> HttpResponse:
    """The coordinator reminds an agency of its report now."""
    period = _find(request, period_id)
    partner, _ = pick_agency(request, Action.COUNTS_WRITE)
    if partner is None:
        messages.error(request, "Choose the agency first.")
        return _back(request, None)
    try:
        people = ask_again(period=period, partner=partner, by=request.actor)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        whom = "one person" if people == 1 else f"{people} people"
        messages.success(request, f"A mail is on its way to {whom} of {partner}.")
    return _back(request, None)


@require_POST
@requires(Action.COUNTS_WRITE)
def period_mail(request: ActorRequest) -> HttpResponse:
    """Whether this person gets reminders by e-mail."""
    wanted = request.POST.get("wanted") == "1"
    set_reminders(wanted=wanted, by=request.actor)
    messages.success(request, "You get reminders by e-mail." if wanted else "You get no more reminders by e-mail.")
    partner, _ = pick_agency(request, Action.COUNTS_WRITE)
    return _back(request, partner)


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def period_close(request: ActorRequest, period_id: int) -> HttpResponse:
    """Says who has not reported; then no count of the period changes any more."""
    period = _find(request, period_id)
    [line] = board(request.actor.coalition, [period], agencies_of(request.actor.coalition))
    if request.method == "GET":
        return render(request, "lbn/period_close.html", {"period": period, "line": line})
    without = f" {len(line.missing)} of {line.expected} agencies did not report." if line.missing else ""
    _try(request, f"{period} is closed. Its counts stay as they are.{without}", close_period, period=period)
    return _back(request, None)


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def period_reopen(request: ActorRequest, period_id: int) -> HttpResponse:
    """Asks why, then lets the counts of the period change again."""
    period = _find(request, period_id)
    error = ""
    if request.method == "POST":
        try:
            reopen_period(period=period, reason=request.POST.get("reason", ""), by=request.actor)
        except NotPossible as refusal:
            error = str(refusal)
        else:
            messages.success(request, f"{period} is open again. Close it when its counts are complete.")
            return _back(request, None)
    context = {"period": period, "reasons": ReopenReason.choices, "error": error}
    return render(request, "lbn/period_reopen.html", context, status=422 if error else 200)


def _find(request: ActorRequest, period_id: int) -> Period:
    return get_object_or_404(Period.objects.visible_to(request.actor, Action.SETTINGS_MANAGE), pk=period_id)


def _try(request: ActorRequest, told: str, action: Callable[..., Any], **what: Any) -> None:
    try:
        action(**what, by=request.actor)
    except (NotPossible, PeriodClosed) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, told)


def _back(request: ActorRequest, partner: Partner | None) -> HttpResponse:
    if _MONTH.fullmatch(month := request.POST.get("on", "")):  # the page of an agency's month
        url = reverse("lbn:month_log", args=[request.actor.coalition.slug])
        named = f"agency={partner.pk}&" if partner and "agency" in request.GET else ""
        return redirect(f"{url}?{named}month={month}")
    url = reverse("lbn:period_list", args=[request.actor.coalition.slug])
    of_one = partner and "agency" in request.GET and request.POST.get("on") != "board"
    return redirect(f"{url}?agency={partner.pk}" if of_one else url)
