"""From the mail to a saved update, on a phone: priced by taps, keys, decisions and words read, and by how long the pages take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from coalitions.models import Contact
from phast.jobs.tasks import run_job
from plans.digest import rhythm_link, steps_link
from plans.models import DigestMail, Step, Subscription, Update
from tests.browser.prices import DECISION, KEY, TAP, WORD, Waits
from tests.browser.test_every_page import nu_messages
from tests.browser.watch import overflow, violations
from tests.client import ReadingClient
from tests.factories import make_partner
from tests.plans.factories import days_ago, make_actor, make_plan, make_step

NOTE = "Nine of ten chiefs said yes."


@pytest.fixture
def received(transactional_db: None, live_server: Any, settings: Any) -> DigestMail:
    """A chief's mail about three of his steps, one of them late, as a worker sent it."""
    settings.SITE_URL = live_server.url
    by = make_actor()
    chief = Contact.objects.create(
        partner=make_partner(by.coalition, "Riverbend Police"), name="Marcus Bell", email="marcus@example.org"
    )
    plan = make_plan(by, title="Naloxone in every police department")
    late = make_step(plan, "Ask the chiefs of the county", owner=chief, due_on=days_ago(by, 3), due_said="last week")
    others = [make_step(plan, title, owner=chief) for title in ("Print the cards", "Find a room for the training")]
    subscription = Subscription.objects.create(coalition=by.coalition, contact=chief)
    made = DigestMail.objects.create(coalition=by.coalition, subscription=subscription, address=chief.email)
    made.steps.set([late, *others])
    run_job("plans.DigestMail", made.pk)
    return made


def read_mail(page: Page) -> None:
    """Opens the HTML of the mail that was sent, as a mail program shows it."""
    page.set_content(mail.outbox[0].alternatives[0].content)


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_a_step_is_updated_from_the_mail_in_half_a_minute(
    received: DigestMail, open_page: Callable[..., Page], browser: Any, live_server: Any, javascript: bool
) -> None:
    if javascript:
        page = open_page(None, 360)
    else:
        page = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800}).new_page()
    waits = Waits(page, live_server)
    read_mail(page)
    seconds = DECISION + WORD * 12  # "1 step overdue, 2 new", the greeting, the button

    with waits:
        page.get_by_role("link", name="Say where they stand").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Where do your steps stand?")
    seconds += TAP

    card = page.get_by_role("form", name="Ask the chiefs of the county")
    done = card.get_by_role("button", name="Done")
    seconds += DECISION + WORD * len(card.inner_text().split())
    card.get_by_label("What happened").fill(NOTE)
    seconds += TAP + KEY * len(NOTE)

    with waits:
        done.click()
        expect(page.get_by_text("“Ask the chiefs of the county” is now: done.")).to_be_visible()
    seconds += DECISION + TAP

    assert seconds + waits.seconds <= 30
    assert (Update.objects.get().note, Step.objects.get(title__startswith="Ask").status) == (NOTE, "done")
    expect(page.get_by_text("2 steps are left.")).to_be_visible()
    page.get_by_role("form", name="Print the cards").get_by_role("button", name="In progress").click()
    expect(page.get_by_text("“Print the cards” is now: in progress.")).to_be_visible()


def test_the_late_step_comes_first_and_its_buttons_are_on_the_first_screen(
    received: DigestMail, open_page: Callable[..., Page]
) -> None:
    page = open_page(None, 360, height=740)
    read_mail(page)
    page.get_by_role("link", name="Say where they stand").click()
    first = page.get_by_role("form").first
    expect(first).to_have_accessible_name("Ask the chiefs of the county")
    button = first.get_by_role("button", name="Done").bounding_box()
    assert button["y"] + button["height"] <= 740
    assert button["height"] >= 44


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_the_mail_and_what_its_links_open_are_accessible_and_fit(
    received: DigestMail, open_page: Callable[..., Page], width: int
) -> None:
    page = open_page(None, width)
    read_mail(page)
    link = page.get_by_role("link", name="Say where they stand").get_attribute("href")
    wrong = [trouble for trouble in violations(page) if "landmark" not in trouble and "region" not in trouble]
    wrong += overflow(page)
    page.goto(link)
    wrong += violations(page) + overflow(page)
    for label in ("Done", "Blocked", "Not started"):
        page.get_by_role("button", name=label).first.click()
        wrong += violations(page) + overflow(page)
    Step.objects.update(status="dropped", finished_at=None)
    page.goto(link)
    wrong += violations(page) + overflow(page)
    DigestMail.objects.update(expires_at=timezone.now())
    page.goto(link)
    wrong += violations(page) + overflow(page)
    page.get_by_role("button", name="Send me a fresh link").click()
    wrong += violations(page) + overflow(page)
    page.goto(rhythm_link(received))
    wrong += violations(page) + overflow(page)
    page.get_by_role("button", name="Send me no more of these").click()
    wrong += violations(page) + overflow(page)
    assert not wrong, "\n".join(wrong)


def test_the_keyboard_alone_is_enough(received: DigestMail, open_page: Callable[..., Page]) -> None:
    page = open_page()
    read_mail(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Where do your steps stand?")
    page.get_by_label("What happened").first.focus()
    page.keyboard.type(NOTE)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Done").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Saved")
    assert Update.objects.get().note == NOTE


def test_the_mail_and_its_pages_are_valid_html(received: DigestMail, tmp_path: Path) -> None:
    client, link, choice = ReadingClient(), steps_link(received), rhythm_link(received)
    pages = {"mail": mail.outbox[0].alternatives[0].content.encode(), "steps": client.get(link).content}
    pages["wrong"] = client.post(link, {"step": received.steps.first().pk}).content
    pages["rhythm"] = client.get(choice).content
    pages["stopped"] = client.post(choice, {"rhythm": "never"}).content
    DigestMail.objects.update(expires_at=timezone.now())
    pages |= {"over": client.get(link).content, "asked": client.post(link).content}
    for name, content in pages.items():
        (tmp_path / f"{name}.html").write_bytes(content)
    wrong = [f"{Path(found['url']).name}: {found['message']}" for found in nu_messages(tmp_path)]
    assert not wrong, "\n".join(wrong)
