"""The 17 sectors: who is at the table, who is missing, and what can be worked on with each."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from coalitions import engagement as selectors_of_work
from coalitions import selectors
from coalitions.enums import PartnerStatus
from coalitions.holders import vacant_champions
from coalitions.models import Partner, Sector
from phast import charts
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .engagement import may_work


@require_GET
@requires(Action.ROSTER_SEE)
def sector_list(request: ActorRequest) -> HttpResponse:
    """Gaps first: the sectors that nobody is in, then the others."""
    sectors = list(_sectors(request))
    context = {
        "gaps": [sector for sector in sectors if not sector.filled],
        "filled": [sector for sector in sectors if sector.filled],
        "total": len(sectors),
        "chart": _chart(request, sum(sector.filled for sector in sectors), len(sectors)),
    }
    return render(request, "coalitions/sector_list.html", context)


def _chart(request: ActorRequest, now: int, total: int) -> dict[str, Any] | None:
    """How many sectors were filled over time; None before there is a second month, and for who sees no more than the present."""
    if not request.actor.everywhere(Action.ROSTER_SEE):
        return None
    points = selectors_of_work.coverage(request.actor, now)
    if len(points) < 3:
        return None
    labels, values = [label for label, _ in points], [value for _, value in points]
    svg = charts.columns(
        title="Sectors at the table",
        description=f"Of {total} sectors, {values[0]} were at the table in {labels[0]} and {now} are now.",
        labels=labels,
        series=[charts.Series("Sectors", values)],
        prefix="coverage",
    )
    return {"svg": svg, "points": points}


@require_GET
@requires(Action.ROSTER_SEE)
def sector_detail(request: ActorRequest, sector: str) -> HttpResponse:
    """One sector: its partners, who belongs to it for example, and the engagement opportunities."""
    found = get_object_or_404(_sectors(request), pk=sector)
    opportunities = selectors_of_work.work(request.actor, found.opportunities.all())
    groups = [(head, list(rows)) for head, rows in groupby(opportunities, key=lambda one: one.thing.group)]
    context = {
        "sector": found,
        "groups": groups,
        "vacant": vacant_champions(request.actor, sector),
        **may_work(request),
    }
    return render(request, "coalitions/sector_detail.html", context)


def _sectors(request: ActorRequest) -> QuerySet[Sector]:
    """Each with the active partners in it (`here`), and whether it is `filled`, by them or by a lived-experience seat."""
    active = Partner.objects.visible_to(request.actor, Action.ROSTER_SEE).filter(status=PartnerStatus.ACTIVE)
    partners = Prefetch("partners", queryset=active, to_attr="here")
    filled = Exists(active.filter(sectors=OuterRef("pk"))) | selectors.seat_in(request.actor)
    return Sector.objects.prefetch_related("examples", "opportunities", partners).annotate(filled=filled)
