"""A procedure as PDF: the version as it was approved, or a draft, which says so on every page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.shortcuts import get_object_or_404

from coalitions.models import Coalition
from lbn.models import SopVersion
from lbn.sop.document import document_of, name_of
from phast import offers
from phast.access.actor import Actor
from phast.access.table import Action
from phast.reports.kinds import Choice, Missing, ReportKind, Request, whole_number

NEWEST = 20  # offered on the page of reports


def request(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """Field `version`: the key of a version the actor may read."""
    visible = SopVersion.objects.visible_to(actor, Action.PROGRAM_SEE).select_related("partner", "coalition")
    version = get_object_or_404(visible, pk=whole_number(fields, "version"))
    return Request(
        parameters={"version": version.pk},
        action=Action.PROGRAM_SEE,
        title=name_of(version),
        audience=f"For {version.partner or 'agencies of the coalition'} and whom it is shared with.",
        partner_id=version.partner_id or _reader(actor),
    )


def _reader(actor: Actor) -> int | None:
    """For whom a copy of the coalition's model is: the coalition, or the agency of the person who asks."""
    if actor.everywhere(Action.PROGRAM_SEE):
        return None
    return min(actor.partner_ids(Action.PROGRAM_SEE), default=None)


def collect(coalition: Coalition, asked: Request) -> dict[str, Any]:
    """The words of the version."""
    rows = SopVersion.objects.of(coalition).select_related("partner", "coalition")
    return document_of(rows.get(pk=asked.parameters["version"]), today=coalition.today())


def choices(actor: Actor) -> list[Choice]:
    """The newest version of each owner."""
    visible = SopVersion.objects.visible_to(actor, Action.PROGRAM_SEE).select_related("partner", "coalition")
    newest = visible.defer("sections").order_by("-created_at", "-pk")[:NEWEST]
    return [Choice(name_of(version), {"version": version.pk}, group="Procedures") for version in newest]


SOP = ReportKind(
    "sop",
    "Standard operating procedure",
    "lbn/reports/sop.html",
    request,
    collect,
    choices,
    whole=True,
    right=Action.PROGRAM_SEE,
    topic="Naloxone",
    about="An agency’s procedure, in force or as a draft.",
    missing=Missing("No procedure is written yet.", "lbn:sop", "Procedures"),
)


def register() -> None:
    """Called once, by the app's configuration."""
    offers.register_report(SOP)
