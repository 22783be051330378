"""Alerts: issued, reminded of, acknowledged, ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from coalitions.alerts import addresses_of, is_current
from coalitions.models import Alert, AlertMail, AlertReceipt, Partner
from phast import audit
from phast.access.actor import Actor
from phast.constraints import readable
from phast.jobs.queue import enqueue


@transaction.atomic
def issue_alert(*, values: Mapping[str, Any], partners: Collection[Partner], by: Actor) -> Alert:
    """Tells the partners of a spike or a potent batch: on their home page, and by mail to their contacts and people.

    Raises ValidationError when nobody is told, or the days do not fit.
    """
    if not partners:
        raise ValidationError("Choose at least one partner to tell.")
    with readable():
        alert = Alert.objects.create(coalition=by.coalition, issued_by=by.user, **values)
    receipts = AlertReceipt.objects.bulk_create(AlertReceipt(alert=alert, partner=partner) for partner in partners)
    _post(receipts)
    audit.record("alert.issued", by=by, target=alert, partners=len(receipts))
    return alert


@transaction.atomic
def correct_alert(*, alert: Alert, values: Mapping[str, Any], again: bool, version: int | None, by: Actor) -> Alert:
    """Mends what turned out wrong, and says so on the alert. `again`: mails it to everybody who was told, and asks them to acknowledge it
    anew; what they did stays. Raises EditConflict, and ValidationError when it is over or the days do not fit."""
    alert = Alert.objects.get(pk=alert.pk)
    alert.lock(version)
    _refuse_past(alert, by)
    for name, value in values.items():
        setattr(alert, name, value)
    alert.corrected_at = timezone.now()
    with readable():
        alert.save()
    if again:
        receipts = list(AlertReceipt.objects.filter(alert=alert).select_related("partner"))
        AlertReceipt.objects.filter(alert=alert).update(acknowledged_at=None, acknowledged_by=None)
        _post(receipts)
    audit.record("alert.corrected", by=by, target=alert, mailed=again)
    return alert


@transaction.atomic
def remind(*, alert: Alert, by: Actor) -> int:
    """Sends the mail again to the partners that have not acknowledged the alert. Answers how many those are."""
    alert = _current(alert, by)
    silent = list(AlertReceipt.objects.filter(alert=alert, acknowledged_at=None).select_related("partner"))
    _post(silent)
    audit.record("alert.reminded", by=by, target=alert, partners=len(silent))
    return len(silent)


@transaction.atomic
def answer(*, receipt: AlertReceipt, response: str, by: Actor) -> AlertReceipt:
    """Says that the partner has read the alert, and what it did, if anything yet. What was done can be added when the alert is over."""
    receipt = AlertReceipt.objects.select_for_update(of=("self",)).select_related("alert", "partner").get(pk=receipt.pk)
    first = receipt.acknowledged_at is None
    if first:
        receipt.acknowledged_at, receipt.acknowledged_by = timezone.now(), by.user
    if response:
        receipt.response = response
    receipt.save()
    verb = "alert.acknowledged" if first else "alert.response_recorded"
    audit.record(verb, by=by, target=receipt.alert, partner=receipt.partner)
    return receipt


@transaction.atomic
def end_alert(*, alert: Alert, by: Actor) -> None:
    """Ends it before it lapses: nobody is asked to acknowledge it any more."""
    alert = _current(alert, by)
    alert.ended_at = timezone.now()
    alert.save()
    audit.record("alert.ended", by=by, target=alert)


def _current(alert: Alert, by: Actor) -> Alert:
    """The alert, locked. Raises ValidationError when it is over."""
    alert = Alert.objects.get(pk=alert.pk)
    alert.lock(None)
    _refuse_past(alert, by)
    return alert


def _refuse_past(alert: Alert, by: Actor) -> None:
    if not is_current(alert, by.coalition.today()):
        raise ValidationError("This alert is over.")


def _post(receipts: Collection[AlertReceipt]) -> None:
    addresses = addresses_of([receipt.partner for receipt in receipts])
    mails = AlertMail.objects.bulk_create(
        AlertMail(receipt=receipt, address=address) for receipt in receipts for address in addresses[receipt.partner_id]
    )
    for each in mails:
        enqueue(each)
