"""Standard operating procedures: versions, which is in force, and the facts of an agency that are filled in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse

from coalitions.models import Coalition, Partner
from lbn.models import KitDesign, Program, ReferralPartner, Site, SopVersion, TrainingElement
from lbn.selectors.agencies import agencies_for
from lbn.selectors.kits import NALOXONE, in_use
from lbn.sop.filling import bullets, series
from phast import offers
from phast.access.table import Action
from phast.ui.templatetags.ui import local_date

if TYPE_CHECKING:
    from phast.access.actor import Actor

IN_FORCE, LATER, REPLACED, DRAFT = "In force", "Approved", "Replaced", "Draft"


@dataclass(frozen=True)
class Standing:
    """A version and how it stands today: in force, approved for a later day, replaced, or a draft."""

    version: SopVersion
    says: str

    @property
    def tone(self) -> str:
        return {IN_FORCE: "good", LATER: "busy", DRAFT: "busy"}.get(self.says, "")


@dataclass(frozen=True)
class Shelf:
    """What there is of one owner's procedure, the newest version first."""

    standings: list[Standing]

    @property
    def in_force(self) -> SopVersion | None:
        return next((one.version for one in self.standings if one.says == IN_FORCE), None)

    @property
    def draft(self) -> SopVersion | None:
        return next((one.version for one in self.standings if one.says == DRAFT), None)

    @property
    def approved(self) -> SopVersion | None:
        """The newest approved version, in force or soon."""
        return next((one.version for one in self.standings if one.says != DRAFT), None)

    @property
    def coming(self) -> SopVersion | None:
        return next((one.version for one in self.standings if one.says == LATER), None)


def shelf_of(versions: Iterable[SopVersion], today: dt.date) -> Shelf:
    """How the versions of one owner stand on a day. The newest approved one whose day has come is in force."""
    found, in_force = [], False
    for version in sorted(versions, key=lambda one: -one.number):
        if version.approved_at is None or version.in_force_from is None:
            says = DRAFT
        elif version.in_force_from > today:
            says = LATER
        else:
            says, in_force = (REPLACED if in_force else IN_FORCE), True
        found.append(Standing(version, says))
    return Shelf(found)


def versions_for(actor: Actor, partner: Partner | None) -> list[SopVersion]:
    """The versions of an agency's procedure, or of the coalition's model procedure, that the actor may read."""
    visible = SopVersion.objects.visible_to(actor, Action.PROGRAM_SEE).filter(partner=partner)
    return list(visible.select_related("coalition", "partner").order_by("-number"))


def shelves_for(actor: Actor, partners: Iterable[Partner]) -> dict[int, Shelf]:
    """What each of the agencies has, by its key. One query."""
    visible = SopVersion.objects.visible_to(actor, Action.PROGRAM_SEE).filter(partner__in=list(partners))
    theirs: dict[int, list[SopVersion]] = {}
    for version in visible.defer("sections"):
        theirs.setdefault(version.partner_id or 0, []).append(version)
    return {key: shelf_of(found, actor.coalition.today()) for key, found in theirs.items()}


def inherited_by(actor: Actor, partner: Partner) -> list[SopVersion]:
    """Approved versions of agencies that were merged into this one: they stay as they were approved, and for whom."""
    visible = SopVersion.objects.visible_to(actor, Action.PROGRAM_SEE)
    merged = visible.filter(partner__merged_into=partner, approved_at__isnull=False)
    return list(merged.select_related("partner").defer("sections").order_by("partner", "-number"))


def evidence_for(actor: Actor) -> list[offers.Sop]:
    """The procedures in force that the actor may point to."""
    if not actor.can(Action.PROGRAM_SEE):
        return []
    agencies = agencies_for(actor, Action.PROGRAM_SEE)
    shelves = shelves_for(actor, agencies)
    found = [(agency, shelves[agency.pk].in_force) for agency in agencies if agency.pk in shelves]
    return [
        offers.Sop(
            str(version.pk),
            f"{agency}: procedure, version {version.number}, in force since {_day(version)}",
            reverse("lbn:sop_version", args=[actor.coalition.slug, version.pk]),
        )
        for agency, version in found
        if version
    ]


def _day(version: SopVersion) -> str:
    return local_date(version.in_force_from)


# ------------------------------------------------------------------ what is filled in
def facts_for(version: SopVersion) -> dict[str, str]:
    """What a version is filled in with today, or was when it was approved. The coalition's model leaves an agency's own words open."""
    facts = facts_of(version.coalition, version.partner)
    if version.partner:
        facts["version"] = str(version.number)
    if version.partner and version.approved_role:
        facts |= {"approved_role": version.approved_role, "in_force_from": _day(version)}
    return facts


def facts_of(coalition: Coalition, partner: Partner | None) -> dict[str, str]:
    """What the portal knows to fill in, by name; what it does not know is left out. Seven queries at most."""
    facts = {
        "coalition": coalition.name,
        "due_days": str(coalition.due_days),
        "training_elements": bullets(element.title for element in TrainingElement.objects.all()),
    }
    if partner is not None:
        facts |= {
            "agency": partner.name,
            "risk_groups": _risk_groups(partner),
            "sites": series(Site.objects.filter(partner=partner, is_active=True).values_list("name", flat=True)),
            "referral_partners": series(
                str(to) for to in ReferralPartner.objects.filter(partner=partner, is_active=True).select_related("to")
            ),
            **_kit(in_use(partner)),
        }
    return {name: words for name, words in facts.items() if words}


def _risk_groups(partner: Partner) -> str:
    """The agency's own definition: the groups it chose, and its own words below."""
    program = Program.objects.filter(partner=partner).prefetch_related("risk_groups").first()
    if program is None or program.risk_agreed_on is None:
        return ""
    groups = bullets(f"{group.title}. {group.text}" for group in program.risk_groups.all())
    own = "\n".join(line.strip() for line in program.risk_words.splitlines() if line.strip())
    return "\n\n".join(filter(None, [groups, own]))


def _kit(designs: list[KitDesign]) -> Mapping[str, str]:
    """What is in the kit. Of several kinds of kit, each is an entry of the list."""
    if not designs:
        return {}
    doses = sorted({design.doses for design in designs})
    if len(designs) == 1:
        contents = bullets(_contents(designs[0]))
    else:
        contents = bullets(f"{one.kit_type}: {series(_contents(one)) or 'naloxone'}" for one in designs)
    return {"doses": f"{doses[0]} to {doses[-1]}" if len(doses) > 1 else str(doses[0]), "kit_contents": contents}


def _contents(design: KitDesign) -> list[str]:
    """What is in a kit besides its naloxone, whose doses are told apart."""
    return [_line(each, design) for each in design.contents if each.get("item") != NALOXONE]


def _line(each: Mapping[str, Any], design: KitDesign) -> str:
    name = str(each["name"])
    if each.get("item") == "resource-card" and design.resource_card:
        name = f"{name} ({design.resource_card})"
    return f"{name}, {each['quantity']}" if each["quantity"] > 1 else name


def agencies_seen(actor: Actor) -> Any:
    """The agencies whose procedures the actor may read, by name."""
    seen = Partner.objects.visible_to(actor, Action.PROGRAM_SEE)
    return seen.filter(~Q(agency_type=""), merged_into=None)
