"""Moving steps on the board by pointer, by finger and by keyboard; ticking many. One request each, no reload, nothing inline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from phast.access.actor import Actor
from plans.models import Step
from tests.browser.watch import overflow, violations
from tests.factories import make_partner
from tests.plans.factories import days_ago, make_actor, make_plan, make_step


@pytest.fixture
def by(transactional_db: None) -> Actor:
    actor = make_actor()
    plan = make_plan(actor, title="Naloxone in every department")
    owner = make_partner(actor.coalition, name="Riverbend Police")
    for n, title in enumerate(("Hold a meeting", "Order kits", "Train the night shift")):
        make_step(plan, title, due_on=days_ago(actor, n - 1), owner=owner)
    return actor


def open_board(open_page: Callable[..., Page], live_server: Any, by: Actor, width: int) -> tuple[Page, list[str]]:
    """The board, and the list that its later requests to the portal go into."""
    page = open_page(by.user, width)
    page.goto(f"{live_server.url}/c/{by.coalition.slug}/plans/board/")
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method) if "/plans/" in request.url else None)
    return page, asked


def column(page: Page, status: str) -> Any:
    return page.locator(f'[data-status="{status}"]')


def drag(page: Page, title: str, status: str) -> None:
    handle = page.locator("article", has_text=title).locator("[data-handle]").bounding_box()
    target = column(page, status).bounding_box()
    assert handle
    assert target
    page.mouse.move(handle["x"] + 4, handle["y"] + 4)
    page.mouse.down()
    page.mouse.move(target["x"] + 60, target["y"] + 80, steps=8)
    page.mouse.up()


def test_a_card_is_dragged_again_and_again_with_one_request_each(
    by: Actor, open_page: Callable[..., Page], live_server: Any
) -> None:
    page, asked = open_board(open_page, live_server, by, 1280)
    for n, status in enumerate(("in_progress", "blocked"), 1):
        drag(page, "Order kits", status)
        expect(column(page, status).get_by_role("link", name="Order kits")).to_be_visible()
        assert asked == ["POST"] * n
    expect(page.locator("#board-said")).to_contain_text("“Order kits” is now: blocked.")
    assert Step.objects.get(title="Order kits").status == "blocked"
    drag(page, "Order kits", "blocked")
    assert len(asked) == 2
    assert not violations(page) + overflow(page)


def test_escape_lets_go_of_a_card(by: Actor, open_page: Callable[..., Page], live_server: Any) -> None:
    page, asked = open_board(open_page, live_server, by, 1280)
    handle = page.locator("article", has_text="Order kits").locator("[data-handle]").bounding_box()
    assert handle
    page.mouse.move(handle["x"] + 4, handle["y"] + 4)
    page.mouse.down()
    page.mouse.move(handle["x"] + 300, handle["y"] + 40, steps=4)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert not asked
    assert page.locator("article", has_text="Order kits").get_attribute("style") is None


def test_the_keyboard_alone_moves_a_card_and_stays_on_it(
    by: Actor, open_page: Callable[..., Page], live_server: Any
) -> None:
    page, asked = open_board(open_page, live_server, by, 1280)
    page.locator("article", has_text="Hold a meeting").locator("summary").focus()
    for status, label in (("in_progress", "In progress"), ("done", "Done")):
        page.keyboard.press("Enter")
        while page.evaluate("document.activeElement.innerText") != label:
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(column(page, status).get_by_role("link", name="Hold a meeting")).to_be_visible()
        expect(column(page, status).locator("summary")).to_be_focused()
    assert asked == ["POST", "POST"]


def test_on_a_phone_the_board_scrolls_and_the_page_does_not(
    by: Actor, open_page: Callable[..., Page], live_server: Any
) -> None:
    page, _ = open_board(open_page, live_server, by, 320)
    assert not violations(page) + overflow(page)
    board = page.locator("#board")
    assert board.evaluate("element => element.scrollWidth > element.clientWidth")
    # Held at the edge, the card takes the board along until every column can be reached.
    handle = page.locator("article", has_text="Order kits").locator("[data-handle]").bounding_box()
    assert handle
    page.mouse.move(handle["x"] + 4, handle["y"] + 4)
    page.mouse.down()
    for n in range(120):
        page.mouse.move(300 + n % 2, handle["y"] + 4)
    page.mouse.up()
    expect(page.locator("#board-said")).to_contain_text("“Order kits” is now")
    assert Step.objects.get(title="Order kits").status != "not_started"


def test_many_steps_are_ticked_and_changed_and_it_is_undone(
    by: Actor, open_page: Callable[..., Page], live_server: Any
) -> None:
    page = open_page(by.user, 360)
    page.goto(f"{live_server.url}/c/{by.coalition.slug}/plans/steps/")
    page.get_by_role("link", name="Change several").click()
    assert not violations(page) + overflow(page)
    page.get_by_role("link", name="Tick all on this page").click()
    expect(page.get_by_text("3 ticked")).to_be_visible()
    page.get_by_text("With the ticked steps").click()
    page.get_by_label("Due", exact=False).last.fill("6/30/2030")
    assert not overflow(page)
    page.get_by_role("button", name="Change them").click()
    expect(page.get_by_text("3 steps: due Jun 30, 2030.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    assert not Step.objects.filter(due_said="6/30/2030").exists()
