"""Peer and outreach partners, and referrals as counts by month."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from lbn.actions.referrals import add_referral_partner, count_referrals
from lbn.models import ReferralCount, ReferralPartner
from tests.client import ReadingClient
from tests.factories import make_partner, sign_in

from .conftest import Scene

pytestmark = pytest.mark.django_db
NOVEMBER = dt.date(2026, 11, 1)


def name_one(scene: Scene, name: str = "Daybreak Peers") -> ReferralPartner:
    values = {"name": name, "kind": "peer", "how": ""}
    return add_referral_partner(partner=scene.agency, values=values, by=scene.coordinator)


def url_of(scene: Scene, name: str = "referral_list", *args: int) -> str:
    return reverse(f"lbn:{name}", args=[scene.coalition.slug, *(args or [scene.agency.pk])])


def test_an_organization_is_one_of_the_roster_or_one_by_its_name(scene: Scene, client: ReadingClient) -> None:
    sign_in(client, scene.lead_user)
    peers = make_partner(scene.coalition, "Lantern Street")
    url = url_of(scene, "referral_new")
    how = "Call (518) 555-0134, day and night"  # an organization's own line is no secret
    assert client.post(url, {"to": peers.pk, "kind": "peer", "how": how}).status_code == 302
    for wrong, said in (
        ({"to": peers.pk}, "on the list already"),
        ({}, "Choose a partner from the roster, or write"),
        ({"to": peers.pk, "name": "Lantern"}, "Choose a partner from the roster, or write"),
        ({"name": "Outreach", "how": "Ask for John Miller"}, "names"),
    ):
        answer = client.post(url, {"kind": "outreach"} | wrong)
        assert answer.status_code == 422, wrong
        assert said in answer.content.decode(), wrong
    assert [str(one) for one in ReferralPartner.objects.all()] == ["Lantern Street"]


def test_referrals_of_a_month_are_entered_at_once_and_a_blank_is_no_number(scene: Scene, client: ReadingClient) -> None:
    first, second = name_one(scene), name_one(scene, "Outreach")
    sign_in(client, scene.reporter_user)
    sent = {
        "month": "2026-11",
        f"to_{first.pk}": "4",
        f"to_{second.pk}": "",
        f"seen_{first.pk}": "",
        f"seen_{second.pk}": "",
    }
    assert client.post(url_of(scene), sent).status_code == 302
    assert list(ReferralCount.objects.values_list("to", "month", "referrals")) == [(first.pk, NOVEMBER, 4)]
    sent |= {f"seen_{first.pk}": "4", f"to_{first.pk}": "", f"to_{second.pk}": "0"}
    assert client.post(url_of(scene), sent).status_code == 302
    assert list(ReferralCount.objects.values_list("to", "referrals")) == [(second.pk, 0)]


def test_a_number_that_somebody_entered_meanwhile_is_not_overwritten_unseen(
    scene: Scene, client: ReadingClient
) -> None:
    one = name_one(scene)
    count_referrals(partner=scene.agency, month=NOVEMBER, numbers={one.pk: (None, 7)}, by=scene.coordinator)
    sign_in(client, scene.reporter_user)
    sent = {"month": "2026-11", f"to_{one.pk}": "4", f"seen_{one.pk}": ""}
    answer = client.post(url_of(scene), sent)
    assert answer.status_code == 422
    assert "somebody entered 7 meanwhile" in answer.content.decode()
    assert f'name="seen_{one.pk}" value="7"' in answer.content.decode()
    assert ReferralCount.objects.get().referrals == 7
    assert client.post(url_of(scene), sent | {f"seen_{one.pk}": "7"}).status_code == 302
    assert ReferralCount.objects.get().referrals == 4


def test_a_month_to_come_has_no_referrals(scene: Scene) -> None:
    one = name_one(scene)
    with pytest.raises(ValidationError, match="still to come"):
        count_referrals(
            partner=scene.agency, month=dt.date(2026, 12, 1), numbers={one.pk: (None, 7)}, by=scene.coordinator
        )


def test_nobody_counts_for_another_agencys_partner(scene: Scene) -> None:
    one = name_one(scene)
    count_referrals(partner=scene.other, month=NOVEMBER, numbers={one.pk: (None, 7)}, by=scene.coordinator)
    assert not ReferralCount.objects.exists()


def test_a_partner_no_longer_referred_to_stays_with_its_numbers(scene: Scene, client: ReadingClient) -> None:
    one = name_one(scene)
    count_referrals(partner=scene.agency, month=NOVEMBER, numbers={one.pk: (None, 7)}, by=scene.coordinator)
    sign_in(client, scene.lead_user)
    sent = {"name": one.name, "kind": "peer", "how": "", "version": one.version}  # "we refer to it now" is not ticked
    assert client.post(url_of(scene, "referral_edit", one.pk), sent).status_code == 302
    text = client.get(url_of(scene)).content.decode()
    assert "not any more" in text
    assert ReferralCount.objects.get().referrals == 7


def test_a_reporter_counts_and_the_lead_names(scene: Scene, client: ReadingClient) -> None:
    name_one(scene)
    sign_in(client, scene.reporter_user)
    assert "Add an organization" not in client.get(url_of(scene)).content.decode()
    assert client.get(url_of(scene, "referral_new")).status_code == 403


def test_the_page_costs_the_same_for_one_and_for_many(
    scene: Scene, client: ReadingClient, django_assert_max_num_queries, django_assert_num_queries
) -> None:
    name_one(scene)
    sign_in(client, scene.lead_user)
    client.get(url_of(scene))
    with django_assert_max_num_queries(15) as few:
        client.get(url_of(scene))
    for number in range(5):
        to = make_partner(scene.coalition, f"Peers {number}")
        add_referral_partner(partner=scene.agency, values={"to": to, "kind": "peer"}, by=scene.coordinator)
    with django_assert_num_queries(len(few.captured_queries)):
        client.get(url_of(scene))
