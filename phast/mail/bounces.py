"""What a mail provider reports after it took a mail: that it came back, or that it arrived."""

from __future__ import annotations

from typing import Any

from anymail import signals

from .sending import clear, refuse

# Where django-anymail reads each provider's reports. The first of the pair is the module; these check the secret in the address,
# the two at the end their provider's signature besides.
PROVIDERS = {
    "brevo": "Brevo",
    "mailjet": "Mailjet",
    "mailtrap": "Mailtrap",
    "postmark": "Postmark",
    "sparkpost": "SparkPost",
    "mailgun": "Mailgun",
    "mailersend": "MailerSend",
}


def view_of(provider: str) -> str:
    """The dotted name of the view that reads this provider's reports."""
    return f"anymail.webhooks.{provider}.{PROVIDERS[provider]}TrackingWebhookView"


def listen() -> None:
    """Keeps what providers report."""
    signals.tracking.connect(heard, dispatch_uid="phast.mail")


def heard(sender: Any, event: Any, esp_name: str, **kwargs: Any) -> None:
    """One report of a provider. Openings and clicks are nobody's business here."""
    from .models import Reason, Source

    if not event.recipient:
        return
    kind = signals.EventType
    if event.event_type == kind.DELIVERED:
        clear(event.recipient, at=event.timestamp)
    elif event.event_type == kind.COMPLAINED:
        refuse(event.recipient, reason=Reason.UNWANTED, source=Source.PROVIDER, at=event.timestamp)
    elif event.event_type in {kind.BOUNCED, kind.REJECTED}:
        refuse(event.recipient, reason=_reason(event.reject_reason), source=Source.PROVIDER, at=event.timestamp)


def _reason(told: str | None) -> Any:
    from .models import Reason

    why = signals.RejectReason
    return {
        why.INVALID: Reason.UNKNOWN,
        why.BOUNCED: Reason.UNKNOWN,
        why.BLOCKED: Reason.BLOCKED,
        why.SPAM: Reason.UNWANTED,
        why.UNSUBSCRIBED: Reason.UNWANTED,
    }.get(told, Reason.OTHER)
