"""The 17 sectors: who is at the table, who is missing, and what can be worked on with each."""

from __future__ import annotations

from itertools import groupby

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from coalitions import selectors
from coalitions.enums import PartnerStatus
from coalitions.models import Partner, Sector
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action


@require_GET
@requires(Action.ROSTER_SEE)
def sector_list(request: ActorRequest) -> HttpResponse:
    """Gaps first: the sectors that nobody is in, then the others."""
    sectors = list(_sectors(request))
    context = {
        "gaps": [sector for sector in sectors if not sector.filled],
        "filled": [sector for sector in sectors if sector.filled],
        "total": len(sectors),
    }
    return render(request, "coalitions/sector_list.html", context)


@require_GET
@requires(Action.ROSTER_SEE)
def sector_detail(request: ActorRequest, sector: str) -> HttpResponse:
    """One sector: its partners, who belongs to it for example, and the engagement opportunities."""
    found = get_object_or_404(_sectors(request), pk=sector)
    groups = [(head, list(rows)) for head, rows in groupby(found.opportunities.all(), key=lambda one: one.group)]
    return render(request, "coalitions/sector_detail.html", {"sector": found, "groups": groups})


def _sectors(request: ActorRequest) -> QuerySet[Sector]:
    """Each with the active partners in it (`here`), and whether it is `filled`, by them or by a lived-experience seat."""
    active = Partner.objects.visible_to(request.actor, Action.ROSTER_SEE).filter(status=PartnerStatus.ACTIVE)
    partners = Prefetch("partners", queryset=active, to_attr="here")
    filled = Exists(active.filter(sectors=OuterRef("pk"))) | selectors.seat_in(request.actor)
    return Sector.objects.prefetch_related("examples", "opportunities", partners).annotate(filled=filled)
