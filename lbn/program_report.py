"""An agency's program as PDF: practices, training, supply, counts and what was learned, over months that somebody chose. Exact figures,
for the agency and the coordinator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.shortcuts import get_object_or_404

from coalitions.models import Coalition, Partner
from lbn import pictures
from lbn.enums import InPlace
from lbn.models import Assessment
from lbn.reports import month_of
from lbn.selectors import overview
from lbn.selectors import program_figures as figures
from lbn.selectors.evaluation import learned
from lbn.selectors.span import MOST_MONTHS, Span
from phast import offers
from phast.access.actor import Actor
from phast.access.table import Action
from phast.geo.zips import places_of
from phast.reports.kinds import Choice, Missing, ReportKind, Request, whole_number

OFFERED = 30  # agencies on the page of all reports; every agency's own page has the button, too


def request(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """Fields `first` and `last` (months, "2026-01") and `partner` (its key), which an agency's own people need not name."""
    if not (actor.can(Action.PROGRAM_SEE) and actor.can(Action.COUNTS_SEE)):
        raise PermissionDenied
    span = Span.of_months(month_of(fields, "first"), month_of(fields, "last"))
    if span.length > MOST_MONTHS:
        raise ValidationError(f"Choose {MOST_MONTHS // 12} years or less, and ask again.")
    partner = _partner(actor, fields)
    return Request(
        parameters={"partner": partner.pk, **_months(span)},
        action=Action.PROGRAM_SEE,
        title=f"Naloxone program, {partner}, {span}",
        audience=f"Exact figures: for {partner} and the coordinator only. Do not pass on.",
        partner_id=partner.pk,
    )


def _partner(actor: Actor, fields: Mapping[str, Any]) -> Partner:
    agencies = Partner.objects.visible_to(actor, Action.PROGRAM_SEE).exclude(agency_type="")
    if fields.get("partner"):
        return get_object_or_404(agencies, pk=whole_number(fields, "partner"))
    own = None if actor.everywhere(Action.PROGRAM_SEE) else agencies.order_by("pk").first()
    if own is None:
        raise ValidationError("Choose the agency, and ask again.")
    return own


def _months(span: Span) -> dict[str, str | int]:
    return {"first": f"{span.from_on:%Y-%m}", "last": f"{span.to_on:%Y-%m}"}


def collect(coalition: Coalition, asked: Request) -> dict[str, Any]:
    """Everything the report shows."""
    partner = Partner.objects.of(coalition).select_related("coalition").get(pk=asked.partner_id)
    span = Span.of_months(month_of(asked.parameters, "first"), month_of(asked.parameters, "last"))
    today = coalition.today()
    seen = overview.exact(coalition, span, partner)
    towns = places_of(seen.zips)
    return {
        "agency": partner.name,
        "span": str(span),
        "practices": figures.practices(partner, span),
        "at_risk": figures.at_risk(partner),
        "documents": figures.documents(partner),
        "training": figures.training(partner, span),
        "supply": figures.supply(partner, span, today),
        "today": f"{today:%B} {today.day}, {today.year}",
        "kits": seen.total,
        "silent": seen.is_silent,
        "change": seen.change,
        "so_far": span.so_far(today),
        "zips": [(f"{place} {towns.get(place, '')}".strip(), kits) for place, kits in sorted(seen.by_place.items())],
        "reached": seen.reached,
        "besides": overview.said_besides(coalition, seen, partner),
        "months": []
        if seen.months_unknown
        else [(first.isoformat(), kits) for first, kits in seen.kits_by_month.items()],
        "no_month": seen.no_month,
        "across": seen.across,
        "reports": figures.reports_of(partner, span, today),
        "referrals": figures.referrals(partner, span),
        "learned": learned(coalition, span, partner),
    }


def extras(data: dict[str, Any]) -> dict[str, Any]:
    """Charts, and figures in words, from the frozen data."""
    months = {dt.date.fromisoformat(first): kits for first, kits in data["months"]}
    course = data["practices"]["course"] if data["practices"] else []
    return {
        "months_chart": pictures.months_chart(months, title="Kits by month", no_month=data["no_month"]),
        "months": [(f"{first:%B %Y}", kits) for first, kits in months.items()],
        "practices_chart": pictures.in_place_chart(course),
        "covered": [title for title, is_covered in data["training"]["covered"] if is_covered],
        "not_covered": [title for title, is_covered in data["training"]["covered"] if not is_covered],
        "states": [str(state.label) for state in reversed(InPlace)],
        "places": [[overview.WITHOUT_ZIP.get(place, place), kits] for place, kits in data["zips"]],
    }


def choices(actor: Actor) -> list[Choice]:
    """The last twelve months: of the actor's own agency, or of those that count kits or rated themselves."""
    if not (actor.can(Action.PROGRAM_SEE) and actor.can(Action.COUNTS_SEE)):
        return []
    agencies = Partner.objects.visible_to(actor, Action.PROGRAM_SEE).exclude(agency_type="")
    if actor.everywhere(Action.PROGRAM_SEE):
        rated = Assessment.objects.visible_to(actor, Action.PROGRAM_SEE).filter(finished_at__isnull=False)
        agencies = agencies.filter(Q(counts_since__isnull=False) | Q(pk__in=rated.values("partner")))
    span = Span.year_to(actor.coalition.today())
    return [
        Choice(f"{one}, {span}", {"partner": one.pk, **_months(span)}, each=f"{one}, the last twelve months")
        for one in agencies[:OFFERED]
    ]


PROGRAM = ReportKind(
    "program",
    "Naloxone program",
    "lbn/reports/program.html",
    request,
    collect,
    choices,
    extras,
    right=Action.PROGRAM_SEE,
    topic="Naloxone",
    about="An agency’s practices, training, supply, counts and evaluation.",
    missing=Missing("No agency counts kits or has rated its practices yet.", "lbn:practice_agencies", "Practices"),
    period="",
)


def register() -> None:
    """Called once, by the app's configuration."""
    offers.register_report(PROGRAM)
