"""An invitation's link and its mail. The link is signed out of the row's key and nonce; nothing of it is stored.

Nobody sees the link but who reads the invited mailbox. That is what binds it to the address, so there is no link to copy: with
one, an inviter could open an account in somebody else's name.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.signing import BadSignature, Signer
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from phast import mail
from phast.jobs.models import JobFailed

from .enums import ROLE_HELP
from .models import Invitation

SIGNER = Signer(salt="coalitions.invitation")


def link(invitation: Invitation) -> str:
    """The full address that accepts the invitation."""
    token = SIGNER.sign_object([invitation.pk, invitation.nonce])
    return f"{settings.SITE_URL}{reverse('invitation', args=[token])}"


def find(token: str) -> Invitation | None:
    """The invitation of a link, whether it can still be used or not; None when we never made that link."""
    try:
        pk, nonce = SIGNER.unsign_object(token)
    except (BadSignature, ValueError):
        return None
    found = Invitation.objects.filter(pk=pk, nonce=nonce)
    return found.select_related("coalition", "partner", "created_by").first()


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
        "link": link(invitation),
    }
    with timezone.override(ZoneInfo(invitation.coalition.time_zone)):
        subject = render_to_string("coalitions/mail/invitation_subject.txt", words)
        body = render_to_string("coalitions/mail/invitation.txt", words)
    message = EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        to=[invitation.email],
        reply_to=[inviter.email] if inviter else [],
    )
    try:
        mail.send(message)
    except mail.Refused:
        raise JobFailed("This address refuses mail. Check how it is written, withdraw this and invite again.") from None
