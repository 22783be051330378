"""The roster as a file."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from coalitions import resources, selectors
from coalitions.forms.roster import RosterFilter
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.exports import FORMATS, as_file


@require_GET
@requires(Action.ROSTER_SEE)
def roster_file(request: ActorRequest, roster_part: str, table_format: str) -> HttpResponse:
    """Partners as the roster shows them, narrowed in the same way; or every contact the person may see, each with its partner."""
    actor = request.actor
    if table_format not in FORMATS or roster_part not in ("partners", "contacts"):
        raise Http404
    if roster_part == "contacts":
        if not actor.can(Action.CONTACTS_SEE):
            raise PermissionDenied
        table = resources.contacts_table(actor)
    else:
        table = resources.partners_table(selectors.roster(actor, **RosterFilter(request.GET, actor=actor).asked()))
    return as_file(table, f"{roster_part}-{actor.coalition.slug}", table_format)
