"""The evidence that goes with an application for money, as a PDF: what comes back for it and where that is from, what worked, who is
at the table, how far the plans and the coalition are, and kits as published. It names no person and holds no figure that is not
published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404

from phast import charts, offers
from phast.access.table import Action
from phast.disclosure import explain
from phast.reports.kinds import Choice, Missing, ReportKind, Request, whole_number
from phast.ui.templatetags.ui import local_date

from . import releases
from .engagement import rated
from .enums import ApplicationStatus, PartnerStatus
from .models import CriticalElement, FundingApplication, Partner, ReadinessRating, Release, Seat, Sector

if TYPE_CHECKING:
    from phast.access.actor import Actor

    from .models import Coalition

QUARTERS = 8  # of published kit figures


def about(actor: Actor, application: FundingApplication) -> dict[str, Any]:
    """What the application's page shows beside the facts: what its evidence pack lacks yet."""
    lacking = [
        words
        for words, is_there in (
            ("what comes back for the money", application.benefit),
            ("where that is from", application.benefit_source or not application.benefit),
            ("success stories", application.stories),
        )
        if not is_there
    ]
    return {"lacking": lacking}


def request(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """Field `application`: its key."""
    seen = FundingApplication.objects.visible_to(actor, Action.ENGAGEMENT_SEE)
    application = get_object_or_404(seen, pk=whole_number(fields, "application"))
    return Request(
        parameters={"application": application.pk},
        action=Action.ENGAGEMENT_SEE,
        title=f"Evidence: {application}",
        audience="For the coalition and the funder it asks. It names no person; kit figures are as published.",
    )


def collect(coalition: Coalition, asked: Request) -> dict[str, Any]:
    """The application, and what stands beside it."""
    application = (
        FundingApplication.objects.of(coalition).select_related("lead").get(pk=asked.parameters["application"])
    )
    progress = [one for source in offers.plan_progress for one in source(coalition)]
    return {
        "funder": application.funder or application.get_kind_display(),
        "kind": application.get_kind_display(),
        "amount": application.dollars,
        "deadline": local_date(application.deadline) if application.deadline else "",
        "lead": application.lead.name if application.lead else "",
        "together": [partner.name for partner in application.co_applicants.all()],
        "benefit": application.benefit,
        "benefit_source": application.benefit_source,
        "stories": [line for line in application.stories.splitlines() if line.strip()],
        "counties": [county.name for county in coalition.counties.all()],
        **_table_of_sectors(coalition),
        "plans": [{"title": one.title, "done": one.done, "steps": one.steps} for one in progress if one.steps],
        "kits": _kits(coalition),
        "readiness": _readiness(coalition),
    }


def _table_of_sectors(coalition: Coalition) -> dict[str, Any]:
    """The active partners by sector. A sector that only a lived-experience seat fills is among the filled ones, without a word on it."""
    active = Partner.objects.of(coalition).filter(status=PartnerStatus.ACTIVE).order_by("name")
    partners = list(active.prefetch_related("sectors"))
    seats = set(Seat.objects.of(coalition).filter(left_on=None).values_list("sector", flat=True))
    here: list[dict[str, Any]] = []
    filled = 0
    sectors = list(Sector.objects.all())
    for sector in sectors:
        names = [partner.name for partner in partners if sector in partner.sectors.all()]
        filled += bool(names) or sector.pk in seats
        if names or sector.pk in seats:
            here.append({"sector": sector.name, "partners": ", ".join(names) or "Filled"})
    return {"sectors": here, "filled": filled, "all_sectors": len(sectors), "partner_count": len(partners)}


def _kits(coalition: Coalition) -> dict[str, Any] | None:
    newest = releases.by_quarter(Release.objects.of(coalition))[-QUARTERS:]
    if not newest:
        return None
    latest = newest[-1]
    return {
        "quarter": str(latest.span),
        "total": latest.table["total"],
        "number": latest.number,
        "trend": releases.trend(newest),
        "explained": explain(releases.linked(latest)),
    }


def _readiness(coalition: Coalition) -> list[dict[str, str]]:
    ratings = ReadinessRating.objects.of(coalition).select_related("element")
    return [
        {
            "element": one.element.title,
            "rating": one.latest.get_rating_display(),
            "on": local_date(one.latest.on),
            "trend": one.trend,
        }
        for one in rated(list(CriticalElement.objects.all()), list(ratings))[1]
        if one.latest
    ]


def extras(data: dict[str, Any]) -> dict[str, Any]:
    """The chart of published quarters."""
    trend = data["kits"]["trend"] if data["kits"] else []
    if len(trend) < 2:
        return {"chart": ""}
    labels, values = [label for label, _ in trend], [kits for _, kits in trend]
    drawn = charts.trend(title="Kits by quarter", description="As published.", labels=labels, values=values)
    return {"chart": drawn}


def choices(actor: Actor) -> list[Choice]:
    """The applications that are not decided."""
    if not actor.can(Action.ENGAGEMENT_SEE):
        return []
    decided = (ApplicationStatus.GRANTED, ApplicationStatus.DECLINED)
    waiting = FundingApplication.objects.visible_to(actor, Action.ENGAGEMENT_SEE).exclude(status__in=decided)
    return [Choice(str(one), {"application": one.pk}) for one in waiting]


EVIDENCE = ReportKind(
    "evidence",
    "Evidence pack",
    "coalitions/reports/evidence.html",
    request,
    collect,
    choices,
    extras,
    right=Action.ENGAGEMENT_SEE,
    topic="Coalition",
    about="What a funder asks for: the return on the work, with its sources, and stories.",
    missing=Missing("No application for money is open.", "coalitions:funding_application_list", "Applications"),
)
