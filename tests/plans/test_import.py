"""A plan that somebody keeps in a spreadsheet comes in, with everything that is not clear shown and nothing guessed."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coalitions.models import Position
from phast.access.table import Role
from phast.audit.models import Event
from plans import actions
from plans.due import in_words
from plans.enums import StepStatus
from plans.models import Plan, PlanChange, PlanImport, Responsibility, Step, Update
from tests.factories import make_partner, make_person
from tests.plans.desk import HEADER, Desk, form_of, owners, step, words
from tests.plans.factories import make_plan, make_step, outline_of
from tests.world import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


# ------------------------------------------------------------------ the file of the issue
def test_loose_dates_and_unknown_owners_are_shown_and_nothing_is_guessed(desk: Desk) -> None:
    health = make_partner(desk.by.coalition, name="County Health Department")
    make_partner(desk.by.coalition, name="Fire and Rescue")
    page = desk.start(
        ("Naloxone plan", "", "", "", ""),
        ("", "", "", "", ""),
        HEADER,
        ("1", "Write a policy", "County Health Department; Fire and Rescue", "11/30.2018", "Done"),
        ("2", "Train officers", "Countty Health Dept", "TBD", "In progress"),
        ("2.1", "Meet each month", "Riverside EMTs", "monthly", ""),
    )
    assert "3 steps to bring in" in page
    assert "“11/30.2018” is not a day we can read." in page
    assert "It means Nov 30, 2018" in page
    assert page.count("Kept as words: it names no day.") == 2
    assert "Riverside EMTs: who?" in page
    assert "Countty Health Dept: who?" in page

    refused = desk.say("bring-in")
    assert refused.status_code == 422
    assert words(refused).count("Choose who this is") >= 2
    assert not Step.objects.exists()

    html = desk.client.get(desk.url).content.decode()
    near = re.search(r'<optgroup label="Perhaps">\s*<option value="(partner-\d+)"', html)
    assert near
    assert near[1] == f"partner-{health.pk}"
    said = {"Countty Health Dept": near[1], "Riverside EMTs": "new-position", "It means Nov 30, 2018": "on"}
    assert "Please answer" in html
    desk.say("look", **said)
    html = desk.client.get(desk.url).content.decode()
    assert ("Please answer" in html, "Your answers" in html) == (False, True)
    plan = desk.bring_in()

    assert outline_of(plan) == {"Write a policy": {}, "Train officers": {"Meet each month": {}}}
    assert owners("Write a policy") == [("County Health Department", "lead"), ("Fire and Rescue", "lead")]
    assert owners("Train officers") == [("County Health Department", "lead")]
    assert owners("Meet each month") == [("Riverside EMTs", "lead")]
    assert Position.objects.get(title="Riverside EMTs").contact is None
    dues = {s.title: (s.due_said, s.due_on) for s in plan.steps.all()}
    assert dues == {
        "Write a policy": ("Nov 30, 2018", dt.date(2018, 11, 30)),
        "Train officers": ("TBD", None),
        "Meet each month": ("monthly", None),
    }
    assert [s.status for s in plan.steps.order_by("pk")] == ["done", "in_progress", "not_started"]
    assert step("Write a policy").finished_by == desk.by.user


def test_a_day_left_unmended_comes_in_as_words_without_a_day(desk: Desk) -> None:
    desk.start(HEADER, ("1", "Write a policy", "", "11/30.2018", ""))
    desk.bring_in()
    assert (step("Write a policy").due_said, step("Write a policy").due_on) == ("11/30.2018", None)


def test_a_day_is_mended_in_its_row(desk: Desk) -> None:
    desk.start(HEADER, ("1", "Write a policy", "", "13/45/2026", ""))
    desk.say("look", **{"day-2": "soon/32 1/99"})
    assert "“soon/32 1/99” is not a day we can read." in words(desk.client.get(desk.url))
    desk.bring_in(**{"day-2": "6/30/2027"})
    assert step("Write a policy").due_on == dt.date(2027, 6, 30)


def test_what_is_typed_last_counts_and_a_taken_proposal_can_be_given_back(desk: Desk) -> None:
    desk.start(HEADER, ("1", "Write a policy", "", "11/30.2018", ""))
    desk.say("look", **{"use-2": "on"})
    assert desk.last.answers["days"] == {"2": "Nov 30, 2018"}
    html = desk.client.get(desk.url).content.decode()
    data = form_of(html)
    assert (data["day-2"], data.pop("use-2")) == ("Nov 30, 2018", "on")
    desk.client.post(desk.url, {**data, "do": "look"})
    assert desk.last.answers["days"] == {"2": None}
    desk.say("look", **{"use-2": "on"})
    desk.bring_in(**{"day-2": "12/1/2018"})
    assert step("Write a policy").due_on == dt.date(2018, 12, 1)


# ------------------------------------------------------------------ in, undone, given up
def test_steps_go_behind_those_of_an_existing_plan_and_one_undo_takes_them_back(desk: Desk) -> None:
    plan = make_plan(desk.by, title="There")
    make_step(plan, "Old")
    desk.start(("No", "Step"), ("1", "A"), ("1.1", "B"), ("2", "C"), plan=plan.pk)
    assert desk.bring_in() == plan
    assert outline_of(plan) == {"Old": {}, "A": {"B": {}}, "C": {}}
    assert PlanChange.objects.filter(plan=plan, verb="plan.imported").count() == 1
    assert Event.objects.filter(verb="plan.imported").count() == 1
    make_step(plan, "Added under it since", parent=step("A"))
    actions.undo_last(plan=plan, by=desk.by)
    assert outline_of(plan) == {"Old": {}}


def test_an_import_that_somebody_has_worked_on_since_stays(desk: Desk) -> None:
    desk.start(("No", "Step"), ("1", "A"), ("1.1", "B"))
    plan = desk.bring_in()
    other = make_person("other@ours.example.org", coalition=desk.by.coalition, role=Role.COORDINATOR)
    actions.update_step(step=step("B"), status=StepStatus.DONE, by=actor_of(other, desk.by.coalition))
    actions.undo_last(plan=plan, by=desk.by)
    assert outline_of(plan) == {"A": {"B": {}}}


def test_nothing_of_the_file_is_kept_once_its_steps_are_in(desk: Desk) -> None:
    desk.start(("Step", "Owner", "Ignored"), ("A", "", "Private words"))
    plan = desk.bring_in()
    over = desk.last
    assert (over.rows, over.answers, over.plan) == ([], {}, plan)
    assert over.finished_at
    page = words(desk.client.get(desk.url))
    assert "The steps are in" in page
    assert desk.client.post(desk.url, {"do": "bring-in"}).status_code == 200
    assert Step.objects.count() == 1


def test_giving_up_keeps_nothing(desk: Desk) -> None:
    desk.start(("Step", "Due"), ("A", ""))
    url = desk.url
    desk.client.post(url, {"do": "give-up"})
    assert (desk.last.rows, desk.last.answers) == ([], {})
    assert not Plan.objects.exists()
    assert "Nothing came in" in words(desk.client.get(url))


def test_an_import_nobody_finishes_is_emptied_after_a_week(desk: Desk) -> None:
    desk.start(("Step", "Due"), ("A", ""))
    PlanImport.objects.update(created_at=timezone.now() - dt.timedelta(days=6))
    assert PlanImport.forget_abandoned() == 0
    PlanImport.objects.update(created_at=timezone.now() - dt.timedelta(days=8))
    assert PlanImport.forget_abandoned() == 1
    assert desk.last.rows == []
    assert Event.objects.filter(verb="plan_import.abandoned").exists()


def test_a_failing_step_brings_nothing_in(desk: Desk) -> None:
    make_partner(desk.by.coalition, name="Rescue squad", status="inactive")
    desk.start(HEADER, ("1", "One", "Rescue squad", "", ""))
    response = desk.say("bring-in", **{"Rescue squad": "new-partner"})
    assert response.status_code == 422
    assert "A partner with this name is in the roster." in words(response)
    assert not Plan.objects.exists()
    assert desk.last.rows


def test_two_thousand_steps_come_in_with_few_queries(desk: Desk) -> None:
    rows = [(f"{n}", f"Step {n}", "", "", "done") for n in range(1, 2_000)]
    desk.start(HEADER, *rows)
    with CaptureQueriesContext(connection) as queries:
        desk.say("bring-in")
    assert Step.objects.count() == 1_999
    assert len(queries) < 100


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_exported_comes_in_as_it_was(desk: Desk, kind: str) -> None:
    coalition = desk.by.coalition
    plan = make_plan(desk.by, title="There")
    police = make_partner(coalition, name="Police, Fire and Rescue")
    position = Position.objects.create(coalition=coalition, title="Champion")
    first = make_step(
        plan, "=Write", owner=police, due_said="end of June 2027", due_on=dt.date(2027, 6, 30), status="in_progress"
    )
    Responsibility.objects.create(step=first, position=position, part="collaborate", order=1)
    sub = make_step(
        plan, "Draft", parent=first, due_said="quarterly", repeats="quarterly", resources="A room", detail="Two\nlines"
    )
    make_step(plan, "Sign", parent=sub, due_said="3/4/2027", due_on=dt.date(2027, 3, 4), funding="A grant")
    make_step(plan, "Train", status="done", finished_at=timezone.now(), finished_by=desk.by.user)
    Update.objects.create(step=first, note="Chief agreed", at=timezone.now(), by=desk.by.user)

    export = desk.client.get(reverse("plans:steps_export", args=[coalition.slug]), {"format": kind})
    page = desk.start(data=export.getvalue(), name=f"steps.{kind}")
    assert "Please answer" not in page
    came = desk.bring_in()

    def told(of: Plan) -> list[Any]:
        return [
            (
                step.title,
                step.tree_depth,
                in_words(step.due_said, step.due_on),
                step.due_on,
                step.status,
                step.repeats,
                step.resources,
                step.funding,
                step.detail,
                [(str(r.party), r.part) for r in step.responsibilities.all()],
            )
            for step in Step.objects.in_tree(of.pk)
        ]

    assert told(came) == told(plan)
    assert Update.objects.filter(step__plan=came, note__endswith="Chief agreed").exists()
