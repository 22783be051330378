"""An invitation's link and its mail. The link is signed out of the row's key and nonce; nothing of it is stored.

There are two links to one invitation. The mailed one proves that whoever opens it reads that mailbox. The one the inviter can
copy proves nothing of the kind, so an address that came in by it is verified at the first sign-in, as any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.signing import BadSignature, Signer
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from phast.jobs.models import JobFailed

from .enums import ROLE_HELP
from .models import Invitation

MAILED = Signer(salt="coalitions.invitation.mailed")
COPIED = Signer(salt="coalitions.invitation.copied")


@dataclass(frozen=True)
class Opened:
    """An invitation reached by a link. `proves_address`: the link went to the invited mailbox."""

    invitation: Invitation
    proves_address: bool


def link(invitation: Invitation, *, mailed: bool) -> str:
    """The full address that accepts the invitation."""
    signer = MAILED if mailed else COPIED
    token = signer.sign_object([invitation.pk, invitation.nonce])
    return f"{settings.SITE_URL}{reverse('invitation', args=[token])}"


def find(token: str) -> Opened | None:
    """The invitation of a link, whether it can still be used or not; None when we never made that link."""
    for signer in (MAILED, COPIED):
        try:
            pk, nonce = signer.unsign_object(token)
        except (BadSignature, ValueError):
            continue
        invitation = (
            Invitation.objects.filter(pk=pk, nonce=nonce).select_related("coalition", "partner", "created_by").first()
        )
        return Opened(invitation, signer is MAILED) if invitation else None
    return None


def send(invitation: Invitation) -> None:
    """Sends the mail. An invitation that was accepted or withdrawn meanwhile is not sent; mail that is down raises, and the job is
    tried again until the invitation runs out."""
    if invitation.accepted_at or invitation.withdrawn_at:
        return
    if not invitation.is_open:
        raise JobFailed("Mail was down until this invitation ran out. Send it again.")
    inviter = invitation.created_by
    words = {
        "invitation": invitation,
        "inviter": inviter,
        "role_help": ROLE_HELP[invitation.role],  # type: ignore[index]  # a role's value is the role
        "link": link(invitation, mailed=True),
    }
    with timezone.override(ZoneInfo(invitation.coalition.time_zone)):
        subject = render_to_string("coalitions/mail/invitation_subject.txt", words)
        body = render_to_string("coalitions/mail/invitation.txt", words)
    EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        to=[invitation.email],
        reply_to=[inviter.email] if inviter else [],
    ).send()
