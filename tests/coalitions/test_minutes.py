"""Minutes as a PDF, and actions that become steps of a plan."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from django.core.exceptions import ValidationError

from coalitions import meetings as selectors
from coalitions.actions import meeting_people, meetings, minutes
from coalitions.models import Meeting, Seat
from coalitions.reports.minutes import MINUTES
from phast import offers
from phast.access.actor import Actor
from phast.access.table import Role
from phast.jobs.models import JobState
from phast.jobs.tasks import run_job
from phast.reports.actions import request_report
from phast.reports.models import Report
from plans.models import Plan, Step
from tests.coalitions.conftest import Cast, make_cast
from tests.coalitions.meetings import make_contact, make_meeting
from tests.plans.factories import make_plan
from tests.reports.pdfua import assert_pdf_ua, elements, name, words

pytestmark = pytest.mark.django_db


def recorded(cast: Cast, by: Actor) -> Meeting:
    """A meeting with everything in it."""
    meeting = make_meeting(by, days=-1, place="Town hall", purpose="Where we stand")
    item = meetings.add_item(meeting=meeting, values={"title": "Kits", "speakers": "River EMS", "minutes": 20}, by=by)
    meetings.add_item(meeting=meeting, values={"title": "Anything else"}, by=by)
    meeting_people.add_guest(meeting=meeting, name="Gail Guest", email="gail@example.org", by=by)
    meeting_people.add_contacts(
        meeting=meeting, found=[make_contact(cast.police), make_contact(cast.ems, "Bo Diaz", "bo@example.org")], by=by
    )
    meeting_people.add_seats(
        meeting=meeting,
        found=[Seat.objects.create(coalition=cast.coalition, alias="River", sector_id="parents")],
        by=by,
    )
    for typed in ("ann", "gail", "river"):
        meeting_people.arrive(meeting=meeting, typed="River" if typed == "river" else typed, by=by)
    minutes.note(meeting=meeting, item=item, text="Two agencies run low.", by=by)
    minutes.decide(meeting=meeting, item=item, text="We order 200 kits", by=by)
    minutes.decide(meeting=meeting, item=None, text="We meet monthly", by=by)
    minutes.agree(meeting=meeting, item=item, text="Order the kits", owner=cast.ems, due="6/30", by=by)
    minutes.agree(meeting=meeting, item=None, text="Thank everybody", owner=None, due="", by=by)
    return Meeting.objects.get(pk=meeting.pk)


@pytest.mark.django_db(transaction=True)  # a job writes its progress on a connection of its own
def test_minutes_say_who_was_there_what_was_decided_and_who_does_what() -> None:
    cast = make_cast()
    by = cast.actor(Role.COORDINATOR)
    meeting = recorded(cast, by)
    report = request_report(kind="minutes", fields={"meeting": meeting.pk}, by=cast.actor(Role.MEMBER))
    run_job(report._meta.label, report.pk)
    report = Report.objects.get(pk=report.pk)
    assert report.state == JobState.DONE, report.message
    content = Path(report.file.path).read_bytes()
    assert_pdf_ua(content)
    said = words(content)
    for part in (
        "Steering meeting: minutes",
        "Town hall",
        "Troy Police",
        "Ann Lee",
        "Gail Guest",
        "River",
        "Nobody from: River EMS",
        "1. Kits",
        "Two agencies run low.",
        "We order 200 kits",
        "We meet monthly",
        "Order the kits",
        "6/30",
        "Nobody yet",
    ):
        assert part in said, part
    for secret in ("gail@example.org", "ann@example.org", "Parents", "Bo Diaz"):
        assert secret not in said, secret
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert {"H1", "H2", "H3", "Table", "TH", "L"} <= {name(tag) for tag in elements(pdf)}


def test_who_may_not_see_meetings_is_offered_no_minutes(cast: Cast) -> None:
    recorded(cast, cast.actor(Role.COORDINATOR))
    for role in Role:
        offered = MINUTES.choices(cast.actor(role))
        assert bool(offered) == (role not in (Role.REPORTER, Role.OBSERVER))


def test_actions_become_steps_with_owner_and_due_at_once_and_only_once(cast: Cast) -> None:
    by = cast.actor(Role.COORDINATOR)
    meeting, plan = recorded(cast, by), make_plan(by)
    made = minutes.make_steps(actions=list(meeting.actions.all()), plan=plan.pk, by=by)
    assert [step.title for step in made] == ["Order the kits", "Thank everybody"]
    step = Step.objects.get(title="Order the kits")
    assert (step.responsibilities.get().party, step.due_said) == (cast.ems, "6/30")
    assert step.due_on is not None
    assert minutes.make_steps(actions=list(meeting.actions.all()), plan=plan.pk, by=by) == []
    course = selectors.course(meeting, by)
    assert [one.steps[0].status for one in course.actions] == ["Not started", "Not started"]
    assert not course.open_actions
    page = cast.client("member").get(cast.url("meeting_detail", meeting.pk)).content.decode()
    assert made[0].url in page


def test_without_a_plan_all_actions_go_into_one_new_plan(cast: Cast) -> None:
    by, coordinator = cast.actor(Role.COORDINATOR), cast.client("coordinator")
    meeting = recorded(cast, by)
    coordinator.post(cast.url("meeting_steps", meeting.pk))
    assert Step.objects.filter(plan=Plan.objects.get()).count() == 2


def test_one_action_becomes_a_step_and_a_foreign_plan_is_refused(cast: Cast) -> None:
    by, coordinator = cast.actor(Role.COORDINATOR), cast.client("coordinator")
    meeting, plan = recorded(cast, by), make_plan(by)
    action = meeting.actions.first()
    coordinator.post(cast.url("meeting_steps", meeting.pk), {"action": action.pk, "plan": plan.pk})
    assert [step.title for step in offers.steps[0].of(by, [action])[action.pk]] == ["Order the kits"]
    with pytest.raises(ValidationError, match="Choose one of the plans"):
        minutes.make_steps(actions=list(meeting.actions.all()), plan=plan.pk + 999, by=by)
    assert Step.objects.count() == 1


def test_a_due_date_that_does_not_exist_is_said_and_nothing_is_made(cast: Cast) -> None:
    by = cast.actor(Role.COORDINATOR)
    meeting, plan = recorded(cast, by), make_plan(by)
    minutes.agree(meeting=meeting, item=None, text="On a day that never comes", owner=None, due="2/30", by=by)
    with pytest.raises(ValidationError, match="2/30"):
        minutes.make_steps(actions=list(meeting.actions.all()), plan=plan.pk, by=by)
    assert not Step.objects.exists()
