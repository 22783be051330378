"""Sign-ins, sign-outs and changes to how a person signs in go to the audit log: allauth tells of them by signal only."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import (
    email_added,
    email_changed,
    email_removed,
    password_changed,
    password_reset,
    password_set,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import Signal, receiver
from django.http import HttpRequest

from phast import audit
from phast.access.proof import SECOND_FACTORS

# Which signal is recorded as what. No address is kept: it is the account's, and may be a slip of the keyboard.
CHANGES: dict[Signal, str] = {
    password_changed: "account.password_changed",
    password_reset: "account.password_changed",
    password_set: "account.password_changed",
    email_added: "account.address_added",
    email_changed: "account.address_changed",
    email_removed: "account.address_removed",
    authenticator_added: "account.second_factor_added",
    authenticator_reset: "account.second_factor_added",
    authenticator_removed: "account.second_factor_removed",
}


@receiver(user_logged_in)
def _signed_in(sender: Any, user: Any, **kwargs: Any) -> None:
    audit.record("account.signed_in", user=user)


@receiver(user_logged_out)
def _signed_out(sender: Any, user: Any, **kwargs: Any) -> None:
    if user is not None:
        audit.record("account.signed_out", user=user)


@receiver(user_login_failed)
def _sign_in_failed(sender: Any, **kwargs: Any) -> None:
    # The address that was tried is not kept: it may be a password typed into the wrong field.
    audit.record("account.sign_in_failed", user=None)


@receiver(list(CHANGES))
def _changed(sender: Any, signal: Signal, user: Any, authenticator: Authenticator | None = None, **kwargs: Any) -> None:
    detail: dict[str, Any] = {"kind": str(authenticator.type)} if authenticator else {}
    audit.record(CHANGES[signal], user=user, **detail)


@receiver(authenticator_added)
def _shown_by_setting_it_up(
    sender: Any, request: HttpRequest, user: Any, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Who sets up a second factor has just used it, and is not asked for it again."""
    if authenticator.type in SECOND_FACTORS:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
