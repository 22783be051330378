"""Which agency a page is about: the person's only one, or the one the address names."""

from __future__ import annotations

from django.http import Http404

from coalitions.models import Partner
from lbn.selectors.agencies import agencies_for
from phast.access.guards import ActorRequest
from phast.access.table import Action


def pick_agency(request: ActorRequest, action: Action) -> tuple[Partner | None, list[Partner]]:
    """The agency of `?agency=` and all that the person may choose from; the only one needs no naming.

    None when there are several and none is named, or there is none at all. Another's agency, or no number: 404.
    """
    agencies = agencies_for(request.actor, action)
    asked = request.GET.get("agency", "")
    if asked:
        chosen = next((agency for agency in agencies if str(agency.pk) == asked), None)
        if chosen is None:
            raise Http404
        return chosen, agencies
    return (agencies[0] if len(agencies) == 1 else None), agencies
