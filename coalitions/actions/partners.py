"""Partners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from coalitions.enums import PartnerStatus
from coalitions.models import Partner
from phast import audit
from phast.access.actor import Actor
from phast.constraints import readable


@transaction.atomic
def add_partner(*, by: Actor, values: Mapping[str, Any]) -> Partner:
    """Puts a partner on the roster. Raises ValidationError when the name is there already."""
    fields = dict(values)
    sectors = fields.pop("sectors", [])
    with readable():
        partner = Partner.objects.create(coalition=by.coalition, **fields)
    partner.sectors.set(sectors)
    audit.record("partner.created", by=by, target=partner)
    return partner


@transaction.atomic
def update_partner(*, partner: Partner, by: Actor, version: int | None, values: Mapping[str, Any]) -> Partner:
    """Saves what was edited. Raises EditConflict when somebody saved the partner since `version`, ValidationError when the name
    is another partner's."""
    partner = Partner.objects.get(pk=partner.pk)
    partner.lock(version)
    fields = dict(values)
    sectors = fields.pop("sectors", None)
    changed = [name for name, value in fields.items() if getattr(partner, name) != value]
    for name in changed:
        setattr(partner, name, fields[name])
    with readable():
        partner.save()
    if sectors is not None and {sector.pk for sector in sectors} != set(partner.sectors.values_list("pk", flat=True)):
        partner.sectors.set(sectors)
        changed.append("sectors")
    if changed:
        audit.record("partner.changed", by=by, target=partner, changed=changed)
    return partner


@transaction.atomic
def set_partner_status(*, partner: Partner, status: PartnerStatus, by: Actor) -> None:
    """Marks a partner active, invited or inactive. Nothing of an inactive partner is lost."""
    partner = Partner.objects.get(pk=partner.pk)
    partner.lock(None)
    before, partner.status = partner.status, status
    partner.save()
    audit.record("partner.status_changed", by=by, target=partner, status=[before, str(status)])
