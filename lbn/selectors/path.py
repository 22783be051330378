"""How far an agency is on the way from its invitation to its first count. Each step is done when the portal holds what it is about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from lbn.models import (
    Count,
    KitDesign,
    PathStep,
    PersonnelCount,
    Program,
    SessionPart,
    SopVersion,
    StockMovement,
)

if TYPE_CHECKING:
    from coalitions.models import Partner


@dataclass(frozen=True)
class Step:
    """A step of the path, whether it is done, and what shows it, in a few words."""

    step: PathStep
    is_done: bool
    shown_by: str = ""


def path_of(partner: Partner) -> list[Step]:
    """The steps in their order, for one agency. Eight queries at most, however much the agency holds."""
    shown = {
        "profile": _profile(partner),
        "at-risk": _at_risk(partner),
        "sop": _sop(partner),
        "training": _training(partner),
        "kits": _kits(partner),
        "first-count": _first_count(partner),
    }
    return [Step(step, bool(shown.get(step.key)), shown.get(step.key, "")) for step in PathStep.objects.all()]


def anybody_trained(partner: Partner) -> bool:
    """False asks for a warning before the agency's first count: nobody of it is known to be trained."""
    return (
        PersonnelCount.objects.filter(partner=partner, trained__gt=0).exists()
        or SessionPart.objects.filter(partner=partner, trained__gt=0).exists()
    )


def _profile(partner: Partner) -> str:
    program = Program.objects.filter(partner=partner, profile_checked_at__isnull=False).exists()
    return "Looked over" if program else ""


def _at_risk(partner: Partner) -> str:
    agreed = Program.objects.filter(partner=partner).values_list("risk_agreed_on", flat=True).first()
    return f"Agreed on {_day(agreed)}" if agreed else ""


def _sop(partner: Partner) -> str:
    approved = SopVersion.objects.filter(partner=partner, approved_at__isnull=False).first()
    return f"Version {approved.number}, approved by the {approved.approved_role}" if approved else ""


def _training(partner: Partner) -> str:
    latest = PersonnelCount.objects.filter(partner=partner).first()
    if latest and latest.trained:
        return f"{latest.trained:,} of {latest.taking_part:,} trained"
    return "A session was held" if anybody_trained(partner) else ""


def _kits(partner: Partner) -> str:
    """A kit is chosen, the agency's own or the coalition's, and some were received."""
    designs = KitDesign.objects.of(partner.coalition).filter(Q(partner=partner) | Q(partner=None))
    received = StockMovement.objects.filter(site__partner=partner, kits__gt=0).exists()
    return "Kits are on the shelf" if received and designs.filter(approved_at__isnull=False).exists() else ""


def _first_count(partner: Partner) -> str:
    first = (
        Count.objects.filter(partner=partner, voided_at=None)
        .order_by("from_on")
        .values_list("from_on", flat=True)
        .first()
    )
    return f"Counting since {_day(first)}" if first else ""


def _day(day: dt.date) -> str:
    return f"{day:%b} {day.day}, {day.year}"
