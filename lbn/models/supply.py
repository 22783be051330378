"""Supply: sites, lots, and the ledger of what came to a shelf and left it. Kits throughout; doses are kits times `Lot.doses`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from coalitions.models import Coalition, FundingSource, Partner
from lbn.enums import INCOMING, OUTGOING, Movement, Product, StockReason, TransferState
from phast.access.funnel import Tenant
from phast.access.table import Action
from phast.versions import Versioned

from .count import Count
from .stock_triggers import MOVEMENT_TRIGGERS


class Site(Versioned, Tenant):
    """A place where an agency keeps kits. `gives_out`: kits are left behind from here, so counts draw on it; a store room's are not.

    `tracked_from`: counts that ended before this day do not touch its stock. `par`: kits below which it is to be filled up.
    """

    partner_path = "partner"

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(max_length=80)
    gives_out = models.BooleanField("kits are left behind from here", default=True)
    tracked_from = models.DateField("kept in the portal since")
    par = models.PositiveIntegerField("fill up below", null=True, blank=True)
    is_active = models.BooleanField(default=True, editable=False)

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "name"],
                name="site_name",
                violation_error_message="This agency has a site with this name. Choose another name.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Lot(Tenant):
    """Naloxone that was made together: product, lot number and printed expiry, with `doses` in each kit. Agencies of the coalition hold
    kits of the same lot; each reads of it what is on its own shelves."""

    codes = frozenset({"number"})

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+", db_index=False)
    product = models.CharField(max_length=12, choices=Product, default=Product.NASAL_4)
    number = models.CharField("lot number", max_length=30)
    expires_on = models.DateField("printed expiry")
    doses = models.PositiveSmallIntegerField("doses in a kit", default=2)

    class Meta:
        ordering: ClassVar = ["expires_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["coalition", "number", "product", "expires_on", "doses"], name="lot_once"),
            models.CheckConstraint(condition=Q(number__regex=r"^[0-9A-Z][0-9A-Z./-]*$"), name="lot_number"),
            models.CheckConstraint(condition=Q(doses__gte=1, doses__lte=20), name="lot_doses"),
        ]

    def __str__(self) -> str:
        return f"{self.number}, expires {self.expires_on:%b} {self.expires_on.day}, {self.expires_on.year}"


class StockBalance(Tenant):
    """Kits of a lot at a site, as the database sums the ledger up: on the shelf (`kits`) and left behind from it (`left_behind`).

    `counted_on`: the day of the last stock-take; `settled_id`: the last entry of the ledger that it took into account.
    """

    coalition_path = "site__coalition"
    partner_path = "site__partner"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="balances", db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="balances")
    kits = models.IntegerField(default=0)
    left_behind = models.IntegerField(default=0)
    counted_on = models.DateField(null=True)
    settled_id = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        ordering: ClassVar = ["lot__expires_on", "lot", "site"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "lot"], name="balance_once"),
            models.CheckConstraint(
                condition=Q(kits__gte=0),
                name="stock_not_negative",
                violation_error_message="There are not that many kits of this lot here. Nothing was saved.",
            ),
            models.CheckConstraint(condition=Q(left_behind__gte=0), name="left_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.kits:,} of {self.lot}"


class Transfer(Tenant):
    """Kits offered to another site, of the same agency or another. From the offer on they are on no shelf; they arrive when the other
    site accepts them, or come back when it declines or the offer is withdrawn."""

    coalition_path = "from_site__coalition"
    partner_path = "from_site__partner"
    hides_people = True

    from_site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="transfers_out")
    to_site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="transfers_in")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="transfers")
    kits = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=TransferState, default=TransferState.OFFERED)
    client_key = models.UUIDField(editable=False)
    offered_at = models.DateTimeField(auto_now_add=True)
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["from_site", "client_key"], name="transfer_once"),
            models.CheckConstraint(
                condition=~Q(from_site=F("to_site")),
                name="transfer_elsewhere",
                violation_error_message="Choose another site to send the kits to.",
            ),
            models.CheckConstraint(condition=Q(kits__gt=0), name="transfer_of_some"),
            models.CheckConstraint(
                condition=Q(state=TransferState.OFFERED, answered_at=None, answered_by=None)
                | (~Q(state=TransferState.OFFERED) & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="answered_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kits:,} kit{'' if self.kits == 1 else 's'} from {self.from_site} to {self.to_site}"

    @classmethod
    def of_partners(cls, keys: Sequence[int], action: Action) -> Q:
        """Both sides of it."""
        return Q(from_site__partner__in=keys) | Q(to_site__partner__in=keys)


class StockTake(Tenant):
    """Somebody counted what is on a site's shelves."""

    coalition_path = "site__coalition"
    partner_path = "site__partner"
    hides_people = True

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="stock_takes")
    taken_on = models.DateField()
    client_key = models.UUIDField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["site", "client_key"], name="stock_take_once")]

    def __str__(self) -> str:
        return f"Stock-take of {self.taken_on:%b} {self.taken_on.day}, {self.taken_on.year}"


