"""Which agencies a person counts for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalitions.enums import PartnerStatus
from coalitions.models import Partner

if TYPE_CHECKING:
    from phast.access.actor import Actor
    from phast.access.table import Action


def agencies_for(actor: Actor, action: Action) -> list[Partner]:
    """The active agencies whose counts the actor may use for `action`, by name. Organizations that are no agency do not count."""
    seen = Partner.objects.visible_to(actor, action).select_related("coalition")
    return list(seen.exclude(agency_type="").exclude(status=PartnerStatus.INACTIVE))
