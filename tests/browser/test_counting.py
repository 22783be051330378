"""A sergeant's count on a phone: priced by taps, keys and decisions; and the same without scripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from lbn.models import Count
from tests.browser.prices import DECISION, KEY, TAP
from tests.browser.watch import overflow, violations
from tests.client import ReadingClient
from tests.factories import sign_in
from tests.lbn.conftest import Scene, build_scene
from tests.lbn.world import make_count

LOG = "/c/ours/naloxone/log/"


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return build_scene()


@dataclass
class Thumb:
    """Does what a person does, and adds up what it costs."""

    page: Page
    seconds: float = 0

    def decide(self) -> None:
        self.seconds += DECISION

    def choose(self, label: str) -> None:
        self.page.get_by_label(label, exact=True).check()
        self.seconds += TAP

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        self.seconds += TAP

    def type(self, keys: str) -> None:
        self.page.keyboard.type(keys)
        self.seconds += KEY * len(keys)


def test_a_count_at_the_end_of_a_shift_takes_seconds(
    scene: Scene, open_page: Callable[..., Page], live_server: Any
) -> None:
    make_count(scene.agency, scene.reporter_user, scene.coalition.program_start)
    page = open_page(scene.reporter_user, 360)
    page.goto(live_server.url + LOG)
    assert page.locator("abbr.required:visible").count() == 3

    thumb = Thumb(page)
    thumb.decide()  # where
    thumb.choose("12207")
    thumb.decide()  # how many
    thumb.press("One kit more")
    thumb.press("Save")
    expect(page.get_by_role("status").get_by_text("Saved:")).to_be_visible()
    assert thumb.seconds <= 20
    assert Count.objects.latest("pk").kits == 2
    assert violations(page) + overflow(page) == []

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Removed:")).to_be_visible()
    assert not Count.objects.filter(kits=2, voided_at=None).exists()


def test_the_first_count_with_a_typed_zip_takes_seconds(
    scene: Scene, open_page: Callable[..., Page], live_server: Any
) -> None:
    make_count(scene.agency, scene.reporter_user, scene.coalition.program_start)
    page = open_page(scene.reporter_user, 360)
    page.goto(live_server.url + LOG)
    thumb = Thumb(page)
    thumb.decide()
    thumb.choose("Another ZIP")
    thumb.type("12203")  # the cursor is in the box already
    thumb.decide()
    thumb.press("Save")
    expect(page.get_by_text("Saved:")).to_be_visible()
    assert thumb.seconds <= 20
    assert Count.objects.latest("pk").zip_code == "12203"


def test_a_question_keeps_everything_and_one_press_answers_it(
    scene: Scene, open_page: Callable[..., Page], live_server: Any
) -> None:
    page = open_page(scene.reporter_user, 360)
    page.goto(live_server.url + LOG)
    page.get_by_label("ZIP code", exact=True).fill("43215")
    page.get_by_label("Kits").fill("700")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("43215 is outside our counties")).to_be_visible()
    expect(page.get_by_label("Kits")).to_have_value("700")
    assert violations(page) + overflow(page) == []
    page.get_by_role("button", name="Yes, save it").click()
    expect(page.get_by_text("Saved:")).to_be_visible()
    assert (Count.objects.get().place, Count.objects.get().kits) == ("outside", 700)


def test_counting_works_without_scripts(scene: Scene, browser: Any, live_server: Any) -> None:
    client = ReadingClient()
    sign_in(client, scene.reporter_user)
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + LOG)
    expect(page.get_by_role("button", name="One kit more")).to_be_hidden()
    page.get_by_label("ZIP code", exact=True).fill("12210")
    page.get_by_label("Kits").fill("4")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved:")).to_be_visible()
    context.close()
    assert (Count.objects.get().zip_code, Count.objects.get().kits) == ("12210", 4)
