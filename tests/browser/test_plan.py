"""The coordinator's job on a plan: with the keyboard and without page reloads, and again without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from phast.access.actor import Actor
from plans.models import Plan, Step
from tests.browser.watch import overflow, violations
from tests.factories import make_partner
from tests.plans.factories import EXAMPLE, load_example, make_actor, make_plan, make_step, outline_of


@pytest.fixture
def by(transactional_db: None) -> Actor:
    return make_actor()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_the_example_is_copied_and_a_step_assigned_dated_and_finished(
    by: Actor, open_page: Callable[..., Page], live_server: Any, width: int, javascript: bool
) -> None:
    load_example()
    make_partner(by.coalition, name="Riverbend Police")
    page = open_page(by.user, width, javascript=javascript)
    page.goto(f"{live_server.url}/c/{by.coalition.slug}/plans/templates/{EXAMPLE}/")
    page.get_by_role("button", name="Copy this plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Naloxone in every police department")
    title = "Tell how a naloxone program has helped"
    assert not violations(page) + overflow(page)

    page.get_by_role("link", name=f"Who is responsible for {title}").click()
    page.get_by_label("Add").first.select_option(label="Riverbend Police")
    assert not overflow(page)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("strong", has_text="Riverbend Police")).to_be_visible()

    page.get_by_role("link", name=f"Edit {title}").click()
    page.get_by_label("Due").fill("end of June")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Due end of June (Jun 30")).to_be_visible()

    page.get_by_role("link", name=f"Update {title}").click()
    page.get_by_role("button", name="Done").click()
    step = Step.objects.get(title=title)
    expect(page.locator(f"#step-{step.pk} .tag")).to_have_text("Done")
    step.refresh_from_db()
    assert (step.finished_by, str(step.due_on)[5:]) == (by.user, "06-30")
    assert [str(r.party) for r in step.responsibilities.all()] == ["Police chiefs and officers", "Riverbend Police"]


def test_a_meeting_writes_steps_by_keyboard(by: Actor, open_page: Callable[..., Page], live_server: Any) -> None:
    plan = make_plan(by)
    page = open_page(by.user)
    page.goto(f"{live_server.url}/c/{by.coalition.slug}/plans/{plan.pk}/")
    page.get_by_role("link", name="Add a step").press("Enter")
    for title in ("Call the chiefs", "Find a date", "Print the cards"):
        expect(page.get_by_role("textbox", name="Step")).to_be_focused()
        page.keyboard.type(title)
        page.keyboard.press("Enter")
        expect(page.locator("#steps")).to_contain_text(title)
    assert list(outline_of(plan)) == ["Call the chiefs", "Find a date", "Print the cards"]


def test_what_is_half_typed_stays_while_steps_move_and_go(
    by: Actor, open_page: Callable[..., Page], live_server: Any
) -> None:
    plan: Plan = make_plan(by)
    make_step(plan, "First")
    typed_into = make_step(plan, "Second")
    make_step(plan, "Third")
    page = open_page(by.user)
    page.goto(f"{live_server.url}/c/{by.coalition.slug}/plans/{plan.pk}/")
    page.get_by_role("link", name="Edit Second").click()
    page.get_by_label("Due").fill("half typed")
    page.get_by_role("link", name="More for Third").click()
    up = page.get_by_role("button", name="Move up: Third")
    for _ in range(2):
        up.press("Enter")
        expect(up).to_be_focused()
    expect(page.locator("#steps > li").first).to_contain_text("Third")
    page.get_by_role("button", name="Remove Third").click()
    page.get_by_text("removed “Third”").wait_for()
    assert page.locator(f"#step-{typed_into.pk}").get_by_label("Due").input_value() == "half typed"
    assert list(outline_of(plan)) == ["First", "Second"]
    page.get_by_role("button", name="Undo:").click()
    expect(page.locator("#steps > li").first).to_contain_text("Third")
