"""The private link with which a lived-experience seat votes on one plan, without an account.

It is signed out of the seat's key and nonce and the plan's key; nothing of it is stored. It lasts fourteen days, dies when the seat
ends or gets a new link, and opens nothing but that seat's votes on that plan.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

from coalitions.models import Seat
from phast.access.actor import Actor, Grant
from phast.access.table import Action, Scope
from plans.models import Plan

LASTS = dt.timedelta(days=14)
SIGNER = TimestampSigner(salt="plans.seat_vote")


@dataclass(frozen=True)
class SeatActor(Actor):
    """Whoever came by a seat's link: nobody the portal knows, with no membership and one right, to vote as that seat on that plan."""

    seat_id: int = 0
    plan_id: int = 0

    def grants(self, action: Action) -> list[Grant]:
        return [Grant(Scope.ASSIGNED, None)] if action == Action.RECOMMENDATION_VOTE else []


def link(seat: Seat, plan: Plan) -> str:
    """The full address, good for fourteen days from now."""
    token = SIGNER.sign_object([seat.pk, seat.nonce, plan.pk])
    return f"{settings.SITE_URL}{reverse('seat_vote', args=[token])}"


def actor_of(token: str) -> SeatActor | None:
    """Who votes with the link; None when we never made it, it ran out, a newer one replaced it, or the seat ended."""
    try:
        seat_id, nonce, plan_id = SIGNER.unsign_object(token, max_age=LASTS)
    except (BadSignature, ValueError):
        return None
    seat = Seat.objects.filter(pk=seat_id, nonce=nonce, left_on=None).select_related("coalition").first()
    if seat is None:
        return None
    return SeatActor(
        user=None,  # type: ignore[arg-type]  # a seat has no account; what it does is recorded without one
        coalition=seat.coalition,
        standings=(),
        seat_id=seat.pk,
        plan_id=plan_id,
    )
