"""Agreements between partners: who may give which data to whom, until when."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from coalitions.enums import AgreementKind, AgreementStatus, DataDirection, Granularity, Timeliness
from phast.access.funnel import Tenant
from phast.jobs.models import Job
from phast.versions import Versioned

from .coalition import Coalition
from .reference import Dataset
from .roster import Partner

WARNED_BEFORE = (90, 30, 7)  # days


def _random_name(agreement: Agreement, filename: str) -> str:
    return f"agreements/{uuid.uuid4().hex}"


@pghistory.track()
class Agreement(Versioned, Tenant):
    """An MOU, a data-sharing agreement or another one. A data flow goes from `giver` to `receiver` (None: the whole coalition)."""

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="agreements")
    kind = models.CharField(max_length=5, choices=AgreementKind)
    title = models.CharField(max_length=160)
    purpose = models.TextField(blank=True)
    parties = models.ManyToManyField(Partner, blank=True, related_name="agreements")
    others = models.CharField("parties outside the coalition", max_length=200, blank=True)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    dataset_other = models.CharField("another dataset", max_length=120, blank=True)
    giver = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="data comes from"
    )
    receiver = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="and goes to"
    )
    direction = models.CharField(max_length=7, choices=DataDirection, blank=True)
    granularity = models.CharField(max_length=10, choices=Granularity, blank=True)
    timeliness = models.CharField(max_length=10, choices=Timeliness, blank=True)
    status = models.CharField(max_length=10, choices=AgreementStatus, default=AgreementStatus.DRAFT)
    signed_on = models.DateField("signed", null=True, blank=True)
    effective_on = models.DateField("in effect from", null=True, blank=True)
    expires_on = models.DateField("expires", null=True, blank=True)
    file = models.FileField(upload_to=_random_name, blank=True, editable=False)
    file_name = models.CharField(max_length=120, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["expires_on", "title", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(effective_on=None) | Q(expires_on=None) | Q(expires_on__gte=F("effective_on")),
                name="agreement_ends_after_it_begins",
                violation_error_message="It expires before it is in effect. Check the two dates.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def is_in_effect(self, today: dt.date) -> bool:
        """Whether it is signed and the day lies in its time."""
        begun = self.effective_on is None or self.effective_on <= today
        return self.status == AgreementStatus.SIGNED and begun and not self.has_expired(today)

    def has_expired(self, today: dt.date) -> bool:
        return self.expires_on is not None and self.expires_on < today

    @property
    def data(self) -> str:
        """Which data it shares; empty when it shares none."""
        return self.dataset.name if self.dataset else self.dataset_other


class ExpiryNotice(Tenant):
    """That people were told an agreement expires soon: once for each of `WARNED_BEFORE`, again when the date changes."""

    coalition_path = "agreement__coalition"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="notices")
    expires_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement", "expires_on", "days"], name="warned_once")
        ]

    def __str__(self) -> str:
        return f"{self.agreement}: {self.days} days"


class ExpiryMail(Job, Tenant):
    """Such a notice on its way to one coordinator. Sending it is the job."""

    coalition_path = "notice__agreement__coalition"
    MAX_ATTEMPTS = 300  # mail may be down for days; what expired meanwhile is not sent

    notice = models.ForeignKey(ExpiryNotice, on_delete=models.CASCADE, related_name="mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["notice", "user"], name="warned_each_once")]

    def __str__(self) -> str:
        return f"mail of {self.requested_at:%Y-%m-%d}"

    def work(self) -> None:
        """Sends the mail."""
        from coalitions.expiry import send

        send(self)
