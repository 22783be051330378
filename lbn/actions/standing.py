"""In what capacity a person acts for an agency, and how that is told to others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phast.access.table import Action
from phast.audit import record

if TYPE_CHECKING:
    from django.db.models import Model

    from coalitions.models import Partner
    from phast.access.actor import Actor


def on_behalf(by: Actor, partner: Partner) -> bool:
    """True when the person is not of the agency: the coordinator acts for it, and it is said so."""
    return partner.pk not in by.partner_ids(Action.COUNTS_WRITE)


def record_for(verb: str, *, partner: Partner, by: Actor, target: Model | None, **detail: Any) -> None:
    """One audit event of an agency. Outside it the event is the agency's; what the coordinator does on its behalf is theirs."""
    if on_behalf(by, partner):
        record(verb, by=by, partner=partner, target=target, on_behalf=True, **detail)
    else:
        record(verb, by=by, partner=partner, target=target, as_agency=True, **detail)
