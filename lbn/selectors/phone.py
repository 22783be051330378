"""What the phone page is told, to keep for when there is no signal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from coalitions.models import Partner
from lbn.enums import Place
from lbn.models import Count, KitType
from lbn.selectors.agencies import agencies_for
from phast.access.table import Action

if TYPE_CHECKING:
    from phast.access.actor import Actor
    from phast.accounts.models import User

ZIPS = 6  # tiles: two rows on a phone


def agencies_on_a_phone(actor: Actor) -> list[dict[str, Any]]:
    """The agencies the person counts for, each with its latest ZIPs (the person's own before the others') and the kits in use.
    Three questions to the database, however many agencies there are."""
    agencies = agencies_for(actor, Action.COUNTS_WRITE)
    kits = KitType.objects.visible_to(actor, Action.COUNTS_WRITE).filter(is_active=True)
    kit_types = [{"id": kit.pk, "name": kit.name} for kit in kits]
    zips = _latest_zips(agencies, actor.user)
    return [
        {
            "id": agency.pk,
            "name": agency.name,
            "coalition": actor.coalition.name,
            "time_zone": actor.coalition.time_zone,
            "zips": zips[agency.pk],
            "kit_types": kit_types,
        }
        for agency in agencies
    ]


def _latest_zips(agencies: list[Partner], user: User) -> dict[int, list[str]]:
    live = Count.objects.filter(
        coalition=OuterRef("coalition"), partner=OuterRef("pk"), voided_at=None, place=Place.ZIP
    ).order_by("-from_on", "-pk")
    found = Partner.objects.filter(pk__in=[agency.pk for agency in agencies]).annotate(
        own=ArraySubquery(live.filter(created_by=user, source=None).values("zip_code")[:50]),
        typed=ArraySubquery(live.filter(source=None).values("zip_code")[:100]),
        all=ArraySubquery(live.values("zip_code")[:100]),
    )
    return {agency.pk: list(dict.fromkeys([*agency.own, *(agency.typed or agency.all)]))[:ZIPS] for agency in found}
