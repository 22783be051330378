"""Alerts: which are current, who was told, and the mail that tells."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.db.models.functions import Lower
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from phast import mail
from phast.access.table import Action
from phast.jobs.models import JobFailed

from .models import Alert, AlertMail, AlertReceipt, Contact, Membership, Partner

if TYPE_CHECKING:
    from phast.access.actor import Actor


def alerts_of(actor: Actor) -> QuerySet[Alert]:
    """The alerts the person may see, latest first, each with how many partners were told (`told`) and answered (`answered`)."""
    counted = Alert.objects.visible_to(actor, Action.ALERTS_SEE).annotate(
        told=Count("receipts"), answered=Count("receipts", filter=Q(receipts__acknowledged_at__isnull=False))
    )
    return counted.order_by("-issued_at", "-pk")


def is_current(alert: Alert, today: dt.date) -> bool:
    """True until it is ended, through the day it lapses on."""
    return alert.ended_at is None and today <= alert.lapses_on


def current(alerts: QuerySet[Alert], today: dt.date) -> QuerySet[Alert]:
    """Those of the alerts that are current."""
    return alerts.filter(ended_at=None, lapses_on__gte=today)


def receipts_of(actor: Actor, alert: Alert) -> QuerySet[AlertReceipt]:
    """Who was told, those who have not answered first; for a partner's people only their own. `mails` are read along."""
    found = AlertReceipt.objects.visible_to(actor, Action.ALERT_ANSWER).filter(alert=alert)
    mails = Prefetch("mails", AlertMail.objects.visible_to(actor, Action.ALERT_ANSWER).order_by("address", "pk"))
    rows = found.select_related("partner", "acknowledged_by").prefetch_related(mails)
    return rows.order_by(F("acknowledged_at").asc(nulls_first=True), Lower("partner__name"))


def unanswered(actor: Actor) -> QuerySet[AlertReceipt]:
    """Current alerts that the person's own partners were told of and have not acknowledged, the latest first."""
    found = AlertReceipt.objects.visible_to(actor, Action.ALERT_ANSWER).filter(
        partner__in=actor.own_partner_ids, acknowledged_at=None
    )
    current_ones = Q(alert__ended_at=None, alert__lapses_on__gte=actor.coalition.today())
    return found.filter(current_ones).select_related("alert", "partner").order_by("-alert__issued_at", "pk")


def public_lines(actor: Actor) -> set[str]:
    """The phone numbers at which the coalition's partners are reached, ten digits each: nobody's own. One query."""
    phones = Contact.objects.visible_to(actor, Action.CONTACTS_SEE).exclude(phone="").values_list("phone", flat=True)
    return {digits[-10:] for phone in phones if len(digits := re.sub(r"\D", "", phone)) >= 10}


def addresses_of(partners: Iterable[Partner]) -> dict[int, list[str]]:
    """Where mail to each partner goes: its contacts and its people, each address once. Two queries."""
    keys = [partner.pk for partner in partners]
    pairs = [
        *Contact.objects.filter(partner__in=keys).exclude(email="").values_list("partner", "email"),
        *Membership.objects.filter(partner__in=keys, user__is_active=True).values_list("partner", "user__email"),
    ]
    found: dict[int, dict[str, None]] = {key: {} for key in keys}
    for partner, address in pairs:
        found[partner][address.lower()] = None
    return {partner: sorted(addresses) for partner, addresses in found.items()}


def send(posted: AlertMail) -> None:
    """Sends the mail. None goes once the alert is over or the partner has acknowledged it; mail that is down raises, and the job is
    tried again."""
    receipt = AlertReceipt.objects.select_related("alert__coalition", "alert__issued_by").get(pk=posted.receipt_id)
    alert = receipt.alert
    coalition = alert.coalition
    if receipt.acknowledged_at:
        return
    if not is_current(alert, coalition.today()):
        raise JobFailed("Mail was down until the alert was over.")
    page = reverse("coalitions:alert_detail", args=[coalition.slug, alert.pk])
    words = {"alert": alert, "coalition": coalition, "link": f"{settings.SITE_URL}{page}"}
    with timezone.override(ZoneInfo(coalition.time_zone)):
        body = render_to_string("coalitions/mail/alert.txt", words)
    message = EmailMessage(
        subject=" ".join(
            f"{'Corrected alert' if alert.corrected_at else 'Alert'}: {alert.title} · {coalition}".split()
        ),
        body=body,
        to=[posted.address],
        reply_to=[alert.issued_by.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        mail.send(message)
    except mail.Refused:
        raise JobFailed("The address refuses mail. Correct it among the partner’s contacts.") from None
