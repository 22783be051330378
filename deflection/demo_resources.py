"""The demo coalition's directory: fictional places over all nine kinds of help, some not verified for a while, some at several sites."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from coalitions.demo_history import moment, telling
from coalitions.models import Partner
from phast.reference import rows_of

from .actions import add_resource, open_guide, verify_resource
from .models import Resource, ResourceCategory

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

DATA = Path(__file__).parent / "data"
COORDINATOR = "coordinator@example.org"
SAID = ("name", "text", "phone", "languages", "eligibility", "cost", "website")
ADDED_BEFORE = 210  # days: before the first of them was verified


def load(coalition: Coalition, by_email: Mapping[str, Actor]) -> None:
    """Creates it once, and opens the public page."""
    if Resource.objects.of(coalition).exists():
        return
    by, today = by_email[COORDINATOR], coalition.today()
    kinds = ResourceCategory.objects.in_bulk()
    # Demo partners are found by their website, the one thing that both files name.
    partners = {partner.website.partition("//")[2].partition(".")[0]: partner for partner in _partners(coalition)}
    sites: dict[str, list[dict[str, str]]] = {}
    for row in rows_of(DATA / "demo_sites.csv"):
        sites.setdefault(row.pop("resource"), []).append(row)
    with telling(coalition) as happened:
        for row in rows_of(DATA / "demo_resources.csv"):
            values = {name: row[name] for name in SAID} | {
                "categories": [kinds[key] for key in row["categories"].split()],
                "partner": partners.get(row["partner"]),
            }
            resource = add_resource(values=values, sites=sites.get(row["name"], []), by=by)
            happened(moment(coalition, today - dt.timedelta(days=ADDED_BEFORE), 14))
            if row["verified_days"]:
                day = today - dt.timedelta(days=int(row["verified_days"]))
                verify_resource(resource=resource, on=day, by=by)
                happened(moment(coalition, day, 10))
        open_guide(public=True, by=by)
        happened(moment(coalition, today - dt.timedelta(days=ADDED_BEFORE - 9), 11))


def _partners(coalition: Coalition) -> list[Partner]:
    return list(Partner.objects.of(coalition).filter(merged_into=None))
