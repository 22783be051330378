"""What an agency's program did over whole months, as plain values: for its report."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import Count as CountOf
from django.db.models import Q, Sum

from lbn.enums import Movement
from lbn.models import (
    PeriodReport,
    PersonnelCount,
    Program,
    ReferralPartner,
    SessionPart,
    StockBalance,
    StockMovement,
    TrainingElement,
)
from phast.ui.templatetags.ui import local_date

from .kits import in_use
from .known import periods_due, sop_in_force
from .practices import History, Level, history_of, outline
from .supply import SOON, USE_OVER

if TYPE_CHECKING:
    from coalitions.models import Partner
    from lbn.models import Lot

    from .span import Span

NEXT_SHOWN = 5


def practices(partner: Partner, span: Span) -> dict[str, Any] | None:
    """The latest assessment up to the end of the span, beside the one before; None without one."""
    history = history_of(partner, outline())
    made = History([one for one in history.finished if one.assessment.assessed_on <= span.to_on])
    latest = made.latest
    if latest is None:
        return None
    earlier = made.finished[1] if len(made.finished) > 1 else None
    return {
        "on": local_date(latest.assessment.assessed_on),
        "before_on": local_date(earlier.assessment.assessed_on) if earlier else "",
        "in_place": latest.in_place,
        "in_place_before": earlier.in_place if earlier else None,
        "of": latest.of,
        "rows": [_practice(level) for level in latest.levels],
        "next": [[one.element.title, one.element.next] for one in latest.not_in_place[:NEXT_SHOWN]],
        "course": made.course,
    }


def _practice(level: Level) -> dict[str, Any]:
    return {
        "number": level.practice.number,
        "title": level.practice.title,
        "words": level.words,
        "elements": [
            [
                one.element.title,
                one.in_place,
                str(one.in_place.label) if one.in_place is not None else "Not rated",
                str(one.before.label) if one.before is not None else "",
                one.rating.evidence if one.rating else "",
            ]
            for one in level.elements
        ],
    }


def at_risk(partner: Partner) -> dict[str, Any]:
    """Whom the agency calls at risk."""
    program = Program.objects.filter(partner=partner).prefetch_related("risk_groups").first()
    if program is None:
        return {"groups": [], "words": "", "agreed_on": ""}
    return {
        "groups": [group.title for group in program.risk_groups.all()],
        "words": program.risk_words,
        "agreed_on": local_date(program.risk_agreed_on),
    }


def documents(partner: Partner) -> dict[str, Any]:
    """The procedure in force and the kits in use."""
    sop = sop_in_force(partner)
    return {
        "sop": [sop.number, local_date(sop.in_force_from), sop.approved_role] if sop else None,
        "kits": [
            {
                "name": str(kit.kit_type),
                "version": kit.number,
                "since": local_date(kit.approved_at),
                "doses": kit.doses,
                "holds": [[one["name"], one["quantity"]] for one in kit.contents],
                "card": kit.resource_card,
                "card_checked": local_date(kit.card_checked_on),
            }
            for kit in in_use(partner)
        ],
    }


def training(partner: Partner, span: Span) -> dict[str, Any]:
    """Sessions of the span, the people of the agency in them, and how many of those who take part are trained. Counts, never names;
    None where the agency's numbers are still to come."""
    parts = (
        SessionPart.objects.filter(partner=partner, session__held_on__range=(span.from_on, span.to_on))
        .select_related("session")
        .annotate(elements=CountOf("session__elements"))
        .order_by("session__held_on", "pk")
    )
    latest = PersonnelCount.objects.filter(partner=partner, as_of__lte=span.to_on).order_by("-as_of").first()
    covered = set(parts.filter(took_part__gt=0).values_list("session__elements", flat=True))
    rows = [
        [
            str(one.session.get_kind_display()),
            local_date(one.session.held_on),
            one.elements,
            *((one.took_part, one.trained) if one.took_part else (None, None)),
        ]
        for one in parts
    ]
    return {
        "sessions": rows,
        "took_part": sum(one.took_part for one in parts),
        "trained_then": sum(one.trained for one in parts),
        "personnel": [latest.trained, latest.taking_part, latest.due, local_date(latest.as_of)] if latest else None,
        "covered": [[one.title, one.pk in covered] for one in TrainingElement.objects.all()],
    }


def supply(partner: Partner, span: Span, today: dt.date) -> dict[str, Any] | None:
    """What came and went in the span, and what is on the shelves today; None for an agency that keeps no kits here. `drawn`: how many
    of the kits left behind in the span came off these shelves; the others found none there."""
    moved = StockMovement.objects.filter(site__partner=partner)
    shelves = StockBalance.objects.filter(site__partner=partner, kits__gt=0).select_related("lot").order_by("lot")
    if not moved.exists():
        return None
    by_kind = dict(
        moved.filter(happened_on__range=(span.from_on, span.to_on)).order_by().values_list("kind").annotate(Sum("kits"))
    )
    counted = moved.filter(count__from_on__gte=span.from_on, count__to_on__lte=span.to_on)
    before = moved.filter(happened_on__lt=span.from_on).aggregate(kits=Sum("kits"))["kits"] or 0
    left = -sum(
        moved.filter(kind__in=[Movement.LEFT, Movement.RETURNED], happened_on__gt=today - USE_OVER).values_list(
            "kits", flat=True
        )
    )
    lots: dict[Lot, int] = {}
    for balance in shelves:
        lots[balance.lot] = lots.get(balance.lot, 0) + balance.kits
    usable = sum(kits for lot, kits in lots.items() if lot.expires_on >= today)
    return {
        "moved": [
            ["On the shelves at the start", before],
            *([str(kind.label), by_kind[kind]] for kind in Movement if by_kind.get(kind)),
            ["On the shelves at the end", before + sum(by_kind.values())],
        ]
        if before or by_kind
        else [],
        "drawn": -(counted.aggregate(kits=Sum("kits"))["kits"] or 0),
        "usable": usable,
        "soon": sum(kits for lot, kits in lots.items() if today <= lot.expires_on <= today + SOON),
        "expired": sum(kits for lot, kits in lots.items() if lot.expires_on < today),
        "days": usable * USE_OVER.days // left if left > 0 else None,
        "lots": [
            [lot.number, str(lot.get_product_display()), local_date(lot.expires_on), kits]
            for lot, kits in sorted(lots.items(), key=lambda one: (one[0].expires_on, one[0].number))
        ],
    }


def reports_of(partner: Partner, span: Span, today: dt.date) -> list[int]:
    """How many of the reports that are due for periods in the span were made, and how many are due."""
    due = periods_due(partner, today).filter(from_on__gte=span.from_on, to_on__lte=span.to_on)
    return [PeriodReport.objects.filter(partner=partner, period__in=due).count(), due.count()]


def referrals(partner: Partner, span: Span) -> list[list[Any]]:
    """Each organization the agency refers to, with how many referrals it made to it in the span."""
    made = Sum("counts__referrals", filter=Q(counts__month__range=(span.from_on, span.to_on)))
    found = ReferralPartner.objects.filter(partner=partner).select_related("to").annotate(made=made).order_by("pk")
    return [[str(one), str(one.get_kind_display()), one.made or 0] for one in found if one.is_active or one.made]
