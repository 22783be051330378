"""What the world of the tests has of running a program: a row of everything, for both agencies."""

from __future__ import annotations

import datetime as dt
import uuid

from coalitions.models import Coalition, Partner
from lbn.enums import Audience, Evidence, InPlace, Movement, ReferralKind, SessionKind
from lbn.models import (
    Assessment,
    KitDesign,
    KitType,
    Lot,
    PersonnelCount,
    Practice,
    PracticeElement,
    Program,
    Rating,
    ReferralCount,
    ReferralPartner,
    RiskGroup,
    SessionPart,
    Site,
    SopVersion,
    StockMovement,
    StockTake,
    StockTakeLine,
    TrainingElement,
    TrainingSession,
    Transfer,
)
from phast.access.table import Role
from phast.accounts.models import User

LISTED = {"order": 1, "source": "NY ORS Team", "text": "Words of the list"}


def populate_program(coalition: Coalition, users: dict[Role, User], text: str) -> None:
    """Programs, training, documents, referrals and supply of the first two agencies."""
    first, second = list(coalition.partners.order_by("pk")[:2])
    today, kit_type = coalition.today(), KitType.objects.of(coalition).first()
    lot = Lot.objects.create(coalition=coalition, number=f"LOT{coalition.pk}", expires_on=today + dt.timedelta(days=60))
    sites = []
    for partner in (first, second):
        _program(partner, users, text, today)
        _documents(partner, users[Role.LEAD], text, kit_type, today)
        sites.append(_supply(partner, users[Role.REPORTER], text, lot, today))
    _documents(None, users[Role.COORDINATOR], text, kit_type, today, coalition)
    transfer = Transfer.objects.create(
        from_site=sites[0], to_site=sites[1], lot=lot, kits=2, client_key=uuid.uuid4(), offered_by=users[Role.REPORTER]
    )
    StockMovement.objects.create(
        site=sites[0],
        lot=lot,
        kind=Movement.SENT,
        kits=-2,
        happened_on=today,
        transfer=transfer,
        created_by=users[Role.REPORTER],
    )
    for host in (first, None):
        session = TrainingSession.objects.create(
            coalition=coalition,
            partner=host,
            kind=SessionKind.ROLL_CALL,
            audience=Audience.PERSONNEL,
            held_on=today,
            created_by=users[Role.COORDINATOR],
        )
        session.elements.add(
            TrainingElement.objects.get_or_create(key="introduction", defaults=LISTED | {"title": "Introduction"})[0]
        )
        for partner in (first, second):
            SessionPart.objects.create(session=session, partner=partner, took_part=8, trained=7)


def _program(partner: Partner, users: dict[Role, User], text: str, today: dt.date) -> None:
    coalition = partner.coalition
    program = Program.objects.create(
        coalition=coalition,
        partner=partner,
        profile_checked_at=coalition.created_at,
        profile_checked_by=users[Role.LEAD],
        risk_words=text,
        risk_agreed_on=today,
    )
    group, _ = RiskGroup.objects.get_or_create(key="at-the-scene", defaults=LISTED | {"title": "At the scene"})
    program.risk_groups.add(group)
    PersonnelCount.objects.create(coalition=coalition, partner=partner, as_of=today, taking_part=20, trained=12, due=3)
    practice, _ = Practice.objects.get_or_create(
        key="standard-kits", defaults=LISTED | {"title": "Standard kits", "number": 1, "heading": "shortened"}
    )
    element, _ = PracticeElement.objects.get_or_create(
        key="kit-basics",
        defaults=LISTED
        | {"title": "The basics", "practice": practice, "next": "Choose a kit.", "evidence": Evidence.KIT_DESIGN},
    )
    done = {"finished_at": coalition.created_at, "finished_by": users[Role.LEAD]}
    for ended in ({}, done):  # the open one first, so that its pages are tried
        assessment = Assessment.objects.create(
            coalition=coalition, partner=partner, assessed_on=today, created_by=users[Role.LEAD], **ended
        )
        Rating.objects.create(assessment=assessment, element=element, in_place=InPlace.MOSTLY, evidence=text)
    referred = ReferralPartner.objects.create(
        coalition=coalition, partner=partner, name=f"Peers {text}", kind=ReferralKind.PEER, how=text
    )
    ReferralCount.objects.create(to=referred, month=today.replace(day=1), referrals=3)


def _documents(
    partner: Partner | None,
    user: User,
    text: str,
    kit_type: KitType | None,
    today: dt.date,
    coalition: Coalition | None = None,
) -> None:
    """One version that is approved and one that is begun, of both documents."""
    coalition = coalition or partner.coalition  # type: ignore[union-attr]  # one of the two is given
    shared = {"coalition": coalition, "partner": partner, "why": text, "created_by": user}
    approved = {"approved_at": coalition.created_at, "approved_by": user}
    for number, ended in ((1, approved), (2, {})):
        KitDesign.objects.create(
            **shared,
            **ended,
            kit_type=kit_type,
            number=number,
            contents=[{"item": "", "name": text, "quantity": 1}],
            resource_card=text,
        )
        in_force = {"approved_role": f"Chief {text}", "in_force_from": today} if ended else {}
        sections = [{"key": "own-1", "title": text, "text": text}]
        SopVersion.objects.create(**shared, **ended, **in_force, number=number, sections=sections)


def _supply(partner: Partner, user: User, text: str, lot: Lot, today: dt.date) -> Site:
    site = Site.objects.create(
        coalition=partner.coalition, partner=partner, name=f"Station {text}", tracked_from=today, par=20
    )
    values = {"site": site, "lot": lot, "happened_on": today, "created_by": user}
    StockMovement.objects.create(**values, kind=Movement.RECEIVED, kits=24, came_from=f"Health department {text}")
    take = StockTake.objects.create(site=site, taken_on=today, client_key=uuid.uuid4(), created_by=user)
    StockTakeLine.objects.create(take=take, lot=lot, expected=24, found=23)
    StockMovement.objects.create(**values, kind=Movement.COUNTED, kits=-1, take=take)
    return site
