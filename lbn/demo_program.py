"""What the demo coalition's agencies have of their programs: three of them stand at different points of the path to a first count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pgtrigger

from coalitions.demo_history import moment, telling
from coalitions.models import Partner
from coalitions.reference import rows
from lbn.actions import kits, program, referrals
from lbn.enums import ReferralKind
from lbn.models import KitDesign, KitItem, Program, RiskGroup
from lbn.selectors.kits import standard_contents
from lbn.selectors.program import months_back

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

    Happened = Callable[[dt.datetime], None]

COORDINATOR, LEAD = "coordinator@example.org", "lead@example.org"
# Agency → how many of the first two steps it has behind it, how long ago, and who did them.
AGENCIES = {
    "riverbend-police": (2, 130, LEAD),
    "helderwood-fire": (2, 40, COORDINATOR),
    "glen-avery-police": (1, 6, COORDINATOR),
}
WORDS = "Whoever asks for a kit gets one. We do not ask why."
CARD = "Local help in three counties"
WHY = "Test strips, because fentanyl is found in most seizures here, and a face shield, which families asked for."
# Whom the lead's agency refers people to, and the referrals of the last months, this one first.
REFERRALS = [
    ("daybreak-recovery", "", ReferralKind.PEER, "Peers answer every day from 8 am to 10 pm", [3, 7, 5, 6]),
    (
        "lantern-street",
        "",
        ReferralKind.SYRINGE_SERVICES,
        "Van on Tuesdays and Fridays, Riverbend Station",
        [2, 4, 4, 3],
    ),
    ("", "Crossing Paths Outreach", ReferralKind.OUTREACH, "Visits within two days", [None, 2, 1, 3]),
]


def load(coalition: Coalition, by_email: Mapping[str, Actor]) -> None:
    """Creates it all, once."""
    if KitDesign.objects.of(coalition).exists():
        return
    names = {row["key"]: row["name"] for row in rows("demo/partners.csv")}
    by_name = {partner.name: partner for partner in Partner.objects.of(coalition)}
    partners = {key: by_name[name] for key, name in names.items()}
    with telling(coalition) as happened:
        _kits(coalition, by_email[COORDINATOR], happened)
        for key, (steps, days, who) in AGENCIES.items():
            _first_steps(partners[key], steps, days, by_email[who], happened)
        _refer(partners, by_email[LEAD], happened)


def _kits(coalition: Coalition, by: Actor, happened: Happened) -> None:
    """The coalition's kit: the standard one, and half a year later a second version with more in it."""
    items = list(KitItem.objects.all())
    more = [
        {"item": one.key, "name": one.name, "quantity": 1}
        for one in items
        if one.key in ("fentanyl-strips", "face-shield")
    ]
    today = coalition.today()
    for days, added, why in ((420, [], ""), (190, more, WHY)):
        on = today - dt.timedelta(days=days)
        design = kits.begin_kit(
            coalition=coalition, partner=None, kit_type=None, contents=standard_contents(items), by=by
        )
        values: dict[str, Any] = {"contents": design.contents + added, "why": why, "resource_card": CARD}
        values["card_checked_on"] = today - dt.timedelta(days=min(days, 30))
        design = kits.edit_kit(design=design, values=values, version=design.version, by=by)
        kits.approve_kit(design=design, version=design.version, by=by)
        for hour in (9, 10, 11):
            happened(moment(coalition, on, hour))
        with pgtrigger.ignore("lbn.KitDesign:kit_kept"):
            there = KitDesign.objects.filter(pk=design.pk)
            there.update(created_at=moment(coalition, on, 9), approved_at=moment(coalition, on, 11))


def _first_steps(partner: Partner, steps: int, days: int, by: Actor, happened: Happened) -> None:
    on = by.coalition.today() - dt.timedelta(days=days)
    program.check_profile(partner=partner, values={}, version=None, by=by)
    at = moment(by.coalition, on, 10)
    happened(at)
    Program.objects.filter(partner=partner).update(profile_checked_at=at)
    if steps > 1:
        groups = list(RiskGroup.objects.all())
        program.agree_at_risk(partner=partner, groups=groups, words=WORDS, agreed_on=on, version=None, by=by)
        happened(moment(by.coalition, on, 10, 20))


def _refer(partners: Mapping[str, Partner], by: Actor, happened: Happened) -> None:
    partner, today = partners["riverbend-police"], by.coalition.today()
    begun = months_back(today, 4)
    for key, name, kind, how, numbers in REFERRALS:
        values = {"to": partners.get(key), "name": name, "kind": kind, "how": how}
        to = referrals.add_referral_partner(partner=partner, values=values, by=by)
        happened(moment(by.coalition, begun, 14))
        for back, number in enumerate(numbers):
            if number is None:
                continue
            month = months_back(today, back)
            referrals.count_referrals(partner=partner, month=month, numbers={to.pk: (None, number)}, by=by)
            happened(moment(by.coalition, month + dt.timedelta(days=27), 16))
