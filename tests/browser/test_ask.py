"""The public form on a phone, with and without scripts: from the flyer's address to the confirmed request, priced."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from coalitions.models import Coalition, HelpMail, HelpRequest
from phast.jobs.tasks import run_job
from tests.browser.prices import DECISION, KEY, TAP, WORD, Waits
from tests.browser.test_every_page import nu_messages
from tests.browser.watch import overflow, violations
from tests.client import ReadingClient
from tests.factories import make_coalition

TEXTS = {
    "What stands in your way?": "No budget for kits.",
    "Your agency or organization": "Green Falls Police",
    "Your name": "Dana Reyes",
    "Your e-mail address": "dana@greenfalls.example.org",
}


@pytest.fixture
def coalition(transactional_db: None, live_server: Any, settings: Any) -> Coalition:
    settings.SITE_URL = live_server.url
    return make_coalition(slug="ours", name="Tri-County", takes_requests=True)


def fill_in(page: Page) -> float:
    """Fills in the form as an agency would; answers how many seconds that takes a person who reads all of it."""
    seconds = WORD * len(page.get_by_role("main").inner_text().split())
    page.locator("label", has_text="We would like help").click()
    seconds += TAP + DECISION
    for label, text in TEXTS.items():
        page.get_by_label(label).fill(text)
        seconds += TAP + KEY * len(text)
    return seconds


def link_in_mail() -> str:
    run_job("coalitions.HelpMail", HelpMail.objects.get().pk)
    return re.search(r"http\S+/asked/\S+", mail.outbox[0].body)[0]


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_an_agency_asks_for_help_in_two_minutes(
    coalition: Coalition, open_page: Callable[..., Page], browser: Any, live_server: Any, javascript: bool
) -> None:
    if javascript:
        page = open_page(None, 320)
    else:
        page = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 740}).new_page()
    waits = Waits(page, live_server)
    with waits:
        page.goto(f"{live_server.url}/ask/ours/")
    seconds = waits.seconds + fill_in(page)
    page.wait_for_timeout(4000)  # nobody is faster; a script that is, is turned away
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Now look in your mail")
    seconds += TAP + DECISION
    assert seconds <= 120

    page.goto(link_in_mail())
    expect(page.get_by_text("No budget for kits.")).to_be_visible()
    page.get_by_role("button", name="Yes, send it to Tri-County").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your request has arrived")
    assert HelpRequest.objects.get().confirmed_at is not None


def test_nobody_sees_or_reaches_the_box_for_scripts(
    coalition: Coalition, open_page: Callable[..., Page], live_server: Any
) -> None:
    page = open_page(None, 360)
    page.goto(f"{live_server.url}/ask/ours/")
    expect(page.get_by_label("Leave this empty")).not_to_be_in_viewport()
    reached = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.name"))
    assert {"email", "needs", "wants_help"} <= reached
    assert "homepage" not in reached


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_its_pages_are_accessible_and_fit(
    coalition: Coalition, open_page: Callable[..., Page], live_server: Any, width: int
) -> None:
    page, wrong = open_page(None, width), []
    for path in ("", "flyer/", "sent/"):
        page.goto(f"{live_server.url}/ask/ours/{path}")
        wrong += violations(page) + overflow(page)
    page.goto(f"{live_server.url}/ask/ours/")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Please check a few things")).to_be_visible()
    wrong += violations(page) + overflow(page)
    fill_in(page)
    page.wait_for_timeout(4000)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Now look in your mail")
    page.goto(link_in_mail())
    wrong += violations(page) + overflow(page)
    page.get_by_role("button", name="Yes, send it to Tri-County").click()
    wrong += violations(page) + overflow(page)
    assert not wrong, "\n".join(wrong)


def test_its_pages_are_valid_html(coalition: Coalition, tmp_path: Path) -> None:
    client = ReadingClient()
    for path in ("", "flyer/", "sent/"):
        (tmp_path / f"page{path.strip('/')}.html").write_bytes(client.get(f"/ask/ours/{path}").content)
    (tmp_path / "wrong.html").write_bytes(client.post("/ask/ours/", {"name": "x"}).content)
    wrong = [f"{Path(found['url']).name}: {found['message']}" for found in nu_messages(tmp_path)]
    assert not wrong, "\n".join(wrong)
