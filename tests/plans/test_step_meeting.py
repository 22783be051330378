"""A step of a plan becomes a meeting: its sub-steps are the agenda, and who is responsible speaks."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from coalitions.meetings import course
from coalitions.models import Meeting, Position
from phast.access.table import Role
from phast.offers import steps
from plans.actions import copy_template
from plans.meetings import make_meeting
from plans.models import Step, StepLink
from tests.client import ReadingClient
from tests.factories import make_partner, sign_in
from tests.plans.factories import load_example, make_actor, make_contact, make_plan, make_step

pytestmark = pytest.mark.django_db
BEGINS = dt.datetime(2027, 3, 10, 14, tzinfo=dt.UTC)
VALUES = {"title": "Meeting of champions", "starts_at": BEGINS, "ends_at": BEGINS + dt.timedelta(hours=2)}


def test_the_example_of_the_source_becomes_a_meeting_of_six_items_with_their_speakers() -> None:
    by = make_actor()
    plan = copy_template(template=load_example(), by=by)
    police = make_partner(by.coalition, name="Troy Police")
    held = {
        "police-chiefs-and-officers": make_contact(police, name="Chief Ray"),
        "person-in-recovery": make_contact(police, name="Secret Name"),
    }
    for kind, contact in held.items():
        Position.objects.filter(coalition=by.coalition, kind=kind).update(contact=contact)
    step = Step.objects.filter(plan=plan, parent=None).order_by("order").last()
    meeting = make_meeting(step=step, values=VALUES, by=by)
    items = course(meeting, by).items
    below = list(Step.objects.filter(parent=step).order_by("order"))
    assert [item.row.title for item in items] == [one.title for one in below]
    assert len(items) == 6
    assert [item.steps[0].key for item in items] == [one.pk for one in below]
    spoken = " / ".join(item.row.speakers for item in items)
    assert "Police chiefs and officers (Chief Ray)" in spoken
    assert "Person in recovery" in spoken
    assert "First responders (nobody yet)" in spoken
    for one, item in zip(below, items, strict=True):
        for responsibility in one.responsibilities.all():
            assert str(responsibility.party) in item.row.speakers
    assert "Secret Name" not in spoken + str([str(row) for row in meeting.attendances.all()])
    assert [str(row) for row in meeting.attendances.all()] == ["Chief Ray"]
    assert not meeting.attendances.exclude(invited_at=None).exists()


def test_the_first_step_of_the_example_has_no_sub_steps_and_is_the_agenda_itself() -> None:
    by = make_actor()
    plan = copy_template(template=load_example(), by=by)
    first = Step.objects.filter(plan=plan, parent=None).order_by("order").first()
    meeting = make_meeting(step=first, values=VALUES, by=by)
    (item,) = course(meeting, by).items
    assert (item.row.title, item.steps[0].key) == (first.title, first.pk)
    assert item.row.speakers == "Public safety champion (nobody yet)"


def test_from_the_steps_page_to_the_meeting(client: ReadingClient) -> None:
    by = make_actor()
    partner = make_partner(by.coalition, name="River EMS")
    make_contact(partner, name="Bo Diaz")
    step = make_step(make_plan(by), "Call everybody together", detail="In the town hall")
    make_step(step.plan, "Say what we saw", parent=step, owner=partner)
    sign_in(client, by.user)
    url = reverse("plans:step_meeting", args=[by.coalition.slug, step.pk])
    assert url in client.get(reverse("plans:step", args=[by.coalition.slug, step.pk])).content.decode()
    page = client.get(url)
    assert page.context["form"]["title"].value() == "Call everybody together"
    assert "River EMS" in page.content.decode()
    assert client.post(url, {"title": "X", "starts_at": "", "minutes": "60"}).status_code == 422
    answer = client.post(url, {"title": "All together", "starts_at": "2027-03-10T09:00", "minutes": "60"})
    meeting = Meeting.objects.get()
    assert answer["Location"] == reverse("coalitions:meeting_detail", args=[by.coalition.slug, meeting.pk])
    assert StepLink.objects.get().agenda_item.speakers == "River EMS"
    assert "Say what we saw" in client.get(answer["Location"]).content.decode()


def test_only_who_may_plan_meetings_makes_one(client: ReadingClient) -> None:
    by = make_actor()
    step = make_step(make_plan(by))
    member = make_actor(Role.MEMBER, coalition=by.coalition)
    sign_in(client, member.user)
    assert client.post(reverse("plans:step_meeting", args=[by.coalition.slug, step.pk])).status_code == 403


def test_due_steps_for_the_wall_are_those_overdue_or_due_within_two_weeks() -> None:
    by = make_actor()
    plan, today = make_plan(by), by.coalition.today()
    someone = make_contact(make_partner(by.coalition), name="Secret Name")
    load_example()
    lived = Position.objects.create(
        coalition=by.coalition, title="Person in recovery", kind_id="person-in-recovery", contact=someone
    )
    for title, days in (("Late", -3), ("Soon", 14), ("Later", 15)):
        make_step(plan, title, owner=lived, due_on=today + dt.timedelta(days=days))
    make_step(plan, "Done", due_on=today, status="done", finished_at=BEGINS)
    found = steps[0].due(by)
    assert [(step.title, step.overdue, step.who) for step in found] == [
        ("Late", True, "Person in recovery"),
        ("Soon", False, "Person in recovery"),
    ]
    assert steps[0].due(make_actor(Role.OBSERVER, coalition=by.coalition)) == []
