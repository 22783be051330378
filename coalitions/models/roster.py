"""Partners, their contacts, and the positions of the coalition."""

from __future__ import annotations

import secrets
from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from coalitions.enums import AgencyType, PartnerStatus
from phast.access.funnel import EVERY_ROW, Tenant
from phast.versions import Versioned

from .coalition import Coalition
from .reference import PositionKind, Sector


def _nonce() -> str:
    return secrets.token_urlsafe(16)


@pghistory.track()
class Partner(Versioned, Tenant):
    """An organization in the coalition; an agency when it has an `agency_type`.

    `counts_since`: from this day on the agency leaves kits behind and is expected to report; empty for everybody else.
    `named_in_releases`: the agency agreed to it; otherwise its kits are among those of "other agencies".
    `merged_into`: the partner that this one turned out to be. It is inactive then, listed nowhere, and its name is free; what was
    counted and reported stays where it is, so that it stays true (`coalitions.merging` says what goes along); the people of the one
    it was merged into see it.
    """

    partner_path = "pk"

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="partners")
    name = models.CharField(max_length=120)
    agency_type = models.CharField(max_length=20, choices=AgencyType, blank=True)
    sectors = models.ManyToManyField(Sector, blank=True, related_name="partners")
    status = models.CharField(max_length=10, choices=PartnerStatus, default=PartnerStatus.ACTIVE)
    joined_on = models.DateField("joined on", null=True, blank=True)
    counts_since = models.DateField("counts kits since", null=True, blank=True)
    named_in_releases = models.BooleanField("may be named beside its kits in releases", default=False)
    website = models.URLField(blank=True)
    address = models.CharField("address of the organization", max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="merged"
    )

    class Meta:
        ordering: ClassVar = [Lower("name")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "coalition",
                Lower("name"),
                condition=Q(merged_into=None),
                name="partner_name",
                violation_error_message="A partner with this name is in the roster.",
            ),
            models.CheckConstraint(
                condition=Q(counts_since=None) | ~Q(agency_type=""),
                name="agencies_count",
                violation_error_message="Choose the type of agency: only agencies report kit counts.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def released(cls) -> Q:
        """Observers see who is in the coalition now."""
        return Q(status=PartnerStatus.ACTIVE)


@pghistory.track()
class Contact(Versioned, Tenant):
    """A person at a partner. `user`: the account that is this person, when there is one."""

    coalition_path = "partner__coalition"
    partner_path = "partner"

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    email = models.EmailField("e-mail", blank=True)
    phone = models.CharField(max_length=40, blank=True)
    part = models.CharField(
        "part they play", max_length=120, blank=True, help_text="Such as: decides, knows the data, speaks for nights."
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = [Lower("name")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Position(Versioned, Tenant):
    """What somebody is in the coalition: a champion, the PHAST coordinator, one of its own. Vacant without a contact."""

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="positions")
    kind = models.ForeignKey(PositionKind, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=120)
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="positions")
    since = models.DateField("held since", null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["kind__order", Lower("title")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "coalition",
                Lower("title"),
                name="position_title",
                violation_error_message="The coalition has this position already.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def released(cls) -> Q:
        """Observers see which positions there are; their holders are contacts, which they do not see."""
        return EVERY_ROW


@pghistory.track()
class Seat(Versioned, Tenant):
    """A lived-experience seat: a real voice in the coalition, shown by the alias the person chose.

    Who the person is, is stored nowhere, and no health fact is. `sector`: what the seat fills in the sector grid, if anything.
    `left_on`: since when it is empty.
    """

    SECTORS: ClassVar = ("parents", "people-who-use-drugs")  # the ones people are in for what they live through
    kept_back = frozenset({"sector"})  # beside an alias it would say what somebody has lived through

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="seats")
    alias = models.CharField(max_length=60, help_text="A name the person chose. Not their own, unless they want it so.")
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateField("in the coalition since", null=True, blank=True)
    left_on = models.DateField("left on", null=True, blank=True)
    nonce = models.CharField(
        max_length=30, default=_nonce, editable=False, help_text="Changes when its link is made anew."
    )

    class Meta:
        ordering: ClassVar = [Lower("alias")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "coalition",
                Lower("alias"),
                name="seat_alias",
                violation_error_message="Another seat has this alias. Ask for a different one.",
            )
        ]

    def __str__(self) -> str:
        return self.alias

    @classmethod
    def released(cls) -> Q:
        """Observers learn, as everybody does, that a sector is filled; no page of theirs shows a seat."""
        return Q(left_on=None)
