"""The plan as PDFs: whole, and on one page."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.http import Http404

from coalitions.models import Position, Seat
from phast.access.actor import Actor
from phast.access.table import Role
from phast.jobs.models import JobState
from phast.jobs.tasks import run_job
from phast.reports.actions import request_report
from phast.reports.models import Report
from plans.actions import approve_plan, copy_template
from plans.models import Measure, MeasureValue, Plan, Recommendation, Responsibility, Vote
from plans.reports import PLAN, SUMMARY_REPORT
from plans.reports.summary import fitted
from tests.factories import make_partner
from tests.plans.factories import load_example, make_actor, make_contact, make_plan, make_step
from tests.reports.pdfua import assert_pdf_ua, elements, name, pages_of, words

pytestmark = pytest.mark.django_db
LONG = "The Department of Public Health and Public Safety of the Three Rivers and Their Valleys"


def collected(plan: Plan, by: Actor, kind: Any = PLAN) -> dict:
    return kind.collect(by.coalition, kind.request(by, {"plan": str(plan.pk)}))


def drawn(kind: str, by: Actor, **fields: int) -> bytes:
    """The finished PDF, drawn as the worker draws it."""
    report = request_report(kind=kind, fields=fields, by=by)
    run_job(report._meta.label, report.pk)
    report = Report.objects.get(pk=report.pk)
    assert report.state == JobState.DONE, report.message
    return Path(report.file.path).read_bytes()


def with_measure(plan: Plan, by: Actor, text: str = "Departments that carry naloxone") -> None:
    measure = Measure.objects.create(plan=plan, text=text, unit="departments", baseline=3, target=5)
    for month in (3, 4, 5):
        MeasureValue.objects.create(measure=measure, on=dt.date(2026, month, 1), value=month, by=by.user)


def test_it_holds_the_whole_plan_nested_as_it_is() -> None:
    by = make_actor()
    plan = copy_template(template=load_example(), by=by)
    data = collected(plan, by)
    assert (len(data["barriers"]), len(data["recommendations"]), len(data["steps"])) == (4, 1, 2)
    assert [step["number"] for step in data["steps"][1]["steps"]] == ["2.1", "2.2", "2.3", "2.4", "2.5", "2.6"]
    assert data["steps"][0]["parties"] == [{"name": "Public safety champion", "more": " (nobody holds this yet)"}]
    assert len(PLAN.extras(data)["rows"]) == 8


def test_observers_get_approved_versions_only_and_no_names_of_people() -> None:
    boss = make_actor()
    observer = make_actor(Role.OBSERVER, coalition=boss.coalition)
    person = make_contact(make_partner(boss.coalition, name="Riverbend"), name="Dana Reyes")
    plan = make_plan(boss)
    make_step(plan, owner=person)
    make_step(plan, owner=Position.objects.create(coalition=boss.coalition, title="Champion", contact=person))
    for kind in (PLAN, SUMMARY_REPORT):
        with pytest.raises(Http404):
            kind.request(observer, {"plan": plan.pk})
        assert kind.choices(observer) == []
    version = approve_plan(plan=plan, by=boss)
    for kind in (PLAN, SUMMARY_REPORT):
        request = kind.request(observer, {"plan": plan.pk})
        assert request.is_released
        assert request.parameters == {"version": version.pk}
        assert request.data_as_of == version.approved_at
        assert not kind.request(boss, {"plan": plan.pk}).is_released
        assert not kind.request(boss, {"version": version.pk}).is_released
        assert "Dana Reyes" not in str(collected(plan, observer, kind))
        assert "Dana Reyes" in str(collected(plan, boss, kind))


def test_votes_are_means_in_the_plan_as_it_is_and_in_no_version() -> None:
    boss = make_actor()
    observer = make_actor(Role.OBSERVER, coalition=boss.coalition)
    plan = make_plan(boss)
    weighed, barely = (Recommendation.objects.create(plan=plan, text=text, order=n) for n, text in enumerate("AB"))
    for n in range(3):
        seat = Seat.objects.create(coalition=boss.coalition, alias=f"Seat {n}")
        Vote.objects.create(recommendation=weighed, seat=seat, impact=n + 2, feasibility=5)
        if n:
            Vote.objects.create(recommendation=barely, seat=seat, impact=1, feasibility=1)
    version = approve_plan(plan=plan, by=boss)
    (opinion,) = collected(plan, boss)["votes"]
    assert (opinion["text"], opinion["impact"], opinion["feasibility"], opinion["votes"]) == ("A", "3.0", "5.0", 3)
    assert "Seat" not in str(collected(plan, boss))
    assert collected(plan, observer)["votes"] == []
    assert PLAN.collect(boss.coalition, PLAN.request(boss, {"version": version.pk}))["votes"] == []


@pytest.mark.django_db(transaction=True)  # a job writes its progress on a connection of its own
def test_it_is_drawn_with_tags_and_a_title() -> None:
    by = make_actor()
    plan = copy_template(template=load_example(), by=by)
    with_measure(plan, by)
    content = drawn("plan", by, plan=plan.pk)
    assert_pdf_ua(content)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        tags = [name(tag) for tag in elements(pdf)]
    assert tags.count("LI") >= 4 + 1 + 8  # one that goes on on the next page is tagged twice
    assert {"H1", "H2", "L", "Table", "TH", "Figure"} <= set(tags)
    assert "Public safety champion" in words(content)


@pytest.mark.django_db(transaction=True)
def test_a_versions_pdf_says_which_it_is_and_stays_what_it_was() -> None:
    by = make_actor()
    plan = make_plan(by, title="First title")
    make_step(plan, "First step", resources="A room", funding="Settlement funds", repeats="monthly")
    version = approve_plan(plan=plan, note="All new", by=by)
    Plan.objects.filter(pk=plan.pk).update(title="Second title")
    for kind in ("plan", "plan-summary"):
        content = drawn(kind, by, version=version.pk)
        assert_pdf_ua(content)
        said = words(content)
        day = f"{version.approved_at:%B} {version.approved_at.day}, {version.approved_at.year}"
        assert f"Version 1, approved {day[:3]} " in said
        assert version.sha256 in said
        assert "First title" in said
        assert "Second title" not in said
        assert "First step" in said
    for part in ("All new", "A room", "Settlement funds", "Every month"):
        assert part in words(drawn("plan", by, version=version.pk))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("steps", "left_out"), [(1, 0), (8, 0), (300, None)])
def test_the_summary_is_one_page_whatever_the_plans_size(steps: int, left_out: int | None) -> None:
    by = make_actor()
    plan = make_plan(by, title="Naloxone everywhere", scenario="What goes on. " * steps, challenge="Why. " * steps)
    partner = make_partner(by.coalition, name="Riverbend Police")
    above = [make_step(plan, f"Step {n}", owner=partner, due_on=dt.date(2027, 1, 1)) for n in range(min(steps, 60))]
    for n in range(len(above), steps):
        make_step(plan, f"Step {n}", parent=above[n % 60], owner=partner)
    with_measure(plan, by)
    content = drawn("plan-summary", by, plan=plan.pk)
    assert_pdf_ua(content)
    (page,) = pages_of(content)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert [float(edge) for edge in pdf.pages[0].mediabox] == [0, 0, 612, 792]
    assert "Naloxone everywhere" in page
    assert "Riverbend Police" in page
    assert f"0 of {steps} step" in page
    if left_out == 0:
        assert all(f"Step {n}" in page for n in range(steps))
        assert "in the full plan" not in page
    else:
        shown = page.count("Riverbend Police")
        assert shown >= 10
        assert f"And {steps - shown} more steps in the full plan." in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("letters", ["W" * 200, LONG * 2])
def test_the_summary_is_one_page_with_the_longest_names_there_can_be(letters: str) -> None:
    by = make_actor()
    plan = make_plan(by, title=letters[:160], scenario=letters * 40, challenge=letters * 40)
    owners = [make_partner(by.coalition, name=f"{n} {letters}"[:120]) for n in range(4)]
    for n in range(30):
        step = make_step(plan, letters[:200], due_said=letters[:60], due_on=dt.date(2020, 1, n + 1))
        for owner in owners:
            Responsibility.objects.create(step=step, partner=owner)
        Recommendation.objects.create(plan=plan, text=letters[:200], decision="not", order=n)
    for _ in range(5):
        with_measure(plan, by, letters[:200])
    content = drawn("plan-summary", by, plan=plan.pk)
    assert_pdf_ua(content)
    assert len(pages_of(content)) == 1


def test_what_is_overdue_stands_on_the_page() -> None:
    by = make_actor()
    plan = make_plan(by)
    for n in range(60):
        make_step(plan, f"Main {n}")
    make_step(plan, "Late", parent=plan.steps.get(title="Main 59"), due_on=dt.date(2026, 1, 2))
    shown = fitted(collected(plan, by, SUMMARY_REPORT), 0)["shown"]
    assert (shown[-1]["title"], shown[-1]["stands"]) == ("Late", "Overdue")


def test_what_is_short_of_room_are_finished_steps_and_sub_steps() -> None:
    by = make_actor()
    plan = make_plan(by)
    for n in range(60):
        done = {"status": "done", "finished_at": "2026-01-01T00:00Z", "finished_by": by.user} if n < 30 else {}
        make_step(plan, f"Main {n}", parent=None, **done)
    under = make_step(plan, "Main last")
    make_step(plan, "Sub", parent=under)
    data = collected(plan, by, SUMMARY_REPORT)
    shown = [step["title"] for step in fitted(data, 0)["shown"]]
    assert shown == [f"Main {n}" for n in range(30, 30 + len(shown))]
    assert len(fitted(data, 5)["shown"]) < len(shown)
