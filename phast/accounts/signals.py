"""Sign-ins, failed sign-ins and sign-outs go to the audit log: allauth tells of them by signal only."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from phast import audit


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
