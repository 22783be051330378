"""Telling coordinators that an agreement expires soon: 90, 30 and 7 days before, each once, again when the date changes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from phast import mail as post
from phast.access.table import Role
from phast.jobs.models import JobFailed
from phast.jobs.queue import enqueue

from .enums import AgreementStatus
from .models import Agreement, ExpiryMail, ExpiryNotice, Membership
from .models.agreement import WARNED_BEFORE

if TYPE_CHECKING:
    from .models import Coalition

FROM_HOUR = 7  # of the day where the coalition is: nobody is told in the night


def days_away(day: dt.date, today: dt.date) -> str:
    """How far a day is from today, in words: "in 23 days", "today", "4 days ago"."""
    days = (day - today).days
    if days in (-1, 0, 1):
        return {-1: "yesterday", 0: "today", 1: "tomorrow"}[days]
    return f"in {days} days" if days > 0 else f"{-days} days ago"


def in_words(agreement: Agreement, today: dt.date) -> str:
    """When it expires: "in 23 days", "expired 4 days ago". Empty without a date, and for one that has ended."""
    if agreement.expires_on is None or agreement.status == AgreementStatus.ENDED:
        return ""
    away = days_away(agreement.expires_on, today)
    return f"expired {away}" if agreement.has_expired(today) else away


def expiring(coalition: Coalition) -> list[tuple[Agreement, dt.date]]:
    """Signed agreements that expire within 90 days, with the day, the first to expire first. What has expired is not among them."""
    today = coalition.today()
    signed = Agreement.objects.of(coalition).filter(status=AgreementStatus.SIGNED)
    soon = signed.filter(expires_on__range=(today, today + dt.timedelta(days=max(WARNED_BEFORE))))
    return [(agreement, agreement.expires_on) for agreement in soon if agreement.expires_on]


@transaction.atomic
def warn(*, coalition: Coalition) -> None:
    """Puts the mails on their way that are due: of several that were missed, the last one. Run again, it sends nothing twice."""
    if timezone.localtime(timezone=ZoneInfo(coalition.time_zone)).hour < FROM_HOUR:
        return
    today = coalition.today()
    for agreement, expires_on in expiring(coalition):
        left = (expires_on - today).days
        days = min(before for before in WARNED_BEFORE if before >= left)
        notice, is_new = ExpiryNotice.objects.get_or_create(
            agreement=agreement,
            expires_on=expires_on,
            days=days,
            defaults={"sent_at": timezone.now()},
        )
        if is_new:
            for user in _coordinators(coalition):
                enqueue(ExpiryMail.objects.create(notice=notice, user_id=user))


def send(mail: ExpiryMail) -> None:
    """Sends the mail, with what is so now. Nobody is told of an agreement that was renewed or ended meanwhile, nor somebody who no
    longer coordinates. Mail that is down raises, and the job is tried again until the agreement has expired."""
    notice = mail.notice
    agreement = Agreement.objects.select_related("coalition", "dataset").get(pk=notice.agreement_id)
    coalition, today = agreement.coalition, agreement.coalition.today()
    expires_on = agreement.expires_on
    if agreement.status != AgreementStatus.SIGNED or expires_on is None or expires_on != notice.expires_on:
        return
    if mail.user_id not in _coordinators(coalition):
        return
    if agreement.has_expired(today):
        raise JobFailed("Mail was down until the agreement had expired.")
    url = reverse("coalitions:agreement_detail", args=[coalition.slug, agreement.pk])
    words = {
        "agreement": agreement,
        "coalition": coalition,
        "away": days_away(expires_on, today),
        "parties": [*map(str, agreement.parties.all()), *filter(None, [agreement.others])],
        "url": f"{settings.SITE_URL}{url}",
    }
    with timezone.override(ZoneInfo(coalition.time_zone)):
        subject = f"{agreement} expires {words['away']} · {coalition}"
        body = render_to_string("coalitions/mail/expiry.txt", words)
    message = EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        to=[mail.user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        post.send(message)
    except post.Refused:
        raise JobFailed("The coordinator’s address refuses mail.") from None


def _coordinators(coalition: Coalition) -> set[int]:
    found = Membership.objects.of(coalition).filter(role=Role.COORDINATOR, user__is_active=True)
    return set(found.values_list("user", flat=True))
