"""The places where agencies keep kits."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from lbn.actions.standing import record_for
from lbn.enums import TransferState
from lbn.models import Site, StockBalance, Transfer
from phast.constraints import readable

from .ledger import settle, take_turns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coalitions.models import Partner
    from phast.access.actor import Actor


@transaction.atomic
def open_site(
    *,
    partner: Partner,
    name: str,
    gives_out: bool = True,
    par: int | None = None,
    tracked_from: dt.date | None = None,
    by: Actor,
) -> Site:
    """A new site, kept in the portal from today on or from `tracked_from`. Raises ValidationError when the name is taken."""
    take_turns(partner)
    with readable():
        site = Site.objects.create(
            coalition_id=partner.coalition_id,
            partner=partner,
            name=name,
            gives_out=gives_out,
            par=par,
            tracked_from=tracked_from or by.coalition.today(),
        )
    record_for("site.opened", partner=partner, by=by, target=site)
    return site


@transaction.atomic
def edit_site(*, site: Site, values: Mapping[str, Any], version: int | None, by: Actor) -> Site:
    """Changes name, `gives_out` or `par`. Raises EditConflict, ValidationError."""
    take_turns(site.partner)
    site.lock(version)
    for name in ("name", "gives_out", "par"):
        if name in values:
            setattr(site, name, values[name])
    with readable():
        site.save()
    record_for("site.changed", partner=site.partner, by=by, target=site)
    return site


@transaction.atomic
def close_site(*, site: Site, by: Actor) -> None:
    """Takes the site off the lists. Its shelves are empty, as after a stock-take: kits of a count that is corrected or removed later
    are not put back here. Raises ValidationError while it holds kits, or a transfer to or from it is under way."""
    take_turns(site.partner)
    site.lock(None)
    if StockBalance.objects.filter(site=site, kits__gt=0).exists():
        raise ValidationError("There are kits here. Send them to another site, or take them off, first.", code="kits")
    waiting = Transfer.objects.filter(state=TransferState.OFFERED)
    if waiting.filter(to_site=site).exists() or waiting.filter(from_site=site).exists():
        raise ValidationError(
            "Kits are on their way to or from this site. Answer that transfer first.", code="transfer"
        )
    settle(site)
    site.is_active = False
    site.save()
    record_for("site.closed", partner=site.partner, by=by, target=site)


@transaction.atomic
def reopen_site(*, site: Site, by: Actor) -> None:
    """Puts a closed site on the lists again; an open one stays as it is."""
    take_turns(site.partner)
    site.lock(None)
    site.is_active = True
    site.save()
    record_for("site.reopened", partner=site.partner, by=by, target=site)
