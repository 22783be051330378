"""The one way into the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db import models

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
        detail=detail,
        **_target(target),
    )


def record_each(verb: str, *, by: Actor, of: Sequence[tuple[models.Model, Mapping[str, Any]]]) -> None:
    """Adds one event for each target, in one statement. `of`: each with its detail, as `record` takes it."""
    from .models import Event

    Event.objects.bulk_create(
        Event(coalition=by.coalition, user=by.user, verb=verb, detail=dict(detail), **_target(target))
        for target, detail in of
    )


def _target(target: models.Model | None) -> dict[str, str]:
    if target is None:
        return {}
    return {"target_type": target._meta.label_lower, "target_id": str(target.pk), "target": str(target)[:200]}
