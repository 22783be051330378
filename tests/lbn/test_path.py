"""The path from the invitation to the first count knows by itself how far an agency is."""

from __future__ import annotations

import uuid

from django.utils import timezone

from lbn.enums import Product, SessionKind
from lbn.models import KitDesign, KitType, PersonnelCount, Program, SessionPart, SopVersion, TrainingSession
from lbn.reference import load
from lbn.selectors.path import anybody_trained, path_of
from lbn.supply import open_site, receive

from .conftest import TODAY, Scene
from .shelves import LATER


def done(scene: Scene) -> dict[str, str]:
    return {one.step.key: one.shown_by for one in path_of(scene.agency) if one.is_done}


def test_a_new_agency_has_six_steps_before_it_and_none_is_done(scene: Scene) -> None:
    load()
    path = path_of(scene.agency)
    assert [one.step.key for one in path] == ["profile", "at-risk", "sop", "training", "kits", "first-count"]
    assert done(scene) == {}


def test_each_step_is_done_once_the_portal_holds_what_it_is_about(scene: Scene) -> None:
    load()
    said = {"coalition": scene.coalition, "partner": scene.agency}
    approved = {
        "approved_at": timezone.now(),
        "approved_by": scene.lead_user,
        "created_by": scene.lead_user,
        "number": 1,
    }
    checked = {"profile_checked_at": timezone.now(), "profile_checked_by": scene.lead_user}
    Program.objects.create(**said, **checked, risk_agreed_on=TODAY)
    SopVersion.objects.create(**said, **approved, approved_role="Chief of Police", in_force_from=TODAY)
    PersonnelCount.objects.create(**said, as_of=TODAY, taking_part=20, trained=12)
    kit = KitType.objects.create(coalition=scene.coalition, name="Standard")
    KitDesign.objects.create(coalition=scene.coalition, kit_type=kit, **approved)  # the coalition's serves, too
    site = open_site(partner=scene.agency, name="Station", by=scene.reporter)
    assert "kits" not in done(scene)
    receive(
        site=site,
        number="AB12",
        expires_on=LATER,
        kits=10,
        product=Product.NASAL_4,
        client_key=uuid.uuid4(),
        by=scene.reporter,
    )
    assert "first-count" not in done(scene)
    scene.log()
    assert done(scene) == {
        "profile": "Looked over",
        "at-risk": "Agreed on Nov 20, 2026",
        "sop": "Version 1, approved by the Chief of Police",
        "training": "12 of 20 trained",
        "kits": "Kits are on the shelf",
        "first-count": "Counting since Nov 20, 2026",
    }


def test_an_agency_is_warned_until_somebody_of_it_was_trained(scene: Scene, django_assert_max_num_queries) -> None:
    load()
    assert not anybody_trained(scene.agency)
    session = TrainingSession.objects.create(
        coalition=scene.coalition, kind=SessionKind.ROLL_CALL, held_on=TODAY, created_by=scene.coordinator_user
    )
    SessionPart.objects.create(session=session, partner=scene.other, took_part=5, trained=5)
    assert not anybody_trained(scene.agency)
    SessionPart.objects.create(session=session, partner=scene.agency, took_part=5, trained=4)
    assert anybody_trained(scene.agency)
    with django_assert_max_num_queries(10):
        assert done(scene) == {"training": "A session was held"}