class StockTakeLine(Tenant):
    """One lot of a stock-take: how many kits the portal expected, and how many were `found`."""

    coalition_path = "take__site__coalition"
    partner_path = "take__site__partner"

    take = models.ForeignKey(StockTake, on_delete=models.PROTECT, related_name="lines")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    expected = models.PositiveIntegerField()
    found = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["lot__expires_on", "lot"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["take", "lot"], name="counted_once")]

    def __str__(self) -> str:
        return f"{self.found:,} of {self.expected:,}"


class StockMovement(Tenant):
    """An entry of the ledger: `kits` came to the shelf, or left it where negative. Entries are added and never changed.

    The database adds LEFT and RETURNED itself as counts are written, corrected and removed: first expiring first. `came_from`: who gave the
    kits, of what was received; `funding`: what paid for them.
    """

    coalition_path = "site__coalition"
    partner_path = "site__partner"
    hides_people = True

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="movements", db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=9, choices=Movement)
    kits = models.IntegerField()
    happened_on = models.DateField()
    reason = models.CharField(max_length=9, choices=StockReason, blank=True, default="", db_default="")
    came_from = models.CharField("who gave them", max_length=120, blank=True, default="", db_default="")
    funding = models.ForeignKey(
        FundingSource, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    count = models.ForeignKey(Count, on_delete=models.PROTECT, null=True, related_name="movements", db_index=False)
    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, null=True, related_name="movements", db_index=False
    )
    take = models.ForeignKey(StockTake, on_delete=models.PROTECT, null=True, related_name="movements", db_index=False)
    client_key = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["site", "client_key"], condition=Q(client_key__isnull=False), name="movement_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=INCOMING, kits__gt=0)
                | Q(kind__in=OUTGOING, kits__lt=0)
                | (~Q(kind__in=[*INCOMING, *OUTGOING]) & ~Q(kits=0)),
                name="movement_sign",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[Movement.LOST, Movement.ADJUSTED]) | ~Q(reason=""),
                name="movement_reason",
                violation_error_message="Choose a reason.",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[Movement.LEFT, Movement.RETURNED]) | Q(count__isnull=False),
                name="movement_count",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[Movement.SENT, Movement.ARRIVED, Movement.CAME_BACK])
                | Q(transfer__isnull=False),
                name="movement_transfer",
            ),
            models.UniqueConstraint(fields=["transfer"], condition=Q(kind=Movement.SENT), name="sent_once"),
            models.UniqueConstraint(
                fields=["transfer"],
                condition=Q(kind__in=[Movement.ARRIVED, Movement.CAME_BACK]),
                name="arrived_or_came_back",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["site", "-id"], name="movement_of_site"),
            models.Index(fields=["count"], name="movement_of_count", condition=Q(count__isnull=False)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            *MOVEMENT_TRIGGERS,
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.kits:+,}"
