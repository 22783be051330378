"""A plan copied into another plan, or kept as a template of the coalition's own."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coalitions.models import Position
from phast.access.actor import Actor
from phast.access.table import Action, Role
from phast.audit.models import Event
from plans import actions, home, selectors
from plans.models import (
    Barrier,
    Intervention,
    Measure,
    MeasureValue,
    Plan,
    PlanChange,
    Recommendation,
    Responsibility,
    Stance,
    Step,
    Update,
    Vote,
)
from plans.reports.common import choices_for
from tests.client import body
from tests.factories import make_partner, sign_in
from tests.plans.factories import make_actor, make_contact, make_plan, make_step, outline_of

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)


@pytest.fixture
def by() -> Actor:
    return make_actor()


@pytest.fixture
def plan(by: Actor) -> Plan:
    """A plan with one of everything, far along."""
    plan = make_plan(
        by, scenario="S", challenge="C", copied_from="example", approved_at=timezone.now(), approved_by=by.user
    )
    partner = make_partner(by.coalition, name="Owner")
    barrier = Barrier.objects.create(
        plan=plan, text="B", detail="More", standing="confirmed", how_learned="Asked", order=1
    )
    recommendation = Recommendation.objects.create(
        plan=plan,
        text="R",
        order=1,
        decision="do",
        decision_reason="Cheap",
        decided_at=timezone.now(),
        decided_by=by.user,
    )
    recommendation.barriers.add(barrier)
    Vote.objects.create(recommendation=recommendation, partner=partner, impact=4, feasibility=4, by=by.user)
    first = make_step(
        plan, "First", owner=partner, detail="D", resources="A room", funding="A grant", repeats="monthly",
        recommendation=recommendation, due_said="quarterly", status="done", finished_at=timezone.now(), finished_by=by.user,
    )  # fmt: skip
    Responsibility.objects.create(
        step=first, position=Position.objects.create(coalition=by.coalition, title="Chief"), part="partner", order=1
    )
    Responsibility.objects.create(step=first, contact=make_contact(partner), part="collaborate", order=2)
    Update.objects.create(step=first, status="done", note="Done", at=timezone.now(), by=by.user)
    below = make_step(plan, "Below", parent=first, due_said="end of June", due_on=dt.date(2026, 6, 30))
    deepest = make_step(plan, "Deepest", parent=below)
    second = make_step(plan, "Second", repeat_of=first)
    second.waits_for.add(first, deepest)
    gone = {"removed_at": timezone.now(), "removed_by": by.user}
    make_step(plan, "Under one that is gone", parent=make_step(plan, "Gone", **gone))
    Barrier.objects.create(plan=plan, text="Gone", **gone)
    intervention = Intervention.objects.create(plan=plan, text="Naloxone")
    Stance.objects.create(intervention=intervention, partner=partner, adoption="opposed", since=DAY, by=by.user)
    measure = Measure.objects.create(
        plan=plan, text="M", unit="kits", direction="down", baseline=1, baseline_on=DAY, target=9, target_on=DAY, story="Why",
        source="adoption", intervention=intervention,
    )  # fmt: skip
    measure.steps.add(below)
    MeasureValue.objects.create(measure=measure, on=DAY, value=3, by=by.user)
    return plan


def copied(plan: Plan, by: Actor, **values: Any) -> Plan:
    return actions.copy_plan(plan=plan, title="Copy", **values, by=by)


def test_a_copy_has_what_the_plan_consists_of(plan: Plan, by: Actor) -> None:
    copy = copied(plan, by)
    assert (copy.title, copy.scenario, copy.challenge, copy.copied_from) == ("Copy", "S", "C", "example")
    barrier, recommendation = copy.barriers.get(), copy.recommendations.get()
    assert (barrier.text, barrier.detail, barrier.standing, barrier.how_learned) == ("B", "More", "confirmed", "Asked")
    assert list(recommendation.barriers.all()) == [barrier]
    assert outline_of(copy) == {"First": {"Below": {"Deepest": {}}}, "Second": {}}
    first, second = copy.steps.get(title="First"), copy.steps.get(title="Second")
    assert (first.detail, first.resources, first.funding, first.repeats) == ("D", "A room", "A grant", "monthly")
    assert first.recommendation == recommendation
    assert {step.title for step in second.waits_for.all()} == {"First", "Deepest"}
    assert all(step.plan_id == copy.pk for step in second.waits_for.all())
    parties = [(str(r.party), r.part) for r in first.responsibilities.all()]
    assert parties == [("Owner", "lead"), ("Chief", "partner"), ("Ann Contact", "collaborate")]
    measure = copy.measures.get()
    assert (measure.text, measure.unit, measure.direction, measure.target) == ("M", "kits", "down", 9)
    assert [step.title for step in measure.steps.all()] == ["Below"]
    assert measure.intervention == copy.interventions.get()


def test_a_copy_has_nothing_that_was_done_decided_or_measured(plan: Plan, by: Actor) -> None:
    copy = copied(plan, by)
    assert (copy.status, copy.approved_at, copy.is_template) == ("draft", None, False)
    assert set(copy.steps.values_list("status", "finished_at", "repeat_of")) == {("not_started", None, None)}
    assert not Update.objects.filter(step__plan=copy).exists()
    recommendation, measure = copy.recommendations.get(), copy.measures.get()
    assert (recommendation.decision, recommendation.decision_reason, recommendation.decided_at) == ("", "", None)
    assert not recommendation.votes.exists()
    assert not copy.interventions.get().stances.exists()
    assert (measure.baseline, measure.baseline_on, measure.target_on, measure.story) == (None, None, None, "")
    assert not measure.values.exists()


def test_a_due_day_is_left_behind_and_words_without_a_day_stay(plan: Plan, by: Actor) -> None:
    due = dict(copied(plan, by).steps.values_list("title", "due_said"))
    assert (due["First"], due["Below"]) == ("quarterly", "")
    assert not Step.objects.exclude(plan=plan).filter(due_on__isnull=False).exists()


def test_the_plan_that_was_copied_stays_as_it_was(plan: Plan, by: Actor) -> None:
    before = outline_of(plan), list(plan.steps.order_by("pk").values())
    copied(plan, by)
    assert (outline_of(plan), list(plan.steps.order_by("pk").values())) == before
    assert plan.interventions.get().stances.count() == 1


def test_copying_is_recorded(plan: Plan, by: Actor) -> None:
    copy = copied(plan, by, as_template=True)
    event = Event.objects.get(verb="plan.created", target_id=str(copy.pk))
    assert event.detail == {"copy_of": plan.pk, "template": True}
    assert PlanChange.objects.get(plan=copy).verb == "plan.created"


def test_a_template_is_no_plan_in_any_list(plan: Plan, by: Actor) -> None:
    figures = home.figures(by)
    template = copied(plan, by, as_template=True)
    Plan.objects.filter(pk=template.pk).update(status="active", approved_at=timezone.now(), approved_by=by.user)
    Step.objects.filter(plan=template).update(due_on=DAY)
    me = make_contact(make_partner(by.coalition, name="Mine"), by.user)
    Responsibility.objects.filter(step__plan=template, contact__isnull=False).update(contact=me)
    assert template.is_template
    seen = Plan.objects.visible_to(by, Action.PLANS_SEE)
    assert list(seen.carried_out()) == [plan]
    assert not selectors.overdue_steps(by).filter(plan=template).exists()
    assert not selectors.unowned_steps(by).filter(plan=template).exists()
    assert not selectors.my_steps(by).filter(plan=template).exists()
    assert [choice.fields for choice in choices_for(by)] == [{"plan": plan.pk}]
    assert home.figures(by) == figures
    observer = make_actor(Role.OBSERVER, coalition=by.coalition)
    assert list(Plan.objects.visible_to(observer, Action.PLANS_SEE)) == [plan]


def test_copying_three_hundred_steps_asks_as_often_as_copying_four(by: Actor) -> None:
    small, big = make_plan(by), make_plan(by)
    for plan, times in ((small, 1), (big, 75)):
        for n in range(times):
            above = None
            for level in range(4):
                above = make_step(
                    plan,
                    f"{n}.{level}",
                    parent=above,
                    owner=make_partner(by.coalition, name=f"{plan.pk}-{n}") if not level else None,
                )
            above.waits_for.add(above.parent)
    asked = []
    for plan in (small, big):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            copy = copied(plan, by)
        asked.append(len(queries))
        assert outline_of(copy) == outline_of(plan)
    assert asked[0] == asked[1]


# ------------------------------------------------------------------ pages
def page(actor: Actor, path: str) -> str:
    client = Client()
    sign_in(client, actor.user)
    return body(client.get(f"/c/{actor.coalition.slug}/plans/{path}")).decode()


def posted(actor: Actor, path: str, **fields: Any) -> Any:
    client = Client()
    sign_in(client, actor.user)
    return client.post(f"/c/{actor.coalition.slug}/plans/{path}", fields)


def test_a_plan_is_copied_under_a_title_of_its_own(plan: Plan, by: Actor) -> None:
    assert "A plan (copy)" in page(by, f"{plan.pk}/copy/")
    assert posted(by, f"{plan.pk}/copy/", title="", kind="plan").status_code == 422
    answer = posted(by, f"{plan.pk}/copy/", title="For the north", kind="plan")
    copy = Plan.objects.get(title="For the north")
    assert answer.url == f"/c/{by.coalition.slug}/plans/{copy.pk}/"
    assert (copy.is_template, copy.steps.count()) == (False, 4)


def test_a_template_stands_where_plans_start_and_in_no_list_of_plans(plan: Plan, by: Actor) -> None:
    posted(by, f"{plan.pk}/copy/", title="Our way", kind="template")
    template = Plan.objects.get(title="Our way")
    assert "Our way" in page(by, "new/")
    assert "Our way" not in page(by, "")
    shown = page(by, f"{template.pk}/")
    assert "This is a template." in shown
    assert f"{template.pk}/copy/" in shown
    posted(by, f"{template.pk}/copy/", title="Begun from it", kind="plan")
    assert "Begun from it" in page(by, "")


def test_an_archived_template_waits_until_it_is_brought_back(plan: Plan, by: Actor) -> None:
    template = copied(plan, by, as_template=True)
    posted(by, f"{template.pk}/archive/")
    assert "Archived templates (1)" in page(by, "new/")
    assert "It is archived." in page(by, f"{template.pk}/")
    posted(by, f"{template.pk}/unarchive/")
    template.refresh_from_db()
    assert template.status == "draft"
    assert "Archived templates" not in page(by, "new/")


def test_an_observer_never_meets_a_template(plan: Plan, by: Actor) -> None:
    template = copied(plan, by, as_template=True)
    observer = make_actor(Role.OBSERVER, coalition=by.coalition)
    client = Client()
    sign_in(client, observer.user)
    assert client.get(f"/c/{by.coalition.slug}/plans/{template.pk}/").status_code == 404
