"""The board: steps by status, moved by whoever may update them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse

from phast.access.actor import Actor
from phast.access.table import Role
from plans import across
from plans.models import Responsibility, Step, Update
from tests.client import ReadingClient
from tests.factories import let_the_planner_look, make_partner, sign_in
from tests.plans.factories import days_ago, make_actor, make_plan, make_step

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def by(client: ReadingClient) -> Actor:
    """The coordinator, signed in."""
    actor = make_actor()
    sign_in(client, actor.user)
    return actor


def url(by: Actor, name: str = "board", *keys: object) -> str:
    return reverse(f"plans:{name}", args=[by.coalition.slug, *keys])


def column(text: str, status: str) -> str:
    return text.split(f'data-status="{status}"')[1].split("</section>")[0]


def test_each_step_stands_in_the_column_of_its_status(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by, title="Naloxone everywhere")
    make_step(plan, "Begin", owner=make_partner(by.coalition, name="Riverbend"), due_on=days_ago(by, 1))
    make_step(plan, "Go on", status="in_progress", due_said="quarterly")
    text = client.get(url(by)).content.decode()
    first = column(text, "not_started")
    for said in ("Begin", "Riverbend", "Naloxone everywhere", "Overdue"):
        assert said in first
    assert "quarterly" in column(text, "in_progress")
    assert "None" in column(text, "blocked")
    assert re.findall(r'pile__count">(\d+)', text) == ["1", "1", "0", "0", "0"]


def test_moving_a_card_is_an_update_and_keeps_the_filters(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by)
    step = make_step(plan, "Hold a meeting")
    response = client.post(f"{url(by, 'board_move', step.pk)}?plan={plan.pk}", {"status": "done"}, follow=True)
    assert response.redirect_chain == [(f"{url(by)}?plan={plan.pk}&at={step.pk}#card-{step.pk}", 302)]
    assert "Hold a meeting” is now: done." in response.content.decode()
    step.refresh_from_db()
    assert (step.status, step.finished_by) == ("done", by.user)
    assert Update.objects.get(step=step).status == "done"


def test_a_dragged_card_is_one_request_that_answers_with_the_board(client: ReadingClient, by: Actor) -> None:
    step = make_step(make_plan(by), "Hold a meeting")
    response = client.post(url(by, "board_move", step.pk), {"status": "blocked"}, headers=HTMX)
    text = response.content.decode()
    assert response.status_code == 200
    assert "Hold a meeting" in column(text, "blocked")
    assert "<summary autofocus>" in column(text, "blocked")
    assert "is now: blocked" in text


def test_only_who_may_update_a_step_gets_a_handle_and_buttons(client: ReadingClient, by: Actor) -> None:
    reporter = make_actor(Role.REPORTER, coalition=by.coalition)
    plan = make_plan(by)
    mine, other = make_step(plan, "Mine"), make_step(plan, "Not mine")
    Responsibility.objects.create(step=mine, partner_id=next(iter(reporter.own_partner_ids)))
    reader = ReadingClient()
    sign_in(reader, reporter.user)
    text = reader.get(url(by)).content.decode()
    assert text.count("data-handle") == text.count("data-card") == 1
    assert url(by, "board_move", mine.pk) in text
    assert url(by, "board_move", other.pk) not in text
    assert reader.post(url(by, "board_move", mine.pk), {"status": "done"}).status_code == 302
    assert reader.post(url(by, "board_move", other.pk), {"status": "done"}).status_code == 404
    assert Step.objects.get(pk=other.pk).status == "not_started"


def test_a_status_that_does_not_exist_changes_nothing_and_says_so(client: ReadingClient, by: Actor) -> None:
    step = make_step(make_plan(by))
    text = client.post(url(by, "board_move", step.pk), {"status": "flying"}, follow=True).content.decode()
    assert "Choose a status" in text
    assert not Update.objects.exists()


def test_a_long_column_shows_the_next_due_and_leads_to_the_rest(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by)
    Step.objects.bulk_create(
        Step(plan=plan, title=f"Step {n:05}", order=n, due_on=days_ago(by, -n)) for n in range(10_000)
    )
    let_the_planner_look(Step)
    text = client.get(url(by), {"q": "Step"}).content.decode()
    assert text.count("board-card__title") == across.SHOWN
    assert "Step 00000" in text
    assert f'<a href="{url(by, "steps")}?q=Step&amp;status=not_started">and 9,980 more' in text


def test_what_was_done_last_comes_first_in_its_column(by: Actor) -> None:
    plan = make_plan(by)
    for n in (1, 3, 2):
        make_step(plan, f"Done {n}", status="done", finished_at=dt.datetime(2026, 1, n, tzinfo=dt.UTC))
    done = next(pile for pile in across.piles(by, across.Wanted()) if pile.status == "done")
    assert [card.step.title for card in done.cards] == ["Done 3", "Done 2", "Done 1"]
