"""The page of a step has everything there is about it, and its forms lead back to it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from coalitions.models import Position
from phast.access.actor import Actor
from phast.access.table import Role
from plans.actions import remove_item, update_step
from plans.enums import StepStatus
from plans.models import Measure, PlanChange, Recommendation, Step
from tests.client import ReadingClient
from tests.factories import make_partner, sign_in
from tests.plans.factories import make_actor, make_contact, make_plan, make_step
from tests.world import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(client: ReadingClient) -> Actor:
    actor = make_actor()
    sign_in(client, actor.user)
    return actor


def url(by: Actor, name: str, step: Step, query: str = "") -> str:
    return reverse(f"plans:{name}", args=[by.coalition.slug, step.pk]) + query


def sent(step: Step, **values: Any) -> dict[str, Any]:
    values = {"title": step.title, "version": step.version} | values
    return {f"step-{step.pk}-{name}": value for name, value in values.items()}


def test_the_page_shows_what_it_takes_and_what_it_carries_out(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by)
    carried = Recommendation.objects.create(plan=plan, text="Train at roll call")
    step = make_step(
        plan,
        owner=Position.objects.create(coalition=by.coalition, title="Champion"),
        resources="Forty kits",
        funding="SOR",
        recommendation=carried,
    )
    Measure.objects.create(plan=plan, text="Officers trained").steps.add(step)
    page = client.get(url(by, "step", step)).content.decode()
    for words in ("Forty kits", "SOR", "Train at roll call", "Officers trained", "nobody holds this yet"):
        assert words in page
    remove_item(item=carried, by=by)
    assert "Train at roll call" not in client.get(url(by, "step", step)).content.decode()


def test_a_fact_nobody_gave_takes_no_room(client: ReadingClient, by: Actor) -> None:
    page = client.get(url(by, "step", make_step(make_plan(by)))).content.decode()
    for words in ("Resources needed", "Carries out", "Measured by", "Comes again", "Holds up"):
        assert f"<dt>{words}" not in page
    assert re.search(r"<dt>Funding</dt>\s*<dd>\s*<span class=\"muted\">Not said", page), "who may say it is asked"


def test_the_form_keeps_what_it_takes_and_leads_back(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by)
    carried = Recommendation.objects.create(plan=plan, text="Train at roll call")
    step = make_step(plan)
    values = {"resources": "Forty kits", "funding": "SOR", "recommendation": carried.pk, "repeats": "monthly"}
    answer = client.post(url(by, "step_edit", step, "?back=step"), sent(step, **values))
    assert answer["Location"] == url(by, "step", step)
    step.refresh_from_db()
    assert (step.resources, step.funding, step.recommendation, step.repeats) == (
        "Forty kits",
        "SOR",
        carried,
        "monthly",
    )
    other = Recommendation.objects.create(plan=make_plan(by), text="Of another plan")
    assert client.post(url(by, "step_edit", step), sent(step, recommendation=other.pk)).status_code == 422
    remove_item(item=carried, by=by)
    client.post(url(by, "step_edit", step), sent(step, title="New words", recommendation=carried.pk))
    step.refresh_from_db()
    assert (step.title, step.recommendation) == ("New words", carried), "it may come back"


def test_a_comment_says_something_and_leaves_the_status(client: ReadingClient, by: Actor) -> None:
    step = make_step(make_plan(by), status="blocked")
    client.post(url(by, "step_update", step, "?back=step"), {"status": "comment", "note": "Waiting for the council."})
    step.refresh_from_db()
    said = step.updates.get()
    assert (step.status, said.status, said.note, said.by) == ("blocked", "", "Waiting for the council.", by.user)
    assert "Waiting for the council." in client.get(url(by, "step", step)).content.decode()
    empty = client.post(url(by, "step_update", step), {"status": "comment", "note": " "})
    assert empty.status_code == 422
    assert "Write what you would like to say." in empty.content.decode()


def test_who_answers_from_an_e_mail_is_named_with_what_they_said(client: ReadingClient, by: Actor) -> None:
    """Somebody without an account: the update is the contact's, and nobody is said to have finished the step."""
    person = make_contact(make_partner(by.coalition), name="Dana Reyes")
    step = make_step(make_plan(by), owner=person)
    bearer = Actor(user=None, coalition=by.coalition, standings=(), contact_ids=frozenset({person.pk}))
    update_step(step=step, status=StepStatus.DONE, note="All set.", by=bearer, contact=person)
    step.refresh_from_db()
    assert (step.status, step.finished_by, step.updates.get().by_contact) == ("done", None, person)
    assert PlanChange.objects.get(plan=step.plan).by is None
    page = client.get(url(by, "step", step)).content.decode()
    assert "Dana Reyes" in page
    person.delete()
    assert "somebody who has left" in client.get(url(by, "step", step)).content.decode()


def test_an_update_says_something(by: Actor) -> None:
    with pytest.raises(ValidationError, match="Write what you would like to say"):
        update_step(step=make_step(make_plan(by)), status=None, note="", by=by)


def test_who_may_not_edit_reads_the_page_without_its_tools(client: ReadingClient, by: Actor) -> None:
    step = make_step(make_plan(by))
    member = make_actor(Role.MEMBER, coalition=by.coalition)
    sign_in(client, actor_of(member.user, by.coalition).user)
    page = client.get(url(by, "step", step)).content.decode()
    for name in (
        "step_edit",
        "step_responsible",
        "step_waits",
        "step_move",
        "step_remove",
        "step_update",
        "step_file_add",
    ):
        assert url(by, name, step) not in page
    owner = next(iter(member.own_partner_ids))
    step.responsibilities.create(partner_id=owner)
    page = client.get(url(by, "step", step)).content.decode()
    assert url(by, "step_update", step) in page
    assert url(by, "step_file_add", step) in page
