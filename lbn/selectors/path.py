"""How far an agency is on the way from its invitation to its first count. Each step is done when the portal holds what it is about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value, When

from coalitions.enums import PartnerStatus
from coalitions.models import Partner
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
from phast.access.table import Action

if TYPE_CHECKING:
    from phast.access.actor import Actor

# The steps in their order, and what they are called where there is little room.
STEPS = {
    "profile": "Profile",
    "at-risk": "Who is at risk",
    "sop": "Procedure",
    "training": "Training",
    "kits": "Kits",
    "first-count": "First count",
}


@dataclass(frozen=True)
class Step:
    """A step of the path, whether it is done, and what shows it, in a few words."""

    step: PathStep
    is_done: bool
    shown_by: str = ""


# ------------------------------------------------------------------ many agencies
def on_the_path(agencies: QuerySet[Partner]) -> QuerySet[Partner]:
    """Adds to each agency which steps are done (`done_profile`, …) and, as `next_step`, the first that is not: its key, or "" after the
    last."""
    mine = {"partner": OuterRef("pk")}
    design = Q(Exists(KitDesign.objects.filter(coalition=OuterRef("coalition"), approved_at__isnull=False).filter(
        Q(partner=OuterRef("pk")) | Q(partner=None)
    )))  # fmt: skip
    done = {
        "profile": Q(Exists(Program.objects.filter(**mine, profile_checked_at__isnull=False))),
        "at-risk": Q(Exists(Program.objects.filter(**mine, risk_agreed_on__isnull=False))),
        "sop": Q(Exists(SopVersion.objects.filter(**mine, approved_at__isnull=False))),
        "training": Q(Exists(PersonnelCount.objects.filter(**mine, trained__gt=0)))
        | Q(Exists(SessionPart.objects.filter(**mine, trained__gt=0))),
        "kits": design & Q(Exists(StockMovement.objects.filter(site__partner=OuterRef("pk"), kits__gt=0))),
        "first-count": Q(Exists(Count.objects.filter(**mine, voided_at=None))),
    }
    flags = {flag(key): ExpressionWrapper(done[key], output_field=BooleanField()) for key in STEPS}
    first = Case(*(When(**{flag(key): False}, then=Value(key)) for key in STEPS), default=Value(""))
    return agencies.annotate(**flags).annotate(next_step=first)


def flag(key: str) -> str:
    """What `on_the_path` calls a step: `done_at_risk`."""
    return f"done_{key.replace('-', '_')}"


def agencies_on_the_path(actor: Actor) -> QuerySet[Partner]:
    """The active agencies whose program the actor may see, by name, with how far each is."""
    seen = Partner.objects.visible_to(actor, Action.PROGRAM_SEE)
    return on_the_path(seen.exclude(agency_type="").exclude(status=PartnerStatus.INACTIVE))


def steps_done(agency: Partner) -> list[bool]:
    """What `on_the_path` found for one agency, step by step."""
    return [bool(getattr(agency, flag(key))) for key in STEPS]


# ------------------------------------------------------------------ one agency
def path_of(partner: Partner) -> list[Step]:
    """The steps in their order, for one agency, with what shows them. Eight queries at most, however much the agency holds."""
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
    """The version in force; until one is, the one approved last."""
    approved = list(SopVersion.objects.filter(partner=partner, approved_at__isnull=False))
    today = partner.coalition.today()
    begun = (one for one in approved if one.in_force_from and one.in_force_from <= today)
    shown = next(begun, next(iter(approved), None))
    return f"Version {shown.number}, approved by the {shown.approved_role}" if shown else ""


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
