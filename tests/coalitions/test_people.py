"""Roles: never without a coordinator, handing over, a lead's limits, rights that end at once (THREATS 38–40)."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from coalitions.actions.memberships import change_role, hand_over, remove_membership
from coalitions.models import Contact, Membership
from phast.access.table import Role
from tests.factories import PASSWORD, make_person
from tests.world import actor_of

from .conftest import Cast


def role_of(cast: Cast, who: str) -> Membership:
    return Membership.objects.get(coalition=cast.coalition, user=cast.people[who])


# ------------------------------------------------------------------ never without a coordinator
def test_the_last_coordinator_stays_and_the_page_says_why(cast: Cast) -> None:
    membership = role_of(cast, "coordinator")
    client = cast.client("coordinator")

    changed = client.post(cast.url("person_edit", membership.pk), {"role": "member", "partner": ""})
    assert changed.status_code == 422
    assert "keeps at least one coordinator" in changed.content.decode()

    removed = client.post(cast.url("person_remove", membership.pk), follow=True)
    assert "keeps at least one coordinator" in removed.content.decode()
    assert role_of(cast, "coordinator").role == "coordinator"


def test_two_coordinators_who_remove_each_other_at_once_do_not_both_succeed(committed: Callable[[], Cast]) -> None:
    cast = committed()
    second = make_person("second@example.org", coalition=cast.coalition, role=Role.COORDINATOR)
    pairs = [(cast.people["coordinator"], second), (second, cast.people["coordinator"])]
    outcomes, ready = [], threading.Barrier(2)

    def remove(by_user: object, whom: object) -> None:
        actor = actor_of(by_user, cast.coalition)
        membership = Membership.objects.get(user=whom, coalition=cast.coalition)
        ready.wait()
        try:
            remove_membership(membership=membership, by=actor)
            outcomes.append("removed")
        except ValidationError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "removed"]
    assert Membership.objects.filter(coalition=cast.coalition, role="coordinator").count() == 1


# ------------------------------------------------------------------ handing over
@pytest.mark.parametrize(("stay_as", "left_with"), [("member", ["member"]), ("observer", ["observer"]), ("leave", [])])
def test_the_coalition_is_handed_over(cast: Cast, stay_as: str, left_with: list[str]) -> None:
    page = cast.client("coordinator").post(
        cast.url("hand_over"), {"to": role_of(cast, "member").pk, "stay_as": stay_as}
    )
    assert page.status_code == 302
    assert role_of(cast, "member").role == "coordinator"
    assert list(cast.people["coordinator"].memberships.values_list("role", flat=True)) == left_with


def test_nobody_hands_over_what_they_do_not_have(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        hand_over(to=role_of(cast, "member"), by=cast.actor("lead"), stay_as=None)
    with pytest.raises(PermissionDenied):
        hand_over(to=role_of(cast, "coordinator"), by=cast.actor("coordinator"), stay_as=None)


# ------------------------------------------------------------------ a lead's limits
def test_a_lead_handles_the_own_agencys_people_only(cast: Cast) -> None:
    stranger = make_person("ems@example.org", coalition=cast.coalition, role=Role.REPORTER, partner=cast.ems)
    client = cast.client("lead")
    page = client.get(cast.url("person_list")).content.decode()
    assert "reporter@example.org" in page
    assert "ems@example.org" not in page
    assert "observer@example.org" not in page
    for membership in (stranger.memberships.get(), role_of(cast, "coordinator"), role_of(cast, "observer")):
        assert client.get(cast.url("person_edit", membership.pk)).status_code == 404
        assert client.post(cast.url("person_remove", membership.pk)).status_code == 404


def test_a_lead_does_not_handle_a_coordinator_of_the_own_agency(cast: Cast) -> None:
    Membership.objects.filter(user=cast.people["coordinator"]).update(partner=cast.police)
    assert cast.client("lead").get(cast.url("person_edit", role_of(cast, "coordinator").pk)).status_code == 404


@pytest.mark.parametrize(("role", "place"), [("coordinator", "police"), ("observer", "police"), ("reporter", "ems")])
def test_a_lead_gives_no_role_beyond_the_own_agency(cast: Cast, role: str, place: str) -> None:
    membership = role_of(cast, "reporter")
    sent = {"role": role, "partner": getattr(cast, place).pk}
    assert cast.client("lead").post(cast.url("person_edit", membership.pk), sent).status_code == 422
    with pytest.raises(PermissionDenied):
        change_role(membership=membership, role=Role(role), partner=getattr(cast, place), by=cast.actor("lead"))
    assert role_of(cast, "reporter").role == "reporter"


@pytest.mark.parametrize("who", ["reporter", "member", "observer"])
def test_others_have_no_people_pages(cast: Cast, who: str) -> None:
    client = cast.client(who)
    assert client.get(cast.url("person_list")).status_code == 403
    assert client.get(cast.url("invitation_new")).status_code == 403
    assert client.get(cast.url("settings")).status_code == 403
    assert "Settings" not in client.get(cast.url("home")).content.decode()


# ------------------------------------------------------------------ at once
def test_a_role_taken_away_ends_with_the_next_request(cast: Cast) -> None:
    client = cast.client("reporter")
    assert client.get(cast.url("home")).status_code == 200
    remove_membership(membership=role_of(cast, "reporter"), by=cast.actor("coordinator"))
    assert client.get(cast.url("home")).status_code == 404


def test_a_smaller_role_counts_from_the_next_request(cast: Cast) -> None:
    client = cast.client("lead")
    assert client.get(cast.url("person_list")).status_code == 200
    change_role(membership=role_of(cast, "lead"), role=Role.MEMBER, partner=cast.police, by=cast.actor("coordinator"))
    assert client.get(cast.url("person_list")).status_code == 403


def test_signing_out_everywhere_ends_every_session(cast: Cast) -> None:
    from tests.client import ReadingClient

    devices = [ReadingClient(), ReadingClient()]
    for device in devices:
        device.post("/accounts/login/", {"login": "reporter@example.org", "password": PASSWORD})
        assert device.get(cast.url("home")).status_code == 200
    cast.client("lead").post(cast.url("person_sign_out", role_of(cast, "reporter").pk))
    assert [device.get(cast.url("home")).status_code for device in devices] == [302, 302]


def test_whoever_leaves_a_partner_is_no_longer_its_contact_person(cast: Cast) -> None:
    """Steps assigned to the contact are no longer theirs."""
    contact = Contact.objects.create(partner=cast.police, name="Lead Person", user=cast.people["lead"])
    change_role(membership=role_of(cast, "lead"), role=Role.LEAD, partner=cast.ems, by=cast.actor("coordinator"))
    contact.refresh_from_db()
    assert contact.user is None
    assert Contact.objects.get(partner=cast.ems).user == cast.people["lead"]


def test_a_second_role_at_the_same_partner_is_refused_in_plain_words(cast: Cast) -> None:
    membership = role_of(cast, "reporter")
    Membership.objects.create(
        user=cast.people["reporter"], coalition=cast.coalition, role=Role.MEMBER, partner=cast.ems
    )
    page = cast.client("coordinator").post(
        cast.url("person_edit", membership.pk), {"role": "reporter", "partner": cast.ems.pk}
    )
    assert page.status_code == 422
    assert "has a role there already" in page.content.decode()
