"""Weighing recommendations: who may vote and see what, ties and spreads, the order, decisions, and a seat's own link."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.signing import TimestampSigner
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coalitions.actions.seats import end_seat, renew_link
from coalitions.models import Partner, Seat
from phast.access.actor import Actor
from phast.access.table import Role
from phast.audit.models import Event
from plans import actions, prioritising, seat_links
from plans.enums import Decision
from plans.models import Plan, PlanChange, Recommendation, Vote
from tests.client import ReadingClient
from tests.factories import make_coalition, make_partner, sign_in
from tests.plans.factories import make_actor, make_plan

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def by() -> Actor:
    """The coordinator."""
    return make_actor()


@pytest.fixture
def plan(by: Actor) -> Plan:
    """Three recommendations: First, Second, Third."""
    plan = make_plan(by)
    for order, text in enumerate(("First", "Second", "Third"), 1):
        Recommendation.objects.create(plan=plan, text=text, order=order)
    return plan


def recommendation(plan: Plan, text: str) -> Recommendation:
    return Recommendation.objects.get(plan=plan, text=text)


def partners(plan: Plan, number: int) -> list[Partner]:
    return [make_partner(plan.coalition, name=f"Partner {n}") for n in range(1, number + 1)]


def cast(plan: Plan, voter: Partner | Seat, by: Actor, **votes: tuple[int, int]) -> None:
    """`First=(impact, feasibility)`."""
    keys = {recommendation(plan, text).pk: vote for text, vote in votes.items()}
    actions.cast_votes(plan=plan, voter=voter, votes=keys, by=by)


def url(plan: Plan, name: str, *keys: object) -> str:
    return reverse(f"plans:{name}", args=[plan.coalition.slug, *(keys or (plan.pk,))])


def client_of(actor: Actor) -> ReadingClient:
    client = ReadingClient()
    sign_in(client, actor.user)
    return client


def page(plan: Plan, actor: Actor, **query: str) -> str:
    response = client_of(actor).get(url(plan, "prioritise"), query)
    assert response.status_code == 200
    return response.content.decode()


def sent(plan: Plan, voter: str, **votes: tuple[int, int]) -> dict[str, Any]:
    fields: dict[str, Any] = {"as": voter}
    for text, (impact, feasibility) in votes.items():
        key = recommendation(plan, text).pk
        fields |= {f"impact_{key}": impact, f"feasibility_{key}": feasibility}
    return fields


# ------------------------------------------------------------------ voting
def test_a_lead_and_a_member_vote_for_their_own_partner_only(plan: Plan, by: Actor) -> None:
    other = make_partner(by.coalition, name="Other")
    for role in (Role.LEAD, Role.MEMBER):
        actor = make_actor(role, coalition=by.coalition)
        (own,) = actor.own_partner_ids
        client = client_of(actor)
        client.post(url(plan, "vote"), sent(plan, f"partner-{own}", First=(5, 4)))
        client.post(url(plan, "vote"), sent(plan, f"partner-{other.pk}", First=(1, 1)))
        vote = Vote.objects.get(partner=own)
        assert (vote.impact, vote.feasibility, vote.by) == (5, 4, actor.user)
    assert not Vote.objects.filter(partner=other).exists()


def test_the_coordinator_votes_for_any_partner_and_seat_and_the_page_says_so(plan: Plan, by: Actor) -> None:
    member = make_actor(Role.MEMBER, coalition=by.coalition)
    (own,) = member.own_partner_ids
    seat = Seat.objects.create(coalition=by.coalition, alias="Robin")
    client = client_of(by)
    client.post(url(plan, "vote"), sent(plan, f"partner-{own}", First=(5, 4)))
    client.post(url(plan, "vote"), sent(plan, f"seat-{seat.pk}", First=(3, 2)))
    assert Vote.objects.count() == 2
    assert f"Entered by {by.user}" in page(plan, member)


@pytest.mark.parametrize("role", [Role.REPORTER, Role.OBSERVER])
def test_reporters_and_observers_do_not_vote(plan: Plan, by: Actor, role: Role) -> None:
    actor = make_actor(role, coalition=by.coalition)
    own = next(iter(actor.own_partner_ids), make_partner(by.coalition).pk)
    assert client_of(actor).post(url(plan, "vote"), sent(plan, f"partner-{own}", First=(5, 4))).status_code == 403
    assert not Vote.objects.exists()


def test_voting_again_replaces_and_leaves_other_recommendations_alone(plan: Plan, by: Actor) -> None:
    (one,) = partners(plan, 1)
    cast(plan, one, by, First=(1, 1), Second=(2, 2))
    cast(plan, one, by, First=(5, 5))
    assert {(v.recommendation.text, v.impact) for v in Vote.objects.all()} == {("First", 5), ("Second", 2)}


def test_a_ballot_without_a_script_says_what_is_missing_and_keeps_what_was_chosen(plan: Plan, by: Actor) -> None:
    (one,) = partners(plan, 1)
    first = recommendation(plan, "First")
    response = client_of(by).post(url(plan, "vote"), {"as": f"partner-{one.pk}", f"impact_{first.pk}": "4"})
    assert response.status_code == 422
    text = response.content.decode()
    assert "Choose the feasibility too." in text
    assert f'name="impact_{first.pk}" value="4" checked' in text
    assert not Vote.objects.exists()


def test_a_vote_is_saved_as_it_is_given_and_half_a_one_waits(plan: Plan, by: Actor) -> None:
    (one,) = partners(plan, 1)
    half = f"impact_{recommendation(plan, 'Second').pk}"
    fields = sent(plan, f"partner-{one.pk}", First=(5, 4)) | {half: 3}
    assert client_of(by).post(url(plan, "vote"), fields, headers=HTMX).status_code == 302
    assert [vote.recommendation.text for vote in Vote.objects.all()] == ["First"]


@pytest.mark.parametrize("point", ["0", "6", "x"])
def test_only_one_to_five_is_taken(plan: Plan, by: Actor, point: str) -> None:
    (one,) = partners(plan, 1)
    first = recommendation(plan, "First").pk
    fields = {"as": f"partner-{one.pk}", f"impact_{first}": point, f"feasibility_{first}": "3"}
    assert client_of(by).post(url(plan, "vote"), fields).status_code == 422
    assert not Vote.objects.exists()


def test_votes_are_taken_back(plan: Plan, by: Actor) -> None:
    one, two = partners(plan, 2)
    for partner in (one, two):
        cast(plan, partner, by, First=(4, 4))
    client_of(by).post(url(plan, "vote_take_back"), {"as": f"partner-{one.pk}"})
    assert [vote.partner for vote in Vote.objects.all()] == [two]


def test_the_log_names_whom_the_coordinator_voted_for_and_not_how(plan: Plan, by: Actor) -> None:
    (one,) = partners(plan, 1)
    cast(plan, one, by, First=(5, 4))
    event = Event.objects.get(verb="votes.cast")
    assert (event.partner_id, event.user, event.detail) == (one.pk, by.user, {"votes": 1})


# ------------------------------------------------------------------ the field
def test_means_order_ties_and_spread_are_as_the_votes_say(plan: Plan, by: Actor) -> None:
    one, two = partners(plan, 2)
    cast(plan, one, by, First=(1, 2), Second=(5, 4), Third=(4, 5))
    cast(plan, two, by, First=(5, 2), Second=(4, 4), Third=(4, 4))
    weighed = prioritising.priorities(plan, by)
    first, second, third = weighed.opinions
    assert (str(second.impact.mean), str(second.feasibility.mean), str(second.score)) == ("4.5", "4.0", "18.0")
    assert third.score == second.score
    assert weighed.ties == ["2 and 3 are tied"]
    assert [each.number for each in weighed.by_score] == [2, 3, 1]
    assert (first.quarter, second.quarter) == ("Plan for it", "Do first")
    assert first.differs == "Opinions differ on impact: 1 to 5."
    assert (second.differs, first.feasibility.spread) == ("", "all say 2")
    text = page(plan, by)
    assert "2 and 3 are tied." in text
    assert "Opinions differ on impact: 1 to 5." in text


def test_means_that_look_equal_are_tied(plan: Plan, by: Actor) -> None:
    """3.33… and 3.3 both read 3.3: nobody would understand why one comes first."""
    for n, partner in enumerate(partners(plan, 30)):
        votes = {"First": (3 if n % 3 else 4, 1), "Second": (3 if n % 10 > 2 else 4, 1)}
        cast(plan, partner, by, **votes)
    assert prioritising.priorities(plan, by).ties == ["1 and 2 are tied"]


def test_several_ties_are_each_said(plan: Plan, by: Actor) -> None:
    (one,) = partners(plan, 1)
    Recommendation.objects.create(plan=plan, text="Fourth", order=4)
    cast(plan, one, by, First=(3, 3), Second=(3, 3), Third=(3, 3))
    assert prioritising.priorities(plan, by).ties == ["1, 2 and 3 are tied"]


def test_who_has_not_voted_yet_is_told_to_the_coordinator_and_counted_for_others(plan: Plan, by: Actor) -> None:
    member = make_actor(Role.MEMBER, coalition=by.coalition)
    one, *_ = partners(plan, 2)
    Seat.objects.create(coalition=by.coalition, alias="Robin")
    make_partner(by.coalition, name="Gone", status="inactive")
    cast(plan, one, by, First=(4, 4))
    weighed = prioritising.priorities(plan, by)
    assert {str(voter.row) for voter in weighed.missing} == {"Partner 2", "Robin", "member agency"}
    assert [str(voter) for voter in weighed.unfinished] == ["Partner 1"]
    assert "1 of 4" in page(plan, member)
    assert "Robin" not in page(plan, member)


def test_members_see_means_and_never_who_voted_how(plan: Plan, by: Actor) -> None:
    member = make_actor(Role.MEMBER, coalition=by.coalition)
    everybody = partners(plan, 3)
    for partner in everybody:
        cast(plan, partner, by, First=(5, 3))
    text = page(plan, member)
    assert ">5.0<" in text
    assert not any(partner.name in text for partner in everybody)
    assert "Who voted how" not in text
    assert all(partner.name in page(plan, by) for partner in everybody)


def test_means_of_fewer_than_three_votes_show_to_the_coordinator_alone(plan: Plan, by: Actor) -> None:
    """Of two votes, whoever cast one works out the other."""
    member = make_actor(Role.MEMBER, coalition=by.coalition)
    one, two = partners(plan, 2)
    for partner in (one, two):
        cast(plan, partner, by, First=(5, 3))
    assert ">5.0<" not in page(plan, member)
    assert ">5.0<" in page(plan, by)


def test_observers_see_nothing_of_it(plan: Plan, by: Actor) -> None:
    observer = make_actor(Role.OBSERVER, coalition=by.coalition)
    assert client_of(observer).get(url(plan, "prioritise")).status_code == 403


def test_the_page_asks_as_often_for_many_votes_as_for_one(plan: Plan, by: Actor) -> None:
    client, counts = client_of(by), []
    for number in (1, 12):
        for n in range(number):
            cast(plan, make_partner(by.coalition, name=f"P {number} {n}"), by, First=(5, 3), Second=(1, 2))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(plan, "prioritise")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15


# ------------------------------------------------------------------ order and decisions
def texts(plan: Plan) -> list[str]:
    return list(Recommendation.objects.present().filter(plan=plan).values_list("text", flat=True))


def test_the_coordinator_puts_them_in_the_order_of_the_votes_and_back(plan: Plan, by: Actor) -> None:
    (one,) = partners(plan, 1)
    cast(plan, one, by, Second=(2, 2), Third=(5, 5))
    client = client_of(by)
    client.post(url(plan, "order_by_votes"))
    assert texts(plan) == ["Third", "Second", "First"]
    assert "The plan has them in this order" in page(plan, by)
    actions.undo_last(plan=plan, by=by)
    assert texts(plan) == ["First", "Second", "Third"]


def test_ties_keep_the_order_they_had(plan: Plan, by: Actor) -> None:
    (one,) = partners(plan, 1)
    cast(plan, one, by, First=(3, 4), Second=(4, 3), Third=(5, 5))
    assert actions.order_by_votes(plan=plan, by=by)
    assert texts(plan) == ["Third", "First", "Second"]
    assert not actions.order_by_votes(plan=plan, by=by)


@pytest.mark.parametrize("role", [Role.LEAD, Role.REPORTER, Role.MEMBER])
def test_nobody_else_orders_or_decides(plan: Plan, by: Actor, role: Role) -> None:
    client = client_of(make_actor(role, coalition=by.coalition))
    assert client.post(url(plan, "order_by_votes")).status_code == 403
    assert client.get(url(plan, "decide", recommendation(plan, "First").pk)).status_code == 403


def test_a_decision_and_its_reason_are_recorded_shown_and_undone(plan: Plan, by: Actor) -> None:
    first = recommendation(plan, "First")
    client = client_of(by)
    response = client.post(url(plan, "decide", first.pk), {"decision": "later", "reason": "No money yet.", "seen": ""})
    assert response.status_code == 302
    first.refresh_from_db()
    assert (first.decision, first.decision_reason, first.decided_by) == ("later", "No money yet.", by.user)
    member = make_actor(Role.MEMBER, coalition=by.coalition)
    for text in (page(plan, member), client_of(member).get(url(plan, "detail")).content.decode()):
        assert "No money yet." in text
        assert "Later" in text
    assert "No money yet." not in str(Event.objects.get(verb="recommendation.decided").detail)
    actions.undo_last(plan=plan, by=by)
    first.refresh_from_db()
    assert (first.decision, first.decided_at) == ("", None)


def test_a_decision_without_a_reason_is_asked_for_one(plan: Plan, by: Actor) -> None:
    response = client_of(by).post(url(plan, "decide", recommendation(plan, "First").pk), {"decision": "do"})
    assert response.status_code == 422
    assert "Say why" in response.content.decode()


def test_two_who_decide_at_once_see_both(plan: Plan, by: Actor) -> None:
    first = recommendation(plan, "First")
    actions.decide(recommendation=first, decision=Decision.DO, reason="It is cheap.", seen=None, by=by)
    client = client_of(by)
    mine = {"decision": "not", "reason": "Mine.", "seen": ""}
    response = client.post(url(plan, "decide", first.pk), mine)
    assert response.status_code == 422
    text = response.content.decode()
    assert "It is cheap." in text
    assert "Mine." in text
    mine["seen"] = response.context["form"]["seen"].value()
    assert client.post(url(plan, "decide", first.pk), mine).status_code == 302
    first.refresh_from_db()
    assert first.decision_reason == "Mine."


def test_a_removed_recommendation_is_not_decided(plan: Plan, by: Actor) -> None:
    first = recommendation(plan, "First")
    actions.remove_item(item=first, by=by)
    with pytest.raises(ValidationError, match="removed"):
        actions.decide(recommendation=first, decision=Decision.DO, reason="x", seen=None, by=by)


# ------------------------------------------------------------------ a seat's own link
@pytest.fixture
def seat(by: Actor) -> Seat:
    return Seat.objects.create(coalition=by.coalition, alias="Robin")


def path(seat: Seat, plan: Plan) -> str:
    return "/" + seat_links.link(seat, plan).split("/", 3)[3]


def test_a_seat_votes_by_its_link_without_an_account(plan: Plan, seat: Seat) -> None:
    other = make_partner(plan.coalition)
    Vote.objects.create(recommendation=recommendation(plan, "Second"), partner=other, impact=1, feasibility=1)
    client = ReadingClient()
    text = client.get(path(seat, plan)).content.decode()
    assert "First" in text
    assert other.name not in text
    assert "checked" not in text
    response = client.post(path(seat, plan), sent(plan, "", First=(5, 2)))
    assert response.status_code == 302
    vote = Vote.objects.get(seat=seat)
    assert (vote.impact, vote.feasibility, vote.by) == (5, 2, None)
    assert "checked" in client.get(path(seat, plan)).content.decode()
    change = PlanChange.objects.get(verb="votes.cast")
    assert (change.plan, change.by) == (plan, None)


def test_a_seats_vote_counts_with_the_others(plan: Plan, seat: Seat, by: Actor) -> None:
    (one,) = partners(plan, 1)
    cast(plan, one, by, First=(5, 5))
    ReadingClient().post(path(seat, plan), sent(plan, "", First=(2, 5)))
    assert str(prioritising.priorities(plan, by).opinions[0].impact.mean) == "3.5"
    assert "the seat itself" in page(plan, by)


def test_the_link_opens_that_seat_on_that_plan_only(plan: Plan, seat: Seat, by: Actor) -> None:
    elsewhere = make_plan(by, title="Elsewhere")
    hers = Recommendation.objects.create(plan=elsewhere, text="Not hers to weigh")
    another = Seat.objects.create(coalition=by.coalition, alias="Sky")
    client = ReadingClient()
    fields = sent(plan, f"seat-{another.pk}", First=(5, 5)) | {f"impact_{hers.pk}": 5, f"feasibility_{hers.pk}": 5}
    client.post(path(seat, plan), fields)
    assert [(vote.seat, vote.recommendation.plan) for vote in Vote.objects.all()] == [(seat, plan)]
    assert "Elsewhere" not in client.get(path(seat, plan)).content.decode()
    assert client.get(url(plan, "prioritise")).status_code == 302  # to the sign-in page


def test_a_forged_or_foreign_link_opens_nothing(plan: Plan, seat: Seat) -> None:
    good = path(seat, plan)
    forged = TimestampSigner(salt="something else").sign_object([seat.pk, seat.nonce, plan.pk])
    for bad in (good[:-2] + "/", good.replace("vote/", "vote/x"), f"/vote/{forged}/", "/vote/x/"):
        assert ReadingClient().get(bad).status_code == 404
    foreign = make_plan(make_actor(coalition=make_coalition("theirs")))
    assert ReadingClient().get(path(seat, foreign)).status_code == 404


def test_a_link_lasts_fourteen_days(plan: Plan, seat: Seat) -> None:
    with time_machine.travel(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), tick=False):
        address = path(seat, plan)
    with time_machine.travel(dt.datetime(2026, 3, 15, 11, tzinfo=dt.UTC), tick=False):
        assert ReadingClient().get(address).status_code == 200
    with time_machine.travel(dt.datetime(2026, 3, 15, 13, tzinfo=dt.UTC), tick=False):
        assert ReadingClient().get(address).status_code == 404


def test_a_new_link_kills_the_old_one(plan: Plan, seat: Seat, by: Actor) -> None:
    old = path(seat, plan)
    client_of(by).post(url(plan, "seat_link_renew", plan.pk, seat.pk))
    seat.refresh_from_db()
    assert ReadingClient().get(old).status_code == 404
    assert ReadingClient().get(path(seat, plan)).status_code == 200


def test_a_seat_that_ended_votes_no_more(plan: Plan, seat: Seat, by: Actor) -> None:
    address = path(seat, plan)
    cast(plan, seat, by, First=(4, 4))
    end_seat(seat=seat, by=by)
    assert ReadingClient().get(address).status_code == 404
    assert ReadingClient().post(address, sent(plan, "", First=(1, 1))).status_code == 404
    with pytest.raises(ValidationError, match="ended"):
        cast(plan, seat, by, First=(1, 1))
    assert Vote.objects.get(seat=seat).impact == 4  # what it voted stays
    assert "Robin" not in {str(voter.row) for voter in prioritising.electorate(by)}


def test_only_the_coordinator_reads_the_link(plan: Plan, seat: Seat, by: Actor) -> None:
    renew_link(seat=seat, by=by)
    seat.refresh_from_db()
    key = f"seat-{seat.pk}"
    assert "/vote/" in page(plan, by, **{"as": key})
    for role in (Role.LEAD, Role.MEMBER):
        actor = make_actor(role, coalition=by.coalition)
        assert "/vote/ey" not in page(plan, actor, **{"as": key})
        assert client_of(actor).post(url(plan, "seat_link_renew", plan.pk, seat.pk)).status_code == 403
