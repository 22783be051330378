"""Changing many steps at once: one request, all or none, taken back as one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from phast.access.actor import Actor
from phast.access.table import Role
from phast.audit.models import Event
from plans.enums import Part
from plans.models import PlanChange, Responsibility, Step, Update
from tests.client import ReadingClient
from tests.factories import make_coalition, make_partner, sign_in
from tests.plans.factories import days_ago, make_actor, make_plan, make_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(client: ReadingClient) -> Actor:
    """The coordinator, signed in."""
    actor = make_actor()
    sign_in(client, actor.user)
    return actor


def url(by: Actor, name: str = "steps_bulk", *keys: object) -> str:
    return reverse(f"plans:{name}", args=[by.coalition.slug, *keys])


def test_ticked_steps_get_a_date_a_status_and_an_owner_in_one_request(client: ReadingClient, by: Actor) -> None:
    plan, agency = make_plan(by), make_partner(by.coalition, name="Riverbend")
    steps = [make_step(plan, f"Step {n}") for n in range(3)]
    spared = make_step(plan, "Spared")
    sent = {
        "step": [step.pk for step in steps],
        "due": "2027-06-30",
        "status": "in_progress",
        "add": f"partner-{agency.pk}",
        "part": Part.COLLABORATE,
    }
    text = client.post(url(by), sent, follow=True).content.decode()
    assert "3 steps: due Jun 30, 2027; now in progress; Riverbend collaborates." in text
    for step in steps:
        step.refresh_from_db()
        assert (str(step.due_on), step.status) == ("2027-06-30", "in_progress")
        assert [(r.partner, r.part) for r in step.responsibilities.all()] == [(agency, "collaborate")]
        assert step.updates.get().by == by.user
    spared.refresh_from_db()
    assert (spared.due_on, spared.status, spared.responsibilities.count()) == (None, "not_started", 0)
    assert Event.objects.filter(verb="step.updated").count() == 3


def test_what_is_left_empty_stays_on_each_of_them(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by)
    step = make_step(plan, due_said="quarterly", owner=make_partner(by.coalition))
    client.post(url(by), {"step": step.pk, "status": "blocked"})
    step.refresh_from_db()
    assert (step.due_said, step.status, step.responsibilities.count()) == ("quarterly", "blocked", 1)


def test_a_party_is_taken_off_where_it_stands_and_nowhere_missed(client: ReadingClient, by: Actor) -> None:
    plan, agency = make_plan(by), make_partner(by.coalition, name="Riverbend")
    steps = [make_step(plan, owner=agency), make_step(plan)]
    text = client.post(
        url(by), {"step": [step.pk for step in steps], "off": f"partner-{agency.pk}"}, follow=True
    ).content.decode()
    assert "2 steps: Riverbend taken off." in text
    assert not Responsibility.objects.exists()


def test_each_plan_has_one_change_that_is_undone_as_one(client: ReadingClient, by: Actor) -> None:
    agency = make_partner(by.coalition)
    plans = [make_plan(by, title=title) for title in ("First", "Second")]
    steps = [make_step(plan, f"Step {n}", due_said="TBD") for plan in plans for n in range(2)]
    sent = {"step": [step.pk for step in steps], "due": "2027-06-30", "status": "done", "add": f"partner-{agency.pk}"}
    text = client.post(url(by), sent, follow=True).content.decode()
    assert [PlanChange.objects.filter(plan=plan).count() for plan in plans] == [1, 1]
    for plan in plans:
        assert url(by, "undo", plan.pk) in text
        client.post(url(by, "undo", plan.pk))
    for step in steps:
        step.refresh_from_db()
        assert (step.due_said, step.due_on, step.status) == ("TBD", None, "not_started")
        assert (step.finished_at, step.responsibilities.count()) == (None, 0)


def test_removing_takes_what_is_below_and_undo_brings_all_of_it_back(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by)
    parent, other = make_step(plan, "Parent"), make_step(plan, "Other")
    child = make_step(plan, "Child", parent=parent)
    sent = {"step": [child.pk, parent.pk, other.pk], "do": "remove"}
    text = client.post(url(by), sent, follow=True).content.decode()
    assert "3 steps: removed." in text
    assert not Step.objects.present().exists()
    client.post(url(by, "undo", plan.pk))
    child.refresh_from_db()
    assert Step.objects.present().count() == 3
    assert child.parent == parent


def test_the_button_that_removes_does_not_mind_the_other_fields(client: ReadingClient, by: Actor) -> None:
    step = make_step(make_plan(by), due_said="TBD")
    client.post(url(by), {"step": step.pk, "do": "remove", "due": "2/30/2027", "status": ""})
    assert not Step.objects.present().exists()


def test_a_step_out_of_reach_refuses_everything(client: ReadingClient, by: Actor) -> None:
    mine = make_step(make_plan(by))
    stranger = make_actor(coalition=make_coalition(slug="elsewhere"))
    theirs = make_step(make_plan(stranger))
    archived = make_step(make_plan(by, status="archived"))
    for other in (theirs.pk, archived.pk, 10**30, "x", "-1"):
        for do in ({"status": "done"}, {"do": "remove"}):
            assert client.post(url(by), {"step": [mine.pk, other]} | do).status_code == 404
    mine.refresh_from_db()
    assert (mine.status, mine.removed_at) == ("not_started", None)
    assert not Update.objects.exists()


def test_another_coalitions_partner_is_not_taken(client: ReadingClient, by: Actor) -> None:
    step = make_step(make_plan(by))
    theirs = make_partner(make_coalition(slug="elsewhere"), name="Their agency")
    response = client.post(url(by), {"step": step.pk, "add": f"partner-{theirs.pk}"})
    assert response.status_code == 422
    assert "Their agency" not in response.content.decode()
    assert not Responsibility.objects.exists()


def test_a_date_that_does_not_exist_keeps_the_ticks_and_what_was_typed(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by)
    step, other = make_step(plan, "One"), make_step(plan, "Two")
    response = client.post(url(by), {"step": step.pk, "due": "2/30/2027", "status": "done"})
    text = response.content.decode()
    assert response.status_code == 422
    assert 'value="2/30/2027"' in text
    assert '<option value="done" selected' in text
    assert f'id="tick-{step.pk}" checked' in text
    assert f'id="tick-{other.pk}" checked' not in text


@pytest.mark.parametrize(
    ("sent", "said"),
    [({"status": "done"}, "Tick the steps"), ({"step": "one"}, "Say what should change"), ({"do": "remove"}, "Tick")],
)
def test_nothing_ticked_or_nothing_said_is_explained(
    client: ReadingClient, by: Actor, sent: dict[str, str], said: str
) -> None:
    step = make_step(make_plan(by))
    response = client.post(url(by), {key: step.pk if value == "one" else value for key, value in sent.items()})
    assert response.status_code == 422
    assert said in response.content.decode()


def test_a_whole_page_is_ticked_by_a_link(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by)
    for n in range(3):
        make_step(plan, f"Step {n}")
    page = client.get(url(by), {"plan": plan.pk})
    assert f'href="?plan={plan.pk}&amp;ticked=all"' in page.content.decode()
    assert client.get(url(by), {"ticked": "all"}).content.decode().count(" checked") == 3


def test_only_who_edits_plans_changes_many(client: ReadingClient, by: Actor) -> None:
    step = make_step(make_plan(by), due_on=days_ago(by, 1))
    reader, member = ReadingClient(), make_actor(Role.MEMBER, coalition=by.coalition)
    sign_in(reader, member.user)
    assert reader.get(url(by)).status_code == 403
    assert reader.post(url(by), {"step": step.pk, "status": "done"}).status_code == 403
    assert url(by) not in reader.get(url(by, "steps")).content.decode()


def test_fifty_steps_are_changed_within_reason(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by)
    steps = [make_step(plan, f"Step {n}") for n in range(50)]
    with CaptureQueriesContext(connection) as seen:
        client.post(url(by), {"step": [step.pk for step in steps], "due": "2027-06-30"})
    assert Step.objects.filter(due_said="2027-06-30").count() == 50
    assert len(seen) < 50 * 8
