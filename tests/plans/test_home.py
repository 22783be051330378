"""What plans say on the home page."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from coalitions.home import cards as coalition_cards
from coalitions.models import Position
from phast.access.table import Role
from plans.actions import update_step
from plans.enums import StepStatus
from plans.home import cards, figures
from tests.client import ReadingClient
from tests.factories import make_partner, sign_in
from tests.plans.factories import days_ago, make_actor, make_plan, make_step

pytestmark = pytest.mark.django_db


def test_the_coordinator_sees_what_is_stuck() -> None:
    by = make_actor()
    plan = make_plan(by)
    assert cards(by) == []
    make_step(plan, owner=make_partner(by.coalition), due_on=days_ago(by, 2))
    make_step(plan)
    make_step(plan, owner=Position.objects.create(coalition=by.coalition, title="Data lead"))
    make_step(make_plan(by, status="draft"), due_on=days_ago(by, 2))
    found = cards(by)
    assert [(card.number, card.text) for card in found] == [
        ("1", "step overdue"),
        ("1", "step without anybody responsible"),
    ]
    assert found[0].urgent


def test_the_coordinator_is_led_to_the_radar_also_for_what_is_silent() -> None:
    by = make_actor()
    long_ago = timezone.now() - dt.timedelta(days=31)
    make_step(make_plan(by), owner=make_partner(by.coalition), created_at=long_ago)
    card = cards(by)[0]
    assert (card.number, card.text) == ("1", "step nobody has spoken of for a month")
    assert card.url == f"/c/{by.coalition.slug}/plans/radar/?section=silent"


def test_a_vacant_position_that_plans_count_on_is_named_first() -> None:
    by = make_actor()
    for title in ("Champion", "Peer trainer"):
        Position.objects.create(coalition=by.coalition, title=title)
    needed = Position.objects.create(coalition=by.coalition, title="Data lead")
    make_step(make_plan(by), owner=needed)
    card = next(card for card in coalition_cards(by) if "vacant" in card.text)
    assert (card.text, card.note) == ("3 positions are vacant", "Plans count on: Data lead")


def test_everybody_sees_how_far_the_active_plans_are_that_they_may_read() -> None:
    by = make_actor()
    observer = make_actor(Role.OBSERVER, coalition=by.coalition)
    assert figures(by) == []
    plan = make_plan(by)
    update_step(step=make_step(plan), status=StepStatus.DONE, by=by)
    make_step(plan)
    make_step(make_plan(by, status="draft"))
    assert [(figure.number, figure.of) for figure in figures(by)] == [("1", "2")]
    assert figures(observer) == []  # not approved yet


def test_active_plans_come_first_in_the_list(client: ReadingClient) -> None:
    by = make_actor()
    for title, status in (("A draft", "draft"), ("B finished", "finished"), ("C active", "active")):
        make_plan(by, title=title, status=status)
    sign_in(client, by.user)
    page = client.get(f"/c/{by.coalition.slug}/plans/").content.decode()
    places = [page.index(title) for title in ("C active", "A draft", "B finished")]
    assert places == sorted(places)


def test_others_see_their_own_steps_and_which_are_due() -> None:
    boss = make_actor()
    agency = make_partner(boss.coalition, name="Ours", agency_type="other")
    member = make_actor(Role.MEMBER, coalition=boss.coalition, partner=agency)
    plan = make_plan(boss)
    make_step(plan, "Somebody's", owner=make_partner(boss.coalition), due_on=days_ago(boss, 2))
    assert cards(member) == []
    make_step(plan, "Quarterly", owner=agency, due_said="quarterly")
    assert [(card.number, card.urgent) for card in cards(member)] == [("1", False)]
    make_step(plan, "Next week", owner=agency, due_on=days_ago(boss, -7))
    assert [(card.text, card.urgent) for card in cards(member)] == [("step of yours due within two weeks", False)]
    make_step(plan, "Last week", owner=agency, due_on=days_ago(boss, 7))
    card = cards(member)[0]
    assert (card.number, card.note, card.urgent) == ("2", "Last week", True)
    assert cards(make_actor(Role.OBSERVER, coalition=boss.coalition)) == []
