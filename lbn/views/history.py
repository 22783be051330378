"""What became of one count."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from lbn.models import Count
from lbn.selectors.chain import moments_of
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action


@require_GET
@requires(Action.COUNTS_SEE)
def count_history(request: ActorRequest, count_id: int) -> HttpResponse:
    """What the count was and became, who said so, when and why."""
    visible = Count.objects.visible_to(request.actor, Action.COUNTS_SEE).select_related("partner")
    count = get_object_or_404(visible, pk=count_id)
    context = {"count": count, "moments": moments_of(count, request.actor)}
    return render(request, "lbn/count_history.html", context)
