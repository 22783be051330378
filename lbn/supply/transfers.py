"""Kits on their way from one site to another: offered, then accepted or declined."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from lbn.enums import Movement, TransferState
from lbn.models import Site, Transfer
from phast.access.table import Action
from phast.constraints import readable

from .ledger import take_turns, write

if TYPE_CHECKING:
    from lbn.models import StockBalance
    from phast.access.actor import Actor


@transaction.atomic
def offer_transfer(*, balance: StockBalance, to_site: Site, kits: int, client_key: uuid.UUID, by: Actor) -> Transfer:
    """Takes the kits off the shelf and offers them. Raises ValidationError."""
    site = balance.site
    take_turns(site.partner)
    if before := Transfer.objects.filter(from_site=site, client_key=client_key).first():
        return before
    if kits <= 0:
        raise ValidationError("Enter a number of kits above 0.", code="kits")
    if to_site.coalition_id != site.coalition_id or not to_site.is_active:
        raise ValidationError("This site is closed. Choose another one.", code="closed")
    with readable():
        transfer = Transfer.objects.create(
            from_site=site, to_site=to_site, lot=balance.lot, kits=kits, client_key=client_key, offered_by=by.user
        )
    write(site, balance.lot, Movement.SENT, -kits, by=by, transfer=transfer)
    return transfer


@transaction.atomic
def send(*, balance: StockBalance, to_site: Site, kits: int, client_key: uuid.UUID, by: Actor) -> Transfer:
    """Sends kits to another site: to one of the same agency they move at once, to another agency's they are offered. As
    `offer_transfer`."""
    transfer = offer_transfer(balance=balance, to_site=to_site, kits=kits, client_key=client_key, by=by)
    ours, theirs = (site.partner.merged_into_id or site.partner_id for site in (balance.site, to_site))
    return accept_transfer(transfer=transfer, by=by) if ours == theirs else transfer


@transaction.atomic
def accept_transfer(*, transfer: Transfer, by: Actor) -> Transfer:
    """Puts the kits on the other shelf; whoever receives them says so. A second time changes nothing. Raises PermissionDenied when the
    shelf is not theirs, ValidationError when the offer was answered otherwise meanwhile."""
    return _answer(transfer, TransferState.ACCEPTED, by)


@transaction.atomic
def decline_transfer(*, transfer: Transfer, by: Actor) -> Transfer:
    """Whoever was to receive the kits does not take them: they come back. As `accept_transfer`."""
    return _answer(transfer, TransferState.DECLINED, by)


@transaction.atomic
def withdraw_transfer(*, transfer: Transfer, by: Actor) -> Transfer:
    """Whoever offered the kits takes them back. As `accept_transfer`."""
    return _answer(transfer, TransferState.WITHDRAWN, by)


def _answer(transfer: Transfer, state: TransferState, by: Actor) -> Transfer:
    whose = transfer.from_site if state == TransferState.WITHDRAWN else transfer.to_site
    if not Site.objects.visible_to(by, Action.SUPPLY_EDIT).filter(pk=whose.pk).exists():
        raise PermissionDenied  # both sides see the offer; each answers for itself
    shelf = transfer.to_site if state == TransferState.ACCEPTED else transfer.from_site
    take_turns(shelf.partner)
    transfer = Transfer.objects.select_for_update(of=("self",)).get(pk=transfer.pk)
    if transfer.state == state:
        return transfer
    if transfer.state != TransferState.OFFERED:
        said = transfer.get_state_display().lower()
        raise ValidationError(f"This offer was {said} already. Nothing was changed.", code="answered")
    transfer.state, transfer.answered_at, transfer.answered_by = state, timezone.now(), by.user
    transfer.save()
    kind = Movement.ARRIVED if state == TransferState.ACCEPTED else Movement.CAME_BACK
    write(shelf, transfer.lot, kind, transfer.kits, by=by, transfer=transfer)
    return transfer
