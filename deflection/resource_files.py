"""The directory as a table: a row for each site, with the program's own words in each, so that it comes in again as it went out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tablib import Dataset

if TYPE_CHECKING:
    from .models import Resource, ResourceSite
    from .models.resource import ResourceQuerySet

SEPARATOR = "; "
HEADERS = (
    "Program",
    "Kinds of help",
    "What it offers",
    "Phone",
    "Website",
    "Languages",
    "Who can come",
    "Cost",
    "Site",
    "Address",
    "Town",
    "ZIP code",
    "Site phone",
    "Hours",
    "Kept by",
    "Verified on",
)


def table(rows: ResourceQuerySet) -> Dataset:
    """The rows in their order, with days as days."""
    found = Dataset(headers=HEADERS, title="Resources")
    for resource in rows.prefetch_related("categories", "sites").select_related("partner"):
        for site in resource.sites.all() or [None]:
            found.append(_row(resource, site))
    return found


def _row(resource: Resource, site: ResourceSite | None) -> list[Any]:
    kinds = SEPARATOR.join(each.name for each in resource.categories.all())
    said = (resource.text, resource.phone, resource.website, resource.languages, resource.eligibility, resource.cost)
    where = (site.name, site.address, site.town, site.zip_code, site.phone, site.hours) if site else [""] * 6
    return [resource.name, kinds, *said, *where, str(resource.partner or ""), resource.verified_on or ""]
