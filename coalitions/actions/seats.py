"""Lived-experience seats: who has a voice without being a partner, by the alias they chose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from coalitions.models import Seat
from phast import audit
from phast.access.actor import Actor
from phast.constraints import readable


@transaction.atomic
def add_seat(*, by: Actor, values: Mapping[str, Any]) -> Seat:
    """Adds a seat. Raises ValidationError when another seat has the alias."""
    seat = Seat(coalition=by.coalition, **values)
    with readable():
        seat.save()
    audit.record("seat.created", by=by, target=seat)
    return seat


@transaction.atomic
def update_seat(*, seat: Seat, by: Actor, version: int | None, values: Mapping[str, Any]) -> Seat:
    """Saves alias, sector and since when. Raises EditConflict when somebody saved it since `version`, ValidationError when the
    alias is taken."""
    seat = Seat.objects.get(pk=seat.pk)
    seat.lock(version)
    for name, value in values.items():
        setattr(seat, name, value)
    with readable():
        seat.save()
    audit.record("seat.changed", by=by, target=seat)
    return seat


@transaction.atomic
def end_seat(*, seat: Seat, by: Actor) -> Seat:
    """The person left, as of today: the seat fills no sector and votes no more, and its links are dead for good. What it voted stays."""
    seat.lock(None)
    seat.left_on, seat.nonce = by.coalition.today(), _new_nonce()
    seat.save(update_fields=["left_on", "nonce", "version"])
    audit.record("seat.ended", by=by, target=seat)
    return seat


@transaction.atomic
def resume_seat(*, seat: Seat, by: Actor) -> Seat:
    """The person is back, or never left."""
    seat.lock(None)
    seat.left_on = None
    seat.save(update_fields=["left_on", "version"])
    audit.record("seat.resumed", by=by, target=seat)
    return seat


@transaction.atomic
def renew_link(*, seat: Seat, by: Actor) -> Seat:
    """Every link made for the seat so far is dead."""
    seat.lock(None)
    seat.nonce = _new_nonce()
    seat.save(update_fields=["nonce", "version"])
    audit.record("seat.link_renewed", by=by, target=seat)
    return seat


def _new_nonce() -> str:
    return Seat._meta.get_field("nonce").get_default()
