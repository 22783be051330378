"""What a count is: an entry by an agency over a span of days."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from coalitions.models import Coalition, Partner
from lbn.enums import Channel, Place, Recipient, Setting, VoidReason
from lbn.rules import HARD_CAP, LONGEST
from phast.access.funnel import Tenant

from .stock_triggers import DRAWING_TRIGGERS
from .triggers import COUNT_TRIGGERS


class KitType(Tenant):
    """A kit the coalition's agencies leave behind. `doses`: doses of naloxone in it; kits and doses are counted apart."""

    shared_by_partners = True

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="kit_types")
    name = models.CharField(max_length=80)
    doses = models.PositiveSmallIntegerField(default=2)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["coalition", "name"], name="kit_type_name")]

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())  # the insert is the row itself
class Count(Tenant):
    """Kits an agency left behind from `from_on` to `to_on` (a day, a month, up to a year), in one place. Zero is a count.

    Nothing is deleted: a correction voids the entry and adds another. Two entries that look alike are both real unless a person
    says otherwise; only (agency, client key) is unique, so that a replay is harmless. `fingerprint` is a hash of what was sent
    under the key: the same key with another body is refused. `declined`, `none_available` and `reversals` are what the agency may
    say besides: how often a kit was offered and declined, how often there was none to leave, reversals reported; None is "not said".
    """

    partner_path = "partner"
    codes = frozenset({"zip_code"})
    hides_people = True
    saved_before = False  # True on the row that `log_count` answers with for a key it had seen already

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="counts", db_index=False)
    from_on = models.DateField("first day")
    to_on = models.DateField("last day")
    place = models.CharField(max_length=8, choices=Place, default=Place.ZIP)
    zip_code = models.CharField("ZIP code", max_length=5, blank=True)
    kits = models.PositiveIntegerField()
    setting = models.CharField(max_length=20, choices=Setting, blank=True, default=Setting.NOT_RECORDED)
    recipient = models.CharField(max_length=20, choices=Recipient, blank=True, default=Recipient.NOT_RECORDED)
    kit_type = models.ForeignKey(
        KitType, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    declined = models.PositiveSmallIntegerField("offered and declined", null=True, blank=True)
    none_available = models.PositiveSmallIntegerField("no kit available", null=True, blank=True)
    reversals = models.PositiveSmallIntegerField("reversals reported", null=True, blank=True)
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.DESK, db_default=Channel.DESK)
    source = models.ForeignKey(
        "lbn.CountImport", on_delete=models.PROTECT, null=True, related_name="counts", db_index=False
    )
    client_key = models.UUIDField(editable=False)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    on_behalf = models.BooleanField(
        default=False, db_default=False, help_text="The coordinator entered it for the agency."
    )
    voided_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    void_reason = models.CharField(max_length=15, choices=VoidReason, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "client_key"], name="count_once"),
            models.CheckConstraint(condition=Q(kits__gte=0, kits__lte=HARD_CAP), name="kits_0_to_5000"),
            models.CheckConstraint(
                condition=Q(declined__lte=HARD_CAP, none_available__lte=HARD_CAP, reversals__lte=HARD_CAP),
                name="besides_0_to_5000",  # one that is not said is NULL, which a check lets pass
            ),
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on"), to_on__lte=F("from_on") + LONGEST),
                name="span_up_to_a_year",
            ),
            models.CheckConstraint(
                condition=Q(place=Place.ZIP, zip_code__regex=r"^[0-9]{5}$") | (~Q(place=Place.ZIP) & Q(zip_code="")),
                name="zip_or_reason",
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None, voided_by=None) | Q(voided_at__isnull=False, voided_by__isnull=False),
                name="voided_pair",
            ),
            models.CheckConstraint(condition=Q(void_reason="") | Q(voided_at__isnull=False), name="reason_of_void"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["partner", "from_on"], name="count_of_agency"),
            models.Index(fields=["source"], name="count_of_import", condition=Q(source__isnull=False)),
        ]
        triggers: ClassVar = [*COUNT_TRIGGERS, *DRAWING_TRIGGERS]

    def __str__(self) -> str:
        return f"{self.kits:,} kit{'' if self.kits == 1 else 's'}, {self.where}, {self.when}"

    @property
    def when(self) -> str:
        """The day ("Nov 20, 2026"), the whole month ("November 2026"), or the first and the last day."""
        if self.from_on == self.to_on:
            return _day(self.from_on)
        next_day = self.to_on + dt.timedelta(days=1)
        if self.from_on.day == next_day.day == 1 and (self.to_on.month, self.to_on.year) == (
            self.from_on.month,
            self.from_on.year,
        ):
            return f"{self.from_on:%B %Y}"
        return f"{_day(self.from_on)} – {_day(self.to_on)}"

    @property
    def where(self) -> str:
        """The ZIP, or why there is none."""
        return self.zip_code or self.get_place_display()


def _day(day: dt.date) -> str:
    return f"{day:%b} {day.day}, {day.year}"
