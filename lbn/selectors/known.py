"""The facts about an agency's program that may show how far its practices are. Four queries, however much the agency holds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from coalitions.enums import PartnerStatus
from coalitions.models import Partner, Seat, Sector
from lbn.enums import FeedbackKind, Place, TransferState
from lbn.models import (
    Count,
    Feedback,
    Improvement,
    KitDesign,
    Period,
    PeriodReport,
    PersonnelCount,
    Program,
    ReferralCount,
    ReferralPartner,
    RiskGroup,
    SessionPart,
    SopVersion,
    TrainingElement,
    TrainingSession,
    Transfer,
)

from .kits import in_use

YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class Known:
    """Numbers are of the last 12 months unless the name says otherwise; training and what was shared, of the last 24.

    `kits_in_use`, `sop`: the kits are the agency's own or else the coalition's. `covered`: keys of training elements that its sessions
    covered. `seats`, `sectors`: the whole coalition's.
    """

    today: dt.date
    kits_in_use: list[KitDesign]
    sop: SopVersion | None
    risk_groups: frozenset[str]
    risk_agreed_on: dt.date | None
    kit_draft: bool
    sop_draft: bool
    groups_there_are: int
    elements_there_are: int
    entries: int
    kits: int
    kits_with_zip: int
    due: int
    reported: int
    covered: frozenset[str]
    sessions: int
    shared_sessions: int
    shared_kits: int
    taking_part: int
    trained: int
    training_due: int
    refers_to: int
    referrals: int
    sectors: int
    sectors_filled: int
    seats: int
    feedback: int
    from_recipients: int
    improvements: int
    shared_improvements: int

    @property
    def kit(self) -> KitDesign | None:
        """The kit that is spoken of: the first where there are several."""
        return self.kits_in_use[0] if self.kits_in_use else None

    @cached_property
    def kit_items(self) -> frozenset[str]:
        """Keys of the items in the kits in use."""
        return frozenset(item["item"] for kit in self.kits_in_use for item in kit.contents)


def sop_in_force(partner: Partner) -> SopVersion | None:
    """The agency's own procedure: the newest approved version whose day has come."""
    approved = SopVersion.objects.filter(partner=partner, in_force_from__lte=partner.coalition.today())
    return approved.order_by("-number").first()


def periods_due(partner: Partner, today: dt.date) -> QuerySet[Period]:
    """The periods for which the agency's report was due before today."""
    over = Period.objects.of(partner.coalition).filter(due_on__lt=today)
    return over.filter(to_on__gte=partner.counts_since) if partner.counts_since else over.none()


def known_of(partner: Partner) -> Known:
    """What the portal knows of this agency today."""
    program = Program.objects.filter(partner=partner).annotate(
        groups=ArraySubquery(Program.risk_groups.through.objects.filter(program=OuterRef("pk")).values("riskgroup"))
    )
    risk = program.values_list("groups", "risk_agreed_on").first() or ([], None)
    today = partner.coalition.today()
    numbers = _numbers(partner, today)
    personnel = numbers.pop("personnel") or {}
    known: dict[str, Any] = {
        **numbers,
        "today": today,
        "kits_in_use": in_use(partner),
        "sop": sop_in_force(partner),
        "risk_groups": frozenset(risk[0]),
        "risk_agreed_on": risk[1],
        "covered": frozenset(numbers["covered"]),
        "taking_part": personnel.get("taking_part", 0),
        "trained": personnel.get("trained", 0),
        "training_due": personnel.get("due", 0),
    }
    return Known(**{one.name: known[one.name] for one in fields(Known)})


def _numbers(partner: Partner, today: dt.date) -> dict[str, Any]:
    """Every number in one query."""
    coalition, since = partner.coalition, today - YEAR
    counts = Count.objects.filter(partner=partner, voided_at=None, to_on__gt=since)
    due = periods_due(partner, today).filter(from_on__gt=since)
    parts = SessionPart.objects.filter(partner=partner, took_part__gt=0, session__held_on__gt=since - YEAR)
    others = SessionPart.objects.filter(session=OuterRef("session")).exclude(partner=partner)
    covered = TrainingSession.elements.through.objects.filter(trainingsession__in=parts.values("session"))
    transfers = Transfer.objects.filter(
        Q(from_site__partner=partner) | Q(to_site__partner=partner),
        state=TransferState.ACCEPTED,
        answered_at__date__gt=since - YEAR,
    ).exclude(from_site__partner=F("to_site__partner"))
    active = Partner.sectors.through.objects.filter(
        partner__coalition=coalition, partner__status=PartnerStatus.ACTIVE, sector=OuterRef("pk")
    )
    seats = Seat.objects.of(coalition).filter(left_on=None)
    filled = Sector.objects.filter(Exists(active) | Exists(seats.filter(sector=OuterRef("pk"))))
    feedback = Feedback.objects.filter(partner=partner, month__gt=since)
    better = Improvement.objects.filter(partner=partner, made_on__gt=since)
    latest = PersonnelCount.objects.filter(partner=partner).order_by("-as_of")
    asked = {
        "kit_draft": Exists(KitDesign.objects.filter(partner=partner, approved_at=None)),
        "sop_draft": Exists(SopVersion.objects.filter(partner=partner, approved_at=None)),
        "groups_there_are": _how_many(RiskGroup.objects.all()),
        "elements_there_are": _how_many(TrainingElement.objects.all()),
        "entries": _how_many(counts),
        "kits": _sum(counts, "kits"),
        "kits_with_zip": _sum(counts.filter(place=Place.ZIP), "kits"),
        "due": _how_many(due),
        "reported": _how_many(PeriodReport.objects.filter(partner=partner, period__in=due)),
        "covered": ArraySubquery(covered.order_by().values("trainingelement").distinct()),
        "sessions": _how_many(parts),
        "shared_sessions": _how_many(parts.filter(Exists(others))),
        "shared_kits": _sum(transfers, "kits"),
        "personnel": Subquery(
            latest.values(said=JSONObject(taking_part="taking_part", trained="trained", due="due"))[:1]
        ),
        "refers_to": _how_many(ReferralPartner.objects.filter(partner=partner, is_active=True)),
        "referrals": _sum(ReferralCount.objects.filter(to__partner=partner, month__gt=since), "referrals"),
        "sectors": _how_many(Sector.objects.all()),
        "sectors_filled": _how_many(filled),
        "seats": _how_many(seats),
        "feedback": _how_many(feedback),
        "from_recipients": _how_many(feedback.filter(kind=FeedbackKind.RECIPIENTS)),
        "improvements": _how_many(better),
        "shared_improvements": _how_many(better.exclude(shared_with="")),
    }
    # Named apart: some of the names are the model's own.
    found = Partner.objects.filter(pk=partner.pk).values_list(*asked.values())
    return dict(zip(asked, found.get(), strict=True))


def _how_many(rows: QuerySet) -> Any:
    return _whole(rows, Func(F("pk"), function="COUNT", output_field=IntegerField()))


def _sum(rows: QuerySet, field: str) -> Any:
    return _whole(rows, Func(F(field), function="SUM", output_field=IntegerField()))


def _whole(rows: QuerySet, figure: Func) -> Any:
    """A figure over all the rows, as a subquery: an aggregate of Django's would group them."""
    return Coalesce(Subquery(rows.order_by().annotate(figure=figure).values("figure")), Value(0))
