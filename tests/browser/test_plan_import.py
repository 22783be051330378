"""A coordinator brings in the plan kept in a spreadsheet: priced by clicks and decisions, with and without scripts. A calendar too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from phast.access.actor import Actor
from plans.models import Plan, Step
from tests.browser.prices import DECISION, TAP
from tests.browser.watch import overflow, violations
from tests.factories import make_partner
from tests.plans.factories import make_actor, make_plan, make_step, outline_of
from tests.sheets.files import workbook

ROWS = [
    ("Naloxone work plan 2026",),
    (),
    ("No.", "Activity", "Responsible agency or person", "Target date", "Status"),
    ("1", "Adopt a policy", "Riverbend Police Department; Tri-River EMS", "11/30.2018", "Done"),
    ("1.1", "Draft it", "Riverbend PD", "TBD", "In progress"),
    ("2", "Train officers", "Tri-River EMS", "monthly", ""),
    ("2.1", "Find a trainer", "County Attorney", dt.date(2027, 3, 4), ""),
]


@pytest.fixture
def by(transactional_db: None) -> Actor:
    return make_actor()


class Mouse:
    """Clicks and chooses, and adds up what it costs: a decision before each."""

    def __init__(self, page: Page) -> None:
        self.page, self.seconds = page, 0.0

    def press(self, role: Any, name: str) -> None:
        self.seconds += DECISION + TAP
        self.page.get_by_role(role, name=name).click()

    def choose(self, label: str, option: str) -> None:
        self.seconds += DECISION + 2 * TAP
        self.page.get_by_label(label, exact=True).select_option(label=option)


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_a_plan_from_a_spreadsheet_comes_in_within_a_minute(
    by: Actor, open_page: Callable[..., Page], live_server: Any, javascript: bool
) -> None:
    for name in ("Riverbend Police Department", "Tri-River EMS"):
        make_partner(by.coalition, name=name)
    page = open_page(by.user, 1280 if javascript else 360, javascript=javascript)
    mouse = Mouse(page)
    page.goto(f"{live_server.url}/c/{by.coalition.slug}/plans/import/")
    file = {"name": "Work plan.xlsx", "mimeType": "application/octet-stream", "buffer": workbook(*ROWS)}
    mouse.seconds += DECISION + 3 * TAP
    page.get_by_label("The spreadsheet").set_input_files(file)
    mouse.press("button", "Upload and look at it")

    expect(page.get_by_role("heading", level=1)).to_have_text("4 steps to bring in")
    asked = page.get_by_role("region", name="Please answer")
    expect(asked).to_contain_text("“11/30.2018” is not a day we can read.")
    expect(asked).to_contain_text("Riverbend PD")
    expect(asked).to_contain_text("County Attorney")
    table = page.get_by_role("table", name="Every step, as it would come in")
    for told in ("TBD", "monthly", "Riverbend PD: who?", "County Attorney: who?", "Mar 4, 2027"):
        expect(table).to_contain_text(told)
    assert not violations(page) + overflow(page)

    mouse.choose("Riverbend PD", "Riverbend Police Department")
    mouse.choose("County Attorney", "Add as a position that nobody holds yet")
    mouse.seconds += DECISION + TAP
    page.get_by_text("It means Nov 30, 2018").click()
    mouse.seconds += DECISION + TAP
    page.get_by_text("“monthly”: make it come again when it is done").click()
    mouse.press("button", "Bring in 4 steps")
    expect(page.get_by_role("heading", level=1)).to_have_text("Work plan")

    assert outline_of(Plan.objects.get()) == {
        "Adopt a policy": {"Draft it": {}},
        "Train officers": {"Find a trainer": {}},
    }
    assert Step.objects.get(title="Adopt a policy").due_on == dt.date(2018, 11, 30)
    assert Step.objects.get(title="Train officers").repeats == "monthly"
    assert mouse.seconds <= 60


def test_what_is_left_open_is_named_and_can_be_chosen(
    by: Actor, open_page: Callable[..., Page], live_server: Any
) -> None:
    page = open_page(by.user, 360)
    page.goto(f"{live_server.url}/c/{by.coalition.slug}/plans/import/")
    file = {"name": "Work plan.xlsx", "mimeType": "application/octet-stream", "buffer": workbook(*ROWS)}
    page.get_by_label("The spreadsheet").set_input_files(file)
    page.get_by_role("button", name="Upload and look at it").click()
    page.get_by_role("button", name="Bring in 4 steps").click()
    summary = page.get_by_role("region", name="Please check")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("County Attorney: Choose who this is, or leave the name out.")
    assert not violations(page) + overflow(page)
    summary.get_by_role("link", name="County Attorney").click()
    assert page.get_by_label("County Attorney", exact=True).evaluate("box => box.matches(':target')")
    assert not Step.objects.exists()


def test_a_calendar_is_turned_on_and_its_address_copied(
    by: Actor, open_page: Callable[..., Page], live_server: Any
) -> None:
    make_step(make_plan(by), "Write a policy", due_on=dt.date(2027, 6, 30))
    page = open_page(by.user)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])  # as a browser with a window does
    page.goto(f"{live_server.url}/c/{by.coalition.slug}/plans/calendar/")
    page.get_by_role("button", name="Turn on The whole coalition’s").click()
    box = page.get_by_label("Address")
    assert "/calendar/" in box.input_value()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert not violations(page) + overflow(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Turn off").click()
    expect(page.get_by_label("Address")).to_have_count(0)
