"""What the phone page is told, to keep for when there is no signal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from coalitions.models import Partner
from lbn.enums import Place
from lbn.models import Count, KitType
from lbn.selectors.agencies import agencies_for
from lbn.selectors.training import UNTRAINED_FIRST_COUNT
from phast.access.table import Action

if TYPE_CHECKING:
    from phast.access.actor import Actor
    from phast.accounts.models import User

ZIPS = 6  # tiles: two rows on a phone
LATEST = 100  # entries of an agency that are looked at for them


def agencies_on_a_phone(actor: Actor) -> list[dict[str, Any]]:
    """The agencies the person counts for, each with its latest ZIPs (the person's own before the others'), the kits in use, and whether
    it is about to count for the first time with nobody trained. Three questions to the database, however many agencies there are."""
    agencies = agencies_for(actor, Action.COUNTS_WRITE)
    kits = KitType.objects.visible_to(actor, Action.COUNTS_WRITE).filter(is_active=True)
    kit_types = [{"id": kit.pk, "name": kit.name} for kit in kits]
    found = _with_latest(agencies)
    return [
        {
            "id": agency.pk,
            "name": agency.name,
            "coalition": actor.coalition.name,
            "time_zone": actor.coalition.time_zone,
            "zips": _zips(found[agency.pk].latest, actor.user),
            "kit_types": kit_types,
            "untrained": found[agency.pk].untrained,
        }
        for agency in agencies
    ]


def _with_latest(agencies: list[Partner]) -> dict[int, Any]:
    """The agencies by their keys, each with its `latest` entries, however many it has, and `untrained`."""
    latest = (
        Count.objects.filter(coalition=OuterRef("coalition"), partner=OuterRef("pk"), voided_at=None, place=Place.ZIP)
        .order_by("-from_on", "-pk")
        .values(entry=JSONObject(zip="zip_code", by="created_by_id", source="source_id"))[:LATEST]
    )
    found = Partner.objects.filter(pk__in=[agency.pk for agency in agencies])
    return {one.pk: one for one in found.annotate(latest=ArraySubquery(latest), untrained=UNTRAINED_FIRST_COUNT)}


def _zips(latest: list[dict[str, Any]], user: User) -> list[str]:
    """The ZIPs of entries: the person's own first, then what was typed, then imported."""
    ranked = sorted(latest, key=lambda entry: 0 if entry["by"] == user.pk else 1 if not entry["source"] else 2)
    return list(dict.fromkeys(entry["zip"] for entry in ranked))[:ZIPS]
