"""A step that comes again makes its next occurrence when it is done."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from coalitions.models import Position
from phast.access.actor import Actor
from plans import actions
from plans.enums import Part, PlanStatus, Repeats, StepStatus
from plans.models import Measure, Recommendation, Step
from plans.repeating import next_due, proposed, shifted
from tests.client import ReadingClient
from tests.factories import make_partner, sign_in
from tests.plans.factories import make_actor, make_plan, make_step

pytestmark = pytest.mark.django_db
DAY = dt.date.fromisoformat


def done(step: Step, by: Actor) -> None:
    actions.update_step(step=step, status=StepStatus.DONE, by=by)


def after(step: Step) -> Step:
    return Step.objects.get(repeat_of=step)


# ------------------------------------------------------------------ days
@pytest.mark.parametrize(
    ("day", "repeats", "then"),
    [
        ("2026-09-30", "quarterly", "2026-12-31"),  # the end of a month stays the end of a month
        ("2026-01-31", "monthly", "2026-02-28"),
        ("2026-02-28", "monthly", "2026-03-31"),
        ("2024-02-29", "yearly", "2025-02-28"),
        ("2026-01-30", "monthly", "2026-02-28"),
        ("2026-03-15", "monthly", "2026-04-15"),
        ("2026-11-30", "half", "2027-05-31"),
        ("2026-12-28", "weekly", "2027-01-04"),
    ],
)
def test_a_period_later(day: str, repeats: str, then: str) -> None:
    assert shifted(DAY(day), Repeats(repeats)) == DAY(then)


def test_the_30th_stays_the_30th_after_a_short_february() -> None:
    due, before, days = DAY("2026-01-30"), None, []
    for _ in range(4):
        due, before = next_due(due, Repeats.MONTHLY, done=due, before=before).on, due
        days.append(str(due))
    assert days == ["2026-02-28", "2026-03-30", "2026-04-30", "2026-05-30"]


def test_who_is_months_late_is_not_given_days_that_are_past() -> None:
    assert next_due(DAY("2026-01-31"), Repeats.MONTHLY, done=DAY("2026-05-10")) == (DAY("2026-05-31"), 4)
    assert next_due(DAY("2026-06-30"), Repeats.QUARTERLY, done=DAY("2026-04-01")) == (DAY("2026-09-30"), 1)


@pytest.mark.parametrize(
    ("said", "again"),
    [
        ("quarterly", "quarterly"),
        ("Every quarter, by the 5th", "quarterly"),
        ("monthly", "monthly"),
        ("each month", "monthly"),
        ("weekly", "weekly"),
        ("twice a year", "half"),
        ("annually", "yearly"),
        ("end of June", None),
        ("biweekly", None),  # no rhythm we have: nothing is guessed
        ("Q3", None),
        ("", None),
    ],
)
def test_words_of_a_due_date_propose_how_often(said: str, again: str | None) -> None:
    assert proposed(said) == again


# ------------------------------------------------------------------ the next occurrence
def test_the_next_one_is_the_same_step_a_period_later() -> None:
    by = make_actor()
    plan = make_plan(by)
    carried = Recommendation.objects.create(plan=plan, text="Report together")
    values = {"detail": "By e-mail", "resources": "An hour", "funding": "SOR", "repeats": "quarterly"}
    step = make_step(
        plan,
        "Report",
        due_said="9/30",
        due_on=DAY("2026-09-30"),
        recommendation=carried,
        status="in_progress",
        **values,
    )
    make_step(plan, "Another")
    partner, position = make_partner(by.coalition), Position.objects.create(coalition=by.coalition, title="Data lead")
    actions.set_responsible(step=step, added=[(partner, Part.LEAD), (position, Part.COLLABORATE)], by=by)
    Measure.objects.create(plan=plan, text="Kits").steps.add(step)
    with time_machine.travel("2026-09-20T12:00Z"):
        done(step, by)
    new = after(step)
    assert (new.title, new.status, new.due_on, new.due_said) == (
        "Report",
        "not_started",
        DAY("2026-12-31"),
        "Dec 31, 2026",
    )
    assert {name: getattr(new, name) for name in values} == values
    assert new.recommendation == carried
    assert [(r.party, r.part) for r in new.responsibilities.all()] == [
        (partner, Part.LEAD),
        (position, Part.COLLABORATE),
    ]
    assert [str(measure) for measure in new.measures.all()] == ["Kits"]
    assert [s.pk for s in Step.objects.in_tree(plan.pk)][:2] == [step.pk, new.pk], "right after it"


def test_words_without_a_day_count_from_the_day_it_was_done() -> None:
    by = make_actor()
    step = make_step(make_plan(by), due_said="quarterly", repeats="quarterly")
    with time_machine.travel("2026-05-10T16:00Z"):
        done(step, by)
    new = after(step)
    assert (new.due_said, new.due_on) == ("quarterly", DAY("2026-08-10"))


def test_sub_steps_come_along_not_started_and_as_much_later() -> None:
    by = make_actor()
    plan = make_plan(by)
    step = make_step(plan, "Meeting", due_on=DAY("2026-03-31"), due_said="3/31/2026", repeats="quarterly")
    invite = make_step(
        plan, "Invite", parent=step, due_on=DAY("2026-03-10"), due_said="3/10", owner=make_partner(by.coalition)
    )
    make_step(plan, "Dropped", parent=step, status="dropped")
    hold = make_step(plan, "Hold", parent=step, due_said="on the day")
    hold.waits_for.add(invite)
    with time_machine.travel("2026-03-30T12:00Z"):
        done(invite, by)
        done(step, by)
    below = list(Step.objects.filter(parent=after(step)).order_by("order"))
    assert [(s.title, s.status, s.due_on, s.due_said) for s in below] == [
        ("Invite", "not_started", DAY("2026-06-10"), "Jun 10, 2026"),
        ("Hold", "not_started", None, "on the day"),
    ]
    assert below[0].responsibilities.count() == 1
    assert list(below[1].waits_for.all()) == [below[0]], "the new one waits for the new one"


def test_a_sub_step_that_came_again_meanwhile_comes_along_once() -> None:
    by = make_actor()
    plan = make_plan(by)
    step = make_step(plan, "Quarter", due_on=DAY("2026-03-31"), repeats="quarterly")
    count = make_step(plan, "Count", parent=step, due_on=DAY("2026-01-31"), repeats="monthly")
    with time_machine.travel("2026-01-20T12:00Z"):
        done(count, by)
        done(after(count), by)
        done(step, by)
    assert [s.due_on for s in Step.objects.filter(parent=after(step))] == [DAY("2026-04-30")]


def test_a_step_that_is_reopened_and_done_again_has_one_next() -> None:
    by = make_actor()
    step = make_step(make_plan(by), due_on=DAY("2026-09-30"), repeats="quarterly")
    done(step, by)
    actions.update_step(step=step, status=StepStatus.IN_PROGRESS, by=by)
    assert after(step).removed_at is None, "reopening does not take it away"
    done(step, by)
    assert Step.objects.filter(repeat_of=step).count() == 1
    actions.update_step(step=step, status=StepStatus.BLOCKED, by=by)
    actions.remove_step(step=after(step), by=by)
    done(step, by)
    assert after(step).removed_at is None, "the one there was comes back: never two, never none"


def test_said_done_twice_or_dropped_makes_nothing_more() -> None:
    by = make_actor()
    plan = make_plan(by)
    dropped = make_step(plan, repeats="monthly")
    actions.update_step(step=dropped, status=StepStatus.DROPPED, by=by)
    once = make_step(plan)
    done(once, by)
    over = make_step(make_plan(by, status=PlanStatus.FINISHED), repeats="monthly")
    done(over, by)
    assert not Step.objects.filter(repeat_of__in=[dropped, once, over]).exists()


@pytest.mark.django_db(transaction=True)
def test_two_people_who_finish_a_step_at_the_same_time_make_one_next() -> None:
    by = make_actor()
    plan = make_plan(by)
    steps = [make_step(plan, repeats="monthly", due_on=DAY("2026-09-30")) for _ in range(5)]
    start, surprises = threading.Barrier(2), []

    def finish() -> None:
        try:
            for step in steps:
                start.wait(20)
                done(Step.objects.get(pk=step.pk), by)
        except BaseException as error:
            surprises.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=finish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert surprises == []
    assert [Step.objects.filter(repeat_of=step).count() for step in steps] == [1] * 5
    orders = list(Step.objects.filter(plan=plan).order_by("order").values_list("order", flat=True))
    assert orders == list(range(1, 11)), "each has a place of its own"


# ------------------------------------------------------------------ on the page
def page(client: ReadingClient, by: Actor, name: str, step: Step, **data: Any) -> str:
    url = reverse(f"plans:{name}", args=[by.coalition.slug, step.pk])
    answer = client.post(f"{url}?back=step", data, follow=True) if data else client.get(url)
    return answer.content.decode()


def test_the_page_says_when_it_comes_again_and_what_happens_on_reopening(client: ReadingClient) -> None:
    by = make_actor()
    sign_in(client, by.user)
    step = make_step(make_plan(by), "Report", due_on=DAY("2099-09-30"), repeats="quarterly")
    assert "It comes again: the next one is due Dec 31, 2099." in page(client, by, "step_update", step, status="done")
    assert ">Dec 31, 2099</a>" in page(client, by, "step", step)
    assert "The one before" in page(client, by, "step", after(step))
    again = page(client, by, "step_update", step, status="in_progress")
    assert "The next one, due Dec 31, 2099, stays in the plan. Remove it if it is not needed." in again


def test_quarterly_is_offered_as_a_choice_and_never_set_silently(client: ReadingClient) -> None:
    by = make_actor()
    sign_in(client, by.user)
    step = make_step(make_plan(by), due_said="quarterly")
    url = reverse("plans:step_edit", args=[by.coalition.slug, step.pk])
    chosen = '<option value="quarterly" selected>'
    assert chosen not in client.get(url).content.decode()
    assert "Make it come again every quarter" in page(client, by, "step", step)
    assert chosen in client.get(f"{url}?again=quarterly").content.decode()
    form = {f"step-{step.pk}-{name}": value for name, value in {"title": "T", "due_said": "quarterly"}.items()}
    client.post(url, form | {f"step-{step.pk}-version": 1})
    step.refresh_from_db()
    assert (step.title, step.repeats) == ("T", "")
    client.post(url, form | {f"step-{step.pk}-version": step.version, f"step-{step.pk}-repeats": "yearly"})
    step.refresh_from_db()
    assert step.repeats == "yearly"
