"""The one way into the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from phast.access.actor import Actor
    from phast.accounts.models import User


def record(
    verb: str,
    *,
    by: Actor | None = None,
    user: User | None = None,
    coalition: Any = None,
    target: models.Model | None = None,
    partner: Any = None,
    as_agency: bool = False,
    **detail: Any,
) -> None:
    """Adds one event, in the caller's transaction.

    `by` an actor, or `user` and `coalition` where there is none (an account's own doings, a command). `partner`: the partner acted
    for. `as_agency`: outside that partner the event is shown as the agency's, not the person's. `detail` holds plain values;
    never a note or anything else a person typed as free text.
    """
    from .models import Event

    Event.objects.create(
        coalition=by.coalition if by else coalition,
        user=by.user if by else user,
        partner_id=partner.pk if partner is not None else None,
        acting_for=str(partner) if partner is not None else "",
        as_agency=as_agency,
        verb=verb,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        target=str(target)[:200] if target is not None else "",
        detail=detail,
    )
