"""Activities that are due stand in their owners' mail about what is due, and nobody gets a second mail for them."""

from __future__ import annotations

import datetime as dt
from html import unescape
from typing import Any

import pytest
import time_machine

from coalitions.models import Position
from deflection.enums import ActivityStatus
from deflection.models import Program, ProgramActivity
from phast.access.actor import Actor
from phast.access.table import Role
from tests.client import ReadingClient, body
from tests.factories import make_partner, make_person, sign_in
from tests.plans.digests import FRIDAY, MONDAY, addresses, at, contact_at, overdue, sent
from tests.plans.factories import make_plan

from .factories import make_program

LATE, SOON, FAR = dt.date(2026, 11, 2), dt.date(2026, 11, 20), dt.date(2026, 11, 30)


@pytest.fixture
def program(by: Actor) -> Program:
    with time_machine.travel(FRIDAY, tick=False):
        return make_program(by, 1, name="River City")


def due(program: Program, on: dt.date, n: int = 0, **owner: Any) -> ProgramActivity:
    """An activity of the program that somebody owns."""
    activity = ProgramActivity.objects.unfinished().filter(program=program)[n]
    ProgramActivity.objects.filter(pk=activity.pk).update(due_on=on, **owner)
    return ProgramActivity.objects.select_related("activity").get(pk=activity.pk)


def test_steps_and_activities_come_in_one_mail(program: Program, by: Actor) -> None:
    ann = contact_at(make_partner(by.coalition, "Health"))
    chair = Position.objects.create(coalition=by.coalition, title="Chair", contact=ann)
    with time_machine.travel(FRIDAY, tick=False):
        overdue(make_plan(by), ann)
    late, soon = due(program, LATE, contact=ann), due(program, SOON, 1, position=chair)
    at(FRIDAY)
    [made] = at(MONDAY)
    message = sent(made)
    assert message.subject.startswith("1 step overdue, 1 deflection activity overdue, 1 due soon · ")
    for said in (message.body, unescape(message.alternatives[0].content)):
        assert f"{late}" in said
        assert "River City, was due Nov 2, 2026" in said
        assert f"{soon}" in said
        assert "Reply to this mail to say where it stands." in said
        assert "/deflection/" not in said  # a contact cannot sign in


def test_whoever_acts_for_the_owner_is_told_and_led_there(program: Program, by: Actor) -> None:
    police = make_partner(by.coalition, "Police")
    make_person("lead@example.org", coalition=by.coalition, role=Role.LEAD, partner=police)
    contact_at(police)
    activity = due(program, LATE, partner=police)
    at(FRIDAY)
    made = at(MONDAY)
    assert addresses(made) == ["lead@example.org"]
    message = sent(made[0])
    assert message.subject.startswith("1 deflection activity overdue · ")
    for said in (message.body, message.alternatives[0].content):
        assert f"/deflection/activities/{activity.pk}/" in said
        assert "without signing in" not in said


@pytest.mark.parametrize("why", ["due later", "done", "the program ended", "nobody's"])
def test_what_needs_nobody_now_is_in_no_mail(program: Program, by: Actor, why: str) -> None:
    ann = contact_at(make_partner(by.coalition, "Health"))
    activity = due(program, FAR if why == "due later" else LATE, contact=None if why == "nobody's" else ann)
    if why == "done":
        ProgramActivity.objects.filter(pk=activity.pk).update(
            status=ActivityStatus.DONE, done_at=FRIDAY, done_by=by.user
        )
    if why == "the program ended":
        Program.objects.update(ended_on=LATE)
    at(FRIDAY)
    assert at(MONDAY) == []


def test_what_was_done_meanwhile_is_not_written_about(program: Program, by: Actor) -> None:
    activity = due(program, LATE, contact=contact_at(make_partner(by.coalition, "Health")))
    at(FRIDAY)
    [made] = at(MONDAY)
    ProgramActivity.objects.filter(pk=activity.pk).update(contact=None)
    assert sent(made) is None


def test_the_preview_shows_them_too(program: Program, by: Actor) -> None:
    ann = contact_at(make_partner(by.coalition, "Health"), by.user.email, user=by.user)
    activity = due(program, LATE, contact=ann)
    client = ReadingClient()
    with time_machine.travel(MONDAY, tick=False):
        sign_in(client, by.user)
        page = body(client.get(f"/c/{by.coalition.slug}/plans/mail/preview/")).decode()
    assert f"{activity}" in page
