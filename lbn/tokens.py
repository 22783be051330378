"""Who sends with an API token, and how often they may."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from lbn.models import ApiToken
from phast.access import limits
from phast.access.actor import Actor, Standing
from phast.access.table import Role

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN = 12  # characters of a token by which people tell it from others
USED_EVERY = dt.timedelta(minutes=1)  # how exactly "last used" is kept
MINUTE = dt.timedelta(minutes=1)
MOST = 500  # counts in one request
GUESSES, GUESSED_WITHIN = 20, dt.timedelta(minutes=5)


class Refused(Exception):
    """The request is not taken. `status` is an HTTP status; `wait` the seconds after which it may come again, else 0."""

    def __init__(self, status: int, sentence: str, *, wait: int = 0) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.wait = status, sentence, wait


def new_secret() -> str:
    """A token as its holder gets it: 256 random bits behind a word that secret scanners and people recognise."""
    return f"phast_{secrets.token_urlsafe(32)}"


def digest_of(secret: str) -> str:
    """What is kept of a token. It is random and long: a plain hash gives nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def sending(request: HttpRequest) -> Actor:
    """The agency's records system: a reporter of the token's agency, whoever made the token and wherever they are now.

    Raises Refused: 401 without a token that works, 429 for a place that tried many that do not, or a token that sends too often.
    """
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise Refused(401, "Send your agency's token in the header “Authorization: Bearer …”.")
    guesses = limits.place_key("api-guesses", request)
    if wait := limits.seconds_to_wait(guesses, at_most=GUESSES):
        raise Refused(429, "Too many requests with a wrong token came from here. Try again later.", wait=wait)
    found = ApiToken.objects.select_related("partner__coalition", "created_by").filter(digest=digest_of(secret.strip()))
    token = found.first()
    if token is None:
        limits.count_one(guesses, within=GUESSED_WITHIN)
        raise Refused(401, "This token does not exist. Ask your agency lead or the coordinator for one.")
    if token.revoked_at:
        raise Refused(401, "This token was revoked. Ask your agency lead or the coordinator for a new one.")
    requests = f"api:{token.pk}"
    if wait := limits.seconds_to_wait(requests, at_most=settings.API_REQUESTS_A_MINUTE):
        raise Refused(429, f"Too many requests in a minute. Send up to {MOST} counts in one, or wait.", wait=wait)
    limits.count_one(requests, within=MINUTE)
    _note_use(token)
    partner = token.partner
    return Actor(
        user=token.created_by,
        coalition=partner.coalition,
        standings=(Standing(Role.REPORTER, partner.pk, partner.name),),
    )


def _note_use(token: ApiToken) -> None:
    """Once a minute: a token that sends all day costs no write a request."""
    now = timezone.now()
    long_ago = Q(used_at=None) | Q(used_at__lte=now - USED_EVERY)
    if token.used_at is None or token.used_at <= now - USED_EVERY:
        ApiToken.objects.filter(long_ago, pk=token.pk).update(used_at=now)
