"""What the person behind a session has proved, and how long ago, by allauth's own record in the session."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest

# Recovery codes stand in for one of these and are none by themselves.
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def is_recent(request: HttpRequest, within: int | None = None) -> bool:
    """True when the person proved who they are within so many seconds; without a number, within the last twelve hours."""
    latest = max((record.get("at", 0) for record in _records(request)), default=0)
    return time.time() - latest < (settings.REAUTHENTICATE_AFTER if within is None else within)


def has_second_factor(request: HttpRequest) -> bool:
    """True when the person's account has a second factor. Their session may be older than that."""
    return is_mfa_enabled(request.user, SECOND_FACTORS)


def showed_second_factor(request: HttpRequest) -> bool:
    """True when this session was opened, or confirmed since, with the second factor: a session that a password alone opened before
    there was one stays without."""
    return any(record.get("method") == "mfa" for record in _records(request))


def where_to_show_it(request: HttpRequest) -> str:
    """The address that asks for the second factor the person has."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    return next(method["url"] for method in methods if method["id"].startswith("mfa_reauthenticate"))


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    return request.session.get("account_authentication_methods", [])
