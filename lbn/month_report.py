"""An agency's own month as PDF: exact, for the agency and the coordinator. Every agency's at once are the coordinator's."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from coalitions.models import Partner
from lbn import reports
from lbn.selectors import overview as figures
from lbn.selectors.agencies import agencies_for
from phast.access.actor import Actor
from phast.access.table import Action
from phast.reports.kinds import Bundle, Choice, Missing, ReportKind, Request

MONTHS = 3  # that are over, and may be chosen
LISTED = 300  # agencies; with more, only the newest month can be chosen one by one


def request(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """Fields as the kit summary's (`lbn.reports.request`): one month, and the agency."""
    asked = reports.exact_request(actor, fields)
    if asked.partner_id is None or asked.parameters["first"] != asked.parameters["last"]:
        raise ValidationError("Choose an agency and a month, and ask again.")
    return dataclasses.replace(asked, title=asked.title.replace("Kits left behind", "Our month", 1))


def choices(actor: Actor) -> list[Choice]:
    """The last months that are over, for each agency whose counts the person sees exactly."""
    agencies = _agencies(actor)
    months = _months(actor)[: 1 if len(agencies) > LISTED else MONTHS]
    return [
        Choice(
            f"{agency}, {month}",
            _fields(month, agency),
            group=str(month),
            each=f"{agency}, the last month",
            is_exact=True,
        )
        for month in months
        for agency in agencies
    ]


def bundles(actor: Actor) -> list[Bundle]:
    """Every agency's, for who sees them all."""
    agencies = _agencies(actor) if actor.everywhere(Action.COUNTS_SEE) else []
    if not agencies:
        return []
    return [
        Bundle(f"Every agency’s {month}", [_fields(month, agency) for agency in agencies]) for month in _months(actor)
    ]


def _agencies(actor: Actor) -> list[Partner]:
    return list(agencies_for(actor, Action.COUNTS_SEE)) if actor.can(Action.COUNTS_SEE) else []


def _months(actor: Actor) -> list[figures.Span]:
    found, day = [], actor.coalition.today().replace(day=1)
    for _ in range(MONTHS):
        day = (day - dt.timedelta(days=1)).replace(day=1)
        found.append(figures.Span.of_months(day, day))
    return found


def _fields(month: figures.Span, agency: Partner) -> dict[str, str | int]:
    return reports.exact_fields(month, agency)


MONTH = ReportKind(
    "agency_month",
    "An agency’s month",
    "lbn/reports/kits.html",
    request,
    reports.collect,
    choices,
    reports.extras,
    bundles=bundles,
    right=Action.COUNTS_SEE,
    topic="Naloxone",
    about="What one agency counted in a month, for itself; for the coordinator every agency’s in one go.",
    missing=Missing("No agency counts kits yet.", "coalitions:partner_list", "Roster"),
    period="",
)
