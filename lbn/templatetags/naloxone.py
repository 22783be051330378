"""The pages of the naloxone section, as tabs."""

from __future__ import annotations

from django import template
from django.template.context import RequestContext
from django.urls import reverse

from phast.access.table import Action

register = template.Library()

PAGES = (
    ("Overview", "lbn:overview", Action.COUNTS_SEE),
    ("Log kits", "lbn:count_log", Action.COUNTS_WRITE),
    ("Counts", "lbn:count_list", Action.COUNTS_SEE),
    ("Import", "lbn:import_list", Action.COUNTS_WRITE),
    ("Periods", "lbn:period_list", Action.COUNTS_SEE),
    ("Releases", "coalitions:release_list", Action.RELEASES_SEE),
)


@register.inclusion_tag("ui/_subnav.html", takes_context=True)
def naloxone_nav(context: RequestContext) -> dict[str, object]:
    """The pages that this person may open."""
    request = context["request"]
    slug = request.actor.coalition.slug
    links = [(label, reverse(name, args=[slug])) for label, name, action in PAGES if request.actor.can(action)]
    return {"name": "Naloxone", "links": links, "path": request.path}
