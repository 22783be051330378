"""What goes unnoticed is on the radar, with the one thing that mends it."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coalitions.models import Position
from phast.access.actor import Actor
from phast.access.table import Role
from phast.mail.models import Reason, RefusedAddress, Source
from plans import actions, radar
from plans.enums import PlanStatus, StepStatus
from plans.models import Plan, Step
from tests.client import ReadingClient
from tests.factories import make_coalition, make_partner, sign_in
from tests.plans.factories import days_ago, make_actor, make_contact, make_plan, make_step

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def by() -> Actor:
    return make_actor()


def on_radar(by: Actor, key: str, plan: Plan | None = None) -> list[str]:
    section = next((section for section in radar.sections(by, plan) if section.key == key), None)
    return [row.name for row in section.rows] if section else []


def after(days: float) -> time_machine.travel:
    return time_machine.travel(START + dt.timedelta(days=days), tick=False)


# ------------------------------------------------------------------ silence
def test_a_step_is_silent_when_nobody_spoke_of_it_for_thirty_days(by: Actor) -> None:
    with after(0):
        step = make_step(make_plan(by), "Quiet")
    with after(29.9):
        assert on_radar(by, "silent") == []
    with after(30.1):
        assert on_radar(by, "silent") == ["Quiet"]
        actions.update_step(step=step, status=None, note="Still at it.", by=by)  # a comment is enough
        assert on_radar(by, "silent") == []
    with after(60):
        assert on_radar(by, "silent") == []
    with after(60.2):
        assert on_radar(by, "silent") == ["Quiet"]
        actions.update_step(step=step, status=StepStatus.DONE, by=by)
    with after(120):
        assert on_radar(by, "silent") == []


def test_a_plan_that_was_made_active_lately_is_given_its_thirty_days(by: Actor) -> None:
    with after(0):
        plan = make_plan(by, status=PlanStatus.DRAFT)
        make_step(plan, "Drafted long ago")
    with after(50):
        assert on_radar(by, "silent") == [], "a draft promised nothing"
        actions.edit_plan(plan=plan, values={"status": PlanStatus.ACTIVE}, version=None, by=by)
    with after(79):
        assert on_radar(by, "silent") == []
    with after(81):
        assert on_radar(by, "silent") == ["Drafted long ago"]


def test_the_longest_silence_comes_first(by: Actor) -> None:
    plan = make_plan(by)
    for day, title in ((5, "Later"), (0, "Longest")):
        with after(day):
            make_step(plan, title)
    with after(40):
        assert on_radar(by, "silent") == ["Longest", "Later"]
        assert [step.title for step in radar.silent_steps(by)] == ["Longest", "Later"]


# ------------------------------------------------------------------ the other sections
def test_steps_without_an_owner_late_ones_and_positions_to_fill(by: Actor) -> None:
    plan = make_plan(by)
    make_step(plan, "Nobody's")
    make_step(plan, "Late", owner=make_partner(by.coalition), due_on=days_ago(by, 3))
    vacant = Position.objects.create(coalition=by.coalition, title="Champion")
    Position.objects.create(coalition=by.coalition, title="Nothing waits for it")
    step = make_step(plan, "Waits for a champion", owner=vacant)
    make_step(make_plan(by, status="draft"), "Drafted")
    assert on_radar(by, "unowned") == ["Nobody's"]
    assert on_radar(by, "overdue") == ["Late"]
    assert on_radar(by, "vacant") == ["Champion"]
    section = next(section for section in radar.sections(by) if section.key == "vacant")
    assert section.rows[0].steps == [step]
    actions.update_step(step=step, status=StepStatus.DROPPED, by=by)
    assert on_radar(by, "vacant") == []


def test_who_left_or_has_no_address_is_named_with_the_steps(by: Actor) -> None:
    plan = make_plan(by)
    gone = make_partner(by.coalition, name="Closed clinic", status="inactive")
    here = make_partner(by.coalition, name="Riverbend")
    account = make_actor(Role.MEMBER, coalition=by.coalition, partner=here).user
    without, reached = make_contact(here, name="No Mail"), make_contact(here, name="By Mail")
    reached.email = "by@example.org"
    reached.save()
    holder = make_contact(gone, name="Old Holder")
    held = Position.objects.create(coalition=by.coalition, title="Held", contact=holder)
    for owner in (gone, here, without, reached, held, make_contact(here, account, name="By Account")):
        make_step(plan, f"Step of {owner}", owner=owner)
    assert on_radar(by, "unreachable") == ["Closed clinic", "No Mail", "Old Holder"]


def test_an_address_that_refuses_mail_is_named(by: Actor) -> None:
    person = make_contact(make_partner(by.coalition), name="Dana Reyes")
    person.email = "Dana@Example.org"
    person.save()
    make_step(make_plan(by), owner=person)
    assert on_radar(by, "refused") == []
    RefusedAddress.objects.create(address="dana@example.org", reason=Reason.FULL, source=Source.values[0])
    assert on_radar(by, "refused") == ["Dana Reyes"]


# ------------------------------------------------------------------ the page
def url(by: Actor, query: str = "") -> str:
    return reverse("plans:radar", args=[by.coalition.slug]) + query


def test_the_coordinator_mends_and_others_read(client: ReadingClient, by: Actor) -> None:
    step = make_step(make_plan(by), "Nobody's")
    mend = reverse("plans:step_responsible", args=[by.coalition.slug, step.pk]) + "?back=radar"
    sign_in(client, by.user)
    assert f'href="{mend}"' in client.get(url(by)).content.decode()
    member = make_actor(Role.MEMBER, coalition=by.coalition)
    sign_in(client, member.user)
    page = client.get(url(by)).content.decode()
    assert "Nobody&#x27;s" in page
    assert mend not in page
    sign_in(client, make_actor(Role.OBSERVER, coalition=by.coalition).user)
    assert client.get(url(by)).status_code == 403


def test_mending_leads_back_to_the_radar(client: ReadingClient, by: Actor) -> None:
    sign_in(client, by.user)
    partner, step = make_partner(by.coalition), make_step(make_plan(by))
    name = f"step-{step.pk}"
    address = reverse("plans:step_responsible", args=[by.coalition.slug, step.pk]) + "?back=radar"
    answer = client.post(address, {f"{name}-party_1": f"partner-{partner.pk}", f"{name}-as_1": "lead"})
    assert answer["Location"] == url(by)
    assert on_radar(by, "unowned") == []


def test_one_plan_alone_and_nothing_of_another_coalition(client: ReadingClient, by: Actor) -> None:
    sign_in(client, by.user)
    plan = make_plan(by, title="One")
    make_step(plan, "In one")
    make_step(make_plan(by, title="Two"), "In two")
    foreign = make_actor(coalition=make_coalition(slug="theirs"))
    theirs = make_plan(foreign, title="Theirs")
    make_step(theirs, "In theirs")
    everything = client.get(url(by)).content.decode()
    assert "In one" in everything
    assert "In two" in everything
    assert "In theirs" not in everything
    alone = client.get(url(by, f"?plan={plan.pk}")).content.decode()
    assert "In one" in alone
    assert "In two" not in alone
    for odd in (theirs.pk, "x", "9" * 30):
        assert "In theirs" not in client.get(url(by, f"?plan={odd}")).content.decode()


def test_a_long_section_has_pages(client: ReadingClient, by: Actor) -> None:
    sign_in(client, by.user)
    plan = make_plan(by)
    Step.objects.bulk_create(Step(plan=plan, title=f"Step {n:02}") for n in range(30))
    assert "Show all 30" in client.get(url(by)).content.decode()
    second = client.get(url(by, "?section=unowned&page=2")).content.decode()
    assert "Step 29" in second
    assert "Step 01" not in second


def test_the_radar_asks_as_often_for_three_hundred_as_for_one(client: ReadingClient, by: Actor) -> None:
    sign_in(client, by.user)
    plan = make_plan(by)
    partner = make_partner(by.coalition, status="inactive")
    position = Position.objects.create(coalition=by.coalition, title="Vacant")
    person = make_contact(partner, name="No mail")
    person.email = "x@example.org"
    person.save()

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url(by)).status_code == 200
        return len(queries)

    with after(0):
        for owner in (partner, position, person, None):
            make_step(plan, owner=owner, due_on=days_ago(by, 2))
    client.get(url(by))
    few = asked()
    with after(0):
        for n in range(75):
            for owner in (partner, position, person, None):
                make_step(plan, f"Step {n}", owner=owner, due_on=days_ago(by, 2), order=n)
    assert asked() == few <= 15
