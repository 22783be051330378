"""Positions: what somebody is in the coalition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from coalitions.models import Position, PositionKind
from phast import audit
from phast.access.actor import Actor
from phast.constraints import readable


@transaction.atomic
def add_position(*, by: Actor, kind: PositionKind | None = None, values: Mapping[str, Any] | None = None) -> Position:
    """Adds a position: a usual one (`kind`), vacant, or one of the coalition's own. Raises ValidationError when it has it."""
    position = Position(coalition=by.coalition, kind=kind, **(values or {}))
    if kind is not None:
        position.title = position.title or kind.title
    with readable():
        position.save()
    audit.record("position.created", by=by, target=position)
    return position


@transaction.atomic
def update_position(*, position: Position, by: Actor, version: int | None, values: Mapping[str, Any]) -> Position:
    """Saves the title, the holder and since when; without a contact the position is vacant.

    Raises EditConflict when somebody saved it since `version`, ValidationError when the title is taken.
    """
    position = Position.objects.get(pk=position.pk)
    position.lock(version)
    before = position.contact_id
    for name, value in values.items():
        setattr(position, name, value)
    if position.contact is None:
        position.since = None
    with readable():
        position.save()
    verb = (
        "position.changed"
        if before == position.contact_id
        else "position.filled"
        if position.contact
        else "position.vacated"
    )
    audit.record(verb, by=by, target=position)
    return position


@transaction.atomic
def remove_position(*, position: Position, by: Actor) -> None:
    """Takes the position out of the coalition. Raises ValidationError when something still refers to it."""
    audit.record("position.removed", by=by, target=position)
    with readable():
        position.delete()
