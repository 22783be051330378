"""An agency's program on one page: what it has besides the path, and in what state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count as CountOf
from django.db.models import Q, Sum

from coalitions.models import Membership
from lbn.enums import InPlace
from lbn.models import Assessment, KitDesign, Phrase, ReferralCount, ReferralPartner, StockBalance
from lbn.selectors.kits import in_use
from lbn.selectors.supply import SOON
from phast.access.table import Role
from phast.ui.templatetags.ui import kits, local_date

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from coalitions.models import Partner
    from lbn.selectors.path import Step

MONTHS = 3  # referrals are summed over the last ones, this one included


@dataclass(frozen=True)
class Part:
    """Something a program has: what it is called, the address of its page by name, and how it stands in a few words."""

    title: str
    url_name: str
    state: str


def parts_of(partner: Partner, path: Sequence[Step]) -> list[Part]:
    """What a program has, besides what is done once. `path`: its steps, which say how procedure and training stand."""
    today = partner.coalition.today()
    shown = {step.step.key: step.shown_by for step in path}
    return [
        Part("Procedure", "lbn:sop_list", shown.get("sop") or "Not approved yet"),
        Part("Training", "lbn:training_list", shown.get("training") or "Nobody trained yet"),
        Part("Eight practices", "lbn:practice_list", _practices(partner)),
        Part("The kit", "lbn:kit_list", _kit(partner)),
        Part("Referrals", "lbn:referral_list", _referrals(partner, today)),
        Part("Phrase card", "lbn:phrase_card", _phrases()),
        Part("Supply", "lbn:supply", _supply(partner, today)),
    ]


def months_back(day: dt.date, months: int) -> dt.date:
    """The first day of the month that lies so many months before a day's own."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return day.replace(year=year, month=month + 1, day=1)


def who_counts(partner: Partner) -> list[Membership]:
    """Everybody of an agency who may count, by name."""
    there = Membership.objects.of(partner.coalition).filter(partner=partner, role__in=[Role.LEAD, Role.REPORTER])
    return list(there.select_related("user").order_by("user__name", "pk"))


def _practices(partner: Partner) -> str:
    there = Assessment.objects.filter(partner=partner).annotate(
        rated=CountOf("ratings"), in_place=CountOf("ratings", filter=Q(ratings__in_place=InPlace.IN_PLACE))
    )
    latest = there.order_by("-assessed_on", "-pk").first()
    if latest is None:
        return "Not assessed yet"
    begun = "" if latest.finished_at else ", begun"
    return f"{local_date(latest.assessed_on)}{begun}: {latest.in_place} of {latest.rated} elements in place"


def _kit(partner: Partner) -> str:
    found = in_use(partner)
    begun = KitDesign.objects.filter(partner=partner, approved_at=None).exists()
    if not found:
        return "A draft is begun" if begun else "Not chosen yet"
    design = found[0]
    whose = "" if design.partner_id else "The coalition’s, "
    state = f"{whose}version {design.number}, {design.doses} doses"
    return f"{state[0].upper()}{state[1:]}{'; a new one is begun' if begun else ''}"


def _referrals(partner: Partner, today: dt.date) -> str:
    named = ReferralPartner.objects.filter(partner=partner, is_active=True).count()
    if not named:
        return "Nobody named yet"
    first = months_back(today, MONTHS - 1)
    made = ReferralCount.objects.filter(to__partner=partner, month__gte=first).aggregate(sum=Sum("referrals"))["sum"]
    return f"{named} partner{'' if named == 1 else 's'}; {made or 0:,} referrals in {MONTHS} months"


def _phrases() -> str:
    kinds = dict(Phrase.objects.order_by().values_list("kind").annotate(CountOf("pk")))
    return f"{kinds.get('use', 0)} phrases to use, {kinds.get('avoid', 0)} to avoid"


def _supply(partner: Partner, today: dt.date) -> str:
    held = StockBalance.objects.filter(site__partner=partner, kits__gt=0).aggregate(
        all=Sum("kits"), soon=Sum("kits", filter=Q(lot__expires_on__lte=today + SOON))
    )
    if not held["all"]:
        return "No kits on the shelf"
    soon = f", {held['soon']:,} of them expire within {SOON.days} days" if held["soon"] else ""
    return f"{kits(held['all'])} on the shelf{soon}"
