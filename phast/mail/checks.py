"""`manage.py check` says when the provider's reports cannot be read or could be made up by anybody."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register

from .bounces import PROVIDERS


@register(Tags.security)
def provider_is_known(app_configs: Any = None, **kwargs: Any) -> list[Error]:
    """MAIL_PROVIDER is one we can read, and has a secret."""
    provider, secret = settings.MAIL_PROVIDER, settings.ANYMAIL["WEBHOOK_SECRET"]
    if not provider:
        return []
    errors = []
    if provider not in PROVIDERS:
        errors.append(Error(f"MAIL_PROVIDER is none of {', '.join(sorted(PROVIDERS))}.", id="mail.E001"))
    if ":" not in secret or len(secret) < 20:
        errors.append(
            Error(
                "MAIL_PROVIDER is set without a MAIL_WEBHOOK_SECRET of the form name:password, 20 letters or more.",
                id="mail.E002",
            )
        )
    return errors
