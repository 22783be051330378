"""The plan as a PDF."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from django.http import Http404

from coalitions.models import Position
from phast.access.actor import Actor
from phast.access.table import Role
from phast.jobs.models import JobState
from phast.jobs.tasks import run_job
from phast.reports.actions import request_report
from phast.reports.models import Report
from plans.actions import approve_plan, copy_template
from plans.models import Plan
from plans.reports import PLAN
from tests.factories import make_partner
from tests.plans.factories import load_example, make_actor, make_contact, make_plan, make_step
from tests.reports.pdfua import assert_pdf_ua, elements, name, words

pytestmark = pytest.mark.django_db


def collected(plan: Plan, by: Actor) -> dict:
    return PLAN.collect(by.coalition, PLAN.request(by, {"plan": str(plan.pk)}))


def test_it_holds_the_whole_plan_nested_as_it_is() -> None:
    by = make_actor()
    plan = copy_template(template=load_example(), by=by)
    data = collected(plan, by)
    assert (len(data["barriers"]), len(data["recommendations"]), len(data["steps"])) == (4, 1, 2)
    assert [step["number"] for step in data["steps"][1]["steps"]] == ["2.1", "2.2", "2.3", "2.4", "2.5", "2.6"]
    assert data["steps"][0]["parties"] == [{"name": "Public safety champion", "more": " (nobody holds this yet)"}]
    assert len(PLAN.extras(data)["rows"]) == 8


def test_observers_get_approved_plans_only_and_no_names_of_people() -> None:
    boss = make_actor()
    observer = make_actor(Role.OBSERVER, coalition=boss.coalition)
    person = make_contact(make_partner(boss.coalition, name="Riverbend"), name="Dana Reyes")
    plan = make_plan(boss)
    make_step(plan, owner=person)
    make_step(plan, owner=Position.objects.create(coalition=boss.coalition, title="Champion", contact=person))
    with pytest.raises(Http404):
        PLAN.request(observer, {"plan": plan.pk})
    assert PLAN.choices(observer) == []
    approve_plan(plan=plan, by=boss)
    assert [choice.label for choice in PLAN.choices(observer)] == [str(plan)]
    assert PLAN.request(observer, {"plan": plan.pk}).is_released
    assert not PLAN.request(boss, {"plan": plan.pk}).is_released
    assert "Dana Reyes" not in str(collected(plan, observer))
    assert "Dana Reyes" in str(collected(plan, boss))


def test_when_the_approval_is_withdrawn_the_observers_pdf_goes_with_it() -> None:
    boss = make_actor()
    observer = make_actor(Role.OBSERVER, coalition=boss.coalition)
    plan, other = make_plan(boss), make_plan(boss)
    for each in (plan, other):
        approve_plan(plan=each, by=boss)
        request_report(kind="plan", fields={"plan": each.pk}, by=observer)
    unapprove_plan(plan=plan, by=boss)
    assert [report.parameters for report in Report.objects.readable_by(observer)] == [{"plan": other.pk}]


@pytest.mark.django_db(transaction=True)  # a job writes its progress on a connection of its own
def test_it_is_drawn_with_tags_and_a_title() -> None:
    by = make_actor()
    plan = copy_template(template=load_example(), by=by)
    report = request_report(kind="plan", fields={"plan": plan.pk}, by=by)
    run_job(report._meta.label, report.pk)
    report = Report.objects.get(pk=report.pk)
    assert report.state == JobState.DONE, report.message
    content = Path(report.file.path).read_bytes()
    assert_pdf_ua(content)
    with pikepdf.open(report.file.path) as pdf:
        tags = [name(tag) for tag in elements(pdf)]
    assert tags.count("LI") == 4 + 1 + 8
    assert {"H1", "H2", "L", "Table", "TH"} <= set(tags)
    assert "Public safety champion" in words(content)
